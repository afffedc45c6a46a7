// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "scripted_server.h"

ScriptedServer::ScriptedServer(Answer answer) : m_answer(std::move(answer)) {
    m_server.listen(QHostAddress::LocalHost);
    QObject::connect(&m_server, &QTcpServer::newConnection, &m_server, [this] {
        QTcpSocket* socket = m_server.nextPendingConnection();
        Guest& guest = m_guests[socket];
        guest.number = ++connections;
        guest.socket = socket;
        mostAtOnce = std::max(mostAtOnce, open());
        QObject::connect(socket, &QTcpSocket::readyRead, &m_server, [this, socket] { listen(socket); });
        QObject::connect(socket, &QTcpSocket::disconnected, &m_server, [this, socket] {
            if (socket->bytesAvailable() > 0) listen(socket);
            gone.push_back(m_guests[socket].heard);
            m_guests.erase(socket);
            socket->deleteLater();
        });
        const auto greeting = m_answer ? m_answer(guest, "(greeting)") : std::nullopt;
        if (greeting == "!") return socket->abort();
        socket->write(QByteArray::fromStdString(greeting.value_or("220 hi\r\n")));
    });
}

ScriptedServer::~ScriptedServer() {
    for (auto& [socket, guest] : m_guests) {
        socket->disconnect();
        delete socket;
    }
}

std::string ScriptedServer::usual(Guest& guest, const std::string& line) const {
    if (line == ".") return "250 kept\r\n";
    if (line.starts_with("EHLO")) return ehlo;
    if (line == "DATA") return "354 go\r\n";
    if (line == "QUIT") return "221 bye\r\n";
    static_cast<void>(guest);
    return "250 ok\r\n";
}

void ScriptedServer::listen(QTcpSocket* socket) {
    const auto found = m_guests.find(socket);
    if (found == m_guests.end()) return;
    Guest& guest = found->second;
    if (socket->isOpen()) guest.input += socket->readAll().toStdString();
    std::string out;
    std::size_t start = 0;
    for (std::size_t end; (end = guest.input.find("\r\n", start)) != std::string::npos; start = end + 2) {
        std::string line = guest.input.substr(start, end - start);
        if (guest.inContent && line != ".") {
            guest.content += (line.starts_with(".") ? line.substr(1) : line) + "\r\n";
            continue;
        }
        guest.heard.push_back(line);
        if (heard) heard(guest, line);
        const auto own = m_answer ? m_answer(guest, line) : std::nullopt;
        if (own == "!") {
            socket->abort();
            return;
        }
        const std::string reply = own.value_or(usual(guest, line));
        if (line == ".") {
            guest.inContent = false;
            ++guest.mails;
            mails.push_back(std::exchange(guest.content, {}));
        }
        if (line == "DATA" && reply.starts_with("354")) guest.inContent = true;
        out += reply;
        if (line == "QUIT") {
            socket->write(QByteArray::fromStdString(out));
            socket->disconnectFromHost();
            return;
        }
    }
    guest.input.erase(0, start);
    socket->write(QByteArray::fromStdString(out));
}
