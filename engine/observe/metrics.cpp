// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/observe/metrics.h"

#include "engine/base/clock.h"
#include "engine/base/platform.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>
#include <algorithm>
#include <array>
#include <initializer_list>
#include <map>
#include <mutex>
#include <QtGlobal>
#include <shared_mutex>
#include <sstream>
#include <string>
#include <unordered_map>

namespace postroom::observe {

namespace {

using prometheus::Histogram;

// Children of one family are closed lists in all but name; whoever breaks that gets "other" and not the memory.
constexpr std::size_t childrenAtMost = 2000;
constexpr std::size_t accountsShown = 100;

const Histogram::BucketBoundaries quick{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
const Histogram::BucketBoundaries patient{0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 14400, 43200, 172800};
const Histogram::BucketBoundaries counts{1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024};

const MetricRow& rowNamed(std::string_view name) {
    const auto& table = metricTable();
    const auto row = std::find_if(table.begin(), table.end(), [name](const MetricRow& r) { return r.name == name; });
    Q_ASSERT(row != table.end());
    return *row;
}

template <typename Builder>
auto& registerAs(std::string_view name, Builder builder, prometheus::Registry& registry) {
    return builder.Name(std::string(name)).Help(std::string(rowNamed(name).help)).Register(registry);
}
auto& counters(std::string_view name, prometheus::Registry& registry) {
    return registerAs(name, prometheus::BuildCounter(), registry);
}
auto& gauges(std::string_view name, prometheus::Registry& registry) {
    return registerAs(name, prometheus::BuildGauge(), registry);
}
auto& histograms(std::string_view name, prometheus::Registry& registry) {
    return registerAs(name, prometheus::BuildHistogram(), registry);
}

// The labelled children of a family, made at first use. Looking one up takes a shared lock and no call into the
// library, whose own lookup copies a map of strings.
template <typename Child>
class Children {
public:
    using Values = std::initializer_list<std::string_view>;

    // The labels are those of the family's row; `arguments` go to each new child's constructor: a histogram's buckets.
    template <typename... Arguments>
    explicit Children(prometheus::Family<Child>& family, Arguments... arguments) {
        std::istringstream labels{std::string(rowNamed(family.GetName()).labels)};
        for (std::string label; std::getline(labels, label, ',');) m_labels.push_back(label);
        m_make = [&family, arguments...](const prometheus::Labels& values) -> Child& {
            return family.Add(values, arguments...);
        };
    }

    Child& of(Values values) {
        std::string key;
        for (const std::string_view value : values) key.append(value).push_back('\0');
        {
            const std::shared_lock lock{m_mutex};
            if (const auto found = m_children.find(key); found != m_children.end()) return *found->second;
        }
        const std::unique_lock lock{m_mutex};
        // Also where another thread was quicker: the library gives the same child for the same labels.
        const bool full = m_children.size() >= childrenAtMost;
        prometheus::Labels labels;
        auto value = values.begin();
        for (const std::string& label : m_labels) labels.emplace(label, full ? "other" : std::string(*value++));
        Child& child = m_make(labels);
        if (!full) m_children.emplace(std::move(key), &child);
        return child;
    }

private:
    std::vector<std::string> m_labels;
    std::function<Child&(const prometheus::Labels&)> m_make;
    std::shared_mutex m_mutex;
    std::unordered_map<std::string, Child*> m_children;
};

// Methods are what a client sends: only those that HTTP knows become labels.
std::string_view methodLabel(std::string_view method) {
    constexpr std::array known{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};
    return std::find(known.begin(), known.end(), method) != known.end() ? method : "other";
}

}  // namespace

struct Metrics::Families {
    prometheus::Registry registry;
    std::mutex scraping;  // held for a whole render: callbacks set gauges of one moment
    std::mutex callbacksMutex;
    std::vector<std::function<void(Metrics&)>> callbacks;

