// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/observe/metrics.h"

#include <cmath>
#include <cstdlib>
#include <limits>
#include <optional>
#include <QRegularExpression>
#include <QTest>
#include <set>
#include <thread>

using namespace postroom;
using namespace postroom::observe;

namespace {

QByteArray rendered(Metrics& metrics) {
    return QByteArray::fromStdString(metrics.render());
}

constexpr char samplePattern[] =
    R"(^[a-z_]+(\{[a-z]+="([^"\\\n]|\\.)*"(,[a-z]+="([^"\\\n]|\\.)*")*\})? ([-+0-9.e]+|[+-]Inf|Nan)$)";

// The value of the one line that begins with this series; nothing if there is no such line.
std::optional<double> valueOf(const QByteArray& page, const QByteArray& series) {
    for (const QByteArray& line : page.split('\n'))
        if (line.startsWith(series + ' ')) return std::strtod(line.constData() + series.size() + 1, nullptr);
    return std::nullopt;
}

}  // namespace

class TestMetrics : public QObject {
    Q_OBJECT

private slots:
    void showsTheManualsCountersFromTheStart() {
        Metrics metrics{"1.2.3"};
        const QByteArray page = rendered(metrics);
        QCOMPARE(valueOf(page, "messages_sent_total"), std::optional{0.0});
        QCOMPARE(valueOf(page, "messages_failed_total"), std::optional{0.0});
        QCOMPARE(valueOf(page, "rabbitmq_queue_messages"), std::optional{0.0});
        QCOMPARE(valueOf(page, "postroom_ledger_imbalance"), std::optional{0.0});
        QCOMPARE(valueOf(page, "postroom_queue_messages{state=\"queued\"}"), std::optional{0.0});
        QCOMPARE(valueOf(page, "postroom_accounts{state=\"resting\"}"), std::optional{0.0});
        QCOMPARE(valueOf(page, "postroom_attempts_total{outcome=\"unknown\"}"), std::optional{0.0});
        QCOMPARE(valueOf(page, "postroom_build_info{version=\"1.2.3\"}"), std::optional{1.0});
        QVERIFY(valueOf(page, "process_resident_memory_bytes").value() > 1e6);
        QVERIFY(valueOf(page, "process_virtual_memory_bytes").value() > 1e6);
        QVERIFY(valueOf(page, "process_open_fds").value() >= 3);
        QVERIFY(valueOf(page, "process_cpu_seconds_total").value() >= 0);
        QVERIFY(valueOf(page, "process_start_time_seconds").value() > 1.6e9);
    }

    void rendersExactlyTheTable() {
        Metrics metrics{"1"};
        metrics.httpRequest("/health", "GET", 200, 0.001);
        metrics.statement("insert_message", 0.001);
        metrics.setDailyUsed({{"a", 0.5}});
        const QByteArray page = rendered(metrics);
        std::set<QByteArray> shown;
        for (const QByteArray& line : page.split('\n'))
            if (line.startsWith("# TYPE ")) shown.insert(line.mid(7));
        std::set<QByteArray> promised;
        for (const MetricRow& row : metricTable()) {
            const char* type = row.type == MetricType::Counter ? "counter"
                               : row.type == MetricType::Gauge ? "gauge"
                                                               : "histogram";
            const QByteArray name{row.name.data(), static_cast<qsizetype>(row.name.size())};
            promised.insert(name + ' ' + type);
            QVERIFY2(page.contains("# HELP " + name + ' '), name.constData());
            QVERIFY2(!row.help.empty(), name.constData());
        }
        QCOMPARE(QByteArrayList(shown.begin(), shown.end()), QByteArrayList(promised.begin(), promised.end()));
        QCOMPARE(promised.size(), metricTable().size());
    }

    // Every line is a comment or a sample of the text format 0.0.4.
    void speaksTheTextFormat() {
        Metrics metrics{"1"};
        metrics.httpRequest("/api/v1/messages/{id}", "GET", 404, 0.25);
        metrics.setQueueOldestAge(std::numeric_limits<double>::infinity());
        const QRegularExpression sample{QString::fromLatin1(samplePattern)};
        for (const QByteArray& line : rendered(metrics).split('\n')) {
            if (line.isEmpty() || line.startsWith("# HELP ") || line.startsWith("# TYPE ")) continue;
            QVERIFY2(sample.match(QString::fromUtf8(line)).hasMatch(), line.constData());
        }
    }

    void countsWhatHappens() {
        Metrics metrics;
        metrics.messagesSent(3);
        metrics.messagesSent();
        metrics.messagesFailed(2);
        metrics.attempt("partly");
        metrics.sentLogMissed(2);
        metrics.httpRequest("/api/v1/messages/email/send", "POST", 202, 0.004);
        metrics.httpRequest("/api/v1/messages/email/send", "POST", 202, 0.2);
        metrics.commit(0.003, 7);
        metrics.deliveryDuration(2);
        metrics.statement("insert_message", 0.0001);
        const QByteArray page = rendered(metrics);
        QCOMPARE(valueOf(page, "messages_sent_total"), std::optional{4.0});
        QCOMPARE(valueOf(page, "messages_failed_total"), std::optional{2.0});
        QCOMPARE(valueOf(page, "postroom_attempts_total{outcome=\"partly\"}"), std::optional{1.0});
        QCOMPARE(valueOf(page, "postroom_sent_log_missed_total"), std::optional{2.0});
        QVERIFY(
            page.contains("postroom_http_requests_total{method=\"POST\",route=\"/api/v1/messages/email/send\","
                          "status=\"202\"} 2\n"));
        QVERIFY(page.contains(
            "postroom_http_request_duration_seconds_bucket{route=\"/api/v1/messages/email/send\",le=\"0.005\"} 1\n"));
        QCOMPARE(valueOf(page, "postroom_store_commit_seconds_count"), std::optional{1.0});
        QCOMPARE(valueOf(page, "postroom_store_commit_items_sum"), std::optional{7.0});
        QCOMPARE(valueOf(page, "postroom_delivery_duration_seconds_sum"), std::optional{2.0});
        QCOMPARE(valueOf(page, "postroom_store_statement_seconds_count{statement=\"insert_message\"}"),
                 std::optional{1.0});
    }

