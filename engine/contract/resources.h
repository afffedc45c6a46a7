// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The resources of the API as plain structs. Names on the wire are what `fields` says; times are UTC.
//
// Changed together with: the handlers in engine/api, the calls in engine/client, the CHANGELOG when a name moves.

#include "engine/contract/account_plan.h"
#include "engine/contract/codec.h"
#include "engine/contract/suppressions.h"

namespace postroom::contract {

/// Why something does not move now. `code` is a closed word of engine/policy ("account.daily_limit"); the window
/// translates.
struct WaitingFor {
    std::string code;
    std::map<std::string, std::string> params;
    std::optional<TimePoint> until;
    static void fields(auto& self, auto&& visit) {
        visit("code", self.code), visit("params", self.params), visit("until", self.until);
    }
};

struct Delivery {
    Id id;
    std::string recipient;
    RecipientKind kind = RecipientKind::To;
    State status = State::Queued;
    int attempts = 0;
    std::optional<TimePoint> dueAt;  ///< while it is not terminal
    std::string reason;
    std::string lastReply;
    std::optional<Id> accountId;
    std::optional<WaitingFor> waitingFor;
    TimePoint updatedAt{};
    static void fields(auto& self, auto&& visit) {
        visit("id", self.id), visit("recipient", self.recipient), visit("kind", self.kind),
            visit("status", self.status);
        visit("attempts", self.attempts), visit("due_at", self.dueAt), visit("reason", self.reason);
        visit("last_reply", self.lastReply), visit("account_id", self.accountId);
        visit("waiting_for", self.waitingFor), visit("updated_at", self.updatedAt);
    }
};

struct Message {
    Id id;
    State status = State::Queued;
    std::map<std::string, std::int64_t> recipientCounts;  ///< state -> recipients
    std::optional<WaitingFor> waitingFor;
    std::string subject;
    std::string from;     ///< empty: the account's own
    std::string account;  ///< the account asked for, if one was
    bool sandbox = false;
    OnUnknown onUnknown = OnUnknown::Retry;
    std::string messageIdHeader;
    std::int64_t size_bytes = 0;
    std::optional<Id> keyId;
    TimePoint createdAt{};
    std::optional<TimePoint> scheduledAt;  ///< as asked for
    TimePoint expiresAt{};
    int priority = 0;
    std::vector<std::string> tags;
    std::map<std::string, std::string> metadata;
    std::string locale;
    std::vector<Delivery> deliveries;  ///< empty in lists
    static void fields(auto& self, auto&& visit) {
        visit("id", self.id), visit("status", self.status), visit("recipient_counts", self.recipientCounts);
        visit("waiting_for", self.waitingFor), visit("subject", self.subject), visit("from", self.from);
        visit("account", self.account), visit("sandbox", self.sandbox), visit("on_unknown", self.onUnknown);
        visit("message_id_header", self.messageIdHeader), visit("size_bytes", self.size_bytes);
        visit("key_id", self.keyId), visit("created_at", self.createdAt), visit("scheduled_at", self.scheduledAt);
        visit("expires_at", self.expiresAt), visit("priority", self.priority), visit("tags", self.tags);
        visit("metadata", self.metadata), visit("locale", self.locale);
        visit("deliveries", self.deliveries);
    }
};

struct AttemptResult {
    Id delivery;
    std::string recipient;
    std::string outcome;  ///< sent, deferred, failed, unknown, aborted
    std::string reason;
    std::string reply;
    static void fields(auto& self, auto&& visit) {
        visit("delivery", self.delivery), visit("recipient", self.recipient), visit("outcome", self.outcome);
        visit("reason", self.reason), visit("reply", self.reply);
    }
};

struct Attempt {
    Id id;
    std::optional<Id> accountId;
    std::string accountEmail;
    TimePoint startedAt{};
    std::int64_t took_ms = 0;
    std::string outcome;
    std::string stage;
    int code = 0;
    std::string enhanced;
    std::string reply;
    std::string peer;
    std::string tls;
    std::string detail;
    std::vector<AttemptResult> results;
    std::vector<std::string> transcript;
    static void fields(auto& self, auto&& visit) {
        visit("id", self.id), visit("account_id", self.accountId), visit("account_email", self.accountEmail);
        visit("started_at", self.startedAt), visit("took_ms", self.took_ms), visit("outcome", self.outcome);
        visit("stage", self.stage), visit("code", self.code), visit("enhanced", self.enhanced);
        visit("reply", self.reply), visit("peer", self.peer), visit("tls", self.tls), visit("detail", self.detail);
        visit("results", self.results), visit("transcript", self.transcript);
    }
};

/// One account in an explanation: could it carry the message now, and if not, why.
struct AccountChance {
    std::string account;  ///< id, or "sandbox"
    std::string email;
    bool usable = false;
    std::optional<WaitingFor> waitingFor;
    static void fields(auto& self, auto&& visit) {
        visit("account", self.account), visit("email", self.email), visit("usable", self.usable);
        visit("waiting_for", self.waitingFor);
    }
};

struct Explanation {
    Id messageId;
    State status = State::Queued;
    std::optional<WaitingFor> waitingFor;
    std::vector<Delivery> deliveries;
    std::vector<AccountChance> accounts;
    std::vector<Attempt> evidence;  ///< of held recipients: the last attempt of each, for whoever decides about them
    std::vector<Suppression> suppressions = {};  ///< that keep it from recipients who have not got it
    static void fields(auto& self, auto&& visit) {
        visit("message_id", self.messageId), visit("status", self.status), visit("waiting_for", self.waitingFor);
        visit("deliveries", self.deliveries), visit("accounts", self.accounts), visit("evidence", self.evidence);
        visit("suppressions", self.suppressions);
    }
};

/// How many a list has in all. `more`: there are more than were counted.
struct Total {
    std::int64_t count = 0;
    bool more = false;
    static void fields(auto& self, auto&& visit) { visit("count", self.count), visit("more", self.more); }
};

/// A page of a search. A search for something rare ends a page when its time is over: `searchedBackTo` then says how
/// far it came, and `nextCursor` goes on from there, however few items it found.
struct MessagePage {
    std::vector<Message> items;
    std::optional<std::string> nextCursor;
    std::optional<TimePoint> searchedBackTo;
    std::optional<Total> total;  ///< only where it was asked for
    static void fields(auto& self, auto&& visit) {
        visit("items", self.items), visit("next_cursor", self.nextCursor);
        visit("searched_back_to", self.searchedBackTo), visit("total", self.total);
    }
};

/// One recipient of one message, as an export has it: a line of CSV, an object of JSON.
struct ExportRow {
    Id messageId;
    TimePoint createdAt{};
    std::string subject;
    std::string from;  ///< empty: the account's own
    std::string recipient;
    RecipientKind kind = RecipientKind::To;
    State status = State::Queued;
    int attempts = 0;
    std::string reason;
    std::string lastReply;
    std::string account;  ///< the address, or where it is gone the id, of the account of the last attempt; "sandbox"
    TimePoint updatedAt{};
    std::vector<std::string> tags;
    std::string templateName;
    std::optional<Id> keyId;
    std::int64_t size_bytes = 0;
    std::string messageIdHeader;
    static void fields(auto& self, auto&& visit) {
        visit("message_id", self.messageId), visit("created_at", self.createdAt), visit("subject", self.subject);
        visit("from", self.from), visit("recipient", self.recipient), visit("kind", self.kind);
        visit("status", self.status), visit("attempts", self.attempts), visit("reason", self.reason);
        visit("last_reply", self.lastReply), visit("account", self.account), visit("updated_at", self.updatedAt);
        visit("tags", self.tags), visit("template", self.templateName), visit("key_id", self.keyId);
        visit("size_bytes", self.size_bytes), visit("message_id_header", self.messageIdHeader);
    }
};

struct ExportPage {
    std::vector<ExportRow> items;
    std::optional<std::string> nextCursor;
    std::optional<TimePoint> searchedBackTo;
    static void fields(auto& self, auto&& visit) {
        visit("items", self.items), visit("next_cursor", self.nextCursor);
        visit("searched_back_to", self.searchedBackTo);
    }
};

/// What an act on all that a search finds changed; of a dry run, what it would change.
struct BulkResult {
    std::string action;
    bool dryRun = false;
    std::int64_t found = 0;                                 ///< messages that were looked at
    std::int64_t messages = 0;                              ///< of them, changed
    std::int64_t recipients = 0;                            ///< changed
    std::int64_t skipped = 0;                               ///< messages with no recipient in a state for this
    std::map<std::string, std::int64_t> recipientsByState;  ///< those it is for, by the state they were in
    std::optional<std::string> startCursor;  ///< of a search: where it began; what is newer was left alone
    std::optional<std::string> nextCursor;   ///< it stopped before the end: the same request with this cursor goes on
    std::string stoppedBy;                   ///< the error's code, where one stopped it
    static void fields(auto& self, auto&& visit) {
        visit("action", self.action), visit("dry_run", self.dryRun), visit("found", self.found);
        visit("messages", self.messages), visit("recipients", self.recipients), visit("skipped", self.skipped);
        visit("recipients_by_state", self.recipientsByState), visit("start_cursor", self.startCursor);
        visit("next_cursor", self.nextCursor), visit("stopped_by", self.stoppedBy);
    }
};

struct Receipt {
    struct Recipient {
        std::string recipient;
        Id id;
        State status = State::Queued;
        std::string reason = {};  ///< why it failed at once; empty: it did not
        static void fields(auto& self, auto&& visit) {
            visit("recipient", self.recipient), visit("id", self.id), visit("status", self.status);
            visit("reason", self.reason);
        }
    };
    Id messageId;
    State status = State::Queued;
    std::vector<Recipient> recipients;
    static void fields(auto& self, auto&& visit) {
        visit("message_id", self.messageId), visit("status", self.status), visit("recipients", self.recipients);
    }
};

/// What became of each message of a batch, in their order.
struct BatchReceipt {
    struct Fault {
        std::string field;
        std::string reason;
        std::string detail;
        static void fields(auto& self, auto&& visit) {
            visit("field", self.field), visit("reason", self.reason), visit("detail", self.detail);
        }
    };
    struct Item {
        int index = 0;
        int statusCode = 0;  ///< 202, or what it would have been answered with alone
        std::optional<Id> messageId;
        std::optional<State> status;
        std::vector<Receipt::Recipient> recipients;
        std::string error;  ///< the closed code; empty: accepted
        std::string message;
        std::vector<Fault> details;
        static void fields(auto& self, auto&& visit) {
            visit("index", self.index), visit("status_code", self.statusCode), visit("message_id", self.messageId);
            visit("status", self.status), visit("recipients", self.recipients), visit("error", self.error);
            visit("message", self.message), visit("details", self.details);
        }
    };
    std::int64_t accepted = 0;
    std::int64_t refused = 0;
    std::vector<Item> results;
    static void fields(auto& self, auto&& visit) {
        visit("accepted", self.accepted), visit("refused", self.refused), visit("results", self.results);
    }
};

/// What an act on a message changed, counted in recipients.
struct ActionResult {
    Id messageId;
    std::int64_t changed = 0;
    static void fields(auto& self, auto&& visit) {
        visit("message_id", self.messageId), visit("changed", self.changed);
    }
};

struct Account {
    Id id;
    std::string email;
    std::string displayName;
    std::string smtpHost;
    int smtpPort = 0;
    std::string smtpUsername;
    bool hasPassword = false;
    Security security = Security::Tls;
    Auth auth = Auth::None;
    std::string oauthProvider;              ///< google, microsoft, generic; empty without auth: xoauth2
    std::optional<TimePoint> authorizedAt;  ///< when its provider was last allowed to give us access
    std::optional<std::int64_t> dailyLimit;
    std::int64_t dailySentCount = 0;
    std::string limitWindow;  ///< calendar, rolling
    std::string timeZone;
    std::optional<std::int64_t> hourlyLimit;
    std::optional<std::int64_t> ratePerMinute;
    std::vector<WarmupStep> warmup;
    std::vector<SendHours> sendHours;
    int priority = 0;
    int maxConnections = 0;
    int maxRecipients = 0;
    int maxMessages = 0;
    std::vector<std::string> fromAddresses;
    std::string caCertificate;
    std::string fingerprint;
    bool isActive = true;
    std::string state;  ///< active, limited, resting, paused, disabled
    std::optional<WaitingFor> waitingFor;
    std::string problemDetail;
    std::optional<TimePoint> problemAt;
    std::int64_t revision = 0;
    TimePoint createdAt{};
    TimePoint updatedAt{};
    static void fields(auto& self, auto&& visit) {
        visit("id", self.id), visit("email", self.email), visit("display_name", self.displayName);
        visit("smtp_host", self.smtpHost), visit("smtp_port", self.smtpPort), visit("smtp_username", self.smtpUsername);
        visit("has_password", self.hasPassword), visit("security", self.security), visit("auth", self.auth);
        visit("oauth_provider", self.oauthProvider), visit("authorized_at", self.authorizedAt);
        visit("daily_limit", self.dailyLimit), visit("daily_sent_count", self.dailySentCount);
        visit("limit_window", self.limitWindow), visit("time_zone", self.timeZone);
        visit("hourly_limit", self.hourlyLimit), visit("rate_per_minute", self.ratePerMinute);
        visit("warmup", self.warmup), visit("send_hours", self.sendHours);
        visit("priority", self.priority), visit("max_connections", self.maxConnections);
        visit("max_recipients", self.maxRecipients), visit("max_messages", self.maxMessages);
        visit("from_addresses", self.fromAddresses);
        visit("ca_certificate", self.caCertificate), visit("fingerprint", self.fingerprint);
        visit("is_active", self.isActive), visit("state", self.state), visit("waiting_for", self.waitingFor);
        visit("problem_detail", self.problemDetail), visit("problem_at", self.problemAt);
        visit("revision", self.revision), visit("created_at", self.createdAt), visit("updated_at", self.updatedAt);
    }
};

struct AccountTest {
    struct Step {
        std::string stage;
        bool ok = false;
        std::int64_t took_ms = 0;
        std::string detail;
        static void fields(auto& self, auto&& visit) {
            visit("stage", self.stage), visit("ok", self.ok), visit("took_ms", self.took_ms),
                visit("detail", self.detail);
        }
    };
    bool ok = false;
    std::vector<Step> steps;
    std::vector<std::string> transcript;
    static void fields(auto& self, auto&& visit) {
        visit("ok", self.ok), visit("steps", self.steps), visit("transcript", self.transcript);
    }
};

struct ApiKey {
    Id id;
    std::string apiKey;
    std::string name;
    std::string description;
    std::vector<std::string> scopes;
    bool isTest = false;
    bool isActive = true;
    TimePoint createdAt{};
    std::optional<TimePoint> revokedAt;
    std::optional<TimePoint> lastUsedAt;
    std::optional<TimePoint> expiresAt;       ///< null: never
    std::optional<TimePoint> oldSecretUntil;  ///< while the secret before the last rotation is good
    std::vector<std::string> allowedIps, allowedFrom, allowedAccounts;
    std::int64_t revision = 0;
    std::optional<std::string> apiSecret;  ///< only in the answer to its creation and to a rotation
    static void fields(auto& self, auto&& visit) {
        visit("id", self.id), visit("api_key", self.apiKey), visit("name", self.name);
        visit("description", self.description), visit("scopes", self.scopes), visit("is_test", self.isTest);
        visit("is_active", self.isActive), visit("created_at", self.createdAt), visit("revoked_at", self.revokedAt);
        visit("last_used_at", self.lastUsedAt), visit("expires_at", self.expiresAt);
        visit("old_secret_until", self.oldSecretUntil), visit("allowed_ips", self.allowedIps);
        visit("allowed_from", self.allowedFrom), visit("allowed_accounts", self.allowedAccounts);
        visit("revision", self.revision), visit("api_secret", self.apiSecret);
    }
};

struct Tokens {
    std::string accessToken;
    std::string refreshToken;
    std::string tokenType = "bearer";
    std::int64_t expiresIn = 0;  ///< seconds
    static void fields(auto& self, auto&& visit) {
        visit("access_token", self.accessToken), visit("refresh_token", self.refreshToken);
        visit("token_type", self.tokenType), visit("expires_in", self.expiresIn);
    }
};

struct SandboxMail {
    std::string id;
    TimePoint receivedAt{};
    std::string from;
    std::vector<std::string> to;
    std::string subject;
    std::int64_t size_bytes = 0;
    static void fields(auto& self, auto&& visit) {
        visit("id", self.id), visit("received_at", self.receivedAt), visit("from", self.from), visit("to", self.to);
        visit("subject", self.subject), visit("size_bytes", self.size_bytes);
    }
};

/// A mail as its reader sees it: the bytes, and what a mail program would make of them. All texts are UTF-8.
struct MailContent {
    struct Part {
        std::string filename;
        std::string contentType;
        std::int64_t size_bytes = 0;  ///< decoded
        static void fields(auto& self, auto&& visit) {
            visit("filename", self.filename), visit("content_type", self.contentType);
            visit("size_bytes", self.size_bytes);
        }
    };
    std::string id;          ///< of the message, or of the sandbox's mail
    std::string source;      ///< head and body as they leave, UTF-8 made printable where it was not, at most 1 MiB
    bool truncated = false;  ///< source, text or html were longer
    std::string subject;
    std::string from;
    std::vector<std::string> to;
    std::vector<std::string> cc;
    std::string text;
    std::string html;
    std::vector<Part> attachments;
    static void fields(auto& self, auto&& visit) {
        visit("id", self.id), visit("source", self.source), visit("truncated", self.truncated);
        visit("subject", self.subject), visit("from", self.from), visit("to", self.to), visit("cc", self.cc);
        visit("text", self.text), visit("html", self.html), visit("attachments", self.attachments);
    }
};

/// What a person has paused. Nothing new leaves there until it is resumed, also after a restart.
struct Pause {
    std::string kind;          ///< queue, account, domain, template
    std::string account;       ///< its id; empty unless it is one
    std::string domain;        ///< of recipients, in lower case; empty unless it is one
    std::string templateName;  ///< empty unless it is one
    TimePoint since{};
    std::string actor;
    std::string note;
    static void fields(auto& self, auto&& visit) {
        visit("kind", self.kind), visit("account", self.account), visit("domain", self.domain);
        visit("template", self.templateName), visit("since_at", self.since);
        visit("actor", self.actor), visit("note", self.note);
    }
};

struct QueueStatus {
    std::map<std::string, std::int64_t> recipients;  ///< state -> recipients, with accepted and erased
    std::int64_t imbalance = 0;
    std::int64_t inMemory = 0;
    std::int64_t inFlight = 0;
    double oldestAge_seconds = 0;
    double ratePerMinute = 0;  ///< as Stats::ratePerMinute
    std::vector<AccountChance> accounts;
    std::vector<Pause> pauses;
    static void fields(auto& self, auto&& visit) {
        visit("recipients", self.recipients), visit("imbalance", self.imbalance), visit("in_memory", self.inMemory);
        visit("in_flight", self.inFlight), visit("oldest_age_seconds", self.oldestAge_seconds);
        visit("rate_per_minute", self.ratePerMinute), visit("accounts", self.accounts);
        visit("pauses", self.pauses);
    }
};

/// What happened lately, for charts. Counts are of recipients; a point that does not exist is -1.
struct Stats {
    std::string range;         ///< "1h" or "24h"
    std::int64_t step_ms = 0;  ///< from one point to the next
    TimePoint fromAt{};        ///< where the first point's step begins
    /// "accepted", "sent", "failed", "deferred" within the step, "queued" at its end. The last point is the newest
    /// finished step.
    std::map<std::string, std::vector<double>> series;
    double ratePerMinute = 0;                    ///< sent within the last 60 s
    std::map<std::string, std::int64_t> totals;  ///< as QueueStatus::recipients
    static void fields(auto& self, auto&& visit) {
        visit("range", self.range), visit("step_ms", self.step_ms), visit("from_at", self.fromAt);
        visit("series", self.series), visit("rate_per_minute", self.ratePerMinute), visit("totals", self.totals);
    }
};

/// Something that was read before and may look different now.
struct Event {
    std::string topic;             ///< messages, accounts, keys, queue, sandbox, settings
    std::vector<std::string> ids;  ///< at most 100; none: many
    static void fields(auto& self, auto&& visit) { visit("topic", self.topic), visit("ids", self.ids); }
};

struct Events {
    std::string next;    ///< what to ask for after these: EPOCH.SEQ
    bool reset = false;  ///< what happened since is not known: read everything anew
    std::vector<Event> events;
    static void fields(auto& self, auto&& visit) {
        visit("next", self.next), visit("reset", self.reset), visit("events", self.events);
    }
};

struct AuditEntry {
    Id id;
    TimePoint at{};
    std::string actor;
    std::string action;
    std::string target;
    json::Value detail;
    static void fields(auto& self, auto&& visit) {
        visit("id", self.id), visit("at", self.at), visit("actor", self.actor), visit("action", self.action);
        visit("target", self.target), visit("detail", self.detail);
    }
};

/// What the replies of mail servers mean.
struct ReplyRulesInForce {
    std::string source;  ///< built-in, file
    std::string path;    ///< of the file; empty: built in
    std::int64_t rows = 0;
    TimePoint readAt{};
    std::string text;  ///< the file as it was read
    static void fields(auto& self, auto&& visit) {
        visit("source", self.source), visit("path", self.path), visit("rows", self.rows);
        visit("read_at", self.readAt), visit("text", self.text);
    }
};

/// What one reply means, by names of engine/policy.
struct ReplyVerdict {
    std::string meaning;  ///< sent, deferred, failed, unknown
    std::string level;    ///< recipient, message, destination, account
    std::string reason;
    std::string rule;                     ///< the row that decided; empty: none did
    std::string retry;                    ///< which schedule; empty: it is not tried again
    std::optional<std::int64_t> wait_ms;  ///< that the reply or its rule asks for
    static void fields(auto& self, auto&& visit) {
        visit("meaning", self.meaning), visit("level", self.level), visit("reason", self.reason);
        visit("rule", self.rule), visit("retry", self.retry), visit("wait_ms", self.wait_ms);
    }
};

struct VersionAnswer {
    std::string version;
    std::string apiVersion;
    std::vector<std::string> capabilities;
    static void fields(auto& self, auto&& visit) {
        visit("version", self.version), visit("api_version", self.apiVersion), visit("capabilities", self.capabilities);
    }
};

struct LocalProof {
    std::string hmac;  ///< HMAC-SHA-256(local token, nonce) in hex
    static void fields(auto& self, auto&& visit) { visit("hmac", self.hmac); }
};

template <typename T>
struct Page {
    std::vector<T> items;
    std::optional<std::string> nextCursor;
    static void fields(auto& self, auto&& visit) { visit("items", self.items), visit("next_cursor", self.nextCursor); }
};

}  // namespace postroom::contract
