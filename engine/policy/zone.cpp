// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/policy/zone.h"

#include <unordered_map>

namespace postroom::policy {

const QTimeZone& zoneNamed(const std::string& ianaZone) {
    thread_local std::unordered_map<std::string, QTimeZone> known;
    const auto at = known.find(ianaZone);
    if (at != known.end()) return at->second;
    const QTimeZone found{QByteArray::fromStdString(ianaZone)};
    return known.emplace(ianaZone, found.isValid() ? found : QTimeZone::utc()).first->second;
}

bool isKnownZone(const std::string& ianaZone) {
    return !ianaZone.empty() && QTimeZone{QByteArray::fromStdString(ianaZone)}.isValid();
}

}  // namespace postroom::policy
