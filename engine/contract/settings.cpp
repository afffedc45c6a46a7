// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/contract/settings.h"

#include "engine/base/text.h"
#include "engine/contract/settings_value.h"

#include <algorithm>
#include <charconv>
#include <numeric>
#include <set>

namespace postroom::contract {

namespace {

std::string at(const EnvFile& file, const EnvLine& line) {
    return file.path + ":" + std::to_string(line.line);
}

// How many letters lie between two names (Levenshtein), to find what a misspelt one meant.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = std::exchange(row[0], i);
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t swapped = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({swapped, row[j] + 1, row[j - 1] + 1});
        }
    }
    return row.back();
}

std::string unknownName(const EnvFile& file, const EnvLine& line) {
    std::string notice = at(file, line) + ": " + printable(line.name, 80) + " is not a setting";
    if (line.name.size() > 80) return notice;
    const SettingRow* nearest = nullptr;
    std::size_t least = 3;
    for (const SettingRow& row : settingTable())
        if (const std::size_t letters = distance(line.name, row.name); letters < least && letters < row.name.size() / 2)
            nearest = &row, least = letters;
    return nearest ? notice.append("; did you mean ").append(nearest->name).append("?") : notice;
}

// Where the value stands, as an operator looks for it.
std::string place(const ResolvedSetting& setting) {
    if (setting.source == "environment") return "the environment's ";
    if (setting.source == "flag") return "the command line's ";
    if (setting.source == "stored") return "the stored setting ";
    if (setting.source == "default") return {};
    return setting.source + ": ";
}

bool holdsSecret(const SettingRow& row, const std::string& value) {
    return row.isSecret() ? !value.empty() : row.kind == SettingKind::Url && !passwordIn(value).empty();
}

class Check {
public:
    explicit Check(const Settings& settings) : m_settings(settings) {}

    void add(std::string_view name, std::string reason, std::string_view detail) {
        const std::string text = place(m_settings.resolved(name)) + std::string(name) + " " + std::string(detail);
        m_faults.push_back({std::string(name), std::move(reason), text});
    }
    void add(FieldError fault) { m_faults.push_back(std::move(fault)); }

    void noSample(const SettingRow& row, const std::string& value) {
        const bool sample =
            row.isSecret() ? isSampleSecret(value) : row.kind == SettingKind::Url && isSampleSecret(passwordIn(value));
        if (sample)
            add(row.name, "setting.sample_secret",
                "is a sample out of a manual, which everybody knows: put a secret of your own there ('postroomctl "
                "secrets generate' makes one)");
    }

    void together() {
        if (m_settings.text("ENV") == "production" && m_settings.boolean("DEBUG"))
            add("DEBUG", "setting.conflict", "must be false where ENV is production (also when ENV is not set)");
        const bool cert = !m_settings.text("API_TLS_CERT").empty(), key = !m_settings.text("API_TLS_KEY").empty();
        if (cert != key)
            add(cert ? "API_TLS_CERT" : "API_TLS_KEY", "setting.conflict",
                cert ? "needs API_TLS_KEY beside it" : "needs API_TLS_CERT beside it");
        if (!m_settings.text("OAUTH_GENERIC_CLIENT_ID").empty() && m_settings.text("OAUTH_GENERIC_TOKEN_URL").empty())
            add("OAUTH_GENERIC_CLIENT_ID", "setting.conflict", "needs OAUTH_GENERIC_TOKEN_URL beside it");
        const auto listen = listenAddress(m_settings.text("API_LISTEN"));
        if (listen && !listen->loopback && !(cert && key) && !m_settings.boolean("API_ALLOW_PLAIN"))
            add("API_LISTEN", "setting.conflict",
                "would carry keys in the clear beyond this machine: set API_TLS_CERT and API_TLS_KEY, or "
                "API_ALLOW_PLAIN=true behind a proxy that has TLS");
    }

    void closedFile(const EnvFile& file) {
        if (!file.worldReadable) return;
        for (const EnvLine& line : file.lines)
            if (const SettingRow* row = settingNamed(line.name); row && holdsSecret(*row, line.value))
                return add({line.name, "setting.world_readable",
                            at(file, line) + ": " + line.name +
                                " is a secret in a file that everybody on this machine can read: chmod 600 " +
                                file.path});
    }

