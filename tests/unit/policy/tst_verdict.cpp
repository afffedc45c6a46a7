// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/policy/verdict.h"

#include <QTest>
#include <set>

using namespace postroom::policy;
using namespace std::chrono_literals;

namespace {

QByteArray bytes(std::string_view text) {
    return {text.data(), static_cast<qsizetype>(text.size())};
}

}  // namespace

class TestVerdict : public QObject {
    Q_OBJECT

private:
    // One reply, given as it stands on the wire behind its three digits.
    static void reply(const char* name, Stage stage, int code, const char* text, Meaning meaning, Level level,
                      std::string_view why, Deferral deferral = Deferral::Other) {
        QTest::newRow(name) << stage << code << QByteArray(text) << meaning << level << bytes(why) << deferral;
    }

    void gmail() {
        reply("Gmail: taken", Stage::Dot, 250, "2.0.0 OK  1700000000 d9443c01a7336-1d0 - gsmtp", Meaning::Sent,
              Level::Message, reason::sent);
        reply("Gmail: no such mailbox", Stage::RcptTo, 550,
              "5.1.1 The email account that you tried to reach does not exist. Please try\n5.1.1 double-checking the "
              "recipient's email address for typos or\n5.1.1 unnecessary spaces. - gsmtp",
              Meaning::Failed, Level::Recipient, reason::recipientUnknown);
        reply("Gmail: disabled", Stage::RcptTo, 550, "5.2.1 The email account that you tried to reach is disabled.",
              Meaning::Failed, Level::Recipient, reason::recipientDisabled);
        reply("Gmail: over quota", Stage::RcptTo, 552,
              "5.2.2 The email account that you tried to reach is over quota. Please direct\n5.2.2 the recipient to "
              "https://support.google.com/mail/?p=OverQuotaPerm",
              Meaning::Deferred, Level::Recipient, reason::mailboxFull, Deferral::MailboxFull);
        reply("Gmail: out of space, softly", Stage::RcptTo, 452,
              "4.2.2 The email account that you tried to reach is over quota.", Meaning::Deferred, Level::Recipient,
              reason::mailboxFull, Deferral::MailboxFull);
        reply("Gmail: the recipient gets too much", Stage::RcptTo, 450,
              "4.2.1 The user you are trying to contact is receiving mail too quickly.\n4.2.1 Please resend your "
              "message at a later time.",
              Meaning::Deferred, Level::Recipient, reason::recipientBusy, Deferral::RateLimited);
        reply("Gmail: daily limit", Stage::Dot, 550, "5.4.5 Daily user sending limit exceeded. For more information on",
              Meaning::Deferred, Level::Account, reason::rateLimited, Deferral::RateLimited);
        reply("Gmail: daily limit at RCPT", Stage::RcptTo, 550, "5.4.5 Daily user sending quota exceeded.",
              Meaning::Deferred, Level::Account, reason::rateLimited, Deferral::RateLimited);
        reply("Gmail: too many recipients", Stage::RcptTo, 452,
              "4.5.3 Your message has too many recipients. For more information regarding\n4.5.3 Google's sending "
              "limits go to https://support.google.com/a/answer/166852",
              Meaning::Deferred, Level::Recipient, reason::tooManyRecipients, Deferral::Soon);
        reply("Gmail: wrong password", Stage::Auth, 535, "5.7.8 Username and Password not accepted. Learn more at",
              Meaning::Deferred, Level::Account, reason::authRejected);
        reply("Gmail: application password wanted", Stage::Auth, 534, "5.7.9 Application-specific password required.",
              Meaning::Deferred, Level::Account, reason::authRejected);
        reply("Gmail: too many logins", Stage::Auth, 454, "4.7.0 Too many login attempts, please try again later.",
              Meaning::Deferred, Level::Account, reason::rateLimited, Deferral::RateLimited);
        reply("Gmail: login needed at MAIL", Stage::MailFrom, 530, "5.7.0 Authentication Required.", Meaning::Deferred,
              Level::Account, reason::authRequired);
        reply("Gmail: STARTTLS first", Stage::MailFrom, 530, "5.7.0 Must issue a STARTTLS command first.",
              Meaning::Deferred, Level::Account, reason::tlsRequired);
        reply("Gmail: unusual rate", Stage::Dot, 421,
              "4.7.0 [192.0.2.1 15] Our system has detected an unusual rate of unsolicited mail originating from your "
              "IP address.",
              Meaning::Deferred, Level::Account, reason::rateLimited, Deferral::RateLimited);
        reply("Gmail: likely unsolicited", Stage::Dot, 550,
              "5.7.1 [192.0.2.1 12] Our system has detected that this message is likely unsolicited mail.",
              Meaning::Failed, Level::Message, reason::contentRefused);
        reply("Gmail: sender without SPF and DKIM", Stage::Dot, 550,
              "5.7.26 This mail has been blocked because the sender is unauthenticated.", Meaning::Deferred,
              Level::Account, reason::senderRefused);
        reply("Gmail: DMARC", Stage::Dot, 550,
              "5.7.26 Unauthenticated email from example.com is not accepted due to domain's DMARC policy.",
              Meaning::Deferred, Level::Account, reason::senderRefused);
        reply("Gmail: dangerous attachment", Stage::Dot, 552,
              "5.7.0 This message was blocked because its content presents a potential security issue.",
              Meaning::Failed, Level::Message, reason::contentRefused);
        reply("Gmail: too large", Stage::Dot, 552, "5.3.4 Your message exceeded Google's message size limits.",
              Meaning::Failed, Level::Message, reason::sizeExceeded);
        reply("Gmail: server error", Stage::Dot, 451, "4.3.0 Mail server temporarily rejected message.",
              Meaning::Deferred, Level::Message, reason::deferred);
    }

