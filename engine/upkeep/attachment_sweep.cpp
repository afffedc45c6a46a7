// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/upkeep/attachment_sweep.h"

#include "engine/observe/log.h"

#include <algorithm>
#include <iterator>

namespace postroom::upkeep {

namespace {

using namespace std::chrono_literals;

constexpr auto firstAfter = 5min;
constexpr auto every = 1h;
constexpr int rowsAtOnce = 200;
constexpr std::size_t filesAtOnce = 100;
// Within one commit, while whoever keeps or removes a file waits: a file system may take its time for each.
constexpr std::size_t removedAtOnce = 8;

std::vector<std::string> takeLast(std::vector<std::string>& from, std::size_t most) {
    const auto first = from.end() - static_cast<std::ptrdiff_t>(std::min(most, from.size()));
    std::vector<std::string> taken(std::make_move_iterator(first), std::make_move_iterator(from.end()));
    from.erase(first, from.end());
    return taken;
}

}  // namespace

AttachmentSweep::AttachmentSweep(Parts parts) : m_parts(std::move(parts)) {}

void AttachmentSweep::run() {
    m_timer = std::make_unique<QTimer>();
    QObject::connect(m_timer.get(), &QTimer::timeout, m_timer.get(), [this] {
        m_timer->start(every);
        sweep();
    });
    m_timer->start(firstAfter);
}

void AttachmentSweep::sweep(std::function<void(int)> done) {
    m_parts.worker.post([this, done = std::move(done)]() mutable {
        if (m_isStopped || std::exchange(m_isSweeping, true)) return;
        m_done = std::move(done);
        m_removed = 0;
        m_before = m_parts.clock.now() - m_parts.keptFor;
        expireUploads();
    });
}

void AttachmentSweep::stop() {
    m_timer.reset();
    m_isStopped = true;
}

void AttachmentSweep::expireUploads() {
    const auto removed = std::make_shared<int>(0);  // shared by the write and what follows it
    m_parts.writer.submit(store::Write{[before = m_before, removed](store::Transaction& transaction) -> Result<void> {
                                           auto count = store::files::expireUploads(transaction, before, rowsAtOnce);
                                           if (!count) return fail(count.error());
                                           *removed = *count;
                                           return {};
                                       },
                                       [this, removed](const Result<void>& result) {
                                           m_parts.worker.post([this, result, more = *removed == rowsAtOnce] {
                                               if (!result) return finish(result);
                                               more ? expireUploads() : releaseFrom({});
                                           });
                                       }});
}

void AttachmentSweep::releaseFrom(const store::FileUse& after) {
    m_parts.readers.submit([this, after, before = m_before](store::Connection& connection) {
        auto page = store::files::spent(connection, after, before, rowsAtOnce);
        if (!page) {
            m_parts.worker.post([this, error = page.error()] { finish(fail(error)); });
            return;
        }
        const auto goOn = [this, next = std::move(page->next)] { next ? releaseFrom(*next) : collect(); };
        if (page->spent.empty()) {
            m_parts.worker.post(goOn);
            return;
        }
        m_parts.writer.submit(
            store::Write{[uses = std::move(page->spent)](store::Transaction& transaction) -> Result<void> {
                             for (const store::FileUse& use : uses)
                                 if (auto done = store::files::release(transaction, use); !done) return done;
                             return {};
                         },
                         [this, goOn](const Result<void>& result) {
                             m_parts.worker.post([this, goOn, result] { result ? goOn() : finish(result); });
                         }});
    });
}

void AttachmentSweep::collect() {
    m_names.clear();
    m_parts.files.visitOlder(m_parts.youngest, [this](const std::string& name) { m_names.push_back(name); });
    judgeNext();
}

// A reader says first which seem needless, so that the writer is asked about few.
void AttachmentSweep::judgeNext() {
    if (m_names.empty()) return finish({});
    m_parts.readers.submit([this, names = takeLast(m_names, filesAtOnce)](store::Connection& connection) {
        std::vector<std::string> needless;
        Result<void> result;
        for (const std::string& name : names) {
            const auto needed = store::files::isNeeded(connection, name);
            if (!needed) {
                result = fail(needed.error());
                break;
            }
            if (!*needed) needless.push_back(name);
        }
        m_parts.worker.post([this, result, needless = std::move(needless)]() mutable {
            if (!result) return finish(result);
            m_needless = std::move(needless);
            removeNext();
        });
    });
}

void AttachmentSweep::removeNext() {
    if (m_needless.empty()) return judgeNext();
    const auto removed = std::make_shared<int>(0);  // shared by the write and what follows it
    m_parts.writer.submit(store::Write{
        [this, names = takeLast(m_needless, removedAtOnce), removed](store::Transaction& transaction) -> Result<void> {
            for (const std::string& name : names) {
                const auto needed = store::files::isNeeded(transaction.connection(), name);
                if (!needed) return fail(needed.error());
                if (!*needed && m_parts.files.remove(name)) ++*removed;
            }
            return {};
        },
        [this, removed](const Result<void>& result) {
            m_parts.worker.post([this, removed, result] {
                m_removed += *removed;
                if (!result) return finish(result);
                removeNext();
            });
        }});
}

void AttachmentSweep::finish(const Result<void>& result) {
    m_isSweeping = false;
    m_names.clear();
    m_needless.clear();
    // The next sweep is in an hour.
    if (!result) qCWarning(observe::logStore, "sweeping attachments: %s", result.error().text().c_str());
    if (m_removed > 0) qCInfo(observe::logStore, "removed %d attachment files that nobody needs", m_removed);
    if (auto done = std::exchange(m_done, {})) done(m_removed);
}

}  // namespace postroom::upkeep