    [[nodiscard]] Result<void> verdict() {
        if (m_faults.empty()) return {};
        Error error{.code = ErrorCode::ConfigInvalid, .params = {}, .detail = {}, .fields = std::move(m_faults)};
        error.detail = error.fields.size() == 1 ? "a setting is not valid"
                                                : std::to_string(error.fields.size()) + " settings are not valid";
        return fail(std::move(error));
    }

private:
    const Settings& m_settings;
    std::vector<FieldError> m_faults;
};

}  // namespace

Settings::Settings() {
    for (const SettingRow& row : settingTable())
        m_values.emplace(row.name, ResolvedSetting{.value = std::string(row.otherwise), .source = "default"});
}

Result<Settings> Settings::resolve(const SettingLayers& layers) {
    Settings settings;
    const auto put = [&](std::string_view name, const std::string& value, std::string source) {
        const auto found = settings.m_values.find(name);
        if (found == settings.m_values.end()) return false;
        if (!value.empty()) found->second = {.value = value, .source = std::move(source)};
        return true;
    };
    for (const auto& [name, value] : layers.stored) (void)put(name, value, "stored");
    if (layers.file) {
        std::set<std::string_view> seen;
        for (const EnvLine& line : layers.file->lines) {
            if (!put(line.name, line.value, at(*layers.file, line)))
                settings.m_notices.push_back(unknownName(*layers.file, line));
            else if (!seen.insert(line.name).second)
                settings.m_notices.push_back(at(*layers.file, line) + ": " + line.name +
                                             " stands more than once; the last one counts");
        }
    }
    for (const auto& [name, value] : layers.environment) (void)put(name, value, "environment");
    for (const auto& [name, value] : layers.flags) (void)put(name, value, "flag");

    Check check{settings};
    for (const SettingRow& row : settingTable()) {
        ResolvedSetting& setting = settings.m_values.find(row.name)->second;
        if (setting.source == "default") continue;
        check.noSample(row, setting.value);
        // What has no effect can't be wrong: a file that served the former platform need not be cleaned up first.
        if (row.effect != SettingEffect::Ignored) {
            if (auto value = checkedValue(row, setting.value))
                setting.value = *std::move(value);
            else
                check.add(row.name, "setting.invalid", value.error());
        }
        if (row.effect == SettingEffect::Ignored || row.effect == SettingEffect::Later)
            settings.m_notices.push_back(
                std::string(row.name) + " (" + setting.source + ") " +
                (row.effect == SettingEffect::Later ? "has no effect in this version: " : "has no effect: ") +
                std::string(row.meaning));
    }
    check.together();
    if (layers.file) check.closedFile(*layers.file);
    if (auto verdict = check.verdict(); !verdict) return fail(verdict.error());
    const auto hosts = settings.list("ALLOWED_HOSTS");
    if (std::find(hosts.begin(), hosts.end(), "*") != hosts.end())
        settings.m_notices.push_back("ALLOWED_HOSTS (" + settings.resolved("ALLOWED_HOSTS").source +
                                     ") has *, which adds no name: loopback and the listen address are answered; write "
                                     "the names this API is called by");
    return settings;
}

const ResolvedSetting& Settings::resolved(std::string_view name) const {
    const auto found = m_values.find(name);
    if (found == m_values.end()) qFatal("there is no setting %s", std::string(name).c_str());
    return found->second;
}

std::int64_t Settings::integer(std::string_view name) const {
    const std::string& value = text(name);
    std::int64_t number = 0;
    std::from_chars(value.data(), value.data() + value.size(), number);
    return number;
}

std::vector<std::string> Settings::list(std::string_view name) const {
    return listItems(text(name));
}

std::vector<Settings::Shown> Settings::show() const {
    std::vector<Shown> all;
    for (const SettingRow& row : settingTable()) {
        const ResolvedSetting& setting = resolved(row.name);
        all.push_back({.name = std::string(row.name),
                       .value = shownValue(row, setting.value),
                       .source = setting.source,
                       .effect = std::string(contract::name(row.effect)),
                       .meaning = std::string(row.meaning)});
    }
    return all;
}

SettingValues environmentSettings() {
    SettingValues values;
    for (const SettingRow& row : settingTable())
        if (const std::string name{row.name}; qEnvironmentVariableIsSet(name.c_str()))
            values.emplace(name, qgetenv(name.c_str()).toStdString());
    return values;
}

}  // namespace postroom::contract
