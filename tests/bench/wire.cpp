// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "tests/bench/wire.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>

namespace postroom::bench {

namespace {

[[noreturn]] void die(const char* what) {
    std::perror(what);
    std::exit(1);
}

}  // namespace

int connectTo(std::uint16_t port) {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) die("connect");
    const int one = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return socket;
}

std::string requestText(const Target& target, const char* method, const std::string& path, const std::string& body) {
    std::string text = std::string(method) + " " + path +
                       " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(target.port) + "\r\nAuthorization: Bearer " +
                       target.token + "\r\n";
    if (!body.empty())
        text += "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
    return text + "\r\n" + body;
}

std::size_t answerLength(const std::string& text) {
    const auto end = text.find("\r\n\r\n");
    if (end == text.npos) return 0;
    const auto at = text.find("Content-Length: ");
    const std::size_t length = at == text.npos || at > end ? 0 : std::strtoul(text.c_str() + at + 16, nullptr, 10);
    return text.size() >= end + 4 + length ? end + 4 + length : 0;
}

std::string mail(int number) {
    static const std::string html = [] {
        std::string text = "<h1>Invoice ready</h1><p>";
        for (int i = 0; i < 60; ++i) text += "lorem ipsum dolor ";
        return text + "</p>";
    }();
    const std::string n = std::to_string(number);
    return R"({"to": "user)" + n + R"(@example.net", "subject": "Invoice )" + n + R"(", "content": ")" + html + "\"}";
}

double percentile(const std::vector<double>& sorted, double share) {
    if (sorted.empty()) return 0;
    return sorted[std::min(sorted.size() - 1, static_cast<std::size_t>(share * static_cast<double>(sorted.size())))];
}

Line::Line(Target target) : m_target(std::move(target)), m_socket(connectTo(m_target.port)) {}

Line::~Line() {
    ::close(m_socket);
}

Line::Answer Line::ask(const char* method, const std::string& path, const std::string& body) {
    const std::string text = requestText(m_target, method, path, body);
    const auto start = std::chrono::steady_clock::now();
    for (std::size_t sent = 0; sent < text.size();) {
        const ssize_t went = ::send(m_socket, text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
        if (went <= 0) die("send");
        sent += static_cast<std::size_t>(went);
    }
    std::string received;
    std::size_t length = 0;
    while ((length = answerLength(received)) == 0) {
        char buffer[65536];
        const ssize_t got = ::recv(m_socket, buffer, sizeof buffer, 0);
        if (got <= 0) die("the engine closed a connection");
        received.append(buffer, static_cast<std::size_t>(got));
    }
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
    const auto head = received.find("\r\n\r\n") + 4;
    return {.status = std::atoi(received.c_str() + 9),
            .body = received.substr(head, length - head),
            .took_ms = took.count()};
}

}  // namespace postroom::bench