    void microsoft() {
        reply("M365: basic authentication is off", Stage::Auth, 535,
              "5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant.",
              Meaning::Deferred, Level::Account, reason::authRejected);
        reply("M365: not logged in", Stage::MailFrom, 530,
              "5.7.57 Client not authenticated to send mail. [AM0PR02CA0001.example]", Meaning::Deferred,
              Level::Account, reason::authRequired);
        reply("M365: connections", Stage::Auth, 432,
              "4.3.2 Concurrent connections limit exceeded. Visit https://aka.ms", Meaning::Deferred, Level::Account,
              reason::rateLimited, Deferral::RateLimited);
        reply("M365: send as denied", Stage::Dot, 554,
              "5.2.252 SendAsDenied; me@example.com not allowed to send as other@example.com;", Meaning::Deferred,
              Level::Account, reason::senderRefused);
        reply("Exchange: send as denied", Stage::Dot, 550,
              "5.7.60 SMTP; Client does not have permissions to send as this sender", Meaning::Deferred, Level::Account,
              reason::senderRefused);
        reply("M365: bad outbound sender", Stage::Dot, 550, "5.1.8 Access denied, bad outbound sender AS(42003)",
              Meaning::Deferred, Level::Account, reason::senderRefused);
        reply("M365: submission quota", Stage::Dot, 554,
              "5.2.2 SubmissionQuotaExceededException; sender's submission quota was exceeded", Meaning::Deferred,
              Level::Account, reason::rateLimited, Deferral::RateLimited);
        reply("M365: recipients of a day", Stage::Dot, 550,
              "5.1.90 Your message can't be sent because you've reached your daily limit for message recipients",
              Meaning::Deferred, Level::Account, reason::rateLimited, Deferral::RateLimited);
        reply("M365: recipient not found", Stage::RcptTo, 550,
              "5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup", Meaning::Failed,
              Level::Recipient, reason::recipientUnknown);
        reply("M365: access denied for a recipient", Stage::RcptTo, 550,
              "5.4.1 Recipient address rejected: Access denied. AS(201806281)", Meaning::Failed, Level::Recipient,
              reason::recipientRefused);
        reply("M365: mailbox full", Stage::Dot, 554, "5.2.2 mailbox full; STOREDRV.Deliver.Exception:QuotaExceeded",
              Meaning::Deferred, Level::Recipient, reason::mailboxFull, Deferral::MailboxFull);
        reply("M365: server busy", Stage::MailFrom, 451,
              "4.7.500 Server busy. Please try again later from [192.0.2.1]. (AS77712)", Meaning::Deferred,
              Level::Account, reason::rateLimited, Deferral::RateLimited);
        reply("M365: IP blocked", Stage::RcptTo, 550,
              "5.7.606 Access denied, banned sending IP [192.0.2.1]. To request removal from this list",
              Meaning::Deferred, Level::Account, reason::clientBlocked);
        reply("M365: too large", Stage::MailFrom, 552, "5.3.4 Message size exceeds fixed maximum message size",
              Meaning::Failed, Level::Message, reason::sizeExceeded);
        reply("Exchange: no relay", Stage::RcptTo, 550, "5.7.54 SMTP; Unable to relay recipient in non-accepted domain",
              Meaning::Deferred, Level::Account, reason::relayDenied);
        reply("M365: too much for one mailbox", Stage::Dot, 550,
              "5.2.121 Recipient's per hour message receive limit from specific sender exceeded", Meaning::Deferred,
              Level::Recipient, reason::recipientBusy, Deferral::RateLimited);
    }

