// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/upkeep/ended_suppressions.h"

#include "engine/observe/log.h"
#include "engine/store/suppressions.h"

namespace postroom::upkeep {

namespace {

constexpr int rowsAtOnce = 500;

// Shared with the writes: the last may end when nothing else is left of this.
struct Look {
    store::Writer& writer;
    const Clock& clock;
    std::atomic<bool> isRunning = false;
};

void step(std::shared_ptr<Look> look) {
    const auto hasMore = std::make_shared<bool>(false);  // shared by the write and what follows it
    store::Writer& writer = look->writer;
    writer.submit(store::Write{[hasMore, now = look->clock.now()](store::Transaction& transaction) -> Result<void> {
                                   auto removed = store::suppressions::purge(transaction, now, rowsAtOnce);
                                   if (!removed) return fail(removed.error());
                                   *hasMore = *removed == rowsAtOnce;
                                   return {};
                               },
                               [look = std::move(look), hasMore](const Result<void>& result) {
                                   if (result && *hasMore) return step(look);
                                   look->isRunning = false;
                                   if (!result && result.error().code != ErrorCode::Stopping)
                                       qCWarning(observe::logStore,
                                                 "suppressions that have ended could not be removed: %s",
                                                 result.error().text().c_str());
                               }});
}

}  // namespace

EndedSuppressions::EndedSuppressions(store::Writer& writer, const Clock& clock, std::chrono::milliseconds lookEvery) {
    const std::shared_ptr<Look> look{new Look{writer, clock}};
    QObject::connect(&m_timer, &QTimer::timeout, &m_timer, [look] {
        if (!look->isRunning.exchange(true)) step(look);
    });
    m_timer.start(lookEvery);
}

}  // namespace postroom::upkeep
