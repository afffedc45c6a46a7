// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "ui/models/wording.h"

#include "engine/base/text.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QLocale>

namespace postroom::ui {

namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(postroom::ui::Words)
};

struct Entry {
    const char* code;
    const char* text;
};

// What became of an attempt (engine/policy/reason.h has the same list).
constexpr Entry reasons[] = {
    {"smtp.sent", QT_TRANSLATE_NOOP("postroom::ui::Words", "The server took the message")},
    {"engine.aborted", QT_TRANSLATE_NOOP("postroom::ui::Words", "Postroom broke the attempt off")},
    {"delivery.interrupted",
     QT_TRANSLATE_NOOP("postroom::ui::Words", "The engine ended before the mail was on its way")},
    {"delivery.refused_before_crash",
     QT_TRANSLATE_NOOP("postroom::ui::Words", "The server refused the mail, and the engine ended before it noted why")},
    {"delivery.crashed", QT_TRANSLATE_NOOP("postroom::ui::Words", "The engine ended while it was at work on the mail")},
    {"message.poison", QT_TRANSLATE_NOOP("postroom::ui::Words",
                                         "The engine ended three times at work on the mail: it is not tried again")},
    {"smtp.unknown_outcome", QT_TRANSLATE_NOOP("postroom::ui::Words", "Nobody knows whether the server took the mail")},
    {"engine.body_unreadable", QT_TRANSLATE_NOOP("postroom::ui::Words", "A part of the message could not be read")},
    {"dkim.key_unreadable",
     QT_TRANSLATE_NOOP("postroom::ui::Words", "The key that signs for the sender's domain can't be read")},
    {"network.refused", QT_TRANSLATE_NOOP("postroom::ui::Words", "The server could not be reached")},
    {"network.name_unresolved", QT_TRANSLATE_NOOP("postroom::ui::Words", "The server's name could not be resolved")},
    {"network.timeout", QT_TRANSLATE_NOOP("postroom::ui::Words", "The server did not answer in time")},
    {"network.closed", QT_TRANSLATE_NOOP("postroom::ui::Words", "The server closed the connection")},
    {"tls.certificate", QT_TRANSLATE_NOOP("postroom::ui::Words", "The server's certificate is not trusted")},
    {"tls.failed", QT_TRANSLATE_NOOP("postroom::ui::Words", "The encrypted connection could not be made")},
    {"smtp.tls_missing", QT_TRANSLATE_NOOP("postroom::ui::Words", "The server offers no STARTTLS")},
    {"smtp.tls_required", QT_TRANSLATE_NOOP("postroom::ui::Words", "The server wants encryption before anything else")},
    {"smtp.protocol_violated", QT_TRANSLATE_NOOP("postroom::ui::Words", "The server broke the protocol")},
    {"smtp.out_of_sequence",
     QT_TRANSLATE_NOOP("postroom::ui::Words", "The server says the commands came in the wrong order")},
    {"smtp.service_unavailable", QT_TRANSLATE_NOOP("postroom::ui::Words", "The server is not available now")},
    {"smtp.service_refused", QT_TRANSLATE_NOOP("postroom::ui::Words", "The server refuses to talk to us")},
    {"smtp.client_blocked",
     QT_TRANSLATE_NOOP("postroom::ui::Words", "The server blocks our address or its reputation")},
    {"smtp.auth_missing",
     QT_TRANSLATE_NOOP("postroom::ui::Words", "The server offers no way of logging in that we know")},
    {"smtp.auth_required", QT_TRANSLATE_NOOP("postroom::ui::Words", "The server wants a login")},
    {"smtp.auth_rejected", QT_TRANSLATE_NOOP("postroom::ui::Words", "The server rejected the user name or password")},
    {"smtp.auth_unavailable", QT_TRANSLATE_NOOP("postroom::ui::Words", "The server can't check the login now")},
    {"smtp.rate_limited",
     QT_TRANSLATE_NOOP("postroom::ui::Words", "The account has sent too much in too short a time")},
    {"smtp.sender_refused",
     QT_TRANSLATE_NOOP("postroom::ui::Words", "The server refuses the sender address or the account behind it")},
    {"smtp.sender_unauthenticated",
     QT_TRANSLATE_NOOP("postroom::ui::Words", "The sender's domain fails SPF, DKIM or DMARC")},
    {"smtp.sender_deferred",
     QT_TRANSLATE_NOOP("postroom::ui::Words", "The server does not take mail from this sender now")},
    {"smtp.relay_denied",
     QT_TRANSLATE_NOOP("postroom::ui::Words", "The server does not carry mail of this account to others")},
    {"smtp.size_exceeded", QT_TRANSLATE_NOOP("postroom::ui::Words", "The message is larger than the server takes")},
    {"smtp.content_refused", QT_TRANSLATE_NOOP("postroom::ui::Words", "The server refuses what the message contains")},
    {"smtp.policy_refused", QT_TRANSLATE_NOOP("postroom::ui::Words", "A policy of the server refuses the message")},
    {"smtp.message_refused", QT_TRANSLATE_NOOP("postroom::ui::Words", "The server refuses the message")},
    {"smtp.server_full", QT_TRANSLATE_NOOP("postroom::ui::Words", "The server has no room for the message now")},
    {"smtp.too_many_recipients",
     QT_TRANSLATE_NOOP("postroom::ui::Words", "The server takes fewer recipients at a time")},
    {"smtp.recipient_unknown", QT_TRANSLATE_NOOP("postroom::ui::Words", "There is no such mailbox")},
    {"smtp.recipient_disabled", QT_TRANSLATE_NOOP("postroom::ui::Words", "The mailbox is disabled")},
    {"smtp.recipient_refused", QT_TRANSLATE_NOOP("postroom::ui::Words", "The server refuses the recipient")},
    {"recipient.suppressed",
     QT_TRANSLATE_NOOP("postroom::ui::Words", "The recipient is suppressed: nothing is sent there")},
    {"smtp.recipient_busy", QT_TRANSLATE_NOOP("postroom::ui::Words", "The mailbox gets too much mail just now")},
    {"smtp.domain_unknown", QT_TRANSLATE_NOOP("postroom::ui::Words", "The recipient's domain does not exist")},
    {"smtp.domain_unreachable",
     QT_TRANSLATE_NOOP("postroom::ui::Words", "The recipient's domain can't be reached now")},
    {"smtp.domain_busy",
     QT_TRANSLATE_NOOP("postroom::ui::Words", "The recipient's domain takes no more mail just now")},
    {"queue.domain_paused", QT_TRANSLATE_NOOP("postroom::ui::Words", "The recipient's domain asked for a pause")},
    {"smtp.mailbox_full", QT_TRANSLATE_NOOP("postroom::ui::Words", "The mailbox is full")},
    {"smtp.greylisted",
     QT_TRANSLATE_NOOP("postroom::ui::Words", "The server takes first-time mail only on a later try")},
    {"smtp.deferred", QT_TRANSLATE_NOOP("postroom::ui::Words", "The server asks to try again later")},
    {"account.secret_unreadable",
     QT_TRANSLATE_NOOP("postroom::ui::Words", "The stored password can't be decrypted: enter it again")},
    {"account.authorization_needed",
     QT_TRANSLATE_NOOP("postroom::ui::Words", "The account's provider has to be asked for access")},
    {"account.token_unavailable",
     QT_TRANSLATE_NOOP("postroom::ui::Words", "The account's provider gives no access token now")},
    {"message.cancelled", QT_TRANSLATE_NOOP("postroom::ui::Words", "It was cancelled")},
    {"message.expired", QT_TRANSLATE_NOOP("postroom::ui::Words", "It was not delivered before it expired")},
    {"message.too_late",
     QT_TRANSLATE_NOOP("postroom::ui::Words", "No engine was at work when it was due, and it is late by now")},
};

