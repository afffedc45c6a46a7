// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/api/views.h"

namespace postroom::api {

namespace {

using contract::State;

policy::Wanted wantedBy(const store::MessageRecord& message) {
    return {.from = message.fromAddress, .pinned = message.sandbox ? "sandbox" : message.pinnedAccount};
}

std::optional<policy::MailPause> pauseOf(const store::MessageRecord& message, const store::DeliveryRecord& delivery,
                                         const queue::Dispatcher::Look& look) {
    if (message.sandbox) return std::nullopt;
    return policy::pauseOf(*look.pauses, message.templateName, delivery.recipient);
}

std::optional<TimePoint> unlessEpoch(TimePoint at) {
    return at == TimePoint{} ? std::nullopt : std::optional{at};
}

}  // namespace

std::optional<contract::WaitingFor> toContract(std::optional<policy::WaitingFor> waiting) {
    if (!waiting || waiting->code.empty()) return std::nullopt;
    contract::WaitingFor out{.code = std::move(waiting->code), .params = {}, .until = waiting->until};
    for (auto& [name, value] : waiting->params) out.params[name] = std::move(value);
    return out;
}

contract::Delivery toContract(const store::DeliveryRecord& delivery, const store::MessageRecord& message,
                              const queue::Dispatcher::Look& look, TimePoint now) {
    const bool inFlight = delivery.status == State::Queued && look.inFlight.contains(delivery.id);
    contract::Delivery out{.id = delivery.id,
                           .recipient = delivery.recipient,
                           .kind = delivery.kind,
                           .status = inFlight ? State::Sending : delivery.status,
                           .attempts = delivery.attempts,
                           .dueAt = {},
                           .reason = delivery.reason,
                           .lastReply = delivery.lastReply,
                           .accountId = delivery.accountId,
                           .waitingFor = {},
                           .updatedAt = delivery.updatedAt};
    if (!contract::isTerminal(delivery.status)) out.dueAt = delivery.dueAt;
    out.waitingFor =
        toContract(policy::whyWaiting({.state = out.status,
                                       .dueAt = delivery.dueAt,
                                       .attempts = delivery.attempts,
                                       .reason = delivery.reason,
                                       .inFlight = inFlight,
                                       .pause = pauseOf(message, delivery, look)},
                                      wantedBy(message), now, look.halted || look.pauses->everything, look.accounts));
    return out;
}

contract::Message toContract(const store::MessageRecord& message, const store::StateCounts& counts) {
    contract::Message out;
    out.id = message.id;
    out.status = message.status;
    out.subject = message.subject;
    out.from = message.fromAddress;
    out.account = message.pinnedAccount;
    out.sandbox = message.sandbox;
    out.onUnknown = message.onUnknown;
    out.messageIdHeader = message.messageIdHeader;
    out.size_bytes = message.size_bytes;
    out.keyId = message.keyId;
    out.createdAt = message.createdAt;
    out.scheduledAt = message.scheduledAt;
    out.expiresAt = message.expiresAt;
    out.priority = message.priority;
    out.tags = message.tags;
    out.metadata = message.metadata;
    out.locale = message.locale;
    for (const auto& [state, count] : counts) out.recipientCounts[std::string(contract::name(state))] = count;
    return out;
}

contract::Message toContract(const store::MessageRecord& message, const std::vector<store::DeliveryRecord>& deliveries,
                             const queue::Dispatcher::Look& look, TimePoint now) {
    contract::Message out = toContract(message, store::StateCounts{});
    for (const store::DeliveryRecord& delivery : deliveries) {
        out.deliveries.push_back(toContract(delivery, message, look, now));
        const contract::Delivery& shown = out.deliveries.back();
        ++out.recipientCounts[std::string(contract::name(shown.status))];
        if (!out.waitingFor) out.waitingFor = shown.waitingFor;
        if (shown.status == State::Sending) out.status = State::Sending;
    }
    return out;
}

Result<contract::Attempt> toContract(const store::AttemptRecord& attempt) {
    contract::Attempt out{.id = attempt.id,
                          .accountId = attempt.accountId,
                          .accountEmail = attempt.accountEmail,
                          .startedAt = attempt.startedAt,
                          .took_ms = attempt.took_ms,
                          .outcome = attempt.outcome,
                          .stage = attempt.stage,
                          .code = attempt.code,
                          .enhanced = attempt.enhanced,
                          .reply = attempt.reply,
                          .peer = attempt.peer,
                          .tls = attempt.tls,
                          .detail = attempt.detail,
                          .results = {},
                          .transcript = {}};
    if (attempt.state == "dot") out.outcome = "sending";
    const auto results = json::parse(attempt.results), transcript = json::parse(attempt.transcript);
    if (!results || !transcript) return fail(ErrorCode::StorageCorrupt, "attempt " + attempt.id.text() + " is damaged");
    auto readResults = contract::fromJson<std::vector<contract::AttemptResult>>(*results);
    auto readTranscript = contract::fromJson<std::vector<std::string>>(*transcript);
    if (!readResults || !readTranscript)
        return fail(ErrorCode::StorageCorrupt, "attempt " + attempt.id.text() + " is damaged");
    out.results = std::move(*readResults);
    out.transcript = std::move(*readTranscript);
    return out;
}

std::string_view stateWord(std::string_view code) {
    if (code == "account.disabled") return "disabled";
    if (code == "account.paused") return "paused";
    if (code == "account.resting" || code == "account.authorization_needed" || code == "account.token_awaited")
        return "resting";
    if (code == "account.daily_limit" || code == "account.hourly_limit" || code == "account.send_hours")
        return "limited";
    return "ready";
}

contract::Account toContract(const store::AccountRecord& account, const queue::Dispatcher::Look& look, TimePoint now) {
    contract::Account out;
    out.id = account.id;
    out.email = account.email;
    out.displayName = account.displayName;
    out.smtpHost = account.smtpHost;
    out.smtpPort = account.smtpPort;
    out.smtpUsername = account.smtpUsername;
    out.hasPassword = !account.smtpPassword.empty();
    out.security = account.security;
    out.auth = account.auth;
    out.oauthProvider = account.oauthProvider;
    out.authorizedAt = account.authorizedAt;
    out.dailyLimit = account.dailyLimit;
    out.dailySentCount = account.dailySentCount;
    out.limitWindow = account.limitRolls ? "rolling" : "calendar";
    out.timeZone = account.timeZone;
    out.hourlyLimit = account.hourlyLimit;
    out.ratePerMinute = account.ratePerMinute;
    out.warmup = account.warmup;
    out.sendHours = account.sendHours;
    out.priority = account.priority;
    out.maxConnections = account.maxConnections;
    out.maxRecipients = account.maxRecipients;
    out.maxMessages = account.maxMessages;
    out.fromAddresses = account.fromAddresses;
    out.caCertificate = account.caCertificate;
    out.fingerprint = account.fingerprint;
    out.isActive = account.isActive;
    out.problemDetail = account.problemDetail;
    out.problemAt = unlessEpoch(account.problemAt);
    out.revision = account.revision;
    out.createdAt = account.createdAt;
    out.updatedAt = account.updatedAt;
    out.state = account.isActive ? "active" : "disabled";
    for (const policy::AccountView& view : look.accounts) {
        if (view.id != account.id) continue;
        const policy::WaitingFor why = policy::whyNot(view, now);
        if (const std::string_view word = stateWord(why.code); word != "ready") out.state = word;
        out.waitingFor = toContract(why);
    }
    return out;
}

contract::AccountChance chanceOf(const policy::AccountView& view, const policy::Wanted* wanted, TimePoint now) {
    policy::WaitingFor why =
        wanted ? policy::chooseAccount(*wanted, now, std::span{&view, 1}, 0).waiting : policy::whyNot(view, now);
    const bool usable = why.code.empty();
    return {.account = view.id.isNull() ? "sandbox" : view.id.text(),
            .email = view.email,
            .usable = usable,
            .waitingFor = toContract(std::move(why))};
}

std::map<std::string, std::int64_t> recipientTotals(const store::ledger::Counters& counters) {
    std::map<std::string, std::int64_t> totals{{"accepted", 0}, {"erased", 0}};
    for (const State state : contract::allStates) totals[std::string(contract::name(state))] = 0;
    // Names with a dot count messages.
    for (const auto& [name, value] : counters)
        if (name.find('.') == name.npos) totals[name] = value;
    return totals;
}

contract::ApiKey toContract(const store::ApiKeyRecord& key) {
    return {.id = key.id,
            .apiKey = key.key,
            .name = key.name,
            .description = key.description,
            .scopes = key.scopes,
            .isTest = key.isTest,
            .isActive = key.isActive,
            .createdAt = key.createdAt,
            .revokedAt = key.revokedAt,
            .lastUsedAt = key.lastUsedAt,
            .expiresAt = key.expiresAt,
            .oldSecretUntil = key.oldSecretUntil,
            .allowedIps = key.allowedIps,
            .allowedFrom = key.allowedFrom,
            .allowedAccounts = key.allowedAccounts,
            .revision = key.revision,
            .apiSecret = {}};
}

contract::Suppression toContract(const store::SuppressionRecord& suppression) {
    return {.id = suppression.id,
            .address = suppression.address,
            .reason = suppression.reason,
            .reply = suppression.reply,
            .messageId = suppression.messageId,
            .note = suppression.note,
            .createdAt = suppression.createdAt,
            .expiresAt = suppression.expiresAt};
}

}  // namespace postroom::api