    void chinese() {
        reply(
            "QQ: login", Stage::Auth, 535,
            "Login fail. Account is abnormal, service is not open, password is incorrect, login frequency limited, or "
            "system is busy. More information at https://service.mail.qq.com/",
            Meaning::Deferred, Level::Account, reason::authRejected);
        reply("QQ: other sender", Stage::MailFrom, 501, "mail from address must be same as authorization user",
              Meaning::Deferred, Level::Account, reason::senderRefused);
        reply("QQ: EHLO and AUTH first", Stage::RcptTo, 503, "Error: need EHLO and AUTH first !", Meaning::Deferred,
              Level::Account, reason::authRequired);
        reply("QQ: no such mailbox", Stage::RcptTo, 550, "Mailbox not found", Meaning::Failed, Level::Recipient,
              reason::recipientUnknown);
        reply("QQ: perhaps no such mailbox", Stage::Dot, 550,
              "The recipient may contain a non-existent account, please check the recipient address.", Meaning::Failed,
              Level::Recipient, reason::recipientUnknown);
        reply("QQ: content", Stage::Dot, 550, "Mail content denied. https://service.mail.qq.com/", Meaning::Failed,
              Level::Message, reason::contentRefused);
        reply("QQ: sender frequency", Stage::Dot, 550, "Sender frequency limited", Meaning::Deferred, Level::Account,
              reason::rateLimited, Deferral::RateLimited);
        reply("QQ: address frequency", Stage::RcptTo, 550, "Ip frequency limited", Meaning::Deferred, Level::Account,
              reason::rateLimited, Deferral::RateLimited);
        reply("163: login", Stage::Auth, 535, "Error: authentication failed", Meaning::Deferred, Level::Account,
              reason::authRejected);
        reply("163: no permission at login", Stage::Auth, 550, "User has no permission", Meaning::Deferred,
              Level::Account, reason::authRejected);
        reply("163: other sender", Stage::MailFrom, 553, "Mail from must equal authorized user", Meaning::Deferred,
              Level::Account, reason::senderRefused);
        reply("163: other sender in the header", Stage::Dot, 554,
              "DT:SUM smtp6,D8CowAC3u,1700000000,please see http://mail.163.com/help/help_spam_16.htm",
              Meaning::Deferred, Level::Account, reason::senderRefused);
        reply("163: spam", Stage::Dot, 554,
              "DT:SPM 163 smtp10,DsCowADXr,1700000000,please see http://mail.163.com/help/help_spam_16.htm",
              Meaning::Failed, Level::Message, reason::contentRefused);
        reply("163: spam, try again", Stage::Dot, 451, "DT:SPM 163 smtp10,please try again", Meaning::Deferred,
              Level::Message, reason::contentRefused);
        reply("163: in 15 minutes too many", Stage::MailFrom, 451, "MI:SFQ 163 smtp7,C8CowEAJ", Meaning::Deferred,
              Level::Account, reason::rateLimited, Deferral::RateLimited);
        reply("163: of a day", Stage::Dot, 554, "MI:STC 163 smtp7,C8CowEAJ", Meaning::Deferred, Level::Account,
              reason::rateLimited, Deferral::RateLimited);
        reply("163: recipients of a sender", Stage::RcptTo, 451, "RP:QRC 163 smtp7,C8CowEAJ", Meaning::Deferred,
              Level::Account, reason::rateLimited, Deferral::RateLimited);
        reply("163: recipients of a connection", Stage::RcptTo, 450, "RP:DRC 163 smtp7,C8CowEAJ", Meaning::Deferred,
              Level::Recipient, reason::tooManyRecipients, Deferral::Soon);
        reply("163: too many wrong logins", Stage::Auth, 451,
              "Requested mail action not taken: too much fail authentication", Meaning::Deferred, Level::Account,
              reason::rateLimited, Deferral::RateLimited);
        reply("163: no such user", Stage::RcptTo, 550, "Invalid User", Meaning::Failed, Level::Recipient,
              reason::recipientUnknown);
        reply("163: suspended", Stage::RcptTo, 550, "User suspended", Meaning::Failed, Level::Recipient,
              reason::recipientDisabled);
        reply("163: too large", Stage::Dot, 552, "Requested mail action aborted: exceeded mailsize limit",
              Meaning::Failed, Level::Message, reason::sizeExceeded);
        reply("163: attachment", Stage::Dot, 552, "Illegal Attachment", Meaning::Failed, Level::Message,
              reason::contentRefused);
        reply("163: address in a list", Stage::Greeting, 554, "IP in blacklist", Meaning::Deferred, Level::Account,
              reason::clientBlocked);
        reply("aliyun: login", Stage::Auth, 526, "Authentication failure[0]", Meaning::Deferred, Level::Account,
              reason::authRejected);
        reply("aliyun: other sender", Stage::MailFrom, 440,
              "mail from account doesn't conform with authentication (Auth Account:a@example.com|Mail "
              "Account:b@example.com)",
              Meaning::Deferred, Level::Account, reason::senderRefused);
        reply("aliyun: recipient", Stage::RcptTo, 559, "Invalid rcptto [@sm050102]", Meaning::Failed, Level::Recipient,
              reason::recipientUnknown);
        reply("aliyun: reputation at RCPT", Stage::RcptTo, 554,
              "Reject by behaviour spam at Rcpt State(Connection IP address:192.0.2.1)ANTISPAM_BAT[01201311R1]",
              Meaning::Deferred, Level::Account, reason::clientBlocked);
    }

