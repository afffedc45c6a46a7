// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "ui/screens/accounts/account_rules.h"

#include <algorithm>
#include <QCoreApplication>
#include <QStringList>

namespace postroom::ui {

namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(postroom::ui::AccountRules)
};

constexpr qsizetype longestAddress = 254;
constexpr qsizetype longestLocalPart = 64;  // RFC 5321 §4.5.3.1.1
constexpr qsizetype longestHost = 255;
constexpr qsizetype mostPatterns = 200;
constexpr qsizetype digitsOfFingerprint = 64;

bool isAsciiPrintable(QChar c) {
    return c > QLatin1Char(' ') && c < QChar(0x7F);
}

bool isDigits(const QString& text) {
    return !text.isEmpty() && std::all_of(text.begin(), text.end(), [](QChar c) { return c >= u'0' && c <= u'9'; });
}

QString missing() {
    return Words::tr("Is needed");
}

// Of an address, behind its @. A domain with letters of any script is fine: the engine translates it.
QString domainFault(const QString& domain, Moment moment) {
    if (domain.startsWith(QLatin1Char('['))) return {};
    static const QString never = QStringLiteral("()<>[]:;@\\,\"'_/!#$%&*+=?^`{|}~");
    const auto isWrong = [](QChar c) { return c.isSpace() || !c.isPrint() || never.contains(c); };
    if (std::any_of(domain.begin(), domain.end(), isWrong) || domain.startsWith(QLatin1Char('.')) ||
        domain.startsWith(QLatin1Char('-')) || domain.contains(QStringLiteral("..")))
        return Words::tr("What stands behind the @ is no domain");
    if (moment == Moment::Typing) return {};
    if (domain.isEmpty()) return Words::tr("The domain behind the @ is missing");
    const QString last = domain.section(QLatin1Char('.'), -1);
    if (last.isEmpty() || last.endsWith(QLatin1Char('-')) || isDigits(last))
        return Words::tr("What stands behind the @ is no domain");
    return {};
}

QString localPartFault(const QString& local) {
    if (local.size() > longestLocalPart) return Words::tr("What stands before the @ is longer than 64 characters");
    // Quoted it may hold nearly anything.
    if (local.startsWith(QLatin1Char('"'))) return {};
    if (std::any_of(local.begin(), local.end(), [](QChar c) { return c.isSpace(); }))
        return Words::tr("An address has no spaces");
    if (!std::all_of(local.begin(), local.end(), isAsciiPrintable))
        return Words::tr("What stands before the @ must be plain ASCII");
    static const QString never = QStringLiteral("()<>[]:;@\\,\"");
    if (std::any_of(local.begin(), local.end(), [](QChar c) { return never.contains(c); }) ||
        local.startsWith(QLatin1Char('.')) || local.contains(QStringLiteral("..")))
        return Words::tr("Is not an e-mail address");
    return {};
}

QString numberFault(const QString& typed, int least, int greatest) {
    const QString text = typed.trimmed();
    const bool negative = least < 0 && text.startsWith(QLatin1Char('-'));
    const QString digits = negative ? text.mid(1) : text;
    if (!isDigits(digits)) return Words::tr("Is not a whole number");
    bool fits = false;
    const int value = text.toInt(&fits);
    if (fits && value >= least && value <= greatest) return {};
    return Words::tr("Must lie between %1 and %2").arg(least).arg(greatest);
}

bool isThisMachine(const QString& host) {
    static const QString digitsAndDots = QStringLiteral("0123456789.");
    if (host.compare(QStringLiteral("localhost"), Qt::CaseInsensitive) == 0 || host == QStringLiteral("::1"))
        return true;
    return host.startsWith(QStringLiteral("127.")) &&
           std::all_of(host.begin(), host.end(), [](QChar c) { return digitsAndDots.contains(c); });
}

}  // namespace

