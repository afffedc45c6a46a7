// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "dialog_script.h"
#include "engine/smtp/dialog.h"

#include <QTest>

using namespace postroom;
using namespace postroom::smtp;

namespace {

// Beginnings that many rows share.
const QByteArray Hello = "S: 220 hi\nC: EHLO localhost\nS: 250 me\n";
const QByteArray HelloPipelining = "S: 220 hi\nC: EHLO localhost\nS+: 250-me\nS: 250 PIPELINING\n";
const QByteArray MailOneByOne = "C: MAIL FROM:<a@b>\nS: 250 ok\nC: RCPT TO:<c@d>\nS: 250 ok\nC: DATA\n";
const QByteArray MailAtOnce = "C: MAIL FROM:<a@b>\nC: RCPT TO:<c@d>\nC: DATA\n";
const QByteArray ToDot = Hello + MailOneByOne + "S: 354 go\nC: hello\nC: .\n";
const QByteArray PlainToken = "AHVzZXIAcGVuY2ls";
const QByteArray HelloToken =
    "endpoint tls token\ntls\nS: 220 hi\nC: EHLO localhost\nS+: 250-me\nS: 250 AUTH LOGIN XOAUTH2 PLAIN\n";
const QByteArray XOAuth2Token = "dXNlcj11c2VyAWF1dGg9QmVhcmVyIHBlbmNpbAEB";
const QByteArray XOAuth2LongToken =
    QByteArray("user=user\001auth=Bearer " + QByteArray(400, 'p') + "\001\001").toBase64();
const QByteArray Wrong = "eyJzdGF0dXMiOiI0MDEiLCJzY2hlbWVzIjoiYmVhcmVyIn0=";

}  // namespace

class TestSmtpDialog : public QObject {
    Q_OBJECT

    static void check(const QByteArray& script) {
        const std::string problem = runScript(script.toStdString());
        QVERIFY2(problem.empty(), problem.c_str());
    }

private slots:
    void saysHello_data() {
        QTest::addColumn<QByteArray>("script");
        QTest::newRow("a mail one by one") << ToDot + "S: 250 kept\noutcome done none 250 dot\nrecipients 250";
        QTest::newRow("greeting of several lines")
            << QByteArray("S+: 220-hi\nS: 220 there\nC: EHLO localhost\nclose\nreset\noutcome ehlo closed 0");
        QTest::newRow("421 greeting") << QByteArray("S: 421 busy\nclosed\noutcome greeting refused 421");
        QTest::newRow("554 greeting") << QByteArray("S: 554 no\nC: QUIT\nclosed\noutcome greeting refused 554");
        QTest::newRow("a greeting that is none")
            << QByteArray("S: 250 hi\nreset\noutcome greeting protocol_violated 0");
        QTest::newRow("354 for a greeting") << QByteArray("S: 354 go\nreset\noutcome greeting protocol_violated 0");
        QTest::newRow("garbage for a greeting")
            << QByteArray("raw SSH-2.0-OpenSSH_9.2\\r\\n\nreset\noutcome greeting protocol_violated 0");
        QTest::newRow("talks before it is asked")
            << QByteArray("S+: 220 hi\nS: 250 me\nreset\noutcome ehlo protocol_violated 0");
        QTest::newRow("half a reply before it is asked")
            << QByteArray("raw 220 hi\\r\\n25\nreset\noutcome ehlo protocol_violated 0");
        QTest::newRow("closes instead of greeting") << QByteArray("close\nreset\noutcome greeting closed 0");
        QTest::newRow("silent instead of greeting") << QByteArray("timeout\nreset\noutcome greeting timed_out 0");
        QTest::newRow("HELO where EHLO is unknown")
            << QByteArray("S: 220 hi\nC: EHLO localhost\nS: 502 what\nC: HELO localhost\nS: 250 me\n") + MailOneByOne +
                   "S: 451 no\noutcome data refused 451\nrecipients 250";
        QTest::newRow("HELO refused as well") << QByteArray(
            "S: 220 hi\nC: EHLO localhost\nS: 500 what\nC: HELO localhost\nS: 550 go\nC: QUIT\nclosed\noutcome ehlo "
            "refused 550");
        QTest::newRow("EHLO put off") << QByteArray(
            "S: 220 hi\nC: EHLO localhost\nS: 450 later\nC: QUIT\nclosed\noutcome ehlo refused 450");
        QTest::newRow("421 to EHLO") << QByteArray(
            "S: 220 hi\nC: EHLO localhost\nS: 421 later\nclosed\noutcome ehlo refused 421");
        QTest::newRow("334 to EHLO") << QByteArray(
            "S: 220 hi\nC: EHLO localhost\nS: 334 what\nreset\noutcome ehlo protocol_violated 0");
    }
    void saysHello() {
        QFETCH(QByteArray, script);
        check(script);
    }

