// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "ui/models/as_command.h"

#include "engine/base/text.h"

#include <QRegularExpression>
#include <QStringList>

namespace postroom::ui {

namespace {

QString quoted(const QString& word) {
    static const QRegularExpression plain(QStringLiteral("^[A-Za-z0-9_@%+=:,./-]+$"));
    if (plain.match(word).hasMatch()) return word;
    QString inside = word;
    inside.replace(QLatin1Char('\''), QStringLiteral("'\\''"));
    return QLatin1Char('\'') + inside + QLatin1Char('\'');
}

}  // namespace

QString asCurl(const QString& where, const QString& method, const QString& path,
               const std::optional<json::Value>& body) {
    // $TOKEN is the reader's own: POST /api/v1/auth/token gives one.
    QString command = QStringLiteral("curl -H \"Authorization: Bearer $TOKEN\"");
    if (method != QStringLiteral("GET")) command += QStringLiteral(" -X ") + method;
    if (body)
        command +=
            QStringLiteral(" -H 'Content-Type: application/json' -d ") + quoted(toQString(json::serialise(*body)));
    return command + QLatin1Char(' ') + quoted(where + path);
}

QString asCtl(const QStringList& where, const QStringList& words) {
    QStringList line{QStringLiteral("postroomctl")};
    for (const QString& word : where + words) line.append(quoted(word));
    return line.join(QLatin1Char(' '));
}

}  // namespace postroom::ui
