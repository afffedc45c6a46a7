// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/observe/metrics.h"

namespace postroom::observe {

const std::vector<MetricRow>& metricTable() {
    using enum MetricType;
    static const std::vector<MetricRow> table{
        {"messages_sent_total", Counter, "", "Recipients whose mail a server took. The sandbox does not count"},
        {"messages_failed_total", Counter, "",
         "Recipients whose mail was given up after a permanent refusal, or since they are suppressed"},
        {"postroom_suppressed_total", Counter, "",
         "Recipients that got no mail since they are suppressed; they are among the failed"},
        {"rabbitmq_queue_messages", Gauge, "",
         "Deliveries that are queued or being sent, whatever broker is in use; growing means sending is too slow"},
        {"postroom_http_requests_total", Counter, "route,method,status", "Requests answered by the API"},
        {"postroom_http_request_duration_seconds", Histogram, "route",
         "From the last byte of a request to the first of its reply"},
        {"postroom_queue_messages", Gauge, "state", "Deliveries that are not done yet, by state"},
        {"postroom_queue_oldest_age_seconds", Gauge, "",
         "How long the oldest delivery that is due has waited; the figure to alert on"},
        {"postroom_delivery_duration_seconds", Histogram, "",
         "From accepting a message to the server's 250, a recipient"},
        {"postroom_attempts_total", Counter, "outcome",
         "SMTP transactions by outcome: sent, partly, deferred, failed, unknown, aborted"},
        {"postroom_sent_log_missed_total", Counter, "",
         "Recipients that sent.log may lack since the disk did not take its lines; anything but 0 is a fault"},
        {"postroom_accounts", Gauge, "state",
         "Mail accounts: ready, limited (a limit is reached), resting, paused, disabled"},
        {"postroom_account_daily_used_ratio", Gauge, "account",
         "Used part of the daily limit by account id, of the 100 fullest; 1 is the limit"},
        {"postroom_smtp_connections", Gauge, "", "Open connections to mail servers"},
        {"postroom_store_commit_seconds", Histogram, "", "How long a group commit took, disk included"},
        {"postroom_store_commit_items", Histogram, "", "Changes that shared a group commit"},
        {"postroom_store_statement_seconds", Histogram, "statement", "How long a database statement took"},
        {"postroom_store_wal_bytes", Gauge, "", "Size of SQLite's write-ahead log; growing means a reader holds it"},
        {"postroom_store_connections", Gauge, "", "Open database connections"},
        {"postroom_ledger_imbalance", Gauge, "",
         "Accepted deliveries minus those accounted for; anything but 0 is a fault"},
        {"postroom_backup_last_success_timestamp_seconds", Gauge, "", "When a backup last succeeded; 0: never"},
        {"postroom_build_info", Gauge, "version", "Always 1; the version is the label"},
        {"process_resident_memory_bytes", Gauge, "", "Resident memory"},
        {"process_virtual_memory_bytes", Gauge, "", "Virtual memory"},
        {"process_open_fds", Gauge, "", "Open file descriptors"},
        {"process_cpu_seconds_total", Counter, "", "User and system CPU time"},
        {"process_start_time_seconds", Gauge, "", "When the engine started, in seconds since 1970"},
    };
    return table;
}

}  // namespace postroom::observe
