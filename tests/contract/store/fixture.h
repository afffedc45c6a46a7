// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// One database under test: its writer in a thread, a connection of the test's own for reading, and records to fill it.

#include "engine/base/worker.h"
#include "engine/store/messages.h"
#include "engine/store/records.h"
#include "engine/store/writer.h"
#include "tests/support/postgres.h"

#include <memory>
#include <optional>
#include <QTemporaryDir>
#include <QTest>

#define VERIFY_OK(expression)                                                \
    do {                                                                     \
        const auto outcome_ = (expression);                                  \
        QVERIFY2(outcome_, outcome_ ? "" : outcome_.error().text().c_str()); \
    } while (false)

namespace postroom::store::test {

inline constexpr TimePoint noon{Milliseconds{1'700'000'000'123}};

/// Where a test's database is: a file of its own, or a fresh database in the shared cluster.
class Place {
public:
    explicit Place(postroom::test::PostgresCluster* cluster) {
        const auto url = cluster ? cluster->freshDatabase() : Result<std::string>{};
        if (url) m_location = Location::parse(*url, m_folder.path().toStdString());
        if (url) m_url = *url;
    }
    [[nodiscard]] const std::string& url() const { return m_url; }
    [[nodiscard]] const Location& location() const { return *m_location; }

private:
    QTemporaryDir m_folder;
    std::string m_url;
    Result<Location> m_location = fail(ErrorCode::Internal);
};

class Store {
public:
    explicit Store(const Location& location, WriterSettings settings = {})
        : m_location(location), m_worker("writer"), writer(m_worker, location, std::move(settings)) {}
    ~Store() {
        reading.reset();
        writer.stop();
    }

    [[nodiscard]] Result<void> open() {
        if (auto opened = writer.open(); !opened) return opened;
        auto connection = Connection::open(m_location, Access::Read);
        if (!connection) return fail(connection.error());
        reading = std::move(*connection);
        return {};
    }
    [[nodiscard]] Connection& read() { return *reading; }
    [[nodiscard]] Result<void> write(std::function<Result<void>(Transaction&)> apply) {
        return writer.wait(std::move(apply));
    }

private:
    Location m_location;
    Worker m_worker;
    std::unique_ptr<Connection> reading;

public:
    Writer writer;
};

/// A fresh database for each test, of the kind that the test's global row names.
class BothDatabases {
public:
    static void addRows() {
        QTest::addColumn<bool>("postgres");
        QTest::newRow("sqlite") << false;
        QTest::newRow("postgres") << true;
    }
    [[nodiscard]] Result<void> start() {
        auto cluster = postroom::test::PostgresCluster::start();
        if (!cluster) return fail(cluster.error());
        m_cluster = std::move(*cluster);
        return {};
    }
    [[nodiscard]] Result<void> open() {
        QFETCH_GLOBAL(bool, postgres);
        m_place.emplace(postgres ? m_cluster.get() : nullptr);
        return reopen();
    }
    /// The same database, as the next run of a program finds it.
    [[nodiscard]] Result<void> reopen() { return openAt(m_place->location()); }
    [[nodiscard]] Result<void> openAt(const Location& location) {
        m_store.reset();
        m_store = std::make_unique<Store>(location);
        return m_store->open();
    }
    void close() {
        m_store.reset();
        m_place.reset();
    }
    void stop() { m_cluster.reset(); }
    [[nodiscard]] Store& store() { return *m_store; }
    [[nodiscard]] const Place& place() const { return *m_place; }
    /// Also beside a test on SQLite.
    [[nodiscard]] postroom::test::PostgresCluster& cluster() { return *m_cluster; }

private:
    std::unique_ptr<postroom::test::PostgresCluster> m_cluster;
    std::optional<Place> m_place;
    std::unique_ptr<Store> m_store;
};

struct Mail {
    MessageRecord message;
    BodyRecord body;
    std::vector<DeliveryRecord> deliveries;
};

/// A message to `recipients` addresses, all in `status`, due at noon in lane "any".
inline Mail makeMail(int recipients = 1, contract::State status = contract::State::Queued) {
    Mail mail;
    mail.message.id = makeId(noon);
    mail.message.createdAt = noon;
    mail.message.status = status;
    mail.message.subject = "主题 'quoted' \\ \"x\"";
    mail.message.fromAddress = "a@example.org";
    mail.message.messageIdHeader = "<" + mail.message.id.text() + "@example.org>";
    mail.message.expiresAt = noon + std::chrono::hours{48};
    mail.message.recipients = recipients;
    mail.message.size_bytes = 1234;
    mail.body.content = std::string("Subject: x\r\n\r\n\0\xff\x80'\\bin", 23);
    mail.body.layout = R"({"pieces":[]})";
    for (int i = 0; i < recipients; ++i) {
        DeliveryRecord delivery;
        delivery.id = makeId(noon);
        delivery.messageId = mail.message.id;
        delivery.recipient = "to" + std::to_string(i) + "@example.net";
        delivery.status = status;
        delivery.lane = "any";
        delivery.dueAt = noon;
        delivery.updatedAt = noon;
        mail.deliveries.push_back(delivery);
    }
    return mail;
}

inline Result<void> insert(Store& store, const Mail& mail) {
    return store.write([&](Transaction& transaction) {
        return messages::insert(transaction, mail.message, mail.body, mail.deliveries);
    });
}

inline AttemptRecord makeAttempt(const Mail& mail) {
    AttemptRecord attempt;
    attempt.id = makeId(noon);
    attempt.messageId = mail.message.id;
    attempt.accountEmail = "sender@example.org";
    attempt.startedAt = noon;
    attempt.took_ms = 12;
    attempt.outcome = "sent";
    attempt.stage = "dot";
    attempt.code = 250;
    attempt.enhanced = "2.0.0";
    attempt.reply = "250 2.0.0 queued as 'x'";
    attempt.transcript = R"(["S: 220 \u0000"])";
    attempt.results = "[]";
    return attempt;
}

}  // namespace postroom::store::test