    void others() {
        reply("SES: rate", Stage::Dot, 454, "Throttling failure: Maximum sending rate exceeded.", Meaning::Deferred,
              Level::Account, reason::rateLimited, Deferral::RateLimited);
        reply("SES: of a day", Stage::Dot, 454, "Throttling failure: Daily message quota exceeded.", Meaning::Deferred,
              Level::Account, reason::rateLimited, Deferral::RateLimited);
        reply("SES: identity", Stage::Dot, 554,
              "Message rejected: Email address is not verified. The following identities failed the check in region "
              "US-EAST-1: a@example.com",
              Meaning::Deferred, Level::Account, reason::senderRefused);
        reply("SES: paused", Stage::Dot, 554, "Message rejected: Sending paused for this account.", Meaning::Deferred,
              Level::Account, reason::senderRefused);
        reply("SES: login", Stage::Auth, 535, "Authentication Credentials Invalid", Meaning::Deferred, Level::Account,
              reason::authRejected);
        reply("SES: too long", Stage::Dot, 552, "Message is too long.", Meaning::Failed, Level::Message,
              reason::sizeExceeded);
        reply("SES: transaction failed", Stage::Dot, 554, "Transaction failed: Expected '/' got none.", Meaning::Failed,
              Level::Message, reason::messageRefused);
        reply("Yahoo: volume", Stage::MailFrom, 421,
              "4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred due to unexpected volume or user complaints",
              Meaning::Deferred, Level::Account, reason::rateLimited, Deferral::RateLimited);
        reply("Yahoo: from", Stage::Dot, 553, "From: address not verified; see https://help.yahoo.com/",
              Meaning::Deferred, Level::Account, reason::senderRefused);
        reply("Yahoo: policy", Stage::Dot, 554, "5.7.9 Message not accepted for policy reasons. See https://postmaster",
              Meaning::Failed, Level::Message, reason::contentRefused);
        reply("Yahoo: no account", Stage::Dot, 554,
              "delivery error: dd This user doesn't have a yahoo.com account (a@yahoo.com) [0]", Meaning::Failed,
              Level::Recipient, reason::recipientUnknown);
        reply("Postfix: greylisted", Stage::RcptTo, 450, "4.2.0 <a@b.example>: Recipient address rejected: Greylisted",
              Meaning::Deferred, Level::Recipient, reason::greylisted, Deferral::Greylisted);
        reply("4.7.1 without the word", Stage::RcptTo, 451, "4.7.1 Please try again later", Meaning::Deferred,
              Level::Recipient, reason::greylisted, Deferral::Greylisted);
        reply("greylisted with 5xx", Stage::RcptTo, 550, "You are greylisted, come back later", Meaning::Deferred,
              Level::Recipient, reason::greylisted, Deferral::Greylisted);
        reply("Postfix: user unknown", Stage::RcptTo, 550,
              "5.1.1 <sender@spam.example>: Recipient address rejected: User unknown in local recipient table",
              Meaning::Failed, Level::Recipient, reason::recipientUnknown);
        reply("Postfix: sender not owned", Stage::RcptTo, 553,
              "5.7.1 <a@b.example>: Sender address rejected: not owned by user c", Meaning::Deferred, Level::Account,
              reason::senderRefused);
        reply("Postfix: sender's domain", Stage::RcptTo, 450,
              "4.1.8 <a@b.example>: Sender address rejected: Domain not found", Meaning::Deferred, Level::Account,
              reason::senderRefused);
        reply("Postfix: relay", Stage::RcptTo, 554, "5.7.1 <a@b.example>: Relay access denied", Meaning::Deferred,
              Level::Account, reason::relayDenied);
        reply("Postfix: no room", Stage::MailFrom, 452, "4.3.1 Insufficient system storage", Meaning::Deferred,
              Level::Message, reason::serverFull);
        reply("Postfix: too many recipients", Stage::RcptTo, 452, "4.5.3 Error: too many recipients", Meaning::Deferred,
              Level::Recipient, reason::tooManyRecipients, Deferral::Soon);
        reply("Postfix: lookup failure", Stage::RcptTo, 451, "4.3.0 <a@b.example>: Temporary lookup failure",
              Meaning::Deferred, Level::Recipient, reason::deferred);
        reply("Postfix: list of blocked addresses", Stage::RcptTo, 554,
              "5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org;", Meaning::Deferred,
              Level::Account, reason::clientBlocked);
        reply("Postfix: recipient's domain, now", Stage::RcptTo, 450,
              "4.1.2 <a@b.example>: Recipient address rejected: Domain not found", Meaning::Deferred,
              Level::Destination, reason::domainUnreachable, Deferral::Network);
        reply("Postfix: recipient's domain, for good", Stage::RcptTo, 550,
              "5.1.2 <a@b.example>: Recipient address rejected: Domain not found", Meaning::Failed, Level::Recipient,
              reason::domainUnknown);
        reply("Postfix: size", Stage::MailFrom, 552, "5.3.4 Message size exceeds fixed limit", Meaning::Failed,
              Level::Message, reason::sizeExceeded);
        reply("Postfix: too much mail", Stage::MailFrom, 450, "4.7.1 Error: too much mail from 192.0.2.1",
              Meaning::Deferred, Level::Account, reason::rateLimited, Deferral::RateLimited);
        reply("Exim: unrouteable", Stage::RcptTo, 550, "Unrouteable address", Meaning::Failed, Level::Recipient,
              reason::recipientUnknown);
        reply("Exim: sender verify", Stage::RcptTo, 550, "Sender verify failed", Meaning::Deferred, Level::Account,
              reason::senderRefused);
        reply("Exim: relay", Stage::RcptTo, 550, "relay not permitted", Meaning::Deferred, Level::Account,
              reason::relayDenied);
        reply("Exim: local problem", Stage::RcptTo, 451, "Temporary local problem - please try later",
              Meaning::Deferred, Level::Recipient, reason::deferred);
        reply("Exim: a URL in a list", Stage::Dot, 550, "This message contains a URL listed in a blacklist",
              Meaning::Failed, Level::Message, reason::contentRefused);
        reply("qmail: no mailbox", Stage::RcptTo, 550, "sorry, no mailbox here by that name. (#5.1.1)", Meaning::Failed,
              Level::Recipient, reason::recipientUnknown);
        reply("qmail: rcpthosts", Stage::RcptTo, 553,
              "sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)", Meaning::Deferred, Level::Account,
              reason::relayDenied);
        reply("qmail: temporary", Stage::Dot, 451, "qq temporary problem (#4.3.0)", Meaning::Deferred, Level::Message,
              reason::deferred);
        reply("qmail: databytes", Stage::Dot, 552, "sorry, that message size exceeds my databytes limit (#5.3.4)",
              Meaning::Failed, Level::Message, reason::sizeExceeded);
    }