    void switchesToTls_data() {
        QTest::addColumn<QByteArray>("script");
        QTest::newRow("STARTTLS, EHLO again, AUTH")
            << QByteArray(
                   "endpoint starttls auth\nS: 220 hi\nC: EHLO localhost\nS+: 250-me\nS: 250 STARTTLS\nC: STARTTLS\nS: "
                   "220 go\ntls\nC: EHLO localhost\nS+: 250-me\nS: 250 AUTH PLAIN\nC: AUTH PLAIN ") +
                   PlainToken + "\nS: 235 in\n" + MailOneByOne + "close\nreset\noutcome data closed 0\nrecipients 250";
        QTest::newRow("STARTTLS not offered: no password, no mail") << QByteArray(
            "endpoint starttls auth\nS: 220 hi\nC: EHLO localhost\nS+: 250-me\nS: 250 AUTH PLAIN\nC: "
            "QUIT\nclosed\noutcome starttls starttls_missing 0");
        QTest::newRow("no EHLO, so no STARTTLS") << QByteArray(
            "endpoint starttls\nS: 220 hi\nC: EHLO localhost\nS: 502 what\nC: QUIT\nclosed\noutcome ehlo refused 502");
        QTest::newRow("454 to STARTTLS") << QByteArray(
            "endpoint starttls auth\nS: 220 hi\nC: EHLO localhost\nS+: 250-me\nS: 250 STARTTLS\nC: STARTTLS\nS: 454 "
            "not now\nC: QUIT\nclosed\noutcome starttls refused 454");
        QTest::newRow("250 to STARTTLS") << QByteArray(
            "endpoint starttls auth\nS: 220 hi\nC: EHLO localhost\nS+: 250-me\nS: 250 STARTTLS\nC: STARTTLS\nS: 250 "
            "fine\nreset\noutcome starttls protocol_violated 0");
        QTest::newRow("a reply injected behind the 220") << QByteArray(
            "endpoint starttls auth\nS: 220 hi\nC: EHLO localhost\nS+: 250-me\nS: 250 STARTTLS\nC: STARTTLS\nS+: 220 "
            "go\nS: 250 evil\nreset\noutcome starttls protocol_violated 0");
        QTest::newRow("half a reply injected behind the 220") << QByteArray(
            "endpoint starttls auth\nS: 220 hi\nC: EHLO localhost\nS+: 250-me\nS: 250 STARTTLS\nC: STARTTLS\nraw 220 "
            "go\\r\\n250-evil\nreset\noutcome starttls protocol_violated 0");
        QTest::newRow("bytes in the clear while TLS is made") << QByteArray(
            "endpoint starttls auth\nS: 220 hi\nC: EHLO localhost\nS+: 250-me\nS: 250 STARTTLS\nC: STARTTLS\nS: 220 "
            "go\nS: 250 evil\nreset\noutcome tls protocol_violated 0");
        QTest::newRow("closes in the handshake") << QByteArray(
            "endpoint starttls auth\nS: 220 hi\nC: EHLO localhost\nS+: 250-me\nS: 250 STARTTLS\nC: STARTTLS\nS: 220 "
            "go\nclose\nreset\noutcome tls closed 0");
        QTest::newRow("AUTH offered before TLS does not count after it") << QByteArray(
            "endpoint starttls auth\nS: 220 hi\nC: EHLO localhost\nS+: 250-me\nS+: 250-AUTH PLAIN\nS: 250 STARTTLS\nC: "
            "STARTTLS\nS: 220 go\ntls\nC: EHLO localhost\nS: 250 me\nC: QUIT\nclosed\noutcome auth auth_missing 0");
        QTest::newRow("PIPELINING offered before TLS does not count after it") << QByteArray(
            "endpoint starttls\nS: 220 hi\nC: EHLO localhost\nS+: 250-me\nS+: 250-PIPELINING\nS: 250 STARTTLS\nC: "
            "STARTTLS\nS: 220 go\ntls\nC: EHLO localhost\nS: 250 me\nC: MAIL FROM:<a@b>\nsilent\nS: 550 no\noutcome "
            "mail_from refused 550");
        QTest::newRow("TLS from the first byte") << QByteArray(
            "endpoint tls\nsilent\ntls\nS: 220 hi\nC: EHLO localhost\nS: 250 me\nC: MAIL FROM:<a@b>\nS: 451 "
            "no\noutcome mail_from refused 451");
        QTest::newRow("bytes in the clear before TLS from the first byte")
            << QByteArray("endpoint tls\nS: 220 hi\nreset\noutcome tls protocol_violated 0");
    }
    void switchesToTls() {
        QFETCH(QByteArray, script);
        check(script);
    }

