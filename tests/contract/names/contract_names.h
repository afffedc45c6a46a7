// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// What other programs, scripts and operators type or parse, kept here a second time on purpose: a name that is renamed
// or lost in the engine fails against this list. What is promised and not there yet stands with the capability that
// brings it; the day it is there, its row must go.

#include <array>
#include <string_view>

namespace postroom::promised {

struct Metric {
    std::string_view name;
    std::string_view type;    ///< as Prometheus writes it
    std::string_view labels;  ///< comma-separated
};
inline constexpr std::array metrics{
    Metric{"messages_sent_total", "counter", ""},
    Metric{"messages_failed_total", "counter", ""},
    Metric{"rabbitmq_queue_messages", "gauge", ""},
    Metric{"postroom_http_requests_total", "counter", "route,method,status"},
    Metric{"postroom_http_request_duration_seconds", "histogram", "route"},
    Metric{"postroom_queue_messages", "gauge", "state"},
    Metric{"postroom_queue_oldest_age_seconds", "gauge", ""},
    Metric{"postroom_delivery_duration_seconds", "histogram", ""},
    Metric{"postroom_attempts_total", "counter", "outcome"},
    Metric{"postroom_accounts", "gauge", "state"},
    Metric{"postroom_account_daily_used_ratio", "gauge", "account"},
    Metric{"postroom_smtp_connections", "gauge", ""},
    Metric{"postroom_store_commit_seconds", "histogram", ""},
    Metric{"postroom_store_statement_seconds", "histogram", "statement"},
    Metric{"postroom_store_wal_bytes", "gauge", ""},
    Metric{"postroom_store_connections", "gauge", ""},
    Metric{"postroom_ledger_imbalance", "gauge", ""},
    Metric{"postroom_backup_last_success_timestamp_seconds", "gauge", ""},
    Metric{"postroom_build_info", "gauge", "version"},
    Metric{"process_resident_memory_bytes", "gauge", ""},
    Metric{"process_virtual_memory_bytes", "gauge", ""},
    Metric{"process_open_fds", "gauge", ""},
    Metric{"process_cpu_seconds_total", "counter", ""},
    Metric{"process_start_time_seconds", "gauge", ""},
};

inline constexpr std::array<std::string_view, 8> states{"scheduled", "queued", "sending", "sent",
                                                        "failed",    "held",   "expired", "cancelled"};

/// Every name of an `.env` or the environment: the manual's and ours.
inline constexpr std::array<std::string_view, 54> settings{
    "ENV",
    "DEBUG",
    "LOG_LEVEL",
    "TZ",
    "STOP_GRACE",
    "DATABASE_URL",
    "DB_POOL_SIZE",
    "DB_MAX_OVERFLOW",
    "DB_POOL_TIMEOUT",
    "DB_POOL_RECYCLE",
    "DB_ECHO",
    "DB_PASSWORD",
    "API_LISTEN",
    "API_TLS_CERT",
    "API_TLS_KEY",
    "API_ALLOW_PLAIN",
    "ALLOWED_HOSTS",
    "TRUSTED_PROXIES",
    "RATE_LIMIT_ENABLED",
    "RATE_LIMIT_PER_MINUTE",
    "PROMETHEUS_ENABLED",
    "METRICS_PORT",
    "METRICS_ALLOW",
    "JWT_SECRET_KEY",
    "JWT_ALGORITHM",
    "JWT_EXPIRE_MINUTES",
    "JWT_REFRESH_EXPIRE_DAYS",
    "ENCRYPTION_KEY",
    "SECRET_KEY",
    "EMAIL_TIMEOUT",
    "EMAIL_MAX_SIZE",
    "EMAIL_USE_TLS",
    "MESSAGE_ID_DOMAIN",
    "CELERY_WORKER_CONCURRENCY",
    "CELERY_TASK_TIME_LIMIT",
    "CELERY_TASK_SOFT_TIME_LIMIT",
    "ATTACHMENT_MAX_SIZE",
    "ATTACHMENT_STORAGE_PATH",
    "ATTACHMENT_EXPIRE_DAYS",
    "RABBITMQ_URL",
    "RABBITMQ_PREFETCH_COUNT",
    "RABBITMQ_HEARTBEAT",
    "RABBITMQ_PASSWORD",
    "REDIS_URL",
    "REDIS_MAX_CONNECTIONS",
    "REDIS_SOCKET_TIMEOUT",
    "REDIS_SOCKET_CONNECT_TIMEOUT",
    "REDIS_PASSWORD",
    "CELERY_BROKER_URL",
    "CELERY_RESULT_BACKEND",
    "APP_NAME",
    "APP_VERSION",
    "WORKERS",
    "PYTHONUNBUFFERED",
};

struct Later {
    std::string_view name;
    std::string_view capability;
};
/// Settings that are read and checked, and whose effect comes with a later capability.
inline constexpr std::array settingsLater{
    Later{"DB_POOL_SIZE", "several nodes on PostgreSQL"},
    Later{"DB_POOL_TIMEOUT", "several nodes on PostgreSQL"},
    Later{"METRICS_PORT", "a second listener for metrics"},
    Later{"RABBITMQ_URL", "several nodes"},
    Later{"RABBITMQ_PREFETCH_COUNT", "several nodes"},
    Later{"RABBITMQ_HEARTBEAT", "several nodes"},
    Later{"REDIS_URL", "several nodes"},
    Later{"REDIS_SOCKET_TIMEOUT", "several nodes"},
    Later{"REDIS_SOCKET_CONNECT_TIMEOUT", "several nodes"},
};

struct ExitCode {
    int code;
    std::string_view meaning;
};
inline constexpr std::array exitCodes{
    ExitCode{0, "ok"},          ExitCode{1, "failed"},    ExitCode{2, "usage"},    ExitCode{3, "cannot connect"},
    ExitCode{4, "not allowed"}, ExitCode{5, "not found"}, ExitCode{6, "conflict"}, ExitCode{7, "partly done"},
};

}  // namespace postroom::promised