// What something waits for. {name} is a parameter; {because} the text of the parameter reason or problem.
constexpr Entry waits[] = {
    {"account.connections_busy", QT_TRANSLATE_NOOP("postroom::ui::Words", "All connections of {email} are busy")},
    {"account.reserving",
     QT_TRANSLATE_NOOP("postroom::ui::Words", "{email} is fetching its next units of the daily limit")},
    {"account.probing",
     QT_TRANSLATE_NOOP("postroom::ui::Words", "{email} is being tried with one message after its rest")},
    {"account.rate", QT_TRANSLATE_NOOP("postroom::ui::Words", "{email} keeps to its rate a minute")},
    {"account.hourly_limit", QT_TRANSLATE_NOOP("postroom::ui::Words", "{email} has used up its limit of this hour")},
    {"account.send_hours", QT_TRANSLATE_NOOP("postroom::ui::Words", "{email} sends at other hours")},
    {"account.daily_limit", QT_TRANSLATE_NOOP("postroom::ui::Words", "{email} has used up its daily limit")},
    {"account.authorization_needed",
     QT_TRANSLATE_NOOP("postroom::ui::Words", "{email} has to be authorized by its provider")},
    {"account.token_awaited", QT_TRANSLATE_NOOP("postroom::ui::Words", "{email} waits for an access token{because}")},
    {"account.resting", QT_TRANSLATE_NOOP("postroom::ui::Words", "{email} rests after a fault{because}")},
    {"account.paused", QT_TRANSLATE_NOOP("postroom::ui::Words", "{email} is paused")},
    {"account.disabled", QT_TRANSLATE_NOOP("postroom::ui::Words", "{email} is disabled{because}")},
    {"account.none_for_from", QT_TRANSLATE_NOOP("postroom::ui::Words", "No account may send as {from}")},
    {"account.none", QT_TRANSLATE_NOOP("postroom::ui::Words", "There is no account to send with: add one")},
    {"account.unknown", QT_TRANSLATE_NOOP("postroom::ui::Words", "The account it asks for is not there: {account}")},
    {"queue.paused", QT_TRANSLATE_NOOP("postroom::ui::Words", "The queue is paused")},
    {"template.paused", QT_TRANSLATE_NOOP("postroom::ui::Words", "Mail of the template {template} is paused")},
    {"domain.paused", QT_TRANSLATE_NOOP("postroom::ui::Words", "Mail to {domain} is paused")},
    {"queue.turn", QT_TRANSLATE_NOOP("postroom::ui::Words", "Its turn comes next")},
    {"retry.scheduled", QT_TRANSLATE_NOOP("postroom::ui::Words", "It is tried again{because}")},
    {"message.scheduled", QT_TRANSLATE_NOOP("postroom::ui::Words", "It is scheduled")},
    {"message.held", QT_TRANSLATE_NOOP("postroom::ui::Words", "It is held until somebody decides{because}")},
};

