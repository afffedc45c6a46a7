// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// HTTP/1.1 as the load speaks it: as little as a keep-alive client can.

#include <cstdint>
#include <string>
#include <vector>

namespace postroom::bench {

/// Where requests go, and as whom.
struct Target {
    std::uint16_t port = 0;  ///< on 127.0.0.1
    std::string token;       ///< Bearer
};

/// A blocking socket; ends the program where nobody listens.
[[nodiscard]] int connectTo(std::uint16_t port);
[[nodiscard]] std::string requestText(const Target& target, const char* method, const std::string& path,
                                      const std::string& body = {});
/// Bytes of a whole answer at the front of the text, or 0.
[[nodiscard]] std::size_t answerLength(const std::string& text);
/// The JSON object of a send: the invoice of the peers' load generator, about 1.1 kB of HTML, to another each time.
[[nodiscard]] std::string mail(int number);
/// Of values that are sorted; 0 where there are none.
[[nodiscard]] double percentile(const std::vector<double>& sorted, double share);

/// One connection that asks and waits.
class Line {
public:
    struct Answer {
        int status = 0;
        std::string body;
        double took_ms = 0;
    };
    explicit Line(Target target);
    ~Line();
    Line(const Line&) = delete;
    Line& operator=(const Line&) = delete;
    [[nodiscard]] Answer ask(const char* method, const std::string& path, const std::string& body = {});

private:
    Target m_target;
    int m_socket;
};

}  // namespace postroom::bench
