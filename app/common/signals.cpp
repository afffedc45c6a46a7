// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "app/common/signals.h"

#include <fcntl.h>
#include <unistd.h>
#include <csignal>
#include <QSocketNotifier>

namespace postroom::app {

namespace {

int ends[2] = {-1, -1};

extern "C" void onSignal(int signal) {
    const auto byte = static_cast<char>(signal);
    // A full pipe means that enough signals wait already.
    [[maybe_unused]] const ssize_t wrote = ::write(ends[1], &byte, 1);
}

}  // namespace

Signals::Signals(std::function<void(int signal)> received) {
    if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) return;
    m_notifier = std::make_unique<QSocketNotifier>(ends[0], QSocketNotifier::Read);
    QObject::connect(m_notifier.get(), &QSocketNotifier::activated, m_notifier.get(), [received = std::move(received)] {
        char byte = 0;
        while (::read(ends[0], &byte, 1) == 1) received(byte);
    });
    struct sigaction action {};
    action.sa_handler = onSignal;
    action.sa_flags = SA_RESTART;
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) ::sigaction(signal, &action, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
}

Signals::~Signals() {
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) std::signal(signal, SIG_DFL);
    m_notifier.reset();
    ::close(ends[0]);
    ::close(ends[1]);
}

}  // namespace postroom::app