constexpr Entry fields[] = {
    {"field.type", QT_TRANSLATE_NOOP("postroom::ui::Words", "Has the wrong form")},
    {"field.required", QT_TRANSLATE_NOOP("postroom::ui::Words", "Is needed")},
    {"field.empty", QT_TRANSLATE_NOOP("postroom::ui::Words", "Must not be empty")},
    {"field.not_allowed", QT_TRANSLATE_NOOP("postroom::ui::Words", "Is none of the values that are allowed")},
    {"field.unknown", QT_TRANSLATE_NOOP("postroom::ui::Words", "Is not known to this engine")},
    {"field.read_only", QT_TRANSLATE_NOOP("postroom::ui::Words", "Can't be changed")},
    {"field.not_available", QT_TRANSLATE_NOOP("postroom::ui::Words", "Is not available in this engine yet")},
    {"field.too_large", QT_TRANSLATE_NOOP("postroom::ui::Words", "Is too large")},
    {"field.too_small", QT_TRANSLATE_NOOP("postroom::ui::Words", "Is too small")},
    {"field.too_many", QT_TRANSLATE_NOOP("postroom::ui::Words", "Are too many")},
    {"field.too_long", QT_TRANSLATE_NOOP("postroom::ui::Words", "Is too long")},
    {"field.control_character", QT_TRANSLATE_NOOP("postroom::ui::Words", "Holds a control character")},
    {"address.invalid", QT_TRANSLATE_NOOP("postroom::ui::Words", "Is not an e-mail address")},
    {"address.empty", QT_TRANSLATE_NOOP("postroom::ui::Words", "Is empty")},
    {"address.too_long", QT_TRANSLATE_NOOP("postroom::ui::Words", "Is longer than an address may be")},
    {"address.control_character", QT_TRANSLATE_NOOP("postroom::ui::Words", "Holds a control character")},
    {"address.domain_invalid", QT_TRANSLATE_NOOP("postroom::ui::Words", "What stands behind the @ is no domain")},
    {"address.local_part_too_long",
     QT_TRANSLATE_NOOP("postroom::ui::Words", "What stands before the @ is longer than 64 characters")},
    {"address.local_part_not_ascii",
     QT_TRANSLATE_NOOP("postroom::ui::Words", "What stands before the @ must be plain ASCII")},
    {"csv.no_address_column",
     QT_TRANSLATE_NOOP("postroom::ui::Words", "The first line must name the columns, one of them address")},
    {"csv.quotes", QT_TRANSLATE_NOOP("postroom::ui::Words", "A cell in quotes does not end where it should")},
    {"text.not_utf8", QT_TRANSLATE_NOOP("postroom::ui::Words", "Is not valid UTF-8")},
    {"text.control_character", QT_TRANSLATE_NOOP("postroom::ui::Words", "Holds a control character")},
    {"subject.too_long", QT_TRANSLATE_NOOP("postroom::ui::Words", "Is too long for a subject")},
    {"subject.not_utf8", QT_TRANSLATE_NOOP("postroom::ui::Words", "Is not valid UTF-8")},
    {"subject.control_character", QT_TRANSLATE_NOOP("postroom::ui::Words", "Holds a line break or control character")},
    {"message.too_large", QT_TRANSLATE_NOOP("postroom::ui::Words", "The message is too large")},
    {"time_zone.unknown", QT_TRANSLATE_NOOP("postroom::ui::Words", "Is no time zone's name, like Asia/Shanghai")},
    {"host.invalid", QT_TRANSLATE_NOOP("postroom::ui::Words", "Is neither a host name nor an address")},
    {"certificate.invalid", QT_TRANSLATE_NOOP("postroom::ui::Words", "Is not a certificate in PEM")},
    {"fingerprint.invalid",
     QT_TRANSLATE_NOOP("postroom::ui::Words", "Is not a SHA-256 fingerprint: 64 hexadecimal digits")},
    {"header.name_invalid", QT_TRANSLATE_NOOP("postroom::ui::Words", "Is not a header's name")},
    {"header.value_invalid", QT_TRANSLATE_NOOP("postroom::ui::Words", "Is not a header's value")},
    {"header.unsubscribe_invalid",
     QT_TRANSLATE_NOOP("postroom::ui::Words", "Is no List-Unsubscribe that mail programs understand")},
    {"header.reserved", QT_TRANSLATE_NOOP("postroom::ui::Words", "Is a header that Postroom writes itself")},
    {"header.too_many", QT_TRANSLATE_NOOP("postroom::ui::Words", "Are too many headers")},
    {"header.too_large", QT_TRANSLATE_NOOP("postroom::ui::Words", "The headers are too large")},
    {"attachment.too_large", QT_TRANSLATE_NOOP("postroom::ui::Words", "The attachment is too large")},
    {"attachment.not_stored", QT_TRANSLATE_NOOP("postroom::ui::Words", "The attachment could not be stored")},
    {"attachment.unknown", QT_TRANSLATE_NOOP("postroom::ui::Words", "Is no file that was uploaded")},
    {"attachment.not_base64", QT_TRANSLATE_NOOP("postroom::ui::Words", "The attachment is not base64")},
    {"attachment.filename_invalid", QT_TRANSLATE_NOOP("postroom::ui::Words", "Is no name for a file")},
    {"attachment.content_id_invalid", QT_TRANSLATE_NOOP("postroom::ui::Words", "Is no content id, or one given twice")},
    {"attachment.content_type_invalid", QT_TRANSLATE_NOOP("postroom::ui::Words", "Is no content type")},
    {"idempotency.in_progress", QT_TRANSLATE_NOOP("postroom::ui::Words", "Its first try has not been answered yet")},
    {"idempotency.body_differs", QT_TRANSLATE_NOOP("postroom::ui::Words", "Was used for another message")},
    {"account.password_in_clear",
     QT_TRANSLATE_NOOP("postroom::ui::Words", "A password would be sent in clear: choose TLS or STARTTLS")},
    {"account.test_key", QT_TRANSLATE_NOOP("postroom::ui::Words", "A test key sends through the sandbox only")},
    {"account.unknown", QT_TRANSLATE_NOOP("postroom::ui::Words", "There is no such account")},
    {"account.not_allowed", QT_TRANSLATE_NOOP("postroom::ui::Words", "This key may not use that account")},
    {"from.not_allowed", QT_TRANSLATE_NOOP("postroom::ui::Words", "This key may not send as that address")},
    {"network.invalid",
     QT_TRANSLATE_NOOP("postroom::ui::Words", "Is neither an address nor a network like 10.0.0.0/8")},
    {"template.syntax", QT_TRANSLATE_NOOP("postroom::ui::Words", "Can't be read as a template")},
    {"template.undefined", QT_TRANSLATE_NOOP("postroom::ui::Words", "Uses a variable that has no value")},
    {"template.value", QT_TRANSLATE_NOOP("postroom::ui::Words", "Uses a value of the wrong kind")},
    {"template.budget", QT_TRANSLATE_NOOP("postroom::ui::Words", "Does more than a template may")},
    {"template.missing", QT_TRANSLATE_NOOP("postroom::ui::Words", "Uses a template that is not stored")},
    {"template.unknown", QT_TRANSLATE_NOOP("postroom::ui::Words", "There is no such template")},
    {"template.no_version", QT_TRANSLATE_NOOP("postroom::ui::Words", "There is no such version of the template")},
    {"time.past", QT_TRANSLATE_NOOP("postroom::ui::Words", "Is past")},
    {"search.unknown_token",
     QT_TRANSLATE_NOOP("postroom::ui::Words", "Is no search term; put a word with a colon into quotes")},
    {"search.no_value", QT_TRANSLATE_NOOP("postroom::ui::Words", "Needs a value behind its colon")},
    {"search.open_quote", QT_TRANSLATE_NOOP("postroom::ui::Words", "A quote must end, and end its word")},
    {"search.bad_date", QT_TRANSLATE_NOOP("postroom::ui::Words", "Is no date like 2026-01-31 or 2026-01-31T23:59:59Z")},
    {"search.bad_state", QT_TRANSLATE_NOOP("postroom::ui::Words", "Is no state of messages")},
    {"search.bad_id", QT_TRANSLATE_NOOP("postroom::ui::Words", "Is no id of a message")},
    {"search.bad_address",
     QT_TRANSLATE_NOOP("postroom::ui::Words", "Is no address; a star may stand at its begin or end")},
    {"search.repeated", QT_TRANSLATE_NOOP("postroom::ui::Words", "Is given twice")},
    {"search.too_many", QT_TRANSLATE_NOOP("postroom::ui::Words", "Has more than 20 terms")},
    {"search.too_long", QT_TRANSLATE_NOOP("postroom::ui::Words", "Is too long")},
    {"search.control_character", QT_TRANSLATE_NOOP("postroom::ui::Words", "Holds a control character")},
    {"search.or_ids", QT_TRANSLATE_NOOP("postroom::ui::Words", "Either a search or ids say which messages")},
};

