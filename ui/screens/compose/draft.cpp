// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "ui/screens/compose/draft.h"

#include "engine/base/text.h"

#include <algorithm>
#include <QRegularExpression>
#include <QUrl>

namespace postroom::ui {

namespace {

constexpr qsizetype longestLocalPart = 64;  // RFC 5321 §4.5.3.1.1
constexpr qsizetype longestAddress = 254;
constexpr qsizetype longestSubject = 2000;

bool isDomain(const QString& domain) {
    if (domain.startsWith(QLatin1Char('[')) && domain.endsWith(QLatin1Char(']'))) return domain.size() > 2;
    static const QRegularExpression hostName(QStringLiteral(
        "^([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.)*[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$"));
    static const QRegularExpression number(QStringLiteral("(^|\\.)[0-9]+$"));
    const QString ascii = QString::fromLatin1(QUrl::toAce(domain));
    return hostName.match(ascii).hasMatch() && !number.match(ascii).hasMatch();
}

bool isLocalPart(const QString& local) {
    static const QRegularExpression dotString(
        QStringLiteral("^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$"));
    const bool quoted = local.size() > 2 && local.startsWith(QLatin1Char('"')) && local.endsWith(QLatin1Char('"'));
    return quoted || dotString.match(local).hasMatch();
}

void addAddressFaults(std::vector<FieldError>& faults, const char* field, const QString& typed) {
    const QStringList addresses = splitAddresses(typed);
    for (qsizetype i = 0; i < addresses.size() && faults.size() < 50; ++i)
        if (const std::string reason = addressFault(addresses[i]); !reason.empty())
            faults.push_back({field + ("[" + std::to_string(i) + "]"), reason, {}});
}

// The n of "to[n]..."; -1: there is none.
qsizetype indexIn(const std::string& path) {
    static const QRegularExpression number(QStringLiteral("\\[([0-9]{1,6})\\]"));
    const auto match = number.match(toQString(path));
    return match.hasMatch() ? match.captured(1).toLongLong() : -1;
}

std::vector<std::string> listOf(const QString& typed) {
    std::vector<std::string> list;
    for (const QString& address : splitAddresses(typed)) list.push_back(toUtf8(address));
    return list;
}

}  // namespace

QStringList splitAddresses(const QString& typed) {
    QStringList parts;
    QString part;
    bool quoted = false;
    for (qsizetype i = 0; i < typed.size(); ++i) {
        const QChar c = typed[i];
        if (quoted && c == QLatin1Char('\\') && i + 1 < typed.size()) {
            part.append(c);
            part.append(typed[++i]);
            continue;
        }
        if (c == QLatin1Char('"')) quoted = !quoted;
        const bool isEnd = c == QLatin1Char(',') || c == QLatin1Char(';') || c == QLatin1Char('\n');
        if (isEnd && !quoted) {
            parts.append(part.trimmed());
            part.clear();
        } else {
            part.append(c);
        }
    }
    parts.append(part.trimmed());
    parts.removeAll(QString());
    return parts;
}

std::string addressFault(const QString& address) {
    const QString typed = address.trimmed();
    if (typed.isEmpty()) return "address.empty";
    if (hasControls(toUtf8(typed))) return "address.control_character";
    QString inside = typed;
    if (typed.endsWith(QLatin1Char('>'))) {
        const qsizetype opening = typed.lastIndexOf(QLatin1Char('<'));
        if (opening < 0) return "address.invalid";
        inside = typed.mid(opening + 1, typed.size() - opening - 2);
    }
    const qsizetype at = inside.lastIndexOf(QLatin1Char('@'));
    if (at <= 0) return "address.invalid";
    const QString local = inside.left(at);
    if (!isAscii(toUtf8(local))) return "address.local_part_not_ascii";
    if (!isLocalPart(local)) return "address.invalid";
    if (local.size() > longestLocalPart) return "address.local_part_too_long";
    if (inside.size() > longestAddress) return "address.too_long";
    return isDomain(inside.mid(at + 1)) ? "" : "address.domain_invalid";
}

std::vector<FieldError> faultsOf(const Draft& draft) {
    std::vector<FieldError> faults;
    if (splitAddresses(draft.to).isEmpty()) faults.push_back({"to", "field.required", {}});
    addAddressFaults(faults, "to", draft.to);
    addAddressFaults(faults, "cc", draft.cc);
    if (const auto both = splitAddresses(draft.to).size() + splitAddresses(draft.cc).size();
        both > static_cast<qsizetype>(contract::mostRecipients))
        faults.push_back({"to", "field.too_many", {}});
    if (!draft.from.trimmed().isEmpty())
        if (const std::string reason = addressFault(draft.from); !reason.empty())
            faults.push_back({"from", reason, {}});
    if (draft.subject.size() > longestSubject) faults.push_back({"subject", "subject.too_long", {}});
    if (hasControls(toUtf8(draft.subject))) faults.push_back({"subject", "subject.control_character", {}});
    if (draft.text.isEmpty() && draft.html.isEmpty()) faults.push_back({"content", "field.required", {}});
    return faults;
}

QString formFieldOf(const std::string& path) {
    const QString field = toQString(path.substr(0, path.find_first_of("[.")));
    return field == QStringLiteral("text") ? QStringLiteral("content") : field;
}

QString namedBy(const std::string& path, const Draft& draft) {
    const qsizetype index = indexIn(path);
    const QString field = formFieldOf(path);
    if (index < 0) return {};
    if (field == QStringLiteral("attachments"))
        return index < static_cast<qsizetype>(draft.files.size()) ? draft.files[static_cast<std::size_t>(index)].name
                                                                  : QString();
    const QStringList addresses = splitAddresses(field == QStringLiteral("to") ? draft.to : draft.cc);
    // One address alone needs no name to be found.
    return addresses.size() > 1 ? addresses.value(index) : QString();
}

contract::SendRequest requestOf(const Draft& draft) {
    contract::SendRequest request;
    request.to = listOf(draft.to);
    request.cc = listOf(draft.cc);
    request.from = toUtf8(draft.from.trimmed());
    request.subject = toUtf8(draft.subject);
    request.content = toUtf8(draft.html);
    request.text = toUtf8(draft.text);
    request.account = toUtf8(draft.account);
    for (const DraftFile& file : draft.files)
        request.attachments.push_back({.filename = toUtf8(file.name),
                                       .contentType = toUtf8(file.contentType),
                                       .content = file.base64 ? *file.base64 : std::string()});
    return request;
}

QStringList wordsOf(const Draft& draft) {
    QStringList words{QStringLiteral("send")};
    const auto add = [&words](const char* option, const QString& value) {
        if (!value.isEmpty()) words << QString::fromLatin1(option) << value;
    };
    for (const QString& address : splitAddresses(draft.to)) add("--to", address);
    for (const QString& address : splitAddresses(draft.cc)) add("--cc", address);
    add("--from", draft.from.trimmed());
    words << QStringLiteral("--subject") << draft.subject;
    add("--text", draft.text);
    // The command reads html from a file: this is the name to save it under.
    if (!draft.html.isEmpty()) add("--html", QStringLiteral("mail.html"));
    for (const DraftFile& file : draft.files) add("--attach", file.name);
    add("--account", draft.account);
    return words;
}

}  // namespace postroom::ui
