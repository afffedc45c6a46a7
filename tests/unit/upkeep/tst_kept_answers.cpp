// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/upkeep/kept_answers.h"

#include "engine/store/idempotency.h"

#include <QTemporaryDir>
#include <QTest>

using namespace postroom;
using namespace postroom::upkeep;
using namespace std::chrono_literals;

class TestKeptAnswers : public QObject {
    Q_OBJECT

private slots:
    // Far more than one step takes, and far sooner than in the next look.
    void endsAllThatIsOverInOneLook() {
        const QTemporaryDir folder;
        const store::Location location = store::Location::parse("", folder.path().toStdString()).value();
        const SystemClock clock;
        Worker worker{"writer"};
        store::Writer writer{worker, location};
        QVERIFY(writer.open());
        const TimePoint now = std::chrono::floor<Milliseconds>(clock.now());
        const auto filled = writer.wait([&](store::Transaction& transaction) -> Result<void> {
            for (int i = 0; i < 500; ++i) {
                auto done = store::idempotency::insert(transaction, {.owner = "o",
                                                                     .key = std::to_string(i),
                                                                     .fingerprint = "f",
                                                                     .status = 202,
                                                                     .answer = "{}",
                                                                     .messages = {makeId(now)},
                                                                     .createdAt = now - 48h,
                                                                     .keepUntil = i == 7 ? now + 1h : now - 24h});
                if (!done) return done;
            }
            return {};
        });
        QVERIFY2(filled, filled ? "" : filled.error().text().c_str());
        const auto reading = store::Connection::open(location, store::Access::Read).value();
        const auto left = [&] { return reading->single("SELECT count(*) FROM idempotency_keys").value(); };
        {
            const KeptAnswers answers{writer, clock, 1s};
            QTRY_COMPARE(left(), std::string("1"));
        }
        QVERIFY(store::idempotency::find(*reading, "o", "7").value());
        writer.stop();
    }
};

QTEST_GUILESS_MAIN(TestKeptAnswers)
#include "tst_kept_answers.moc"
