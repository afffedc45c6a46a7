// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// control.json in the data folder (0600): where the engine that owns the folder listens, and the token of
// `local-admin`.
//
// It only tells where; the lock file decides who owns the folder. A file left behind by a killed engine is told from a
// living one by the local proof (login.h), never by its presence.

#include "engine/base/result.h"
#include "engine/base/secret.h"

#include <cstdint>
#include <string>

namespace postroom::client {

struct ControlFile {
    std::string url = {};          ///< "http://127.0.0.1:8000"
    std::string fingerprint = {};  ///< SHA-256 of the engine's certificate in hex where it serves TLS, else empty
    Secret token = {};
    std::int64_t pid = 0;
    std::string version = {};

    [[nodiscard]] static std::string pathIn(const std::string& dataFolder);
    /// NotFound when there is none; Forbidden when it is there and may not be read; IoFailed when others may read it or
    /// when it is not what an engine writes.
    [[nodiscard]] static Result<ControlFile> read(const std::string& dataFolder);
    /// What an engine leaves at its start.
    [[nodiscard]] Result<void> write(const std::string& dataFolder) const;
};

}  // namespace postroom::client
