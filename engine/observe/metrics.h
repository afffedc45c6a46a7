// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// What an operator's Prometheus reads: counters that grow on the way of a message, gauges filled in at the scrape.
//
// Any thread; increments are atomics behind a cached lookup. One object, made by the host and handed to whoever counts.
// No label ever carries an address, a subject or a key; routes and statements are closed lists, and a child beyond the
// bound of its family is counted as "other". metricTable() is what the reference page and the contract test read.

#include "engine/contract/states.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace postroom::observe {

enum class MetricType { Counter, Gauge, Histogram };

/// One family as it is registered and documented.
struct MetricRow {
    std::string_view name;
    MetricType type;
    std::string_view labels;  ///< comma-separated, empty: none
    std::string_view help;    ///< the operator's explanation
};

/// Every family that render() can show, in the order of the reference page.
[[nodiscard]] const std::vector<MetricRow>& metricTable();

class Metrics {
public:
    explicit Metrics(std::string_view version = {});
    ~Metrics();
    Metrics(const Metrics&) = delete;
    Metrics& operator=(const Metrics&) = delete;

    /// Runs the scrape callbacks, then writes all families as Prometheus text 0.0.4.
    [[nodiscard]] std::string render();
    /// Called by render() in the scraping thread, one scrape at a time: it must neither block nor call render().
    void onScrape(std::function<void(Metrics&)> callback);

    // What happens, counted when it happens. Numbers are recipients where mail is counted.
    void messagesSent(std::int64_t recipients = 1);
    void messagesFailed(std::int64_t recipients = 1);
    void suppressed(std::int64_t recipients);
    void httpRequest(std::string_view route, std::string_view method, int status, double seconds);
    void attempt(std::string_view outcome);
    /// From accepted to sent.
    void deliveryDuration(double seconds);
    void sentLogMissed(std::int64_t lines);
    void commit(double seconds, std::int64_t items);
    void statement(std::string_view name, double seconds);

    // What is, set at the scrape.
    /// Deliveries in a state; queued and sending together make rabbitmq_queue_messages.
    void setQueueMessages(contract::State state, std::int64_t deliveries);
    void setQueueOldestAge(double seconds);
    /// state: ready, limited, resting, paused, disabled.
    void setAccounts(std::string_view state, std::int64_t count);
    /// The whole picture by account id; the 100 fullest are shown, those of the last scrape are forgotten.
    void setDailyUsed(std::vector<std::pair<std::string, double>> ratios);
    void setSmtpConnections(std::int64_t open);
    void setStoreWalBytes(std::int64_t size_bytes);
    void setStoreConnections(std::int64_t open);
    void setLedgerImbalance(std::int64_t deliveries);
    /// Seconds since 1970; 0: never.
    void setBackupLastSuccess(double at);

private:
    struct Families;
    std::unique_ptr<Families> m_families;
};

}  // namespace postroom::observe
