// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The one connection that writes. Everything that waits goes into one transaction and one fsync.
//
// submit() from any thread; apply() and done() run in the writer's Worker. A write is durable when its done() gets no
// error; if done() gets one, nothing of that write is in the database. Two exceptions, where it is not known: an fsync
// that failed, and a PostgreSQL lost during COMMIT. So a write that is repeated must be made to change nothing the
// second time.

#include "engine/base/mailbox.h"
#include "engine/base/worker.h"
#include "engine/store/connection.h"

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace postroom::store {

/// What a write sees; valid only inside apply().
class Transaction {
public:
    explicit Transaction(Connection& connection) : m_connection(connection) {}
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;

    [[nodiscard]] Connection& connection() { return m_connection; }
    [[nodiscard]] Result<Query> query(std::string_view name, std::string_view sql) {
        return m_connection.query(name, sql);
    }
    /// Moves a persisted counter. The deltas of a whole group commit are added up and written once before COMMIT;
    /// those of a write that failed are dropped with it.
    void count(std::string_view counter, std::int64_t delta);

private:
    friend class Writer;
    using Deltas = std::vector<std::pair<std::string, std::int64_t>>;
    Connection& m_connection;
    Deltas m_deltas;
};

struct Write {
    std::function<Result<void>(Transaction&)> apply;
    std::function<void(const Result<void>&)> done = {};
};

struct WriterSettings {
    std::size_t batchLimit = 1024;  ///< writes in one transaction
    /// Of each new connection, before anything is migrated or written on it; an error keeps it from being used.
    std::function<Result<void>(Connection&)> connected = {};
    /// After each commit, in the writer's thread: how long COMMIT took and how many writes were in it.
    std::function<void(std::chrono::microseconds, std::size_t)> committed = {};
    /// Once, in the writer's thread, when the disk can't be trusted any more: the engine should end.
    std::function<void(const Error&)> failed = {};
};

class Writer {
public:
    Writer(Worker& worker, Location location, WriterSettings settings = {});
    ~Writer();
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;

    /// Opens, checks and migrates, in the worker; waits for it. Not from the worker itself.
    [[nodiscard]] Result<void> open();

    /// Each write has its own savepoint: one that fails never fails its neighbours. If COMMIT fails every done() gets
    /// StorageFailed, or StorageFull when the disk is full (it recovers by itself). After an I/O error the writer is
    /// unhealthy for good: fsync is never called again in the hope that it works now, and every later write gets
    /// StorageFailed. After stop(), done() gets Stopping, in the calling thread.
    void submit(Write write);
    void submit(std::vector<Write> writes);
    /// One write, waited for. For start-up, shutdown and tests; not from the worker itself.
    [[nodiscard]] Result<void> wait(std::function<Result<void>(Transaction&)> apply);

    /// Writes what waits, empties the write-ahead log and closes. Not from the worker itself.
    void stop();

    /// Any thread.
    [[nodiscard]] bool healthy() const { return m_healthy.load(std::memory_order_acquire); }
    [[nodiscard]] std::int64_t walBytes() const { return m_walBytes.load(std::memory_order_relaxed); }

private:
    void take(std::vector<Write> writes);
    void commitBatch(Write* first, std::size_t count);
    [[nodiscard]] Result<void> applyBatch(Write* first, std::vector<Result<void>>& results);
    [[nodiscard]] Result<void> writeCounters();
    [[nodiscard]] Result<void> connect();
    Result<void> ensureConnected();
    void judge(const Error& error);
    void checkpointWhenLarge();

    Worker& m_worker;
    const Location m_location;
    const WriterSettings m_settings;
    Mailbox<Write> m_mailbox;
    std::shared_mutex m_stopMutex;  // submit() shares it, so that nothing is pushed once stop() has begun
    bool m_stopped = false;
    std::atomic<bool> m_healthy = true;
    std::atomic<std::int64_t> m_walBytes = 0;
    // The rest belongs to the worker's thread.
    std::unique_ptr<Connection> m_connection;
    Transaction::Deltas m_counters;
    std::int64_t m_checkpointAtBytes = 0;
    SteadyPoint m_nextConnect{};
};

}  // namespace postroom::store