    void logsInWithAToken_data() {
        QTest::addColumn<QByteArray>("script");
        const QByteArray auth = "C: AUTH XOAUTH2 " + XOAuth2Token + "\n";
        const QByteArray longHello =
            "endpoint tls longtoken\ntls\nS: 220 hi\nC: EHLO localhost\nS+: 250-me\nS: 250 AUTH XOAUTH2\n";
        QTest::newRow("XOAUTH2") << HelloToken + auth +
                                        "S: 235 in\nC: MAIL FROM:<a@b>\nS: 451 no\noutcome mail_from refused 451";
        QTest::newRow("the error first, then the refusal")
            << HelloToken + auth + "S: 334 " + Wrong +
                   "\nC:\nS: 535 5.7.8 wrong\nC: QUIT\nclosed\noutcome auth refused 535";
        QTest::newRow("the refusal at once")
            << HelloToken + auth + "S: 535 5.7.3 wrong\nC: QUIT\nclosed\noutcome auth refused 535";
        QTest::newRow("454") << HelloToken + auth + "S: 454 4.7.0 later\nC: QUIT\nclosed\noutcome auth refused 454";
        QTest::newRow("421") << HelloToken + auth + "S: 421 later\nclosed\noutcome auth refused 421";
        QTest::newRow("504: no other is tried")
            << HelloToken + auth + "S: 504 what\nC: QUIT\nclosed\noutcome auth refused 504";
        QTest::newRow("the error twice") << HelloToken + auth + "S: 334 " + Wrong + "\nC:\nS: 334 " + Wrong +
                                                "\nreset\noutcome auth protocol_violated 0";
        QTest::newRow("let in after the error")
            << HelloToken + auth + "S: 334 " + Wrong + "\nC:\nS: 235 in\nreset\noutcome auth protocol_violated 0";
        QTest::newRow("hangs up after the error")
            << HelloToken + auth + "S: 334 " + Wrong + "\nC:\nclose\nreset\noutcome auth closed 0";
        QTest::newRow("a refusal that quotes the token") << HelloToken + auth + "S: 535 pencil, cGVuY2ls and " +
                                                                XOAuth2Token +
                                                                " are wrong\nC: QUIT\nclosed\noutcome auth refused 535";
        QTest::newRow("an error that quotes it") << HelloToken + auth + "S: 334 " + XOAuth2Token +
                                                        "\nC:\nS: 535 no\nC: QUIT\nclosed\noutcome auth refused 535";
        QTest::newRow("a long one goes on a line of its own")
            << longHello + "C: AUTH XOAUTH2\nS: 334\nC: " + XOAuth2LongToken +
                   "\nS: 235 in\nC: MAIL FROM:<a@b>\nS: 451 no\noutcome mail_from refused 451";
        QTest::newRow("a long one that is wrong") << longHello + "C: AUTH XOAUTH2\nS: 334\nC: " + XOAuth2LongToken +
                                                         "\nS: 334 " + Wrong +
                                                         "\nC:\nS: 535 no\nC: QUIT\nclosed\noutcome auth refused 535";
        QTest::newRow("in before a long one was shown")
            << longHello + "C: AUTH XOAUTH2\nS: 235 in\nreset\noutcome auth protocol_violated 0";
        QTest::newRow("passwords alone are offered") << QByteArray(
            "endpoint tls token\ntls\nS: 220 hi\nC: EHLO localhost\nS+: 250-me\nS: 250 AUTH PLAIN LOGIN\nC: "
            "QUIT\nclosed\noutcome auth auth_missing 0");
        QTest::newRow("OAUTHBEARER is another") << QByteArray(
            "endpoint tls token\ntls\nS: 220 hi\nC: EHLO localhost\nS+: 250-me\nS: 250 AUTH OAUTHBEARER\nC: "
            "QUIT\nclosed\noutcome auth auth_missing 0");
        QTest::newRow("no password goes where tokens alone are offered") << QByteArray(
            "endpoint tls auth\ntls\nS: 220 hi\nC: EHLO localhost\nS+: 250-me\nS: 250 AUTH XOAUTH2\nC: "
            "QUIT\nclosed\noutcome auth auth_missing 0");
        QTest::newRow("never in the clear") << QByteArray(
            "endpoint none token remote\nS: 220 hi\nC: EHLO localhost\nS+: 250-me\nS: 250 AUTH XOAUTH2\nC: "
            "QUIT\nclosed\noutcome auth tls_failed 0");
        QTest::newRow("in the clear on this machine")
            << QByteArray("endpoint none token\nS: 220 hi\nC: EHLO localhost\nS+: 250-me\nS: 250 AUTH XOAUTH2\n") +
                   auth + "S: 235 in\nC: MAIL FROM:<a@b>\nS: 451 no\noutcome mail_from refused 451";
    }
    void logsInWithAToken() {
        QFETCH(QByteArray, script);
        check(script);
    }