// What went wrong with a call, and what to do.
struct Trouble {
    ErrorCode code;
    const char* text;
};
constexpr Trouble troubles[] = {
    {ErrorCode::Internal,
     QT_TRANSLATE_NOOP("postroom::ui::Words", "Something went wrong inside the engine. Its log says more.")},
    {ErrorCode::Stopping, QT_TRANSLATE_NOOP("postroom::ui::Words", "The engine is stopping.")},
    {ErrorCode::Unavailable,
     QT_TRANSLATE_NOOP("postroom::ui::Words", "The engine can't take this now. Try again in a moment.")},
    {ErrorCode::StorageFailed,
     QT_TRANSLATE_NOOP("postroom::ui::Words",
                       "The database did not take the change. Look at the engine's disk and log.")},
    {ErrorCode::StorageFull,
     QT_TRANSLATE_NOOP("postroom::ui::Words",
                       "The engine's disk is full. Make room; nothing that was accepted is lost.")},
    {ErrorCode::StorageCorrupt,
     QT_TRANSLATE_NOOP("postroom::ui::Words", "The database is damaged. Restore a backup before going on.")},
    {ErrorCode::StorageForeign,
     QT_TRANSLATE_NOOP("postroom::ui::Words", "The database belongs to another version of Postroom.")},
    {ErrorCode::StorageOwned,
     QT_TRANSLATE_NOOP("postroom::ui::Words", "Another engine owns this data folder. Attach to it instead.")},
    {ErrorCode::IoFailed, QT_TRANSLATE_NOOP("postroom::ui::Words", "A file could not be read or written.")},
    {ErrorCode::ConfigInvalid, QT_TRANSLATE_NOOP("postroom::ui::Words", "A setting is not valid.")},
    {ErrorCode::RequestMalformed,
     QT_TRANSLATE_NOOP("postroom::ui::Words", "The engine did not understand the request. Is it another version?")},
    {ErrorCode::JsonInvalid,
     QT_TRANSLATE_NOOP("postroom::ui::Words", "The engine did not understand the request. Is it another version?")},
    {ErrorCode::ValidationFailed,
     QT_TRANSLATE_NOOP("postroom::ui::Words", "Something in the form is not right: see the fields marked in red.")},
    {ErrorCode::BodyTooLarge, QT_TRANSLATE_NOOP("postroom::ui::Words", "This is larger than the engine takes.")},
    {ErrorCode::RequestTimeout,
     QT_TRANSLATE_NOOP("postroom::ui::Words", "The request took too long to arrive. Try again.")},
    {ErrorCode::HostUnknown,
     QT_TRANSLATE_NOOP("postroom::ui::Words",
                       "The engine does not answer to this host name. Use the name it listens on, or add it to "
                       "ALLOWED_HOSTS there.")},
    {ErrorCode::Overloaded,
     QT_TRANSLATE_NOOP("postroom::ui::Words", "The engine has too much to do just now. Try again in a moment.")},
    {ErrorCode::Unauthorized,
     QT_TRANSLATE_NOOP("postroom::ui::Words", "The engine does not know this window any more. Connect again.")},
    {ErrorCode::CredentialsRejected,
     QT_TRANSLATE_NOOP("postroom::ui::Words",
                       "The engine rejected the key or its secret. Check both and connect again.")},
    {ErrorCode::Forbidden,
     QT_TRANSLATE_NOOP("postroom::ui::Words", "This key may not do that: it needs another scope.")},
    {ErrorCode::RateLimited,
     QT_TRANSLATE_NOOP("postroom::ui::Words", "Too many requests in a short time. Wait a minute.")},
    {ErrorCode::NotFound, QT_TRANSLATE_NOOP("postroom::ui::Words", "It is not there any more.")},
    {ErrorCode::RouteUnknown,
     QT_TRANSLATE_NOOP("postroom::ui::Words", "The engine can't do this. Is it an older version?")},
    {ErrorCode::Conflict, QT_TRANSLATE_NOOP("postroom::ui::Words", "This is not possible in the state it is in now.")},
    {ErrorCode::RevisionStale,
     QT_TRANSLATE_NOOP("postroom::ui::Words",
                       "Somebody changed it meanwhile. Look at it again and repeat your change.")},
    {ErrorCode::AlreadyExists, QT_TRANSLATE_NOOP("postroom::ui::Words", "There is one of this name already.")},
    {ErrorCode::SecretUnreadable,
     QT_TRANSLATE_NOOP("postroom::ui::Words", "A stored secret can't be decrypted. Enter it again.")},
    {ErrorCode::NetworkFailed,
     QT_TRANSLATE_NOOP("postroom::ui::Words", "The engine can't be reached. Is it running, and is the address right?")},
    {ErrorCode::TlsFailed,
     QT_TRANSLATE_NOOP("postroom::ui::Words",
                       "The engine's certificate is not trusted. Check the address and the fingerprint.")},
    {ErrorCode::ProtocolViolated,
     QT_TRANSLATE_NOOP("postroom::ui::Words",
                       "What answers there does not speak as this version of Postroom does. Check the address and its "
                       "version.")},
    {ErrorCode::SmtpRefused, QT_TRANSLATE_NOOP("postroom::ui::Words", "The mail server refused.")},
    {ErrorCode::SmtpAuthRejected,
     QT_TRANSLATE_NOOP("postroom::ui::Words", "The mail server rejected the user name or password.")},
    {ErrorCode::SmtpTlsMissing, QT_TRANSLATE_NOOP("postroom::ui::Words", "The mail server offers no STARTTLS.")},
    {ErrorCode::TimedOut,
     QT_TRANSLATE_NOOP("postroom::ui::Words", "There was no answer in time. Try again in a moment.")},
};

