// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/security/key_source.h"

#include "engine/base/id.h"
#include "engine/base/platform.h"
#include "engine/base/text.h"
#include "engine/contract/settings_value.h"

#include <filesystem>

namespace postroom::security {

Result<Secret> EnvKeySource::key() {
    if (auto key = contract::keyBytes(m_written.reveal())) return *std::move(key);
    return fail(ErrorCode::ConfigInvalid,
                "ENCRYPTION_KEY must be a Fernet key or the base64 of 32 bytes (make one with 'postroomctl secrets "
                "generate')");
}

Result<Secret> FileKeySource::key() {
    std::error_code error;
    const bool there = std::filesystem::exists(path(), error);
    if (error) return fail(ErrorCode::IoFailed, path() + ": " + error.message());
    if (!there) {
        if (std::filesystem::exists(m_folder + "/key.json", error) || error)
            return fail(ErrorCode::SecretUnreadable,
                        path() +
                            " is gone, and the secrets stored with it can't be read without it: put it back from "
                            "a backup, or set ENCRYPTION_KEY to it");
        Secret fresh{randomBytes(32)};
        if (auto written = platform::writePrivateFile(path(), toBase64(fresh.reveal()) + "\n"); !written)
            return fail(written.error());
        return fresh;
    }
    if (platform::readableByOthers(path()))
        return fail(ErrorCode::ConfigInvalid, path() + " can be read by others: chmod 600 " + path());
    auto content = platform::readFile(path(), 4096);
    if (!content) return fail(content.error());
    const Secret written{*std::move(content)};
    if (auto key = contract::keyBytes(trimmed(written.reveal()))) return *std::move(key);
    return fail(ErrorCode::SecretUnreadable, path() + " holds no key: put it back from a backup");
}

}  // namespace postroom::security
