// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "tests/bench/load.h"

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

}  // namespace

LoadResult runLoad(const LoadPlan& plan) {
    const int poll = ::epoll_create1(EPOLL_CLOEXEC);
    std::vector<Client> clients(static_cast<std::size_t>(plan.connections));
    for (std::size_t i = 0; i < clients.size(); ++i) {
        clients[i].socket = connectTo(plan.target.port);
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
        const std::string text = requestText(plan.target, "POST", "/api/v1/messages/email/send", mail(sent++));
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