    void logsIn_data() {
        QTest::addColumn<QByteArray>("script");
        QTest::newRow("PLAIN") << QByteArray(
                                      "endpoint tls auth\ntls\nS: 220 hi\nC: EHLO localhost\nS+: 250-me\nS: 250 AUTH "
                                      "LOGIN PLAIN\nC: AUTH PLAIN ") +
                                      PlainToken +
                                      "\nS: 235 in\nC: MAIL FROM:<a@b>\nS: 451 no\noutcome mail_from refused 451";
        QTest::newRow("LOGIN") << QByteArray(
            "endpoint tls auth\ntls\nS: 220 hi\nC: EHLO localhost\nS+: 250-me\nS: 250 AUTH LOGIN\nC: AUTH LOGIN\nS: "
            "334 VXNlcm5hbWU6\nC: dXNlcg==\nS: 334 UGFzc3dvcmQ6\nC: cGVuY2ls\nS: 235 in\nC: MAIL FROM:<a@b>\nS: 451 "
            "no\noutcome mail_from refused 451");
        QTest::newRow("LOGIN with words of its own") << QByteArray(
            "endpoint tls auth\ntls\nS: 220 hi\nC: EHLO localhost\nS+: 250-me\nS: 250 AUTH LOGIN\nC: AUTH LOGIN\nS: "
            "334 Who\nC: dXNlcg==\nS: 334\nC: cGVuY2ls\nS: 235 in\nC: MAIL FROM:<a@b>\nS: 451 no\noutcome mail_from "
            "refused 451");
        QTest::newRow("535") << QByteArray(
                                    "endpoint tls auth\ntls\nS: 220 hi\nC: EHLO localhost\nS+: 250-me\nS: 250 AUTH "
                                    "PLAIN LOGIN\nC: AUTH PLAIN ") +
                                    PlainToken + "\nS: 535 5.7.8 wrong\nC: QUIT\nclosed\noutcome auth refused 535";
        QTest::newRow("535 that quotes the password")
            << QByteArray(
                   "endpoint tls auth\ntls\nS: 220 hi\nC: EHLO localhost\nS+: 250-me\nS: 250 AUTH PLAIN\nC: AUTH "
                   "PLAIN ") +
                   PlainToken + "\nS: 535 pencil, cGVuY2ls and " + PlainToken +
                   " are wrong\nC: QUIT\nclosed\noutcome auth refused 535";
        QTest::newRow("a refusal of the sender that quotes the password")
            << QByteArray(
                   "endpoint tls auth\ntls\nS: 220 hi\nC: EHLO localhost\nS+: 250-me\nS: 250 AUTH PLAIN\nC: AUTH "
                   "PLAIN ") +
                   PlainToken + "\nS: 235 in\nC: MAIL FROM:<a@b>\nS: 550 5.1.0 no: pencil, cGVuY2ls, " + PlainToken +
                   "\noutcome mail_from refused 550";
        QTest::newRow("454") << QByteArray(
                                    "endpoint tls auth\ntls\nS: 220 hi\nC: EHLO localhost\nS+: 250-me\nS: 250 AUTH "
                                    "PLAIN\nC: AUTH PLAIN ") +
                                    PlainToken + "\nS: 454 4.7.0 later\nC: QUIT\nclosed\noutcome auth refused 454";
        QTest::newRow("421") << QByteArray(
                                    "endpoint tls auth\ntls\nS: 220 hi\nC: EHLO localhost\nS+: 250-me\nS: 250 AUTH "
                                    "PLAIN\nC: AUTH PLAIN ") +
                                    PlainToken + "\nS: 421 later\nclosed\noutcome auth refused 421";
        QTest::newRow("535 to the name") << QByteArray(
            "endpoint tls auth\ntls\nS: 220 hi\nC: EHLO localhost\nS+: 250-me\nS: 250 AUTH LOGIN\nC: AUTH LOGIN\nS: "
            "334 x\nC: dXNlcg==\nS: 535 no\nC: QUIT\nclosed\noutcome auth refused 535");
        QTest::newRow("PLAIN offered but unknown: LOGIN")
            << QByteArray(
                   "endpoint tls auth\ntls\nS: 220 hi\nC: EHLO localhost\nS+: 250-me\nS: 250 AUTH PLAIN LOGIN\nC: AUTH "
                   "PLAIN ") +
                   PlainToken +
                   "\nS: 504 what\nC: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: dXNlcg==\nS: 334 UGFzc3dvcmQ6\nC: "
                   "cGVuY2ls\nS: 535 no\nC: QUIT\nclosed\noutcome auth refused 535";
        QTest::newRow("504 and nothing else") << QByteArray(
                                                     "endpoint tls auth\ntls\nS: 220 hi\nC: EHLO localhost\nS+: "
                                                     "250-me\nS: 250 AUTH PLAIN\nC: AUTH PLAIN ") +
                                                     PlainToken +
                                                     "\nS: 504 what\nC: QUIT\nclosed\noutcome auth refused 504";
        QTest::newRow("235 before the password") << QByteArray(
            "endpoint tls auth\ntls\nS: 220 hi\nC: EHLO localhost\nS+: 250-me\nS: 250 AUTH LOGIN\nC: AUTH LOGIN\nS: "
            "235 in\nreset\noutcome auth protocol_violated 0");
        QTest::newRow("334 after PLAIN") << QByteArray(
                                                "endpoint tls auth\ntls\nS: 220 hi\nC: EHLO localhost\nS+: 250-me\nS: "
                                                "250 AUTH PLAIN\nC: AUTH PLAIN ") +
                                                PlainToken + "\nS: 334\nreset\noutcome auth protocol_violated 0";
        QTest::newRow("334 after the password") << QByteArray(
            "endpoint tls auth\ntls\nS: 220 hi\nC: EHLO localhost\nS+: 250-me\nS: 250 AUTH LOGIN\nC: AUTH LOGIN\nS: "
            "334 VXNlcm5hbWU6\nC: dXNlcg==\nS: 334 UGFzc3dvcmQ6\nC: cGVuY2ls\nS: 334 again\nreset\noutcome auth "
            "protocol_violated 0");
        QTest::newRow("nothing we know is offered") << QByteArray(
            "endpoint tls auth\ntls\nS: 220 hi\nC: EHLO localhost\nS+: 250-me\nS: 250 AUTH CRAM-MD5 XOAUTH2\nC: "
            "QUIT\nclosed\noutcome auth auth_missing 0");
        QTest::newRow("never in the clear to another machine") << QByteArray(
            "endpoint none auth remote\nS: 220 hi\nC: EHLO localhost\nS+: 250-me\nS: 250 AUTH PLAIN\nC: "
            "QUIT\nclosed\noutcome auth tls_failed 0");
        QTest::newRow("in the clear to this machine")
            << QByteArray(
                   "endpoint none auth\nS: 220 hi\nC: EHLO localhost\nS+: 250-me\nS: 250 AUTH PLAIN\nC: AUTH PLAIN ") +
                   PlainToken + "\nS: 535 no\nC: QUIT\nclosed\noutcome auth refused 535";
        QTest::newRow("drops in the middle") << QByteArray(
                                                    "endpoint tls auth\ntls\nS: 220 hi\nC: EHLO localhost\nS+: "
                                                    "250-me\nS: 250 AUTH PLAIN\nC: AUTH PLAIN ") +
                                                    PlainToken + "\nclose\nreset\noutcome auth closed 0";
        QTest::newRow("late in the middle") << QByteArray(
                                                   "endpoint tls auth\ntls\nS: 220 hi\nC: EHLO localhost\nS+: "
                                                   "250-me\nS: 250 AUTH PLAIN\nC: AUTH PLAIN ") +
                                                   PlainToken + "\ntimeout\nreset\noutcome auth timed_out 0";
    }
    void logsIn() {
        QFETCH(QByteArray, script);
        check(script);
    }