    prometheus::Counter& sent = counters("messages_sent_total", registry).Add({});
    prometheus::Counter& failed = counters("messages_failed_total", registry).Add({});
    prometheus::Counter& suppressed = counters("postroom_suppressed_total", registry).Add({});
    Children<prometheus::Counter> requests{counters("postroom_http_requests_total", registry)};
    Children<Histogram> requestSeconds{histograms("postroom_http_request_duration_seconds", registry), quick};
    Children<prometheus::Counter> attempts{counters("postroom_attempts_total", registry)};
    prometheus::Counter& sentLogMissed = counters("postroom_sent_log_missed_total", registry).Add({});
    Histogram& deliverySeconds = histograms("postroom_delivery_duration_seconds", registry).Add({}, patient);
    Histogram& commitSeconds = histograms("postroom_store_commit_seconds", registry).Add({}, quick);
    Histogram& commitItems = histograms("postroom_store_commit_items", registry).Add({}, counts);
    Children<Histogram> statementSeconds{histograms("postroom_store_statement_seconds", registry), quick};

    prometheus::Gauge& queueLength = gauges("rabbitmq_queue_messages", registry).Add({});
    Children<prometheus::Gauge> queue{gauges("postroom_queue_messages", registry)};
    prometheus::Gauge& oldestAge = gauges("postroom_queue_oldest_age_seconds", registry).Add({});
    Children<prometheus::Gauge> accounts{gauges("postroom_accounts", registry)};
    prometheus::Family<prometheus::Gauge>& dailyUsed = gauges("postroom_account_daily_used_ratio", registry);
    std::mutex dailyUsedMutex;
    std::map<std::string, prometheus::Gauge*> dailyUsedShown;
    prometheus::Gauge& smtpConnections = gauges("postroom_smtp_connections", registry).Add({});
    prometheus::Gauge& walBytes = gauges("postroom_store_wal_bytes", registry).Add({});
    prometheus::Gauge& storeConnections = gauges("postroom_store_connections", registry).Add({});
    prometheus::Gauge& imbalance = gauges("postroom_ledger_imbalance", registry).Add({});
    prometheus::Gauge& backup = gauges("postroom_backup_last_success_timestamp_seconds", registry).Add({});
    prometheus::Family<prometheus::Gauge>& build = gauges("postroom_build_info", registry);

    prometheus::Gauge& resident = gauges("process_resident_memory_bytes", registry).Add({});
    prometheus::Gauge& virtualMemory = gauges("process_virtual_memory_bytes", registry).Add({});
    prometheus::Gauge& openFiles = gauges("process_open_fds", registry).Add({});
    prometheus::Counter& cpu = counters("process_cpu_seconds_total", registry).Add({});
    prometheus::Gauge& startedAt = gauges("process_start_time_seconds", registry).Add({});