    void bareCodes() {
        reply("a banner that refuses", Stage::Greeting, 554, "No SMTP service here", Meaning::Deferred, Level::Account,
              reason::serviceRefused, Deferral::Network);
        reply("a banner that is busy", Stage::Greeting, 421, "Service not available", Meaning::Deferred, Level::Account,
              reason::serviceUnavailable, Deferral::Network);
        reply("EHLO refused", Stage::Ehlo, 502, "Command not implemented", Meaning::Deferred, Level::Account,
              reason::serviceRefused, Deferral::Network);
        reply("STARTTLS not now", Stage::StartTls, 454, "4.7.0 TLS not available", Meaning::Deferred, Level::Account,
              reason::serviceUnavailable, Deferral::Network);
        reply("login type unknown", Stage::Auth, 504, "5.5.4 Unrecognized authentication type", Meaning::Deferred,
              Level::Account, reason::authMissing);
        reply("login not now", Stage::Auth, 454, "4.7.0 Temporary authentication failure", Meaning::Deferred,
              Level::Account, reason::authUnavailable);
        reply("421 at RCPT", Stage::RcptTo, 421, "closing", Meaning::Deferred, Level::Account,
              reason::serviceUnavailable, Deferral::Network);
        reply("421 to the dot", Stage::Dot, 421, "closing", Meaning::Deferred, Level::Account,
              reason::serviceUnavailable, Deferral::Network);
        reply("bare 4xx to MAIL", Stage::MailFrom, 451, "", Meaning::Deferred, Level::Account, reason::senderDeferred);
        reply("bare 5xx to MAIL", Stage::MailFrom, 550, "", Meaning::Deferred, Level::Account, reason::senderRefused);
        reply("bare 552 to MAIL", Stage::MailFrom, 552, "", Meaning::Failed, Level::Message, reason::sizeExceeded);
        reply("our own mailbox is full", Stage::MailFrom, 552, "5.2.2 mailbox full", Meaning::Deferred, Level::Account,
              reason::senderRefused);
        reply("bare 4xx to RCPT", Stage::RcptTo, 450, "", Meaning::Deferred, Level::Recipient, reason::deferred);
        reply("bare 5xx to RCPT", Stage::RcptTo, 550, "", Meaning::Failed, Level::Recipient, reason::recipientRefused);
        reply("bare 4xx to the dot", Stage::Dot, 451, "", Meaning::Deferred, Level::Message, reason::deferred);
        reply("bare 5xx to the dot", Stage::Dot, 554, "", Meaning::Failed, Level::Message, reason::messageRefused);
        reply("bare 5xx to DATA", Stage::Data, 554, "", Meaning::Failed, Level::Message, reason::messageRefused);
        reply("bad sequence at DATA", Stage::Data, 503, "5.5.1 Bad sequence", Meaning::Deferred, Level::Message,
              reason::outOfSequence);
        reply("login lost at RCPT", Stage::RcptTo, 535, "", Meaning::Deferred, Level::Account, reason::authRejected);
        reply("too many per hour is a rate", Stage::RcptTo, 452, "4.5.3 Too many recipients per hour",
              Meaning::Deferred, Level::Account, reason::rateLimited, Deferral::RateLimited);
        reply("the dot names the sender", Stage::Dot, 550, "5.7.1 The sender may not do this", Meaning::Deferred,
              Level::Account, reason::senderRefused);
        reply("a number of no class to the dot", Stage::Dot, 354, "go on", Meaning::Unknown, Level::Message,
              reason::unknownOutcome, Deferral::Unknown);
        reply("no number to the dot", Stage::Dot, 0, "", Meaning::Unknown, Level::Message, reason::unknownOutcome,
              Deferral::Unknown);
        reply("2xx to DATA is no outcome", Stage::Data, 250, "ok", Meaning::Deferred, Level::Message,
              reason::protocolViolated, Deferral::Network);
        reply("2xx to RCPT is no outcome", Stage::RcptTo, 250, "ok", Meaning::Deferred, Level::Account,
              reason::protocolViolated, Deferral::Network);
    }

private slots:
    void readsReplies_data() {
        QTest::addColumn<Stage>("stage");
        QTest::addColumn<int>("code");
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<Meaning>("meaning");
        QTest::addColumn<Level>("level");
        QTest::addColumn<QByteArray>("why");
        QTest::addColumn<Deferral>("deferral");
        gmail();
        microsoft();
        chinese();
        others();
        bareCodes();
    }
    void readsReplies() {
        QFETCH(Stage, stage);
        QFETCH(int, code);
        QFETCH(QByteArray, text);
        QFETCH(Meaning, meaning);
        QFETCH(Level, level);
        QFETCH(QByteArray, why);
        QFETCH(Deferral, deferral);
        const std::string said = text.toStdString();
        const Verdict verdict =
            judge({.stage = stage, .code = code, .enhanced = {}, .text = said, .dotSent = stage == Stage::Dot});
        QCOMPARE(bytes(verdict.reason), why);
        QCOMPARE(verdict.meaning, meaning);
        QCOMPARE(verdict.level, level);
        if (verdict.meaning == Meaning::Deferred || verdict.meaning == Meaning::Unknown)
            QCOMPARE(verdict.deferral, deferral);
    }