    void sendsOneByOne_data() {
        QTest::addColumn<QByteArray>("script");
        QTest::newRow("450 to MAIL")
            << Hello + "C: MAIL FROM:<a@b>\nS: 450 no\noutcome mail_from refused 450\nrecipients 0";
        QTest::newRow("550 to MAIL")
            << Hello + "C: MAIL FROM:<a@b>\nS: 550 no\noutcome mail_from refused 550\nrecipients 0";
        QTest::newRow("421 to MAIL on a new connection")
            << Hello + "C: MAIL FROM:<a@b>\nS: 421 no\nreset\noutcome mail_from refused 421\nrecipients 0";
        QTest::newRow("354 to MAIL")
            << Hello + "C: MAIL FROM:<a@b>\nS: 354 what\nreset\noutcome mail_from protocol_violated 0";
        QTest::newRow("450 to RCPT") << Hello +
                                            "C: MAIL FROM:<a@b>\nS: 250 ok\nC: RCPT TO:<c@d>\nS: 450 "
                                            "grey\nsilent\noutcome rcpt_to refused 450\nrecipients 450";
        QTest::newRow("550 to RCPT") << Hello +
                                            "C: MAIL FROM:<a@b>\nS: 250 ok\nC: RCPT TO:<c@d>\nS: 550 5.1.1 "
                                            "who\nsilent\noutcome rcpt_to refused 550\nrecipients 550";
        QTest::newRow("251 to RCPT")
            << Hello +
                   "C: MAIL FROM:<a@b>\nS: 250 ok\nC: RCPT TO:<c@d>\nS: 251 elsewhere\nC: DATA\nS: 354 go\nC: "
                   "hello\nC: .\nS: 250 ok\noutcome done none 250 dot\nrecipients 251";
        QTest::newRow("421 to RCPT") << Hello +
                                            "C: MAIL FROM:<a@b>\nS: 250 ok\nC: RCPT TO:<c@d>\nS: 421 "
                                            "bye\nreset\noutcome rcpt_to refused 421\nrecipients 421";
        QTest::newRow("354 to RCPT") << Hello +
                                            "C: MAIL FROM:<a@b>\nS: 250 ok\nC: RCPT TO:<c@d>\nS: 354 "
                                            "what\nreset\noutcome rcpt_to protocol_violated 0\nrecipients 0";
        QTest::newRow("451 to DATA") << Hello + MailOneByOne + "S: 451 no\noutcome data refused 451\nrecipients 250";
        QTest::newRow("554 to DATA") << Hello + MailOneByOne + "S: 554 no\noutcome data refused 554\nrecipients 250";
        QTest::newRow("421 to DATA") << Hello + MailOneByOne +
                                            "S: 421 no\nreset\noutcome data refused 421\nrecipients 250";
        QTest::newRow("250 to DATA") << Hello + MailOneByOne +
                                            "S: 250 what\nreset\noutcome data protocol_violated 0\nrecipients 250";
        QTest::newRow("drops before MAIL is answered")
            << Hello + "C: MAIL FROM:<a@b>\nclose\nreset\noutcome mail_from closed 0";
        QTest::newRow("drops before RCPT is answered")
            << Hello +
                   "C: MAIL FROM:<a@b>\nS: 250 ok\nC: RCPT TO:<c@d>\nclose\nreset\noutcome rcpt_to closed "
                   "0\nrecipients 0";
        QTest::newRow("drops before DATA is answered")
            << Hello + MailOneByOne + "close\nreset\noutcome data closed 0\nrecipients 250";
        QTest::newRow("late with MAIL") << Hello + "C: MAIL FROM:<a@b>\ntimeout\nreset\noutcome mail_from timed_out 0";
        QTest::newRow("late with DATA") << Hello + MailOneByOne + "timeout\nreset\noutcome data timed_out 0";
        QTest::newRow("two replies to MAIL")
            << Hello + "C: MAIL FROM:<a@b>\nS+: 250 ok\nS: 250 ok\nreset\noutcome mail_from protocol_violated 0";
        QTest::newRow("garbage to RCPT") << Hello +
                                                "C: MAIL FROM:<a@b>\nS: 250 ok\nC: RCPT TO:<c@d>\nraw 250-a\\r\\n550 "
                                                "b\\r\\n\nreset\noutcome rcpt_to protocol_violated 0\nrecipients 0";
        QTest::newRow("dots are stuffed")
            << QByteArray("body .\\r\\n..a\\n.b\n") + Hello + MailOneByOne +
                   "S: 354 go\nC: ..\nC: ...a\nC: ..b\nC: .\nS: 250 ok\noutcome done none 250 dot";
        QTest::newRow("an empty mail") << QByteArray("body \n") + Hello + MailOneByOne +
                                              "S: 354 go\nC: .\nS: 250 ok\noutcome done none 250 dot";
    }
    void sendsOneByOne() {
        QFETCH(QByteArray, script);
        check(script);
    }

