// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/upkeep/kept_answers.h"

#include "engine/observe/log.h"
#include "engine/store/idempotency.h"

namespace postroom::upkeep {

namespace {

using namespace std::chrono_literals;

constexpr auto tickEvery = 1s;
constexpr int idleTicks = 60;
constexpr int atOnce = 200;
// How long one whose message still waits is left alone: scheduled mail may wait for years.
constexpr auto patience = 1h;

}  // namespace

KeptAnswers::KeptAnswers(store::Writer& writer, const Clock& clock) : m_writer(writer), m_clock(clock) {
    QObject::connect(&m_timer, &QTimer::timeout, &m_timer, [this] { tick(); });
    m_timer.start(tickEvery);
}

void KeptAnswers::tick() {
    if (!m_hasMore->exchange(false) && --m_untilNext > 0) return;
    m_untilNext = idleTicks;
    m_writer.submit(store::Write{
        [hasMore = m_hasMore, now = m_clock.now()](store::Transaction& transaction) -> Result<void> {
            const auto seen = store::idempotency::purge(transaction, now, patience, atOnce);
            if (!seen) return fail(seen.error());
            if (*seen == atOnce) hasMore->store(true);
            return {};
        },
        [](const Result<void>& result) {
            if (!result && result.error().code != ErrorCode::Stopping)
                qCWarning(observe::logStore, "kept answers could not be ended: %s", result.error().text().c_str());
        }});
}

}  // namespace postroom::upkeep
