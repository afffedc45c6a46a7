// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/api/rereads.h"

#include "engine/observe/log.h"

namespace postroom::api {

namespace {

using namespace std::chrono_literals;

constexpr auto pause = 1s;

}  // namespace

void Rereads::submit(const std::string& subject, Read read, Done done) {
    const bool posted = m_readers.submit([this, subject, read = std::move(read), done](store::Connection& connection) {
        const Result<void> result = [&] {
            const std::lock_guard one{m_reading};
            return read(connection);
        }();
        {
            const std::lock_guard lock{m_mutex};
            if (result)
                m_due.erase(subject);
            else
                m_due[subject] = read;
            m_isDue = !m_due.empty();
        }
        if (!result)
            qCWarning(observe::logStore, "%s could not be read again, the old ones are still in force: %s",
                      subject.c_str(), result.error().text().c_str());
        if (done) done(result);
    });
    if (!posted && done) done(fail(ErrorCode::Stopping));
}

void Rereads::tryAgain() {
    if (!m_isDue) return;
    std::map<std::string, Read> due;
    {
        const std::lock_guard lock{m_mutex};
        const SteadyPoint now = m_clock.steady();
        if (now - m_triedAt < pause) return;
        m_triedAt = now;
        due = m_due;
    }
    for (const auto& [subject, read] : due) submit(subject, read, {});
}

}  // namespace postroom::api