    void decidesAtTheDot_data() {
        QTest::addColumn<QByteArray>("script");
        QTest::newRow("250") << ToDot + "S: 250 kept\noutcome done none 250 dot\nrecipients 250";
        QTest::newRow("any 2xx") << ToDot + "S: 299 odd\noutcome done none 299 dot";
        QTest::newRow("a reply of several lines") << ToDot + "S+: 250-kept\nS: 250 as 17\noutcome done none 250 dot";
        QTest::newRow("450") << ToDot + "S: 450 later\noutcome dot refused 450 dot\nrecipients 250";
        QTest::newRow("552") << ToDot + "S: 552 too big\noutcome dot refused 552 dot";
        QTest::newRow("421") << ToDot + "S: 421 bye\nclosed\noutcome dot refused 421 dot";
        QTest::newRow("354 again: unknown") << ToDot + "S: 354 go\nreset\noutcome dot protocol_violated 0 dot";
        QTest::newRow("garbage: unknown") << ToDot + "raw abc\\r\\n\nreset\noutcome dot protocol_violated 0 dot";
        QTest::newRow("two digits: unknown") << ToDot + "raw 25\\r\\n\nreset\noutcome dot protocol_violated 0 dot";
        QTest::newRow("NUL: unknown") << ToDot + "raw 250 o\\0k\\r\\n\nreset\noutcome dot protocol_violated 0 dot";
        QTest::newRow("mixed codes: unknown")
            << ToDot + "raw 250-a\\r\\n550 b\\r\\n\nreset\noutcome dot protocol_violated 0 dot";
        QTest::newRow("half a 250 and a drop: unknown") << ToDot + "raw 250 ok\nclose\nreset\noutcome dot closed 0 dot";
        QTest::newRow("a first line of more and a drop: unknown")
            << ToDot + "raw 250-ok\\r\\n\nclose\nreset\noutcome dot closed 0 dot";
        QTest::newRow("drop: unknown") << ToDot + "close\nreset\noutcome dot closed 0 dot\nrecipients 250";
        QTest::newRow("timeout: unknown") << ToDot + "timeout\nreset\noutcome dot timed_out 0 dot";
        QTest::newRow("the first reply counts, the connection does not")
            << ToDot + "S+: 250 kept\nS: 250 twice\nreset\noutcome done none 250 dot";
        QTest::newRow("a reply behind the 354 is not the dot's")
            << Hello + MailOneByOne + "S+: 354 go\nS: 250 kept\nreset\noutcome data protocol_violated 0";
        QTest::newRow("half a reply behind the 354 is not the dot's")
            << Hello + MailOneByOne + "raw 354 go\\r\\n25\nsilent\nreset\noutcome data protocol_violated 0";
        QTest::newRow("a reply while the dot is held is not the dot's")
            << QByteArray("holddot\n") + Hello + MailOneByOne +
                   "S: 354 go\nS: 250 kept\nreset\noutcome body protocol_violated 0";
        QTest::newRow("half a reply while the dot is held stops the dot")
            << QByteArray("holddot\n") + Hello + MailOneByOne +
                   "S: 354 go\nraw 2\nsilent\ndot\nsilent\nreset\noutcome body protocol_violated 0";
        QTest::newRow("421 while the dot is held") << QByteArray("holddot\n") + Hello + MailOneByOne +
                                                          "S: 354 go\nS: 421 bye\nreset\noutcome body refused 421";
        QTest::newRow("drop while the dot is held")
            << QByteArray("holddot\n") + Hello + MailOneByOne + "S: 354 go\nclose\nreset\noutcome body closed 0";
        QTest::newRow("aborted while the dot is held")
            << QByteArray("holddot\n") + Hello + MailOneByOne +
                   "S: 354 go\nabort\ndot\nsilent\nreset\noutcome body aborted 0";
    }
    void decidesAtTheDot() {
        QFETCH(QByteArray, script);
        check(script);
    }

    void pipelines_data() {
        QTest::addColumn<QByteArray>("script");
        QTest::newRow("one write for one recipient") << HelloPipelining + MailAtOnce +
                                                            "S: 250 ok\nS: 250 ok\nsilent\nS: 354 go\nC: hello\nC: "
                                                            ".\nS: 250 ok\noutcome done none 250 dot\nrecipients 250";
        QTest::newRow("all replies in one segment")
            << HelloPipelining + MailAtOnce +
                   "S+: 250 ok\nS+: 250 ok\nS: 354 go\nC: hello\nC: .\nS: 250 ok\noutcome done none 250 dot";
        QTest::newRow("MAIL refused, the rest as well")
            << HelloPipelining + MailAtOnce +
                   "S: 550 no\nS: 503 no\nS: 503 no\nsilent\noutcome mail_from refused 550\nrecipients 0";
        QTest::newRow("MAIL refused, but 354")
            << HelloPipelining + MailAtOnce +
                   "S: 550 no\nS: 503 no\nS: 354 go\nsilent\nreset\noutcome mail_from refused 550";
        QTest::newRow("RCPT refused, DATA as well")
            << HelloPipelining + MailAtOnce +
                   "S: 250 ok\nS: 550 no\nS: 554 no\nsilent\noutcome rcpt_to refused 550\nrecipients 550";
        QTest::newRow("RCPT refused, but 354")
            << HelloPipelining + MailAtOnce +
                   "S: 250 ok\nS: 550 no\nS: 354 go\nsilent\nreset\noutcome rcpt_to refused 550\nrecipients 550";
        QTest::newRow("DATA refused")
            << HelloPipelining + MailAtOnce +
                   "S: 250 ok\nS: 250 ok\nS: 451 no\noutcome data refused 451\nrecipients 250";
        QTest::newRow("421 in the middle")
            << HelloPipelining + MailAtOnce +
                   "S: 250 ok\nS: 421 bye\nreset\noutcome rcpt_to refused 421\nrecipients 421";
        QTest::newRow("drop in the middle")
            << HelloPipelining + MailAtOnce + "S: 250 ok\nclose\nreset\noutcome rcpt_to closed 0\nrecipients 0";
        QTest::newRow("a reply too many")
            << HelloPipelining + MailAtOnce +
                   "S+: 250 ok\nS+: 250 ok\nS+: 354 go\nS: 250 kept\nsilent\nreset\noutcome data protocol_violated 0";
        QTest::newRow("354 too early") << HelloPipelining + MailAtOnce +
                                              "S: 354 go\nsilent\nreset\noutcome mail_from protocol_violated 0";
        QTest::newRow("DATA waits for several recipients")
            << QByteArray("to c@d e@f\n") + HelloPipelining +
                   "C: MAIL FROM:<a@b>\nC: RCPT TO:<c@d>\nC: RCPT TO:<e@f>\nsilent\nS+: 250 ok\nS+: 250 ok\nS: 250 "
                   "ok\nC: DATA\nS: 354 go\nC: hello\nC: .\nS: 250 ok\noutcome done none 250 dot\nrecipients 250 250";
        QTest::newRow("all of several refused: no DATA")
            << QByteArray("to c@d e@f\n") + HelloPipelining +
                   "C: MAIL FROM:<a@b>\nC: RCPT TO:<c@d>\nC: RCPT TO:<e@f>\nS: 250 ok\nS: 450 no\nS: 550 "
                   "no\nsilent\noutcome rcpt_to refused 450\nrecipients 450 550";
        QTest::newRow("SIZE is told") << QByteArray(
            "S: 220 hi\nC: EHLO localhost\nS+: 250-me\nS: 250 SIZE 7\nC: MAIL FROM:<a@b> SIZE=7\nS: 450 no\noutcome "
            "mail_from refused 450");
        QTest::newRow("too big: nothing is said") << QByteArray(
            "S: 220 hi\nC: EHLO localhost\nS+: 250-me\nS: 250 SIZE 6\nsilent\noutcome mail_from size_exceeded 0");
        QTest::newRow("an address that is two lines: nothing is said")
            << QByteArray("to c@d> e@f\nto <RSET\n") + Hello + "silent\noutcome rcpt_to refused 553\nrecipients 553";
    }
    void pipelines() {
        QFETCH(QByteArray, script);
        check(script);
    }