    void readProcess() {
        const platform::ProcessUse use = platform::processUse();
        resident.Set(static_cast<double>(use.residentBytes));
        virtualMemory.Set(static_cast<double>(use.virtualBytes));
        openFiles.Set(static_cast<double>(use.openFiles));
        cpu.Increment(std::max(0.0, use.cpuSeconds - cpu.Value()));
    }
};

Metrics::Metrics(std::string_view version) : m_families(std::make_unique<Families>()) {
    Families& f = *m_families;
    f.build.Add({{"version", std::string(version)}}).Set(1);
    // The engine makes its metrics when it starts.
    f.startedAt.Set(static_cast<double>(SystemClock{}.now().time_since_epoch().count()) / 1000);
    // A series that is absent until something happens can't be told from one that is not scraped.
    for (const contract::State state : contract::allStates) setQueueMessages(state, 0);
    for (const char* state : {"ready", "limited", "resting", "paused", "disabled"}) setAccounts(state, 0);
    for (const char* outcome : {"sent", "partly", "deferred", "failed", "unknown", "aborted"}) f.attempts.of({outcome});
}

Metrics::~Metrics() = default;

std::string Metrics::render() {
    Families& f = *m_families;
    const std::lock_guard scraping{f.scraping};
    std::vector<std::function<void(Metrics&)>> callbacks;
    {
        const std::lock_guard lock{f.callbacksMutex};
        callbacks = f.callbacks;
    }
    for (const auto& callback : callbacks) callback(*this);
    f.readProcess();
    std::ostringstream out;
    prometheus::TextSerializer{}.Serialize(out, f.registry.Collect());
    return std::move(out).str();
}

void Metrics::onScrape(std::function<void(Metrics&)> callback) {
    const std::lock_guard lock{m_families->callbacksMutex};
    m_families->callbacks.push_back(std::move(callback));
}

void Metrics::messagesSent(std::int64_t recipients) {
    m_families->sent.Increment(static_cast<double>(recipients));
}
void Metrics::suppressed(std::int64_t recipients) {
    m_families->suppressed.Increment(static_cast<double>(recipients));
}
void Metrics::messagesFailed(std::int64_t recipients) {
    m_families->failed.Increment(static_cast<double>(recipients));
}

void Metrics::httpRequest(std::string_view route, std::string_view method, int status, double seconds) {
    m_families->requests.of({route, methodLabel(method), std::to_string(status)}).Increment();
    m_families->requestSeconds.of({route}).Observe(seconds);
}

void Metrics::attempt(std::string_view outcome) {
    m_families->attempts.of({outcome}).Increment();
}
void Metrics::deliveryDuration(double seconds) {
    m_families->deliverySeconds.Observe(seconds);
}

void Metrics::sentLogMissed(std::int64_t lines) {
    m_families->sentLogMissed.Increment(static_cast<double>(lines));
}

void Metrics::commit(double seconds, std::int64_t items) {
    m_families->commitSeconds.Observe(seconds);
    m_families->commitItems.Observe(static_cast<double>(items));
}

void Metrics::statement(std::string_view name, double seconds) {
    m_families->statementSeconds.of({name}).Observe(seconds);
}

void Metrics::setQueueMessages(contract::State state, std::int64_t deliveries) {
    if (contract::isTerminal(state)) return;
    Families& f = *m_families;
    f.queue.of({contract::name(state)}).Set(static_cast<double>(deliveries));
    f.queueLength.Set(f.queue.of({contract::name(contract::State::Queued)}).Value() +
                      f.queue.of({contract::name(contract::State::Sending)}).Value());
}

void Metrics::setQueueOldestAge(double seconds) {
    m_families->oldestAge.Set(seconds);
}

void Metrics::setAccounts(std::string_view state, std::int64_t count) {
    m_families->accounts.of({state}).Set(static_cast<double>(count));
}

void Metrics::setDailyUsed(std::vector<std::pair<std::string, double>> ratios) {
    const auto fuller = [](const auto& a, const auto& b) { return a.second > b.second; };
    const auto shown = static_cast<std::ptrdiff_t>(std::min(ratios.size(), accountsShown));
    std::partial_sort(ratios.begin(), ratios.begin() + shown, ratios.end(), fuller);
    ratios.resize(static_cast<std::size_t>(shown));

    Families& f = *m_families;
    const std::lock_guard lock{f.dailyUsedMutex};
    std::map<std::string, prometheus::Gauge*> now;
    for (const auto& [account, ratio] : ratios) {
        prometheus::Gauge& gauge = f.dailyUsed.Add({{"account", account}});
        gauge.Set(ratio);
        now.emplace(account, &gauge);
    }
    for (const auto& [account, gauge] : f.dailyUsedShown)
        if (!now.contains(account)) f.dailyUsed.Remove(gauge);
    f.dailyUsedShown = std::move(now);
}

void Metrics::setSmtpConnections(std::int64_t open) {
    m_families->smtpConnections.Set(static_cast<double>(open));
}
void Metrics::setStoreWalBytes(std::int64_t size_bytes) {
    m_families->walBytes.Set(static_cast<double>(size_bytes));
}
void Metrics::setStoreConnections(std::int64_t open) {
    m_families->storeConnections.Set(static_cast<double>(open));
}
void Metrics::setLedgerImbalance(std::int64_t deliveries) {
    m_families->imbalance.Set(static_cast<double>(deliveries));
}
void Metrics::setBackupLastSuccess(double at) {
    m_families->backup.Set(at);
}

}  // namespace postroom::observe