QString addressFault(const QString& typed, Moment moment) {
    const QString text = typed.trimmed();
    if (text.isEmpty()) return moment == Moment::Saving ? missing() : QString();
    const qsizetype at = text.lastIndexOf(QLatin1Char('@'));
    const QString local = at < 0 ? text : text.left(at);
    if (at == 0) return Words::tr("The name before the @ is missing");
    if (QString fault = localPartFault(local); !fault.isEmpty()) return fault;
    if (text.size() > longestAddress) return Words::tr("Is longer than an address may be");
    if (at < 0) return moment == Moment::Saving ? Words::tr("Is not an e-mail address: the @ is missing") : QString();
    if (local.endsWith(QLatin1Char('.'))) return Words::tr("Is not an e-mail address");
    return domainFault(text.mid(at + 1), moment);
}

QString hostFault(const QString& typed, Moment moment) {
    const QString text = typed.trimmed();
    if (text.isEmpty()) return moment == Moment::Saving ? missing() : QString();
    if (text.contains(QLatin1Char('/'))) return Words::tr("Only the server's name: nothing before or behind it");
    if (text.contains(QLatin1Char('@'))) return Words::tr("Is an address, not a server's name");
    static const QString never = QStringLiteral("\\<>\"'");
    if (std::any_of(text.begin(), text.end(), [](QChar c) { return c.isSpace() || !c.isPrint() || never.contains(c); }))
        return Words::tr("Is neither a host name nor an address");
    if (!std::all_of(text.begin(), text.end(), isAsciiPrintable))
        return Words::tr("An international name goes here in its xn-- form");
    if (text.size() > longestHost) return Words::tr("Is longer than a host name may be");
    // An IPv6 address has two colons or more, and no dot before the first of them.
    const qsizetype colon = text.indexOf(QLatin1Char(':'));
    const bool portBehind = colon > 0 && text.left(colon).contains(QLatin1Char('.'));
    const bool oneColon = colon >= 0 && colon == text.lastIndexOf(QLatin1Char(':'));
    if (portBehind || (oneColon && moment == Moment::Saving)) return Words::tr("The port has a field of its own");
    return {};
}

QString portFault(const QString& typed, Moment moment) {
    if (typed.trimmed().isEmpty()) return moment == Moment::Saving ? missing() : QString();
    return numberFault(typed, 1, 65535);
}

