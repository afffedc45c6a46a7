// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "tests/bench/load.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>

namespace postroom::bench {

namespace {

using SteadyClock = std::chrono::steady_clock;

struct Client {
    int socket = -1;
    std::string received;
    SteadyClock::time_point since;
    bool busy = false;
};

int connectTo(std::uint16_t port) {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
        std::perror("connect");
        std::exit(1);
    }
    const int one = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return socket;
}

// The body of the peers' load generator: an invoice of about 1.1 kB of HTML.
std::string request(const LoadPlan& plan, int number) {
    static const std::string html = [] {
        std::string text = "<h1>Invoice ready</h1><p>";
        for (int i = 0; i < 60; ++i) text += "lorem ipsum dolor ";
        return text + "</p>";
    }();
    const std::string n = std::to_string(number);
    const std::string body =
        R"({"to": "user)" + n + R"(@example.net", "subject": "Invoice )" + n + R"(", "content": ")" + html + "\"}";
    return "POST /api/v1/messages/email/send HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(plan.port) +
           "\r\nAuthorization: Bearer " + plan.token +
           "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

// Bytes of a whole answer at the front of the text, or 0.
std::size_t answerLength(const std::string& text) {
    const auto end = text.find("\r\n\r\n");
    if (end == text.npos) return 0;
    const auto at = text.find("Content-Length: ");
    const std::size_t length = at == text.npos || at > end ? 0 : std::strtoul(text.c_str() + at + 16, nullptr, 10);
    return text.size() >= end + 4 + length ? end + 4 + length : 0;
}

}  // namespace

double LoadResult::percentile(double share) const {
    if (latencies_ms.empty()) return 0;
    return latencies_ms[std::min(latencies_ms.size() - 1,
                                 static_cast<std::size_t>(share * static_cast<double>(latencies_ms.size())))];
}

LoadResult runLoad(const LoadPlan& plan) {
    const int poll = ::epoll_create1(EPOLL_CLOEXEC);
    std::vector<Client> clients(static_cast<std::size_t>(plan.connections));
    for (std::size_t i = 0; i < clients.size(); ++i) {
        clients[i].socket = connectTo(plan.port);
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.u64 = i;
        ::epoll_ctl(poll, EPOLL_CTL_ADD, clients[i].socket, &event);
    }
    LoadResult result;
    int sent = 0;
    const auto start = SteadyClock::now();
    const auto dueAt = [&](int number) {
        return plan.rate > 0 ? start + std::chrono::duration_cast<SteadyClock::duration>(
                                           std::chrono::duration<double>(number / plan.rate))
                             : SteadyClock::now();
    };
    const auto sendOn = [&](Client& client) {
        client.since = dueAt(sent);
        const std::string text = request(plan, sent++);
        client.busy = true;
        if (::send(client.socket, text.data(), text.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(text.size()))
            std::perror("send");
    };
    const auto feed = [&] {
        for (Client& client : clients)
            if (!client.busy && sent < plan.messages && (plan.rate == 0 || dueAt(sent) <= SteadyClock::now()))
                sendOn(client);
    };
    feed();
    epoll_event events[64];
    while (result.accepted + result.refused < plan.messages) {
        const int count = ::epoll_wait(poll, events, 64, plan.rate > 0 ? 1 : 1000);
        for (int i = 0; i < count; ++i) {
            Client& client = clients[events[i].data.u64];
            char buffer[16384];
            const ssize_t got = ::recv(client.socket, buffer, sizeof buffer, MSG_DONTWAIT);
            if (got == 0 || (got < 0 && errno != EAGAIN)) {
                std::fprintf(stderr, "the engine closed a connection\n");
                std::exit(1);
            }
            if (got < 0) continue;
            client.received.append(buffer, static_cast<std::size_t>(got));
            const std::size_t length = answerLength(client.received);
            if (length == 0) continue;
            const bool accepted = client.received.compare(9, 3, "202") == 0;
            ++(accepted ? result.accepted : result.refused);
            if (!accepted && result.refused == 1) std::fprintf(stderr, "%s\n", client.received.c_str());
            result.latencies_ms.push_back(
                std::chrono::duration<double, std::milli>(SteadyClock::now() - client.since).count());
            client.received.erase(0, length);
            client.busy = false;
            if (plan.rate == 0 && sent < plan.messages) sendOn(client);
        }
        if (plan.rate > 0) feed();
    }
    result.seconds = std::chrono::duration<double>(SteadyClock::now() - start).count();
    for (const Client& client : clients) ::close(client.socket);
    ::close(poll);
    std::sort(result.latencies_ms.begin(), result.latencies_ms.end());
    return result;
}

}  // namespace postroom::bench
