// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The closed words for what became of an attempt: they stand in delivery rows, on accounts and on the wire, and are
// what an operator sorts failures by.
//
// A new one is one row here, one in the window's wording and one in the handbook's page on replies; a test each asks.

#include <string_view>
#include <vector>

namespace postroom::policy {

// X(constant, wire name, English)
#define POSTROOM_REASONS(X)                                                                                     \
    X(sent, "smtp.sent", "The server took the message")                                                         \
    X(aborted, "engine.aborted", "The attempt was broken off by the engine")                                    \
    X(interrupted, "delivery.interrupted", "The engine ended before the message was on its way")                \
    X(refusedBeforeCrash, "delivery.refused_before_crash",                                                      \
      "The server refused the message and the engine ended before it wrote down why")                           \
    X(crashed, "delivery.crashed", "The engine ended while it was at work on the message")                      \
    X(poison, "message.poison", "The engine ended three times at work on the message: it is not tried again")   \
    X(secretUnreadable, "account.secret_unreadable", "The stored password can't be decrypted: enter it again")  \
    X(authorizationNeeded, "account.authorization_needed", "The account's provider has to be asked for access") \
    X(tokenUnavailable, "account.token_unavailable", "The account's provider gives no access token now")        \
    X(cancelled, "message.cancelled", "It was cancelled")                                                       \
    X(expired, "message.expired", "The message could not be delivered in its time")                             \
    X(tooLate, "message.too_late", "No engine was at work when the message was due, and it is late by now")     \
    X(unknownOutcome, "smtp.unknown_outcome", "Nobody knows whether the server took the message")               \
    X(bodyUnreadable, "engine.body_unreadable", "A part of the message could not be read from the store")       \
    X(dkimKeyUnreadable, "dkim.key_unreadable", "The key that signs for this domain can't be decrypted")        \
    X(networkRefused, "network.refused", "The server could not be reached")                                     \
    X(networkUnresolved, "network.name_unresolved", "The server's name could not be resolved")                  \
    X(networkTimeout, "network.timeout", "The server did not answer in time")                                   \
    X(networkClosed, "network.closed", "The server closed the connection")                                      \
    X(tlsCertificate, "tls.certificate", "The server's certificate is not trusted")                             \
    X(tlsFailed, "tls.failed", "The TLS connection could not be made")                                          \
    X(tlsMissing, "smtp.tls_missing", "The server offers no STARTTLS")                                          \
    X(tlsRequired, "smtp.tls_required", "The server wants TLS before anything else")                            \
    X(protocolViolated, "smtp.protocol_violated", "The server broke the protocol")                              \
    X(outOfSequence, "smtp.out_of_sequence", "The server says the commands came in the wrong order")            \
    X(serviceUnavailable, "smtp.service_unavailable", "The server is not available now")                        \
    X(serviceRefused, "smtp.service_refused", "The server refuses to talk to us")                               \
    X(clientBlocked, "smtp.client_blocked", "The server blocks our address or its reputation")                  \
    X(authMissing, "smtp.auth_missing", "The server offers no login method of ours")                            \
    X(authRequired, "smtp.auth_required", "The server wants a login")                                           \
    X(authRejected, "smtp.auth_rejected", "The server rejected the user name or password")                      \
    X(authUnavailable, "smtp.auth_unavailable", "The server can't check the login now")                         \
    X(rateLimited, "smtp.rate_limited", "The account has sent too much in too short a time")                    \
    X(senderRefused, "smtp.sender_refused", "The server refuses the sender address or the account behind it")   \
    X(senderUnauthenticated, "smtp.sender_unauthenticated", "The sender's domain fails SPF, DKIM or DMARC")     \
    X(senderDeferred, "smtp.sender_deferred", "The server does not take mail from this sender now")             \
    X(relayDenied, "smtp.relay_denied", "The server does not carry mail of this account to others")             \
    X(sizeExceeded, "smtp.size_exceeded", "The message is larger than the server takes")                        \
    X(contentRefused, "smtp.content_refused", "The server refuses what the message contains")                   \
    X(policyRefused, "smtp.policy_refused", "A policy of the server refuses the message")                       \
    X(messageRefused, "smtp.message_refused", "The server refuses the message")                                 \
    X(serverFull, "smtp.server_full", "The server has no room for the message now")                             \
    X(tooManyRecipients, "smtp.too_many_recipients", "The server takes fewer recipients at a time")             \
    X(recipientUnknown, "smtp.recipient_unknown", "There is no such mailbox")                                   \
    X(recipientDisabled, "smtp.recipient_disabled", "The mailbox is disabled")                                  \
    X(recipientRefused, "smtp.recipient_refused", "The server refuses the recipient")                           \
    X(recipientBusy, "smtp.recipient_busy", "The mailbox gets too much mail just now")                          \
    X(domainUnknown, "smtp.domain_unknown", "The recipient's domain does not exist")                            \
    X(domainUnreachable, "smtp.domain_unreachable", "The recipient's domain can't be reached now")              \
    X(domainBusy, "smtp.domain_busy", "The recipient's domain takes no more mail just now")                     \
    X(domainPaused, "queue.domain_paused", "The recipient's domain asked for a pause")                          \
    X(suppressed, "recipient.suppressed", "The recipient is suppressed: nothing is sent there")                 \
    X(mailboxFull, "smtp.mailbox_full", "The mailbox is full")                                                  \
    X(greylisted, "smtp.greylisted", "The server takes first-time mail only on a later try")                    \
    X(deferred, "smtp.deferred", "The server asks to try again later")

namespace reason {
#define POSTROOM_CONSTANT(constant, wire, english) inline constexpr std::string_view constant = wire;
POSTROOM_REASONS(POSTROOM_CONSTANT)
#undef POSTROOM_CONSTANT
}  // namespace reason

/// Every reason, in the list's order.
[[nodiscard]] const std::vector<std::string_view>& allReasons();
/// One English sentence without a full stop; empty for a word that is none of ours.
[[nodiscard]] std::string_view reasonTitle(std::string_view reason);

}  // namespace postroom::policy