    void readsFaults_data() {
        QTest::addColumn<Stage>("stage");
        QTest::addColumn<Fault>("fault");
        QTest::addColumn<bool>("dotSent");
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<Meaning>("meaning");
        QTest::addColumn<Level>("level");
        QTest::addColumn<QByteArray>("why");
        const auto row = [](const char* name, Stage stage, Fault fault, bool dotSent, const char* text, Meaning meaning,
                            Level level, std::string_view why) {
            QTest::newRow(name) << stage << fault << dotSent << QByteArray(text) << meaning << level << bytes(why);
        };
        row("refused", Stage::Connect, Fault::ConnectFailed, false, "", Meaning::Deferred, Level::Account,
            reason::networkRefused);
        row("no such name", Stage::Connect, Fault::NameUnresolved, false, "", Meaning::Deferred, Level::Account,
            reason::networkUnresolved);
        row("expired certificate", Stage::Tls, Fault::TlsFailed, false, "The certificate has expired",
            Meaning::Deferred, Level::Account, reason::tlsCertificate);
        row("handshake", Stage::Tls, Fault::TlsFailed, false, "wrong version number", Meaning::Deferred, Level::Account,
            reason::tlsFailed);
        row("no STARTTLS", Stage::StartTls, Fault::StartTlsMissing, false, "", Meaning::Deferred, Level::Account,
            reason::tlsMissing);
        row("no AUTH", Stage::Auth, Fault::AuthMissing, false, "", Meaning::Deferred, Level::Account,
            reason::authMissing);
        row("silent banner", Stage::Greeting, Fault::TimedOut, false, "", Meaning::Deferred, Level::Account,
            reason::networkTimeout);
        row("nonsense at MAIL", Stage::MailFrom, Fault::ProtocolViolated, false, "", Meaning::Deferred, Level::Account,
            reason::protocolViolated);
        row("closed at RCPT", Stage::RcptTo, Fault::Closed, false, "", Meaning::Deferred, Level::Account,
            reason::networkClosed);
        row("closed in the body", Stage::Body, Fault::Closed, false, "", Meaning::Deferred, Level::Message,
            reason::networkClosed);
        row("stalled in the body", Stage::Body, Fault::TimedOut, false, "", Meaning::Deferred, Level::Message,
            reason::networkTimeout);
        row("larger than SIZE", Stage::MailFrom, Fault::SizeExceeded, false, "", Meaning::Failed, Level::Message,
            reason::sizeExceeded);
        row("body unreadable", Stage::Body, Fault::BodyUnreadable, false, "", Meaning::Deferred, Level::Message,
            reason::bodyUnreadable);
        row("aborted", Stage::RcptTo, Fault::Aborted, false, "", Meaning::Aborted, Level::Message, reason::aborted);
        row("aborted before the dot", Stage::Dot, Fault::Aborted, false, "", Meaning::Aborted, Level::Message,
            reason::aborted);
        row("closed after the dot", Stage::Dot, Fault::Closed, true, "", Meaning::Unknown, Level::Message,
            reason::unknownOutcome);
        row("silence after the dot", Stage::Dot, Fault::TimedOut, true, "", Meaning::Unknown, Level::Message,
            reason::unknownOutcome);
        row("nonsense after the dot", Stage::Dot, Fault::ProtocolViolated, true, "", Meaning::Unknown, Level::Message,
            reason::unknownOutcome);
        row("aborted after the dot", Stage::Dot, Fault::Aborted, true, "", Meaning::Unknown, Level::Message,
            reason::unknownOutcome);
        row("TLS breaks after the dot", Stage::Dot, Fault::TlsFailed, true, "", Meaning::Unknown, Level::Message,
            reason::unknownOutcome);
    }
    void readsFaults() {
        QFETCH(Stage, stage);
        QFETCH(Fault, fault);
        QFETCH(bool, dotSent);
        QFETCH(QByteArray, text);
        QFETCH(Meaning, meaning);
        QFETCH(Level, level);
        QFETCH(QByteArray, why);
        const std::string said = text.toStdString();
        const Verdict verdict =
            judge({.stage = stage, .fault = fault, .enhanced = {}, .text = said, .dotSent = dotSent});
        QCOMPARE(bytes(verdict.reason), why);
        QCOMPARE(verdict.meaning, meaning);
        QCOMPARE(verdict.level, level);
    }

