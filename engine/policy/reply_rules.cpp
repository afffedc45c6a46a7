// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/policy/reply_rules.h"

#include "engine/policy/reason.h"

#include <array>
#include <string>

namespace postroom::policy {

namespace {

// Where in the dialogue a row applies; sums of these.
constexpr unsigned session = 1;   // connect, greeting, EHLO, STARTTLS
constexpr unsigned login = 2;     // AUTH
constexpr unsigned mail = 4;      // MAIL FROM
constexpr unsigned rcpt = 8;      // RCPT TO
constexpr unsigned content = 16;  // DATA, the body, the final "."
constexpr unsigned after = rcpt + content;
constexpr unsigned transaction = mail + rcpt + content;
constexpr unsigned anywhere = session + login + transaction;

unsigned placeOf(Stage stage) {
    switch (stage) {
        case Stage::Auth: return login;
        case Stage::MailFrom: return mail;
        case Stage::RcptTo: return rcpt;
        case Stage::Data:
        case Stage::Body:
        case Stage::Dot: return content;
        default: return session;
    }
}

// Whom a row concerns and what becomes of the mail.
enum class Outcome {
    AccountRests,      // Account, deferred
    MailboxFails,      // Recipient, failed; deferred for a 4xx
    MailboxWaits,      // Recipient, deferred whatever the code
    DomainWaits,       // Destination, deferred
    BytesFail,         // Message, failed; deferred for a 4xx
    BytesWait,         // Message, deferred whatever the code
    WhatWasSaidFails,  // Recipient at RCPT TO, else Message: failed; deferred for a 4xx
    WhatWasSaidWaits,  // the same, deferred whatever the code
};

// A row fits if its place, its codes, its enhanced codes and its words all do; an empty one always does.
// Alternatives are separated by '|'. codes: digits the code begins with. enhanced: "*.2.2" of both classes.
// words: looked for in what foldReply() makes, so a blank at either end anchors a word.
struct Row {
    unsigned where;
    std::string_view codes;
    std::string_view enhanced;
    std::string_view words;
    Outcome outcome;
    std::string_view reason;
    Deferral deferral = Deferral::Other;
};

// The order is the meaning: the first row that fits decides. What names us goes before what names the recipient only
// where its words can't be meant of a recipient ("sender address rejected" comes at RCPT TO, since Postfix delays it);
// weaker words ("sender", "your account") come after the recipient's rows, because "the email account that you tried
// to reach" is his, not ours.
constexpr auto rows = std::to_array<Row>({
    // A refused login is a refused login, however it is worded: "wrong password, or too frequent, or we are busy" must
    // not bring the account back in half a minute, or the provider locks it. 432 with 4.7.12 wants a new password.
    {login, "530", "", "starttls| tls", Outcome::AccountRests, reason::tlsRequired},
    {login, "502|503|504", "", "", Outcome::AccountRests, reason::authMissing},
    {login, "5", "", "", Outcome::AccountRests, reason::authRejected},
    {login, "432", "4.7.12", "", Outcome::AccountRests, reason::authRejected},

    // Too much from us. Before everything else: servers say it with 421, 45x, 550 and 554, at every step.
    {after, "45|55", "",
     "receiving mail too quickly|receiving mail at a rate|receiving messages too quickly|receive limit",
     Outcome::MailboxWaits, reason::recipientBusy, Deferral::RateLimited},
    {after, "45|55", "*.2.121|*.2.122", "", Outcome::MailboxWaits, reason::recipientBusy, Deferral::RateLimited},
    {session + login + transaction, "", "",
     "rate limit|ratelimit|rate-limit|sending rate|throttl|daily|hourly|per hour|per day|frequency limit|"
     "too many messages|too many emails|too many mails|too much mail|too fast|too quickly|too many connections|"
     "concurrent connection|unusual rate|unusual volume|unexpected volume|sending quota|submission quota|"
     "message quota|submissionquota|message limit|server busy|too many login attempts|"
     "too much fail authentication|maximum number of messages",
     Outcome::AccountRests, reason::rateLimited, Deferral::RateLimited},
    // NetEase names its limits by letters: MI and HL count mails and connections of a sender, RP:QRC its recipients.
    {session + transaction, "", "",
     " mi:sfq| mi:stc| mi:dmc| mi:ccl| mi:cel| mi:spb| rp:qrc| rp:ccl| rp:cel| hl:icc| hl:ifc| hl:mep",
     Outcome::AccountRests, reason::rateLimited, Deferral::RateLimited},
    {transaction, "", "*.7.28|5.4.5|5.1.90", "", Outcome::AccountRests, reason::rateLimited, Deferral::RateLimited},

    // The session: whatever is said before MAIL FROM is said to the account.
    {session, "", "", "blocked|black list|blacklist|blocklist|reputation|spamhaus|client host|banned| hl:rep| hl:ihu",
     Outcome::AccountRests, reason::clientBlocked},
    {anywhere, "421", "", "", Outcome::AccountRests, reason::serviceUnavailable, Deferral::Network},
    {session, "4", "", "", Outcome::AccountRests, reason::serviceUnavailable, Deferral::Network},
    {session, "5", "", "", Outcome::AccountRests, reason::serviceRefused, Deferral::Network},

    // The login that can't be checked now (454, RFC 4954 §6), and the one that is missing in a later step.
    {login, "4", "", "", Outcome::AccountRests, reason::authUnavailable},
    {transaction, "530", "", "starttls| tls", Outcome::AccountRests, reason::tlsRequired},
    {transaction, "530", "", "", Outcome::AccountRests, reason::authRequired},
    {transaction, "534|535|538", "", "", Outcome::AccountRests, reason::authRejected},

    // The sender, in words that can be meant of nobody else.
    {transaction, "", "*.1.7|*.1.8|5.7.26|5.7.60|5.2.252|*.7.25|*.7.27", "", Outcome::AccountRests,
     reason::senderRefused},
    {transaction, "", "",
     "sender address|sender rejected|sender denied|sender refused|sender verify|sender domain|sender is not|"
     "sender not|sender is unauthenticated|invalid sender|null sender|outbound sender|as this sender|sendas|"
     " send as |not owned by|from address|from: address|mail from must|mail from address|mail from account|"
     "authorized user|authorization user|email address is not verified|address not verified|sending paused|dmarc|"
     "dkim| spf|user in blacklist| dt:sum|not allowed to send|not authorized to send|not permitted to send|"
     "permission to send|has no permission",
     Outcome::AccountRests, reason::senderRefused},
    {transaction, "", "",
     "authentication required|authentication is required|authenticate|not authenticated|need auth|auth first|"
     "ehlo and auth|requires authentication|must login|log in first",
     Outcome::AccountRests, reason::authRequired},

    // How many recipients. Where RCPT TO says it, the others go at once in a transaction of their own.
    {rcpt, "", "*.5.3", "", Outcome::MailboxWaits, reason::tooManyRecipients, Deferral::Soon},
    {rcpt, "", "", "too many recipients|too much recipient|too many rcpt|maximum number of recipients| rp:drc",
     Outcome::MailboxWaits, reason::tooManyRecipients, Deferral::Soon},
    {content, "", "", "too many recipients|too much recipient|too many rcpt|maximum number of recipients",
     Outcome::BytesWait, reason::tooManyRecipients},
    {transaction, "", "", "sending limit|sending-limit|recipients per", Outcome::AccountRests, reason::rateLimited,
     Deferral::RateLimited},

    // A full mailbox is emptied some day: worth waiting for even where the server says 5xx.
    {after, "", "*.2.2", "", Outcome::MailboxWaits, reason::mailboxFull, Deferral::MailboxFull},
    {after, "", "",
     "mailbox full|mailbox is full|mail box full|inbox full|inbox is full|over quota|overquota|over-quota|"
     "out of storage|quota exceeded|exceeded quota|exceeds quota|exceeded storage|mailbox size|mailbox quota|"
     "quota full|is full|user is over|insufficient mailbox",
     Outcome::MailboxWaits, reason::mailboxFull, Deferral::MailboxFull},
    {mail, "", "*.2.2", "", Outcome::AccountRests, reason::senderRefused},
    {mail, "", "", "quota|mailbox full|mailbox is full", Outcome::AccountRests, reason::senderRefused},

    // The size. 552 to MAIL FROM answers its SIZE parameter (RFC 1870 §6.1).
    {transaction, "", "*.3.4|*.2.3", "", Outcome::WhatWasSaidFails, reason::sizeExceeded},
    {transaction, "", "",
     "message size|message is too l|message too l|message too b|mail size|mailsize|size exceed|exceeds size|"
     "size limit|size too|databytes|too large",
     Outcome::WhatWasSaidFails, reason::sizeExceeded},
    {mail, "552", "", "", Outcome::BytesFail, reason::sizeExceeded},
    {transaction, "", "*.3.1", "", Outcome::WhatWasSaidWaits, reason::serverFull},
    {transaction, "4", "", "system storage|insufficient storage|disk space|disk full|no space",
     Outcome::WhatWasSaidWaits, reason::serverFull},

    // Come back later, we don't know you yet.
    {after, "", "", "greylist|graylist|grey list|gray list|grey-list|gray-list|greylst", Outcome::WhatWasSaidWaits,
     reason::greylisted, Deferral::Greylisted},
    {rcpt, "450|451", "4.7.1", "again|later|temporarily|come back|delayed", Outcome::MailboxWaits, reason::greylisted,
     Deferral::Greylisted},

    // MAIL FROM: what is left of it is about the sender.
    {mail, "4", "", "", Outcome::AccountRests, reason::senderDeferred},
    {mail, "5", "", "", Outcome::AccountRests, reason::senderRefused},

    // May we be here at all? A login that lets us send to some and not to others is set up wrong; no mail fails for it.
    {rcpt, "", "", "relay|rcpthosts|local user only|no smtp mx", Outcome::AccountRests, reason::relayDenied},
    {after, "", "", "blocked by recipient|by the recipient|by recipient|recipient's black|recipient blacklist",
     Outcome::MailboxFails, reason::recipientRefused},
    {content, "", "", "contains a url|url listed|surbl|uribl|attachment|virus|malware|infected|phish| dt:spm|content",
     Outcome::BytesFail, reason::contentRefused},
    {after, "", "",
     "blocked using|client host|black list|blacklist|blocklist|your ip|ip address|connection ip|ip is rejected|"
     "ip frequency|reputation|spamhaus|spamcop|dnsbl| rbl|traffic not accepted|banned| dt:rbl| wm:bl|"
     "cannot find your hostname|cannot find your reverse|reverse dns|tenant",
     Outcome::AccountRests, reason::clientBlocked},
    {rcpt, "", "", "spam|behaviour|behavior| hl:", Outcome::AccountRests, reason::clientBlocked},

    // The recipient.
    {after, "5", "5.1.1|5.1.3|5.1.6|5.1.10", "", Outcome::MailboxFails, reason::recipientUnknown},
    {after, "5", "5.1.2|5.4.4|5.4.14", "", Outcome::MailboxFails, reason::domainUnknown},
    {rcpt, "5", "", "domain not found|host not found|domain of recipient|bad destination|domain name",
     Outcome::MailboxFails, reason::domainUnknown},
    {after, "5", "5.2.1", "", Outcome::MailboxFails, reason::recipientDisabled},
    {after, "5", "",
     "user unknown|unknown user|unknown recipient|unknown local|no such user|no such recipient|no such mailbox|"
     "no such address|no such person|not a valid|does not exist|doesn't exist|not exist|not found|"
     "recipientnotfound|no mailbox|invalid user|invalid recipient|invalid rcptto|invalid mailbox|unrouteable|"
     "unroutable|tried to reach|non-existent|nonexistent|doesn't have a|user doesn't|not our customer|"
     "no longer available",
     Outcome::MailboxFails, reason::recipientUnknown},
    {rcpt, "5", "", "disabled|inactive|not active|suspended|deactivated|expired", Outcome::MailboxFails,
     reason::recipientDisabled},
    {rcpt, "4", "4.1.2|4.4.1|4.4.2|4.4.3|4.4.4|4.4.6", "", Outcome::DomainWaits, reason::domainUnreachable,
     Deferral::Network},
    {rcpt, "4", "", "domain not found|host not found|host lookup|name service|unable to route|dns lookup",
     Outcome::DomainWaits, reason::domainUnreachable, Deferral::Network},

    // The commands came in a wrong order: a fault of the dialogue, theirs or ours, and no reason to give a mail up.
    {after, "503", "", "", Outcome::WhatWasSaidWaits, reason::outOfSequence},

    // The message.
    {content, "", "", "spam|unsolicited|suspicious|blocked because|policy", Outcome::BytesFail, reason::contentRefused},
    {content, "", "*.6.0|*.7.0|*.7.9", "", Outcome::BytesFail, reason::contentRefused},

    // The sender and the account behind it, in weaker words.
    {after, "5", "",
     "sender|mail from|your account|this account|sending account|account has been|account is|account suspended|"
     "user suspended|your quota|your limit|limit exceed|exceeded the limit",
     Outcome::AccountRests, reason::senderRefused},
    {content, "5", "*.7.1", "", Outcome::BytesFail, reason::contentRefused},

    // Nobody knows why.
    {rcpt, "4", "", "", Outcome::MailboxWaits, reason::deferred},
    {rcpt, "5", "", "", Outcome::MailboxFails, reason::recipientRefused},
    {content, "4", "", "", Outcome::BytesWait, reason::deferred},
    {content, "5", "", "", Outcome::BytesFail, reason::messageRefused},
});

// True if `fits` accepts one of the alternatives in `list`, or if there are none.
template <typename Fits>
bool anyOf(std::string_view list, Fits fits) {
    if (list.empty()) return true;
    for (;;) {
        const std::size_t bar = list.find('|');
        if (fits(list.substr(0, bar))) return true;
        if (bar == list.npos) return false;
        list.remove_prefix(bar + 1);
    }
}

bool fits(const Row& row, unsigned place, const Refusal& refusal) {
    const auto code = [digits = std::to_string(refusal.code)](std::string_view wanted) {
        return std::string_view{digits}.substr(0, wanted.size()) == wanted;
    };
    const auto enhanced = [&](std::string_view wanted) {
        if (wanted.front() != '*') return refusal.enhanced == wanted;
        return refusal.enhanced.size() > 1 && refusal.enhanced.substr(1) == wanted.substr(1);
    };
    const auto words = [&](std::string_view wanted) { return refusal.words.find(wanted) != refusal.words.npos; };
    return (row.where & place) && anyOf(row.codes, code) && anyOf(row.enhanced, enhanced) && anyOf(row.words, words);
}

Verdict outcomeOf(const Row& row, const Refusal& refusal) {
    const Meaning byCode = refusal.code >= 500 ? Meaning::Failed : Meaning::Deferred;
    const Level said = refusal.stage == Stage::RcptTo ? Level::Recipient : Level::Message;
    const auto verdict = [&](Meaning meaning, Level level) {
        return Verdict{.meaning = meaning, .level = level, .reason = row.reason, .deferral = row.deferral};
    };
    switch (row.outcome) {
        case Outcome::AccountRests: break;
        case Outcome::MailboxFails: return verdict(byCode, Level::Recipient);
        case Outcome::MailboxWaits: return verdict(Meaning::Deferred, Level::Recipient);
        case Outcome::DomainWaits: return verdict(Meaning::Deferred, Level::Destination);
        case Outcome::BytesFail: return verdict(byCode, Level::Message);
        case Outcome::BytesWait: return verdict(Meaning::Deferred, Level::Message);
        case Outcome::WhatWasSaidFails: return verdict(byCode, said);
        case Outcome::WhatWasSaidWaits: return verdict(Meaning::Deferred, said);
    }
    return verdict(Meaning::Deferred, Level::Account);
}

}  // namespace

Verdict ruleOn(const Refusal& refusal) {
    const unsigned place = placeOf(refusal.stage);
    for (const Row& row : rows)
        if (fits(row, place, refusal)) return outcomeOf(row, refusal);
    return {.meaning = Meaning::Deferred, .level = Level::Account, .reason = reason::protocolViolated};
}

}  // namespace postroom::policy
