// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "tests/bench/sink.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cerrno>
#include <cstring>
#include <string>
#include <unordered_map>

namespace postroom::bench {

namespace {

struct Peer {
    std::string input;
    bool inData = false;
};

// Answers every whole command in the input; how many mails were taken.
int converse(Peer& peer, std::string& output) {
    int taken = 0;
    for (;;) {
        if (peer.inData) {
            const bool atOnce = peer.input.starts_with(".\r\n");
            const auto end = atOnce ? 0 : peer.input.find("\r\n.\r\n");
            if (end == peer.input.npos) {
                // Only the tail can still become part of the end.
                if (peer.input.size() > 4) peer.input.erase(0, peer.input.size() - 4);
                return taken;
            }
            peer.input.erase(0, end + (atOnce ? 3 : 5));
            peer.inData = false;
            output += "250 2.0.0 taken\r\n";
            ++taken;
            continue;
        }
        const auto end = peer.input.find("\r\n");
        if (end == peer.input.npos) return taken;
        const std::string command = peer.input.substr(0, 4);
        peer.input.erase(0, end + 2);
        if (command == "EHLO") {
            output += "250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SIZE 52428800\r\n";
        } else if (command == "DATA") {
            output += "354 go\r\n";
            peer.inData = true;
        } else if (command == "QUIT") {
            output += "221 bye\r\n";
        } else {
            output += "250 ok\r\n";
        }
    }
}

}  // namespace

Sink::Sink() {
    m_listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    if (::bind(m_listener, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(m_listener, 512) != 0)
        std::abort();
    ::getsockname(m_listener, reinterpret_cast<sockaddr*>(&address), &length);
    m_port = ntohs(address.sin_port);
    m_thread = std::thread{[this] { run(); }};
}

Sink::~Sink() {
    m_stop = true;
    m_thread.join();
    ::close(m_listener);
}

void Sink::run() {
    const int poll = ::epoll_create1(EPOLL_CLOEXEC);
    std::unordered_map<int, Peer> peers;
    const auto watch = [&](int socket) {
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.fd = socket;
        ::epoll_ctl(poll, EPOLL_CTL_ADD, socket, &event);
    };
    watch(m_listener);
    epoll_event events[128];
    while (!m_stop) {
        const int count = ::epoll_wait(poll, events, 128, 100);
        for (int i = 0; i < count; ++i) {
            const int socket = events[i].data.fd;
            if (socket == m_listener) {
                const int peer = ::accept4(m_listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
                if (peer < 0) continue;
                const int one = 1;
                ::setsockopt(peer, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
                peers[peer];
                watch(peer);
                [[maybe_unused]] const auto sent = ::send(peer, "220 sink\r\n", 10, MSG_NOSIGNAL);
                continue;
            }
            char buffer[65536];
            const ssize_t got = ::recv(socket, buffer, sizeof buffer, 0);
            if (got <= 0) {
                if (got < 0 && errno == EAGAIN) continue;
                ::close(socket);
                peers.erase(socket);
                continue;
            }
            Peer& peer = peers[socket];
            peer.input.append(buffer, static_cast<std::size_t>(got));
            std::string output;
            m_taken.fetch_add(converse(peer, output), std::memory_order_relaxed);
            if (!output.empty()) [[maybe_unused]]
                const auto sent = ::send(socket, output.data(), output.size(), MSG_NOSIGNAL);
        }
    }
    for (const auto& [socket, peer] : peers) ::close(socket);
    ::close(poll);
}

}  // namespace postroom::bench