    // What no row of a table may ever say, over every stage and code.
    void keepsItsPromisesForEveryCode() {
        const std::set<std::string_view> known(allReasons().begin(), allReasons().end());
        QCOMPARE(known.size(), allReasons().size());
        for (int s = 0; s <= static_cast<int>(Stage::Dot); ++s) {
            const auto stage = static_cast<Stage>(s);
            for (int code = 0; code < 1000; ++code) {
                for (const char* text : {"", "5.1.1 no such user", "your account is over the daily limit", "spam",
                                         "4.2.2 mailbox full", "greylisted", "message too large"}) {
                    const Verdict verdict = judge(
                        {.stage = stage, .code = code, .enhanced = {}, .text = text, .dotSent = stage == Stage::Dot});
                    QVERIFY(known.contains(verdict.reason));
                    QVERIFY(!name(verdict.meaning).empty() && !name(stage).empty() &&
                            !reasonTitle(verdict.reason).empty());
                    QCOMPARE(verdict.meaning == Meaning::Sent, stage == Stage::Dot && code / 100 == 2);
                    if (verdict.level == Level::Account || verdict.level == Level::Destination)
                        QCOMPARE(verdict.meaning, Meaning::Deferred);
                    if (code / 100 == 4 || code == 530 || code == 535) QCOMPARE(verdict.meaning, Meaning::Deferred);
                    if (code == 421 || code == 530 || code == 535) QCOMPARE(verdict.level, Level::Account);
                    if (stage < Stage::MailFrom) QCOMPARE(verdict.level, Level::Account);
                    if (verdict.meaning == Meaning::Failed) QCOMPARE(code / 100, 5);
                }
            }
        }
    }