template <std::size_t n>
QString found(const Entry (&table)[n], const std::string& code) {
    for (const Entry& entry : table)
        if (code == entry.code) return QCoreApplication::translate("postroom::ui::Words", entry.text);
    return {};
}

// What an engine says in its own words; a stranger's may be of any length.
QString foreign(const std::string& text, qsizetype longest = 300) {
    QString shown = toQString(printable(text, 2000)).simplified();
    return shown.size() > longest ? shown.left(longest) + QStringLiteral("…") : shown;
}

// In the middle of a sentence.
QString lowered(QString text) {
    const bool isName = text.startsWith(QStringLiteral("Postroom"));
    if (!isName && text.size() > 1 && text[1].isLower()) text[0] = text[0].toLower();
    return text;
}

}  // namespace

Word stateWord(contract::State state) {
    switch (state) {
        case contract::State::Sending: return {Words::tr("Sending"), Tone::Busy};
        case contract::State::Queued: return {Words::tr("Queued"), Tone::Busy};
        case contract::State::Scheduled: return {Words::tr("Scheduled"), Tone::Calm};
        case contract::State::Held: return {Words::tr("Held"), Tone::Warn};
        case contract::State::Failed: return {Words::tr("Failed"), Tone::Bad};
        case contract::State::Expired: return {Words::tr("Expired"), Tone::Bad};
        case contract::State::Cancelled: return {Words::tr("Cancelled"), Tone::Calm};
        case contract::State::Sent: return {Words::tr("Sent"), Tone::Good};
    }
    return {};
}

