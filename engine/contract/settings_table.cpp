// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/contract/settings_table.h"

#include <algorithm>
#include <array>

namespace postroom::contract {

namespace {

using enum SettingKind;
using enum SettingEffect;

constexpr std::int64_t mib = 1 << 20;
constexpr std::int64_t day = 86'400;

const std::vector<SettingSection>& sections() {
    static const std::vector<SettingSection> all{
        {"Environment",
         {
             {"ENV", Choice, "production", Honoured, "What this engine is for; production refuses DEBUG=true.", 0, 0,
              "development staging production"},
             {"DEBUG", Boolean, "false", Honoured, "Logs at DEBUG whatever LOG_LEVEL says."},
             {"LOG_LEVEL", Choice, "INFO", Honoured, "The least severity that is logged.", 0, 0,
              "DEBUG INFO WARNING ERROR CRITICAL"},
             {"TZ", Zone, "", Honoured,
              "Time zone of daily limits and schedules, like Asia/Shanghai; empty is the system's."},
             {"STOP_GRACE", Seconds, "60", Honoured,
              "How many seconds a stop waits for open requests and SMTP dialogues before it cuts them.", 0, 3600},
         }},
        {"Database",
         {
             {"DATABASE_URL", Url, "", Honoured,
              "Empty or sqlite:///path is SQLite; postgresql://user:password@host:5432/name is PostgreSQL.", 0, 0,
              "sqlite postgresql postgres"},
             {"DB_POOL_SIZE", Integer, "5", Later, "How many connections read from PostgreSQL.", 1, 100},
             {"DB_MAX_OVERFLOW", Integer, "15", Ignored,
              "The number of connections is fixed, so that PostgreSQL never sees more than DB_POOL_SIZE and one.", 0,
              1000},
             {"DB_POOL_TIMEOUT", Seconds, "30", Later, "How long to wait for PostgreSQL to take a connection.", 1,
              3600},
             {"DB_POOL_RECYCLE", Seconds, "3600", Ignored,
              "A connection is used until it breaks and then made again; none needs recycling.", -1, 30 * day},
             {"DB_ECHO", Boolean, "false", Ignored,
              "Statements are measured (postroom_store_statement_seconds), never printed with their values."},
             {"DB_PASSWORD", Password, "", Ignored,
              "Only the containers of the former platform used it: the password goes into DATABASE_URL."},
         }},
        {"API",
         {
             {"API_LISTEN", Listen, "127.0.0.1:8000", Honoured,
              "Address and port of the API; anything but loopback needs TLS or API_ALLOW_PLAIN=true."},
             {"API_TLS_CERT", Path, "", Honoured, "PEM file with the certificate chain; read again on SIGHUP."},
             {"API_TLS_KEY", Path, "", Honoured, "PEM file with the certificate's private key."},
             {"API_ALLOW_PLAIN", Boolean, "false", Honoured,
              "Allows a listener without TLS beyond loopback, for use behind a proxy that has it."},
             {"ALLOWED_HOSTS", Hosts, "", Honoured,
              "Host names answered besides loopback and the listen address, with commas; * adds none."},
             {"TRUSTED_PROXIES", Cidrs, "", Honoured,
              "Networks whose X-Forwarded-For is believed, with commas; of the rest the connection's address counts."},
             {"RATE_LIMIT_ENABLED", Boolean, "true", Honoured, "Whether requests are limited per API key."},
             {"RATE_LIMIT_PER_MINUTE", Integer, "6000", Honoured,
              "Requests a key may make in a minute, a batch counting its items.", 1, 10'000'000},
             {"PROMETHEUS_ENABLED", Boolean, "true", Honoured, "Whether /metrics is served."},
             {"METRICS_PORT", Integer, "", Later,
              "A second listener for /metrics alone, if set and not the API's port.", 1, 65535},
             {"METRICS_ALLOW", Cidrs, "127.0.0.0/8,::1/128", Honoured,
              "Networks that may read /metrics without a key; others need the scope read."},
         }},
        {"Secrets",
         {
             {"JWT_SECRET_KEY", Password, "", Honoured,
              "Signs access tokens with exactly these bytes, at least 32; made in the data folder when not set.", 32},
             {"JWT_ALGORITHM", Choice, "HS256", Honoured, "How access tokens are signed: HS256 and nothing else.", 0, 0,
              "HS256"},
             {"JWT_EXPIRE_MINUTES", Integer, "60", Honoured, "Minutes an access token is valid.", 1, 1440},
             {"JWT_REFRESH_EXPIRE_DAYS", Integer, "7", Honoured, "Days a refresh token is valid.", 1, 366},
             {"ENCRYPTION_KEY", Key, "", Honoured,
              "Seals stored passwords: a Fernet key or the base64 of 32 bytes; made in the data folder when not set."},
             {"SECRET_KEY", Password, "", Ignored, "Nothing is signed with it: tokens are with JWT_SECRET_KEY."},
         }},
        {"Mail",
         {
             {"EMAIL_TIMEOUT", Seconds, "30", Honoured,
              "How long to wait for a mail server to connect or reply; after the final dot it is ten minutes.", 1, 600},
             {"EMAIL_MAX_SIZE", SizeBytes, "20971520", Honoured, "The largest mail that is accepted, in bytes as sent.",
              1024, 256 * mib},
             {"EMAIL_USE_TLS", Boolean, "true", Ignored,
              "Each account says its own security; one that doesn't gets TLS, or STARTTLS on ports 25, 587 and 2525."},
             {"MESSAGE_ID_DOMAIN", Domain, "", Honoured,
              "Domain of Message-ID where the mail's From is chosen later; empty is the first account's."},
             {"CELERY_WORKER_CONCURRENCY", Integer, "64", Mapped, "How many SMTP connections are open at most.", 1,
              1000},
             {"CELERY_TASK_TIME_LIMIT", Seconds, "300", Ignored, "Each step of an SMTP dialogue has its own deadline.",
              1, day},
             {"CELERY_TASK_SOFT_TIME_LIMIT", Seconds, "270", Ignored,
              "Each step of an SMTP dialogue has its own deadline.", 1, day},
             {"SUPPRESSION_DAYS", Integer, "90", Honoured,
              "Days for which nothing is sent to a mailbox that does not exist or is disabled; 0 is not at all.", 0,
              3660},
             {"LATE_MAIL", Choice, "send", Honoured,
              "What becomes of mail that is late since no engine ran: send, ask (it is held), or skip (it expires).", 0,
              0, "send ask skip"},
             {"LATE_AFTER", Seconds, "86400", Honoured,
              "How long no engine may have been at work while mail was due before LATE_MAIL decides about it.", 1,
              366 * day},
             {"ATTACHMENT_MAX_SIZE", SizeBytes, "10485760", Honoured, "The largest attachment, in bytes once decoded.",
              1, 256 * mib},
             {"ATTACHMENT_STORAGE_PATH", Path, "", Honoured,
              "Folder of attachments above 64 KiB; empty is one in the data folder."},
             {"ATTACHMENT_EXPIRE_DAYS", Integer, "7", Honoured,
              "Days an uploaded attachment is kept after its last use.", 1, 3660},
         }},
        {"Access to mail accounts (OAuth)",
         {
             {"OAUTH_GOOGLE_CLIENT_ID", Text, "", Honoured,
              "Id of your own application in Google's console, for accounts with oauth_provider google."},
             {"OAUTH_GOOGLE_CLIENT_SECRET", Password, "", Honoured, "The secret that Google gave with it."},
             {"OAUTH_MICROSOFT_CLIENT_ID", Text, "", Honoured,
              "Id of your own application in Microsoft Entra, for accounts with oauth_provider microsoft."},
             {"OAUTH_MICROSOFT_CLIENT_SECRET", Password, "", Honoured,
              "Its secret; a public client, which the device code wants, has none."},
             {"OAUTH_MICROSOFT_TENANT", Domain, "organizations", Honoured,
              "The directory the accounts are in: its id or domain, organizations, consumers or common."},
             {"OAUTH_GENERIC_CLIENT_ID", Text, "", Honoured,
              "Id of the engine with another provider, for accounts with oauth_provider generic."},
             {"OAUTH_GENERIC_CLIENT_SECRET", Password, "", Honoured, "Its secret; a public client has none."},
             {"OAUTH_GENERIC_TOKEN_URL", Url, "", Honoured,
              "Where that provider gives tokens: https, or http on this machine.", 0, 0, "https http"},
             {"OAUTH_GENERIC_DEVICE_URL", Url, "", Honoured, "Where it gives device codes; empty where it has none.", 0,
              0, "https http"},
             {"OAUTH_GENERIC_SCOPE", Text, "", Honoured, "What is asked for, words with blanks between."},
             {"OAUTH_GENERIC_CA", Path, "", Honoured,
              "PEM file of the authority behind its certificate; then no other is trusted. Empty is the system's."},
         }},
        {"Several nodes",
         {
             {"RABBITMQ_URL", Url, "", Later, "Wakes other nodes when mail comes in; empty is not used.", 0, 0,
              "amqp amqps"},
             {"RABBITMQ_PREFETCH_COUNT", Integer, "10", Later, "How many wake-ups a node takes at once.", 1, 65535},
             {"RABBITMQ_HEARTBEAT", Seconds, "60", Later, "How often a silent broker connection is probed.", 0, 3600},
             {"RABBITMQ_PASSWORD", Password, "", Ignored,
              "Only the containers of the former platform used it: the password goes into RABBITMQ_URL."},
             {"REDIS_URL", Url, "", Later, "Shares request limits among nodes; empty is not used.", 0, 0,
              "redis rediss"},
             {"REDIS_MAX_CONNECTIONS", Integer, "50", Ignored, "One connection carries all there is to count.", 1,
              100'000},
             {"REDIS_SOCKET_TIMEOUT", Seconds, "5", Later, "How long to wait for a reply of Redis.", 1, 600},
             {"REDIS_SOCKET_CONNECT_TIMEOUT", Seconds, "5", Later, "How long to wait for a connection to Redis.", 1,
              600},
             {"REDIS_PASSWORD", Password, "", Ignored,
              "Only the containers of the former platform used it: the password goes into REDIS_URL."},
             {"CELERY_BROKER_URL", Url, "", Ignored, "The queue is in the database; nodes are woken by RABBITMQ_URL."},
             {"CELERY_RESULT_BACKEND", Url, "", Ignored, "Results are in the database, with the messages."},
         }},
        {"Taken from the former platform",
         {
             {"APP_NAME", Text, "", Ignored, "The program is called postroom everywhere."},
             {"APP_VERSION", Text, "", Ignored, "The version is the program's own: /api/v1/version."},
             {"WORKERS", Integer, "", Ignored, "One process serves the API with threads of its own.", 1, 1000},
             {"PYTHONUNBUFFERED", Text, "", Ignored, "There is no Python here; the log is written line by line."},
         }},
    };
    return all;
}

constexpr std::array<std::string_view, 4> effectNames{"honoured", "mapped", "ignored", "later"};

}  // namespace

std::string_view name(SettingEffect effect) {
    return effectNames[static_cast<std::size_t>(effect)];
}

const std::vector<SettingSection>& settingSections() {
    return sections();
}

const std::vector<SettingRow>& settingTable() {
    static const std::vector<SettingRow> rows = [] {
        std::vector<SettingRow> all;
        for (const SettingSection& section : sections())
            all.insert(all.end(), section.rows.begin(), section.rows.end());
        return all;
    }();
    return rows;
}

const SettingRow* settingNamed(std::string_view name) {
    const auto& rows = settingTable();
    const auto at = std::find_if(rows.begin(), rows.end(), [&](const SettingRow& row) { return row.name == name; });
    return at == rows.end() ? nullptr : &*at;
}

}  // namespace postroom::contract
