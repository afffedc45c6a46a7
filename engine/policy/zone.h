// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Time zones by name, kept: QTimeZone reads files, and the queue asks for each message. Any thread.

#include "engine/base/clock.h"

#include <QDateTime>
#include <QTimeZone>
#include <string>

namespace postroom::policy {

/// An empty or unknown name counts as UTC. Stays valid as long as the thread.
[[nodiscard]] const QTimeZone& zoneNamed(const std::string& ianaZone);

/// True if the zone is one this system knows.
[[nodiscard]] bool isKnownZone(const std::string& ianaZone);

[[nodiscard]] inline QDateTime localTime(TimePoint at, const QTimeZone& zone) {
    return QDateTime::fromMSecsSinceEpoch(at.time_since_epoch().count(), zone);
}

}  // namespace postroom::policy