QString limitFault(const QString& typed, Moment /*moment*/) {
    return typed.trimmed().isEmpty() ? QString() : numberFault(typed, 0, 1'000'000'000);
}

QString rateFault(const QString& typed, Moment /*moment*/) {
    return typed.trimmed().isEmpty() ? QString() : numberFault(typed, 1, 1'000'000);
}

QString priorityFault(const QString& typed, Moment moment) {
    const QString text = typed.trimmed();
    if (text.isEmpty() || (text == QStringLiteral("-") && moment == Moment::Typing)) return {};
    return numberFault(typed, -1000, 1000);
}

QString connectionsFault(const QString& typed, Moment /*moment*/) {
    return typed.trimmed().isEmpty() ? QString() : numberFault(typed, 1, 1000);
}

QString fromAddressesFault(const QString& typed, Moment moment) {
    const QStringList lines = typed.split(QLatin1Char('\n'));
    qsizetype patterns = 0;
    for (qsizetype line = 0; line < lines.size(); ++line) {
        QString pattern = lines[line].trimmed();
        if (pattern.isEmpty()) continue;
        if (++patterns > mostPatterns) return Words::tr("At most %1 addresses").arg(mostPatterns);
        if (pattern.startsWith(QStringLiteral("*@"))) pattern.replace(0, 1, QStringLiteral("any"));
        // The last line is the one that is being typed.
        const Moment of = line + 1 == lines.size() ? moment : Moment::Saving;
        if (const QString fault = addressFault(pattern, of); !fault.isEmpty())
            return Words::tr("Line %1: %2").arg(line + 1).arg(fault);
    }
    return {};
}

QString certificateFault(const QString& typed, Moment moment) {
    if (typed.contains(QStringLiteral("PRIVATE KEY-----")))
        return Words::tr("This holds a private key: only the certificate belongs here");
    if (typed.size() > 65536) return Words::tr("Is too long");
    if (moment == Moment::Typing || typed.trimmed().isEmpty()) return {};
    if (typed.contains(QStringLiteral("-----BEGIN CERTIFICATE-----"))) return {};
    return Words::tr("Is not a certificate in PEM, which begins with -----BEGIN CERTIFICATE-----");
}

QString fingerprintFault(const QString& typed, Moment moment) {
    QString digits = typed.trimmed();
    digits.remove(QLatin1Char(':'));
    static const QString hex = QStringLiteral("0123456789abcdefABCDEF");
    const bool isHex = std::all_of(digits.begin(), digits.end(), [](QChar c) { return hex.contains(c); });
    const bool isWhole = digits.isEmpty() || digits.size() == digitsOfFingerprint;
    if (isHex && (isWhole || (moment == Moment::Typing && digits.size() < digitsOfFingerprint))) return {};
    return Words::tr("Is not a SHA-256 fingerprint: 64 hexadecimal digits");
}

QString securityFault(contract::Security security, const QString& host, const QString& userName, Moment moment) {
    if (moment == Moment::Typing || security != contract::Security::None) return {};
    if (userName.trimmed().isEmpty() || isThisMachine(host.trimmed())) return {};
    return Words::tr("The password would be sent in clear: choose TLS or STARTTLS");
}

int usualPort(contract::Security security) {
    switch (security) {
        case contract::Security::Tls: return 465;
        case contract::Security::StartTls: return 587;
        case contract::Security::None: break;
    }
    return 25;
}

std::optional<Provider> providerOf(const QString& address) {
    using contract::Security;
    const QString domain = address.trimmed().section(QLatin1Char('@'), -1).toLower();
    if (!address.contains(QLatin1Char('@')) || domain.isEmpty()) return {};
    const auto isOneOf = [&domain](std::initializer_list<const char*> domains) {
        return std::any_of(domains.begin(), domains.end(),
                           [&domain](const char* one) { return domain == QLatin1String(one); });
    };
    if (isOneOf({"qq.com", "vip.qq.com", "foxmail.com"}))
        return Provider{"smtp.qq.com", Security::Tls,
                        Words::tr("QQ Mail takes an authorisation code here, not the QQ password. Its settings give "
                                  "one under Account, POP3/IMAP/SMTP.")};
    if (isOneOf({"exmail.qq.com"}))
        return Provider{"smtp.exmail.qq.com", Security::Tls,
                        Words::tr("With secure login on, Tencent Exmail takes a client password here, not the login "
                                  "password.")};
    if (isOneOf({"163.com", "126.com", "yeah.net"})) {
        const char* host = domain == QStringLiteral("163.com")   ? "smtp.163.com"
                           : domain == QStringLiteral("126.com") ? "smtp.126.com"
                                                                 : "smtp.yeah.net";
        return Provider{host, Security::Tls,
                        Words::tr("NetEase takes an authorisation code here, not the login password. Its settings "
                                  "give one under POP3/SMTP/IMAP.")};
    }
    if (isOneOf({"aliyun.com"}))
        return Provider{"smtp.aliyun.com", Security::Tls, Words::tr("Turn SMTP on in the mailbox's settings first.")};
    if (isOneOf({"gmail.com", "googlemail.com"}))
        return Provider{"smtp.gmail.com", Security::Tls,
                        Words::tr("Google takes an app password here, not the login password. It needs 2-step "
                                  "verification.")};
    if (isOneOf({"outlook.com", "hotmail.com", "live.com", "msn.com"}))
        return Provider{"smtp-mail.outlook.com", Security::StartTls,
                        Words::tr("Microsoft refuses passwords for most of these mailboxes: test the account before "
                                  "you rely on it.")};
    if (isOneOf({"office365.com"}) || domain.endsWith(QStringLiteral(".onmicrosoft.com")))
        return Provider{"smtp.office365.com", Security::StartTls,
                        Words::tr("An administrator must have SMTP AUTH allowed for this mailbox.")};
    return {};
}

}  // namespace postroom::ui
