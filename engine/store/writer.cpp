// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/store/writer.h"

#include "engine/store/migrations.h"

#include <algorithm>
#include <mutex>

namespace postroom::store {

using namespace std::chrono_literals;

namespace {

// Pages at the tail of an index are written again by every commit: a longer log copies them once. Above the second
// mark readers have kept the log from starting anew; waiting for them costs less than a log without end.
constexpr std::int64_t checkpointEvery_bytes = 16 << 20;
constexpr std::int64_t logTooLong_bytes = 64 << 20;
// How often a server that is gone is knocked at, while writes keep failing at once.
constexpr auto reconnectEvery = 500ms;

Error stopping() {
    return Error{.code = ErrorCode::Stopping, .params = {}, .detail = "the store has stopped", .fields = {}};
}

void add(std::vector<std::pair<std::string, std::int64_t>>& deltas, std::string_view counter, std::int64_t delta) {
    // A dozen names at most: walking them is cheaper than hashing.
    const auto known =
        std::find_if(deltas.begin(), deltas.end(), [&](const auto& entry) { return entry.first == counter; });
    if (known == deltas.end())
        deltas.emplace_back(counter, delta);
    else
        known->second += delta;
}

}  // namespace

void Transaction::count(std::string_view counter, std::int64_t delta) {
    add(m_deltas, counter, delta);
}

Writer::Writer(Worker& worker, Location location, WriterSettings settings)
    : m_worker(worker),
      m_location(std::move(location)),
      m_settings(std::move(settings)),
      m_mailbox(worker, [this](std::vector<Write> writes) { take(std::move(writes)); }) {}

Writer::~Writer() {
    stop();
}

Result<void> Writer::open() {
    Result<void> opened = fail(stopping());
    m_worker.call([&] {
        opened = connect();
        m_checkpointAtBytes = checkpointEvery_bytes;
    });
    return opened;
}

Result<void> Writer::connect() {
    auto connection = Connection::open(m_location, Access::Write);
    if (!connection) return fail(connection.error());
    if (m_settings.connected)
        if (auto allowed = m_settings.connected(**connection); !allowed) return allowed;
    if (auto migrated = migrate(**connection); !migrated) return migrated;
    m_connection = std::move(*connection);
    return {};
}

void Writer::submit(Write write) {
    {
        const std::shared_lock lock{m_stopMutex};
        if (!m_stopped) {
            m_mailbox.push(std::move(write));
            return;
        }
    }
    if (write.done) write.done(fail(stopping()));
}

void Writer::submit(std::vector<Write> writes) {
    {
        const std::shared_lock lock{m_stopMutex};
        if (!m_stopped) {
            m_mailbox.push(std::move(writes));
            return;
        }
    }
    for (const Write& write : writes)
        if (write.done) write.done(fail(stopping()));
}

Result<void> Writer::wait(std::function<Result<void>(Transaction&)> apply) {
    Q_ASSERT(!m_worker.isCurrent());
    Result<void> result = fail(stopping());
    submit(Write{.apply = std::move(apply), .done = [&](const Result<void>& outcome) { result = outcome; }});
    // Runs behind the mailbox's own event, which was posted by submit() or before it.
    m_worker.call([] {});
    return result;
}

void Writer::stop() {
    {
        const std::unique_lock lock{m_stopMutex};
        if (m_stopped) return;
        m_stopped = true;
    }
    m_worker.call([this] {
        // Every push came before m_stopped, so its event runs before this one. What fails here stays in the log.
        if (m_connection && healthy()) static_cast<void>(m_connection->checkpoint(Checkpoint::Truncate));
        m_connection.reset();
        m_walBytes = 0;
    });
}

void Writer::take(std::vector<Write> writes) {
    for (std::size_t done = 0; done < writes.size();) {
        const std::size_t count = std::min(m_settings.batchLimit, writes.size() - done);
        commitBatch(writes.data() + done, count);
        done += count;
    }
}

Result<void> Writer::ensureConnected() {
    if (!healthy())
        return fail(ErrorCode::StorageFailed, "an earlier write failed and the disk can't be trusted any more");
    if (m_connection && m_connection->fault() != Fault::Lost) return {};
    if (m_location.isSqlite) return fail(ErrorCode::StorageFailed, "the database is not open");
    const auto now = std::chrono::steady_clock::now();
    if (now < m_nextConnect) return fail(ErrorCode::StorageFailed, "the database server is gone");
    m_connection.reset();
    // It may be another server by now, or one that went back in time, or another engine's.
    auto connected = connect();
    m_nextConnect = std::chrono::steady_clock::now() + reconnectEvery;
    // Whatever keeps it away, to those who write it is away for now: also where the lock of the session that was lost
    // is still held, by the server that has not noticed.
    if (!connected) return fail(ErrorCode::StorageFailed, connected.error().detail);
    return {};
}

void Writer::commitBatch(Write* first, std::size_t count) {
    std::vector<Result<void>> results(count);
    Result<void> whole = ensureConnected();
    std::chrono::microseconds took{};
    if (whole) {
        m_counters.clear();
        whole = applyBatch(first, results);
        if (whole) {
            const auto before = std::chrono::steady_clock::now();
            whole = m_connection->commit();
            took = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - before);
        }
        if (!whole) {
            const Error error = whole.error();
            // SQLite may have rolled back by itself; then this says so and that is all right.
            static_cast<void>(m_connection->rollback());
            judge(error);
        }
    }
    if (whole) {
        m_walBytes = m_connection->walBytes();
        if (m_settings.committed) m_settings.committed(took, count);
    }
    for (std::size_t i = 0; i < count; ++i) {
        if (!first[i].done) continue;
        // A write that was refused keeps its own reason, whatever became of the others.
        first[i].done(results[i] && !whole ? whole : results[i]);
    }
    if (whole) checkpointWhenLarge();
}

