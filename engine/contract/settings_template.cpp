// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/base/id.h"
#include "engine/base/text.h"
#include "engine/contract/settings.h"

namespace postroom::contract {

namespace {

constexpr std::size_t width = 100;

// A sentence as comment lines.
void comment(std::string& out, std::string_view text) {
    while (!text.empty()) {
        std::size_t end = text.size();
        if (end > width) {
            end = text.rfind(' ', width);
            if (end == text.npos) end = text.size();
        }
        out.append("# ").append(text.substr(0, end)).append("\n");
        text.remove_prefix(std::min(end + 1, text.size()));
    }
}

std::string_view mark(SettingEffect effect) {
    switch (effect) {
        case SettingEffect::Honoured:
        case SettingEffect::Mapped: return "";
        case SettingEffect::Ignored: return "No effect: ";
        case SettingEffect::Later: return "Not in this version: ";
    }
    Q_UNREACHABLE();
}

std::string render(const FreshSecrets* secrets) {
    std::string out;
    comment(out, "Settings of Postroom. What is commented out is at its default.");
    comment(out,
            "Stored settings are overridden by this file, this file by the environment, and that by the command line. "
            "'postroomctl config show' says what holds and where it comes from; 'postroomctl config check' says what "
            "is wrong. Keep this file to yourself (chmod 600) once it holds a secret.");
    for (const SettingSection& section : settingSections()) {
        out.append("\n# ==================== ").append(section.title).append(" ====================\n");
        for (const SettingRow& row : section.rows) {
            out.append("\n");
            comment(out, std::string(mark(row.effect)).append(row.meaning));
            const Secret* fresh = nullptr;
            if (secrets && row.name == "JWT_SECRET_KEY") fresh = &secrets->jwtKey;
            if (secrets && row.name == "ENCRYPTION_KEY") fresh = &secrets->encryptionKey;
            out.append(fresh ? "" : "# ").append(row.name).append("=");
            out.append(fresh ? fresh->reveal() : row.otherwise).append("\n");
        }
    }
    return out;
}

}  // namespace

FreshSecrets makeFreshSecrets() {
    std::string fernet = toBase64Url(randomBytes(32)) + "=";
    return {.encryptionKey = Secret{std::move(fernet)}, .jwtKey = Secret{toBase64Url(randomBytes(48))}};
}

std::string configTemplate(const FreshSecrets& secrets) {
    return render(&secrets);
}
std::string configExample() {
    return render(nullptr);
}

}  // namespace postroom::contract
