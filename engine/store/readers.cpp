// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/store/readers.h"

namespace postroom::store {

struct Readers::Seat {
    explicit Seat(std::string name) : worker(std::move(name)) {}
    std::unique_ptr<Connection> connection;  // lives in the worker's thread
    bool busy = false;                       // under m_mutex: the worker has been told to serve
    Worker worker;
};

Readers::Readers(Location location, int count, Milliseconds limit) : m_location(std::move(location)), m_limit(limit) {
    for (int i = 0; i < count; ++i) m_seats.push_back(std::make_unique<Seat>("reader" + std::to_string(i)));
}

Readers::~Readers() {
    stop();
}

Result<void> Readers::open() {
    Result<void> opened;
    for (const auto& seat : m_seats) {
        seat->worker.call([&] {
            auto connection = Connection::open(m_location, Access::Read);
            if (connection)
                seat->connection = std::move(*connection);
            else
                opened = fail(connection.error());
        });
        if (!opened) return opened;
    }
    const std::lock_guard lock{m_mutex};
    m_open = true;
    return {};
}

bool Readers::submit(std::function<void(Connection&)> read) {
    const std::lock_guard lock{m_mutex};
    if (!m_open) return false;
    m_waiting.push_back(std::move(read));
    for (const auto& seat : m_seats) {
        if (seat->busy) continue;
        seat->busy = true;
        seat->worker.post([this, raw = seat.get()] { serve(*raw); });
        break;
    }
    return true;
}

void Readers::serve(Seat& seat) {
    for (;;) {
        std::function<void(Connection&)> read;
        {
            const std::lock_guard lock{m_mutex};
            if (m_waiting.empty()) {
                seat.busy = false;
                return;
            }
            read = std::move(m_waiting.front());
            m_waiting.pop_front();
        }
        if (seat.connection->fault() == Fault::Lost) {
            // The one that is broken stays if there is no other: its queries say what is wrong.
            if (auto again = Connection::open(m_location, Access::Read)) seat.connection = std::move(*again);
        }
        seat.connection->limitTime(m_limit);
        read(*seat.connection);
        seat.connection->limitTime(std::nullopt);
    }
}

void Readers::stop() {
    {
        const std::lock_guard lock{m_mutex};
        m_open = false;
    }
    for (const auto& seat : m_seats) {
        seat->worker.call([&] {
            if (seat->connection) serve(*seat);
            seat->connection.reset();
        });
        seat->worker.stop();
    }
}

}  // namespace postroom::store