Word accountStateWord(const std::string& state) {
    if (state == "active" || state == "ready") return {Words::tr("Ready"), Tone::Good};
    if (state == "limited") return {Words::tr("Limit reached"), Tone::Warn};
    if (state == "resting") return {Words::tr("Resting"), Tone::Warn};
    if (state == "disabled") return {Words::tr("Disabled"), Tone::Calm};
    if (state == "paused") return {Words::tr("Paused"), Tone::Calm};
    return {foreign(state, 40), Tone::Calm};
}

Word outcomeWord(const std::string& outcome) {
    if (outcome == "sent") return {Words::tr("Sent"), Tone::Good};
    if (outcome == "deferred") return {Words::tr("Deferred"), Tone::Warn};
    if (outcome == "failed") return {Words::tr("Failed"), Tone::Bad};
    if (outcome == "unknown") return {Words::tr("Unknown"), Tone::Warn};
    if (outcome == "aborted") return {Words::tr("Broken off"), Tone::Calm};
    return {foreign(outcome, 40), Tone::Calm};
}

QString stageText(const std::string& stage) {
    static constexpr Entry stages[] = {
        {"resolve", QT_TRANSLATE_NOOP("postroom::ui::Words", "Look the name up")},
        {"connect", QT_TRANSLATE_NOOP("postroom::ui::Words", "Connect")},
        {"greeting", QT_TRANSLATE_NOOP("postroom::ui::Words", "Greeting")},
        {"ehlo", QT_TRANSLATE_NOOP("postroom::ui::Words", "Introduction (EHLO)")},
        {"starttls", QT_TRANSLATE_NOOP("postroom::ui::Words", "Ask for encryption (STARTTLS)")},
        {"tls", QT_TRANSLATE_NOOP("postroom::ui::Words", "Encryption (TLS)")},
        {"auth", QT_TRANSLATE_NOOP("postroom::ui::Words", "Login (AUTH)")},
        {"mail", QT_TRANSLATE_NOOP("postroom::ui::Words", "Sender (MAIL)")},
        {"rcpt", QT_TRANSLATE_NOOP("postroom::ui::Words", "Recipient (RCPT)")},
        {"data", QT_TRANSLATE_NOOP("postroom::ui::Words", "Ask to send (DATA)")},
        {"body", QT_TRANSLATE_NOOP("postroom::ui::Words", "The message")},
        {"dot", QT_TRANSLATE_NOOP("postroom::ui::Words", "The message's end")},
        {"quit", QT_TRANSLATE_NOOP("postroom::ui::Words", "Goodbye (QUIT)")},
        {"done", QT_TRANSLATE_NOOP("postroom::ui::Words", "Done")},
    };
    const QString text = found(stages, stage);
    return text.isEmpty() ? foreign(stage, 40) : text;
}

