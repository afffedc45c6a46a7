// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The settings an engine runs with: defaults < stored < .env < environment < flags, each value with where it came from.
//
// Immutable once resolved; any thread. An empty value counts as not set, whichever layer it stands in.

#include "engine/base/result.h"
#include "engine/base/secret.h"
#include "engine/contract/env_file.h"
#include "engine/contract/settings_table.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace postroom::contract {

using SettingValues = std::map<std::string, std::string, std::less<>>;

/// What resolve() reads, weakest first. Names not in the table are left out, with a notice if they stand in the file.
struct SettingLayers {
    SettingValues stored = {};
    std::optional<EnvFile> file = {};
    SettingValues environment = {};
    SettingValues flags = {};
};

struct ResolvedSetting {
    std::string value;
    std::string source = "default";  ///< "default", "stored", "/path/.env:12", "environment", "flag"
};

class Settings {
public:
    /// All names at their defaults.
    Settings();
    /// ConfigInvalid with a FieldError for every problem there is: field = name, detail = where, what and the remedy.
    [[nodiscard]] static Result<Settings> resolve(const SettingLayers& layers);

    // Asking for a name that is not in the table is a fault of the program, not of the operator: it stops here.
    [[nodiscard]] const ResolvedSetting& resolved(std::string_view name) const;
    [[nodiscard]] const std::string& text(std::string_view name) const { return resolved(name).value; }
    [[nodiscard]] bool isSet(std::string_view name) const { return resolved(name).source != "default"; }
    /// 0 where there is neither a value nor a default.
    [[nodiscard]] std::int64_t integer(std::string_view name) const;
    [[nodiscard]] bool boolean(std::string_view name) const { return text(name) == "true"; }
    [[nodiscard]] Secret secret(std::string_view name) const { return Secret{text(name)}; }
    [[nodiscard]] std::vector<std::string> list(std::string_view name) const;

    struct Shown {
        std::string name;
        std::string value;  ///< masked
        std::string source;
        std::string effect;  ///< "honoured", "mapped", "ignored", "later"
        std::string meaning;
    };
    /// Every name, in the table's order.
    [[nodiscard]] std::vector<Shown> show() const;
    /// A line for the log for each name that was set to no effect, is not known, or stands twice in the file.
    [[nodiscard]] const std::vector<std::string>& notices() const { return m_notices; }

private:
    std::map<std::string, ResolvedSetting, std::less<>> m_values;
    std::vector<std::string> m_notices;
};

/// The names of the table that this process's environment sets.
[[nodiscard]] SettingValues environmentSettings();

struct FreshSecrets {
    Secret encryptionKey;  ///< a Fernet key
    Secret jwtKey;         ///< 64 URL-safe characters
};
[[nodiscard]] FreshSecrets makeFreshSecrets();
/// What `config init` writes: every name commented out at its default with what it does, and the two secrets set.
[[nodiscard]] std::string configTemplate(const FreshSecrets& secrets);
/// What .env.example in the sources holds: the same without secrets.
[[nodiscard]] std::string configExample();

}  // namespace postroom::contract