    void makesTheQueueLengthOfWhatIsQueuedOrSending() {
        Metrics metrics;
        metrics.setQueueMessages(contract::State::Queued, 5);
        metrics.setQueueMessages(contract::State::Sending, 2);
        metrics.setQueueMessages(contract::State::Scheduled, 100);
        metrics.setQueueMessages(contract::State::Held, 10);
        metrics.setQueueMessages(contract::State::Sent, 1000);
        const QByteArray page = rendered(metrics);
        QCOMPARE(valueOf(page, "rabbitmq_queue_messages"), std::optional{7.0});
        QCOMPARE(valueOf(page, "postroom_queue_messages{state=\"scheduled\"}"), std::optional{100.0});
        QVERIFY(!valueOf(page, "postroom_queue_messages{state=\"sent\"}"));
    }

    void escapesLabelValues() {
        Metrics metrics{"a\"b\\c\nd"};
        QVERIFY(rendered(metrics).contains("postroom_build_info{version=\"a\\\"b\\\\c\\nd\"} 1\n"));
    }

    void takesNoMethodOfAStranger() {
        Metrics metrics;
        metrics.httpRequest("/x", "BREW\"}", 405, 0);
        const QByteArray page = rendered(metrics);
        QVERIFY(!page.contains("BREW"));
        QVERIFY(page.contains("method=\"other\""));
    }

    void staysBoundedWhateverTheLabels() {
        Metrics metrics;
        for (int i = 0; i < 5000; ++i) metrics.statement("statement_" + std::to_string(i), 0.001);
        const QByteArray page = rendered(metrics);
        QCOMPARE(page.count("postroom_store_statement_seconds_count{"), 2001);
        QCOMPARE(valueOf(page, "postroom_store_statement_seconds_count{statement=\"other\"}"), std::optional{3000.0});
    }

    void showsTheHundredFullestAccountsAndForgetsTheOthers() {
        Metrics metrics;
        std::vector<std::pair<std::string, double>> ratios;
        for (int i = 0; i < 150; ++i) ratios.emplace_back("account-" + std::to_string(i), i / 150.0);
        metrics.setDailyUsed(ratios);
        QByteArray page = rendered(metrics);
        QCOMPARE(page.count("postroom_account_daily_used_ratio{"), 100);
        QVERIFY(page.contains("{account=\"account-149\"}"));
        QVERIFY(!page.contains("{account=\"account-49\"}"));
        metrics.setDailyUsed({{"account-3", 1}});
        page = rendered(metrics);
        QCOMPARE(page.count("postroom_account_daily_used_ratio{"), 1);
        QCOMPARE(valueOf(page, "postroom_account_daily_used_ratio{account=\"account-3\"}"), std::optional{1.0});
        metrics.setDailyUsed({});
        QCOMPARE(rendered(metrics).count("postroom_account_daily_used_ratio{"), 0);
    }

    void asksForGaugesAtTheScrape() {
        Metrics metrics;
        int asked = 0;
        metrics.onScrape([&asked](Metrics& m) { m.setSmtpConnections(++asked); });
        metrics.onScrape([](Metrics& m) { m.setStoreWalBytes(4096); });
        QCOMPARE(valueOf(rendered(metrics), "postroom_smtp_connections"), std::optional{1.0});
        const QByteArray page = rendered(metrics);
        QCOMPARE(valueOf(page, "postroom_smtp_connections"), std::optional{2.0});
        QCOMPARE(valueOf(page, "postroom_store_wal_bytes"), std::optional{4096.0});
    }

    void losesNothingBetweenThreads() {
        Metrics metrics;
        constexpr int each = 5000;
        std::vector<std::thread> threads;
        for (int t = 0; t < 4; ++t) {
            threads.emplace_back([&metrics, t] {
                const std::string own = "/route/" + std::to_string(t);
                for (int i = 0; i < each; ++i) {
                    metrics.messagesSent();
                    metrics.httpRequest("/shared", "GET", 200, 0.001);
                    metrics.httpRequest(own, "GET", 200, 0.001);
                    if (i % 100 == 0) metrics.setDailyUsed({{own, 0.5}});
                }
            });
        }
        for (int i = 0; i < 20; ++i) QVERIFY(!metrics.render().empty());
        for (std::thread& thread : threads) thread.join();
        const QByteArray page = rendered(metrics);
        QCOMPARE(valueOf(page, "messages_sent_total"), std::optional{4.0 * each});
        QCOMPARE(valueOf(page, "postroom_http_requests_total{method=\"GET\",route=\"/shared\",status=\"200\"}"),
                 std::optional{4.0 * each});
        for (int t = 0; t < 4; ++t)
            QCOMPARE(valueOf(page, "postroom_http_request_duration_seconds_count{route=\"/route/" +
                                       QByteArray::number(t) + "\"}"),
                     std::optional{1.0 * each});
    }
};

QTEST_APPLESS_MAIN(TestMetrics)
#include "tst_metrics.moc"