QString reasonText(const std::string& reason) {
    const QString text = found(reasons, reason);
    return text.isEmpty() ? foreign(reason) : text;
}

QString waitingText(const contract::WaitingFor& waiting) {
    QString text = found(waits, waiting.code);
    if (text.isEmpty()) text = foreign(waiting.code);
    QString because;
    for (const auto& [name, value] : waiting.params) {
        if ((name == "reason" || name == "problem") && !value.empty())
            because = Words::tr(": %1", "before the reason").arg(lowered(reasonText(value)));
        text.replace(QLatin1Char('{') + toQString(name) + QLatin1Char('}'), foreign(value, 120));
    }
    text.replace(QStringLiteral("{because}"), because);
    text.replace(QStringLiteral("{email}"), Words::tr("the account"));
    if (waiting.until) text = Words::tr("%1; next at %2").arg(text, timeText(*waiting.until));
    return text;
}

QString errorText(const Error& error) {
    QString text;
    for (const Trouble& trouble : troubles)
        if (trouble.code == error.code) text = QCoreApplication::translate("postroom::ui::Words", trouble.text);
    if (text.isEmpty()) text = toQString(title(error.code)) + QLatin1Char('.');
    // What the engine says in its own words is for those who look closer.
    if (error.code != ErrorCode::ValidationFailed && !error.detail.empty())
        text += QStringLiteral(" (") + foreign(error.detail) + QLatin1Char(')');
    return text;
}

