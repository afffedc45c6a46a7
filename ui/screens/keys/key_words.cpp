// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "ui/screens/keys/key_words.h"

#include "engine/base/text.h"

#include <QCoreApplication>

namespace postroom::ui {

namespace {
struct Words {
    Q_DECLARE_TR_FUNCTIONS(postroom::ui::KeyWords)
};
constexpr std::size_t longestScope = 60;
}  // namespace

const std::vector<std::string>& allScopes() {
    static const std::vector<std::string> scopes{"send", "read", "admin"};
    return scopes;
}

QString scopeText(const std::string& scope) {
    if (scope == "send") return Words::tr("Sends messages and reads what became of its own.");
    if (scope == "read") return Words::tr("Reads all messages and the statistics.");
    if (scope == "admin") return Words::tr("Does everything: accounts, keys, settings.");
    return {};
}

QString scopeLoss(const std::string& scope) {
    if (scope == "send") return Words::tr("It can't send messages any more.");
    if (scope == "read") return Words::tr("It can't read messages and statistics any more.");
    if (scope == "admin") return Words::tr("It can't change accounts, keys and settings any more.");
    return Words::tr("It can't use the scope %1 any more.").arg(toQString(printable(scope, longestScope)));
}

QString joinedScopes(const std::vector<std::string>& scopes) {
    QStringList words;
    for (const std::string& scope : scopes) words.append(toQString(printable(scope, longestScope)));
    return words.join(QStringLiteral(", "));
}

}  // namespace postroom::ui
