// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// What must be sure before the engine moves: who owns the folder, which key opens its secrets, what the last run left
// open.

#include "engine/contract/settings.h"
#include "engine/queue/sent_log.h"
#include "engine/queue/slots.h"
#include "engine/security/vault.h"
#include "engine/store/writer.h"

#include <string>

namespace postroom::host {

/// ENCRYPTION_KEY where it is set, else the file in the data folder.
[[nodiscard]] Result<security::Vault> openVaultOf(const contract::Settings& settings, const std::string& dataFolder);
/// JWT_SECRET_KEY where it is set, else jwt.key (0600) in the data folder, made on first use.
[[nodiscard]] Result<Secret> jwtKeyOf(const contract::Settings& settings, const std::string& dataFolder);
/// A name that no other database has. Given at the first start, kept in the database.
[[nodiscard]] Result<std::string> databaseName(store::Writer& writer, TimePoint now);
/// Writes what the slots and the open "." rows of the last run mean, returns unused units where they are known, and
/// makes the slots new. How many deliveries it decided.
[[nodiscard]] Result<int> recoverLastRun(store::Writer& writer, queue::Slots& slotFile, queue::SentLog& sentLog,
                                         const std::string& zone, const std::string& node, TimePoint now);

}  // namespace postroom::host
