// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// What the database holds, as plain values. Ids are UUIDv7; times UTC milliseconds; texts UTF-8.
//
// Any thread. Columns carry the same names in snake_case; see migrations/ for the tables.

#include "engine/base/id.h"
#include "engine/contract/account_plan.h"
#include "engine/contract/states.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace postroom::store {

/// One message as accepted; written once, then only its status moves.
struct MessageRecord {
    Id id;
    TimePoint createdAt{};
    contract::State status = contract::State::Queued;
    std::optional<Id> keyId;  ///< the API key it came by; none for local-admin
    std::string subject;
    std::string fromAddress;    ///< as given; empty: the account's own
    std::string pinnedAccount;  ///< account id as text, "sandbox", or empty
    bool sandbox = false;
    contract::OnUnknown onUnknown = contract::OnUnknown::Retry;
    std::string messageIdHeader;  ///< "<...@domain>"
    TimePoint expiresAt{};
    int recipients = 0;
    std::int64_t size_bytes = 0;                  ///< as it leaves, without the From line where the account sets it
    int priority = 0;                             ///< 0 to 9, greater goes first; the same in each of its deliveries
    std::optional<TimePoint> scheduledAt;         ///< as asked for; none: at once
    std::vector<std::string> tags;                ///< no two alike; in message_tags too
    std::map<std::string, std::string> metadata;  ///< the sender's own; never sent
    std::string templateName;                     ///< empty: none
    std::string locale;                           ///< as given, "zh-CN"
};

/// The bytes of a message, apart from its record so that retention and lists never touch them.
struct BodyRecord {
    std::string content;  ///< header lines, then the literal pieces, one after the other
    std::string layout;   ///< JSON: how to cut `content` and where stored files go between
};

/// One recipient of one message.
struct DeliveryRecord {
    Id id;
    Id messageId;
    std::string recipient;  ///< address as it goes into RCPT TO
    contract::RecipientKind kind = contract::RecipientKind::To;
    contract::State status = contract::State::Queued;
    int attempts = 0;
    std::string lane;  ///< who may carry it; the dispatcher's grouping
    TimePoint dueAt{};
    std::string reason;           ///< closed word of the last outcome ("smtp.mailbox_full"), empty before any
    std::string lastReply;        ///< "452 4.2.2 ...", empty before any
    std::optional<Id> accountId;  ///< the account of the last attempt
    TimePoint updatedAt{};
};

/// One transaction of one account: an SMTP dialogue for some recipients of one message.
struct AttemptRecord {
    Id id;
    Id messageId;
    std::optional<Id> accountId;  ///< none: the sandbox
    std::string accountEmail;
    TimePoint startedAt{};
    std::int64_t took_ms = 0;
    std::string state;    ///< "dot" while its final "." may be out, "done" after
    std::string outcome;  ///< sent, partly, deferred, failed, unknown, aborted; empty in state dot
    std::string stage;    ///< where it ended: connect ... dot
    int code = 0;
    std::string enhanced;
    std::string reply;  ///< printable, <= 1 KiB
    std::string peer;
    std::string tls;
    std::string detail;
    std::string transcript;  ///< JSON array of lines
    std::string results;     ///< JSON array of {delivery, recipient, outcome, reply}
};

