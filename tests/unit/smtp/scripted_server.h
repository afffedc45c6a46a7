// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// A mail server that does what a test says, in the test's own event loop.

#include <functional>
#include <optional>
#include <QTcpServer>
#include <QTcpSocket>
#include <string>
#include <unordered_map>
#include <vector>

class ScriptedServer {
public:
    struct Guest {
        int number = 0;  ///< connections are counted from 1
        int mails = 0;
        bool inContent = false;
        std::string input{};
        std::string content{};
        std::vector<std::string> heard{};
        QTcpSocket* socket = nullptr;
    };
    /// What to answer to a line ("." is the mail's end): nothing = as a good server does, "" = silence, "!" = close.
    using Answer = std::function<std::optional<std::string>(Guest&, const std::string& line)>;

    explicit ScriptedServer(Answer answer = {});
    ~ScriptedServer();

    [[nodiscard]] std::uint16_t port() const { return m_server.serverPort(); }
    [[nodiscard]] int open() const { return static_cast<int>(m_guests.size()); }

    int connections = 0;
    int mostAtOnce = 0;
    std::string ehlo = "250-me\r\n250 PIPELINING\r\n";
    std::vector<std::string> mails{};              ///< contents whose "." was heard
    std::vector<std::vector<std::string>> gone{};  ///< what closed connections said
    std::function<void(Guest&, const std::string&)> heard{};

private:
    void listen(QTcpSocket* socket);
    std::string usual(Guest& guest, const std::string& line) const;

    Answer m_answer;
    QTcpServer m_server;
    std::unordered_map<QTcpSocket*, Guest> m_guests;
};