QString fieldText(const FieldError& field) {
    const QString text = found(fields, field.reason);
    if (text.isEmpty()) return foreign(field.detail.empty() ? field.reason : field.detail);
    return text;
}

QString timeText(TimePoint at) {
    const QDateTime time = QDateTime::fromMSecsSinceEpoch(at.time_since_epoch().count());
    const QDate today = QDate::currentDate();
    const QLocale locale;
    if (time.date() == today) return locale.toString(time.time(), QStringLiteral("HH:mm:ss"));
    const bool chinese = locale.language() == QLocale::Chinese;
    if (time.date().year() == today.year())
        return locale.toString(time, chinese ? QStringLiteral("M月d日 HH:mm") : QStringLiteral("d MMM HH:mm"));
    return locale.toString(time, chinese ? QStringLiteral("yyyy年M月d日") : QStringLiteral("d MMM yyyy"));
}

QString timeText(const std::optional<TimePoint>& at) {
    return at ? timeText(*at) : QString();
}

QString exactTimeText(TimePoint at) {
    const QDateTime time = QDateTime::fromMSecsSinceEpoch(at.time_since_epoch().count());
    return QLocale().toString(time, QStringLiteral("yyyy-MM-dd HH:mm:ss t"));
}

QString sizeText(std::int64_t size_bytes) {
    return QLocale().formattedDataSize(size_bytes, 1, QLocale::DataSizeSIFormat);
}

QString countText(std::int64_t count) {
    return QLocale().toString(static_cast<qlonglong>(count));
}

QString durationText(std::chrono::milliseconds took) {
    const QLocale locale;
    const auto ms = took.count();
    if (ms < 1000) return Words::tr("%1 ms").arg(ms);
    if (ms < 120000)
        return Words::tr("%1 s").arg(locale.toString(static_cast<double>(ms) / 1000, 'f', ms < 10000 ? 1 : 0));
    if (ms < 7200000) return Words::tr("%1 min").arg(ms / 60000);
    if (ms < 172800000) return Words::tr("%1 h").arg(ms / 3600000);
    return Words::tr("%1 days").arg(ms / 86400000);
}

}  // namespace postroom::ui