/// A mail account. Password and refresh token are vault tokens, never the secrets themselves.
struct AccountRecord {
    Id id;
    std::string email;
    std::string displayName;
    std::string smtpHost;
    int smtpPort = 465;
    std::string smtpUsername;
    std::string smtpPassword;               ///< vault token; empty: none
    std::string oauthProvider;              ///< google, microsoft, generic; empty: none
    std::string refreshToken;               ///< vault token; empty: its provider was not asked, or said no
    std::optional<TimePoint> authorizedAt;  ///< when the first of the refresh tokens that follow each other was got
    contract::Security security = contract::Security::Tls;
    contract::Auth auth = contract::Auth::None;
    std::optional<std::int64_t> dailyLimit;  ///< recipients a day; none: no limit
    bool limitRolls = false;                 ///< any 24 hours are a day, not the calendar's
    std::string timeZone;                    ///< IANA name: its calendar and its clocks; empty: the engine's
    std::optional<std::int64_t> hourlyLimit;
    std::optional<std::int64_t> ratePerMinute;
    std::vector<contract::WarmupStep> warmup;    ///< by date
    std::vector<contract::SendHours> sendHours;  ///< empty: always
    std::int64_t dailySentCount = 0;             ///< recipients covered by a "." in dailyWindow
    std::string dailyWindow;                     ///< "2026-01-31" in the account's zone
    int priority = 0;                            ///< greater goes first
    int maxConnections = 10;
    int maxRecipients = 100;
    int maxMessages = 100;                   ///< on one connection
    std::vector<std::string> fromAddresses;  ///< patterns a@b or *@b; empty: its own email
    std::string caCertificate;               ///< PEM of a private CA; empty: the system's
    std::string fingerprint;                 ///< SHA-256 of the server's certificate in hex; empty: not pinned
    bool isActive = true;
    std::string problemCode;  ///< why it rests ("smtp.auth_rejected"), empty when well
    std::string problemDetail;
    TimePoint problemAt{};
    TimePoint restsUntil{};
    std::int64_t revision = 1;
    TimePoint createdAt{};
    TimePoint updatedAt{};
};

/// What a person has paused.
struct PauseRecord {
    std::string kind;  ///< "queue", "account", "domain", "template"
    std::string name;  ///< the account's id, the domain in lower case, the template's name; empty for the queue
    TimePoint since{};
    std::string actor;
    std::string note;  ///< why, in the person's words
};

struct ApiKeyRecord {
    Id id;
    std::string key;                 ///< "noti_..." or "noti_test_..."
    std::string secretHash;          ///< HMAC-SHA-256 of the secret, hex
    std::int64_t secretVersion = 1;  ///< which secret that is; tokens say by which they were got
    std::string oldSecretHash;       ///< of the secret before, empty: none
    std::optional<TimePoint> oldSecretUntil;
    std::string name;
    std::string description;
    std::vector<std::string> scopes;  ///< of send, read, admin
    bool isTest = false;
    bool isActive = true;
    std::vector<std::string> allowedIps;       ///< networks it may be used from; empty: any
    std::vector<std::string> allowedFrom;      ///< patterns a@b or *@b it may send as; empty: any
    std::vector<std::string> allowedAccounts;  ///< ids or addresses of accounts that may carry its mail; empty: any
    TimePoint createdAt{};
    std::optional<TimePoint> expiresAt;
    std::optional<TimePoint> revokedAt;
    std::optional<TimePoint> lastUsedAt;
    std::int64_t revision = 1;
};

/// The answer to a request that carried an Idempotency-Key, committed with the messages it speaks of.
struct IdempotencyRecord {
    std::string owner;  ///< the API key's id, or "local-admin"
    std::string key;
    std::string fingerprint;  ///< of route and body, hex
    int status = 0;
    std::string answer;  ///< the body as it was answered
    std::vector<Id> messages;
    TimePoint createdAt{};
    TimePoint keepUntil{};  ///< at least; longer while one of the messages is not terminal
};

/// What one exchange of a key's secret began: the refresh tokens that follow each other and the access tokens with
/// them.
struct TokenFamilyRecord {
    Id id;
    Id keyId;
    Id jti;                   ///< of the refresh token that counts now; every other one of the family has been used
    TimePoint accessUntil{};  ///< when the last access token of the family ends
    TimePoint expiresAt{};    ///< when nothing of it can be valid any more
    std::optional<TimePoint> revokedAt;
};

struct AuditRecord {
    Id id;
    TimePoint at{};
    std::string actor;   ///< "key:noti_...", "local-admin", "engine"
    std::string action;  ///< "account.create"
    std::string target;  ///< id or name
    std::string detail;  ///< JSON object; never a secret
};

/// The units a node took out of an account's window: used <= reserved; the sum over nodes of reserved <= the limit.
struct WindowRecord {
    Id accountId;
    std::string window;  ///< "2026-01-31" or "h2026-01-31T14"
    std::string node;
    std::int64_t reserved = 0;
    std::int64_t used = 0;
};

}  // namespace postroom::store