    void asksBeforeTheDot_data() {
        QTest::addColumn<QByteArray>("script");
        QTest::newRow("where it was wanted")
            << QByteArray("ask\n") + Hello + MailOneByOne +
                   "S: 354 go\nasked\nsilent\npermit\nC: hello\nC: .\nS: 250 ok\noutcome done none 250 dot";
        QTest::newRow("where one of two was refused")
            << QByteArray("to c@d e@f\n") + HelloPipelining +
                   "C: MAIL FROM:<a@b>\nC: RCPT TO:<c@d>\nC: RCPT TO:<e@f>\nS: 250 ok\nS: 550 no\nS: 250 ok\nC: "
                   "DATA\nS: 354 go\nasked\nsilent\npermit\nC: hello\nC: .\nS: 250 ok\noutcome done none 250 "
                   "dot\nrecipients 550 250";
        QTest::newRow("and takes no for an answer")
            << QByteArray("ask\n") + Hello + MailOneByOne +
                   "S: 354 go\nasked\nabort\nsilent\npermit\nsilent\nreset\noutcome body aborted 0";
        QTest::newRow("and hears the server leave")
            << QByteArray("ask\n") + Hello + MailOneByOne +
                   "S: 354 go\nasked\nS: 421 too slow\nreset\noutcome body refused 421\npermit\nsilent";
        QTest::newRow("and does not take a stray reply for the dot's")
            << QByteArray("ask\n") + Hello + MailOneByOne +
                   "S: 354 go\nasked\nS: 250 ok\nreset\noutcome body protocol_violated 0\npermit\nsilent";
    }
    void asksBeforeTheDot() {
        QFETCH(QByteArray, script);
        check(script);
    }

    void usesAConnectionAgain_data() {
        QTest::addColumn<QByteArray>("script");
        QTest::newRow("after a 250: straight to MAIL")
            << ToDot + "S: 250 ok\noutcome done none 250 dot\nsilent\nrelease\nmail\n" + MailOneByOne +
                   "S: 354 go\nC: hello\nC: .\nS: 250 ok\noutcome done none 250 dot";
        QTest::newRow("after a refused dot: straight to MAIL")
            << ToDot +
                   "S: 550 no\noutcome dot refused 550 dot\nrelease\nmail\nC: MAIL FROM:<a@b>\nS: 450 no\noutcome "
                   "mail_from refused 450";
        QTest::newRow("after a refused RCPT: RSET first")
            << Hello +
                   "C: MAIL FROM:<a@b>\nS: 250 ok\nC: RCPT TO:<c@d>\nS: 550 no\noutcome rcpt_to refused "
                   "550\nrelease\nmail\nC: RSET\nS: 250 ok\n" +
                   MailOneByOne + "S: 451 no\noutcome data refused 451";
        QTest::newRow("after a refused RCPT: RSET in the same write")
            << HelloPipelining + MailAtOnce +
                   "S: 250 ok\nS: 550 no\nS: 503 no\noutcome rcpt_to refused 550\nrelease\nmail\nC: RSET\n" +
                   MailAtOnce +
                   "S: 250 ok\nS: 250 ok\nS: 250 ok\nS: 354 go\nC: hello\nC: .\nS: 250 ok\noutcome done none 250 dot";
        QTest::newRow("RSET refused")
            << Hello +
                   "C: MAIL FROM:<a@b>\nS: 550 no\noutcome mail_from refused 550\nrelease\nmail\nC: RSET\nS: 500 "
                   "what\nreset\noutcome mail_from protocol_violated 0";
        QTest::newRow("not before it is released") << ToDot + "S: 250 ok\noutcome done none 250 dot\nmail\nsilent";
        QTest::newRow("closed before MAIL is answered: another connection")
            << ToDot + "S: 250 ok\noutcome done none 250 dot\nrelease\nmail\nC: MAIL FROM:<a@b>\nclose\nreset\nstale";
        QTest::newRow("421 to MAIL: another connection")
            << ToDot +
                   "S: 250 ok\noutcome done none 250 dot\nrelease\nmail\nC: MAIL FROM:<a@b>\nS: 421 "
                   "enough\nreset\nstale";
        QTest::newRow("half a line behind the good reply: another connection")
            << ToDot + "S: 250 ok\noutcome done none 250 dot\nraw 250 2.0\nrelease\nmail\nreset\nstale";
        QTest::newRow("half a line in front of the reply to MAIL: an outcome")
            << ToDot +
                   "S: 250 ok\noutcome done none 250 dot\nrelease\nmail\nC: MAIL FROM:<a@b>\nraw 2\\0\\r\\n"
                   "\nreset\noutcome mail_from protocol_violated 0";
        QTest::newRow("closed after MAIL was answered: an outcome")
            << ToDot +
                   "S: 250 ok\noutcome done none 250 dot\nrelease\nmail\nC: MAIL FROM:<a@b>\nS: 250 ok\nC: RCPT "
                   "TO:<c@d>\nclose\nreset\noutcome rcpt_to closed 0";
        QTest::newRow("late with MAIL: an outcome")
            << ToDot +
                   "S: 250 ok\noutcome done none 250 dot\nrelease\nmail\nC: MAIL FROM:<a@b>\ntimeout\nreset\noutcome "
                   "mail_from timed_out 0";
        QTest::newRow("421 while idle")
            << ToDot + "S: 250 ok\noutcome done none 250 dot\nrelease\nS: 421 bye\nreset\nmail\nsilent";
        QTest::newRow("garbage while idle")
            << ToDot + "S: 250 ok\noutcome done none 250 dot\nrelease\nS: 250 ok\nreset\nmail\nsilent";
        QTest::newRow("closed while idle") << ToDot + "S: 250 ok\noutcome done none 250 dot\nrelease\nclose\nreset";
        QTest::newRow("QUIT") << ToDot +
                                     "S: 250 ok\noutcome done none 250 dot\nrelease\nquit\nC: QUIT\nS: 221 bye\nclosed";
        QTest::newRow("QUIT before release")
            << ToDot + "S: 250 ok\noutcome done none 250 dot\nquit\nC: QUIT\nclose\nreset";
    }
    void usesAConnectionAgain() {
        QFETCH(QByteArray, script);
        check(script);
    }