Result<void> Writer::applyBatch(Write* first, std::vector<Result<void>>& results) {
    Connection& connection = *m_connection;
    connection.forgetFault();
    if (auto begun = connection.begin(); !begun) return begun;
    for (std::size_t i = 0; i < results.size(); ++i) {
        if (auto saved = connection.savepoint(); !saved) return saved;
        Transaction transaction{connection};
        results[i] = first[i].apply(transaction);
        if (results[i]) {
            if (auto released = connection.release(); !released) return released;
            for (const auto& [counter, delta] : transaction.m_deltas) add(m_counters, counter, delta);
            continue;
        }
        // On a full disk or an I/O error the database gives the whole transaction up, its savepoints with it.
        if (const Fault fault = connection.fault(); fault != Fault::None) return results[i];
        if (auto back = connection.rollbackToSavepoint(); !back) return back;
    }
    return writeCounters();
}

Result<void> Writer::writeCounters() {
    // In one order on every node: two transactions can't wait for each other.
    std::sort(m_counters.begin(), m_counters.end());
    for (const auto& [counter, delta] : m_counters) {
        if (delta == 0) continue;
        auto query = m_connection->query("counters.add",
                                         "INSERT INTO counters (name, value) VALUES (?, ?) ON CONFLICT (name) "
                                         "DO UPDATE SET value = counters.value + excluded.value");
        if (!query) return fail(query.error());
        if (auto ran = query->bind(counter).bind(delta).run(); !ran) return ran;
    }
    return {};
}

void Writer::judge(const Error& error) {
    const Fault fault = m_connection->fault();
    if (fault == Fault::Lost) return;  // the next batch connects anew
    if (fault == Fault::Io || fault == Fault::Corrupt) {
        // The kernel drops dirty pages whose write failed and reports it once: an fsync that succeeds now proves
        // nothing.
        m_healthy.store(false, std::memory_order_release);
        if (m_settings.failed) m_settings.failed(error);
        return;
    }
    m_connection->forgetFault();
}

void Writer::checkpointWhenLarge() {
    const std::int64_t bytes = m_connection->walBytes();
    if (bytes < checkpointEvery_bytes) m_checkpointAtBytes = checkpointEvery_bytes;
    if (bytes < m_checkpointAtBytes) return;
    m_checkpointAtBytes = bytes + checkpointEvery_bytes;
    const auto done = m_connection->checkpoint(bytes < logTooLong_bytes ? Checkpoint::Passive : Checkpoint::Restart);
    // A full disk: the commits are safe in the log, and the next checkpoint copies them again.
    if (!done) judge(done.error());
}

}  // namespace postroom::store
