// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/upkeep/attachment_sweep.h"

#include "engine/observe/log.h"

namespace postroom::upkeep {

namespace {

using namespace std::chrono_literals;

constexpr auto firstAfter = 5min;
constexpr auto every = 1h;
constexpr int rowsAtOnce = 200;
constexpr std::size_t filesAtOnce = 100;

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
        if (std::exchange(m_isSweeping, true)) return;
        m_done = std::move(done);
        m_removed = 0;
        m_before = m_parts.clock.now() - m_parts.keptFor;
        expireUploads();
    });
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
        if (page->empty()) {
            m_parts.worker.post([this] { collect(); });
            return;
        }
        const auto uses = std::make_shared<const std::vector<store::FileUse>>(std::move(*page));
        m_parts.writer.submit(store::Write{[uses](store::Transaction& transaction) -> Result<void> {
                                               for (const store::FileUse& use : *uses)
                                                   if (auto done = store::files::release(transaction, use); !done)
                                                       return done;
                                               return {};
                                           },
                                           [this, uses](const Result<void>& result) {
                                               m_parts.worker.post([this, uses, result] {
                                                   if (!result) return finish(result);
                                                   releaseFrom(uses->back());
                                               });
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
    const std::size_t count = std::min(filesAtOnce, m_names.size());
    std::vector<std::string> names(m_names.end() - static_cast<std::ptrdiff_t>(count), m_names.end());
    m_names.resize(m_names.size() - count);
    m_parts.readers.submit([this, names = std::move(names)](store::Connection& connection) {
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
            needless.empty() ? judgeNext() : removeUnneeded(std::move(needless));
        });
    });
}

void AttachmentSweep::removeUnneeded(std::vector<std::string> names) {
    const auto removed = std::make_shared<int>(0);  // shared by the write and what follows it
    m_parts.writer.submit(
        store::Write{[this, names = std::move(names), removed](store::Transaction& transaction) -> Result<void> {
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
                             judgeNext();
                         });
                     }});
}

void AttachmentSweep::finish(const Result<void>& result) {
    m_isSweeping = false;
    m_names.clear();
    // The next sweep is in an hour.
    if (!result) qCWarning(observe::logStore, "sweeping attachments: %s", result.error().text().c_str());
    if (m_removed > 0) qCInfo(observe::logStore, "removed %d attachment files that nobody needs", m_removed);
    if (auto done = std::exchange(m_done, {})) done(m_removed);
}

}  // namespace postroom::upkeep