    void givesTheSameOutcomeHoweverTheServersBytesAreCut() {
        const std::string bytes =
            "220 hi\r\n250-me\r\n250 SIZE 100\r\n250 ok\r\n250 ok\r\n354 go\r\n250 2.0.0 kept\r\n";
        // A reply must not come before its command is written: the pieces stop at line ends where a command is due.
        for (const std::size_t step : {1, 2, 3, 5, 7}) {
            Endpoint endpoint{.security = Security::None};
            Dialog dialog(endpoint);
            dialog.begin({.mailFrom = "a@b", .recipients = {"c@d"}, .body = std::make_unique<StringBody>("x")});
            dialog.connected(true);
            std::optional<Outcome> outcome;
            std::string written;
            const auto drain = [&] {
                while (auto event = dialog.next()) {
                    using Kind = Dialog::Event::Kind;
                    if (event->kind == Kind::Write) written += event->bytes;
                    if (event->kind == Kind::BodyDue) dialog.pump(1);
                    if (event->kind == Kind::DotDue) dialog.sendDot();
                    if (event->kind == Kind::Finished) outcome = dialog.takeOutcome();
                }
                if (dialog.wait() == Dialog::Wait::Body) dialog.pump(1);
            };
            for (std::size_t at = 0; at < bytes.size();) {
                const std::size_t end = bytes.find('\n', at) + 1;
                for (; at < end; at += std::min(step, end - at))
                    dialog.feed(std::string_view{bytes}.substr(at, std::min(step, end - at)));
                for (int turn = 0; turn < 4; ++turn) drain();
            }
            QVERIFY(outcome.has_value());
            QCOMPARE(outcome->stage, Stage::Done);
            QCOMPARE(outcome->reply.enhanced, std::string("2.0.0"));
            QCOMPARE(written,
                     std::string("EHLO localhost\r\nMAIL FROM:<a@b> SIZE=1\r\nRCPT TO:<c@d>\r\nDATA\r\nx\r\n.\r\n"));
        }
    }

    void endsWithoutADotWhereTheContentCannotBeRead() {
        class Torn final : public Body {
            std::uint64_t size_bytes() const override { return 10; }
            Result<std::string_view> next() override {
                if (m_given) return fail(ErrorCode::IoFailed, "gone");
                m_given = true;
                return std::string_view{"hello"};
            }
            bool m_given = false;
        };
        Endpoint endpoint{.security = Security::None};
        Dialog dialog(endpoint);
        dialog.begin({.mailFrom = "a@b", .recipients = {"c@d"}, .body = std::make_unique<Torn>()});
        dialog.connected(true);
        for (const char* line : {"220 hi\r\n", "250 me\r\n", "250 ok\r\n", "250 ok\r\n", "354 go\r\n"})
            dialog.feed(line);
        dialog.pump(100);
        bool reset = false;
        std::optional<Outcome> outcome;
        std::string written;
        while (auto event = dialog.next()) {
            if (event->kind == Dialog::Event::Kind::Write) written += event->bytes;
            if (event->kind == Dialog::Event::Kind::Reset) reset = true;
            if (event->kind == Dialog::Event::Kind::Finished) outcome = dialog.takeOutcome();
        }
        QVERIFY(reset);
        QVERIFY(outcome.has_value());
        QCOMPARE(outcome->trouble, Trouble::BodyUnreadable);
        QVERIFY(!outcome->dotSent);
        QVERIFY(written.find("\r\n.\r\n") == std::string::npos && written.find("QUIT") == std::string::npos);
    }

    void boundsItsTranscript() {
        Transcript transcript;
        for (int i = 0; i < 500; ++i) transcript.client("line " + std::to_string(i) + std::string(900, 'x'));
        const auto lines = transcript.take();
        QCOMPARE(lines.size(), Transcript::LinesLimit);
        QVERIFY(lines.front().starts_with("C: line 0x"));
        QVERIFY(lines.back().starts_with("C: line 499x"));
        for (const std::string& line : lines) QVERIFY(line.size() <= Transcript::LineLimit_bytes);
        QVERIFY(std::any_of(lines.begin(), lines.end(),
                            [](const std::string& line) { return line == "* (437 lines left out)"; }));
    }
};

QTEST_APPLESS_MAIN(TestSmtpDialog)
#include "tst_smtp_dialog.moc"
