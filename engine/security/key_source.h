// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Where the key of all stored secrets comes from: the environment or a file here, the desktop's keychain from above.
//
// Called once at start, in the thread that starts the engine.

#include "engine/base/result.h"
#include "engine/base/secret.h"

#include <string>

namespace postroom::security {

class KeySource {
public:
    virtual ~KeySource() = default;
    /// 32 bytes. ConfigInvalid if what is there is no key, SecretUnreadable if it should be there and isn't.
    [[nodiscard]] virtual Result<Secret> key() = 0;
    /// For people and for key.json: "ENCRYPTION_KEY", "encryption.key". Never the key.
    [[nodiscard]] virtual std::string describe() const = 0;
};

/// ENCRYPTION_KEY as written: a Fernet key (URL-safe base64 of 32 bytes, with or without padding) or the standard
/// base64.
class EnvKeySource final : public KeySource {
public:
    explicit EnvKeySource(Secret written) : m_written(std::move(written)) {}
    [[nodiscard]] Result<Secret> key() override;
    [[nodiscard]] std::string describe() const override { return "ENCRYPTION_KEY"; }

private:
    Secret m_written;
};

/// `encryption.key` (0600) in the data folder, made on first use: only while the folder has no key.json, since with one
/// a missing file is a lost key, and a new one beside it would hide that. ConfigInvalid if others may read the file.
class FileKeySource final : public KeySource {
public:
    explicit FileKeySource(std::string dataFolder) : m_folder(std::move(dataFolder)) {}
    [[nodiscard]] Result<Secret> key() override;
    [[nodiscard]] std::string describe() const override { return "encryption.key"; }
    [[nodiscard]] std::string path() const { return m_folder + "/encryption.key"; }

private:
    std::string m_folder;
};

}  // namespace postroom::security