    void prefersTheEnhancedCodeItIsGiven() {
        const Verdict verdict = judge({.stage = Stage::RcptTo, .code = 550, .enhanced = "5.2.2", .text = "denied"});
        QCOMPARE(bytes(verdict.reason), bytes(reason::mailboxFull));
    }

    void takesNoAddressForAnEnhancedCode() {
        const Verdict verdict =
            judge({.stage = Stage::RcptTo, .code = 550, .enhanced = {}, .text = "go away, 5.1.1.4"});
        QCOMPARE(bytes(verdict.reason), bytes(reason::recipientRefused));
    }

    void hearsHowLongToWait_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<qint64>("seconds");  // 0: none
        const auto row = [](const char* text, std::chrono::seconds asked) {
            QTest::newRow(text) << QByteArray(text) << qint64{asked.count()};
        };
        row("Try again in 5 minutes", 300s);
        row("please try again in 300 seconds.", 300s);
        row("Greylisted for 300 seconds", 300s);
        row("Greylisting in action, please come back in 00:04:59", 299s);
        row("try again in 05:00", 300s);
        row("Please retry after 60", 60s);
        row("Retry-After: 120", 120s);
        row("wait 10", 10s);
        row("delayed for 30s", 30s);
        row("try again in 1 hour and 30 minutes", 90min);
        row("try again in 5min", 5min);
        row("Try again in at least 2 hours!", 2h);
        row("retry in 1h", 1h);
        row("try again in 400 hours", 24h);
        row("try again in 999999 hours", 24h);
        row("try again in 99999999999999999999 seconds", 0s);
        row("try again in 0 seconds", 0s);
        row("try again in a few minutes", 0s);
        row("try again later", 0s);
        row("mailbox for 5 people", 0s);
        row("500 messages in 24 hours exceeded", 0s);
        row("try again, error 451 for 10 recipients", 0s);
        row("try again in -5 minutes", 0s);
        row("try again in 1:2:3:4", 0s);
        row("try again in", 0s);
        row("", 0s);
    }
    void hearsHowLongToWait() {
        QFETCH(QByteArray, text);
        QFETCH(qint64, seconds);
        QCOMPARE(qint64{askedWait(text.toStdString()).value_or(0s).count()}, seconds);
    }

    void readsHugeAndHostileRepliesQuickly() {
        const std::string many(1 << 20, '9');
        const std::string dots = [] {
            std::string text;
            while (text.size() < 1 << 20) text += "5.5.5.";
            return text;
        }();
        for (const std::string& text : {many, dots, std::string(1 << 20, '\0'), std::string(1 << 20, '\xff')}) {
            const Verdict verdict = judge({.stage = Stage::RcptTo, .code = 550, .enhanced = {}, .text = text});
            QCOMPARE(verdict.meaning, Meaning::Failed);
        }
    }
};

QTEST_APPLESS_MAIN(TestVerdict)
#include "tst_verdict.moc"
