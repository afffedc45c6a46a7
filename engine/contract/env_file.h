// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Reads `.env` files as the manual's §4.1 writes them: `KEY=value  # comment`.
//
// Pure but for readEnvFile(); any thread. A value may be bare (ends before a blank and '#'), 'literal', or "quoted"
// with \n \r \t \" \\ \$. `export KEY=...`, blank lines, CRLF and a BOM are taken. Nothing is ever expanded: "${"
// outside single quotes is an error, since other readers would put something else there. One line, one name.

#include "engine/base/result.h"

#include <string>
#include <string_view>
#include <vector>

namespace postroom::contract {

struct EnvLine {
    int line = 0;  ///< 1 is the first
    std::string name;
    std::string value;
};

struct EnvFile {
    std::string path;
    std::vector<EnvLine> lines;
    bool worldReadable = false;
};

/// At most 1 MiB and 64 KiB a line. ConfigInvalid with one FieldError per bad line; values are never quoted in it.
[[nodiscard]] Result<std::vector<EnvLine>> parseEnv(std::string_view text, std::string_view fileName);
/// IoFailed if it can't be read.
[[nodiscard]] Result<EnvFile> readEnvFile(const std::string& path);

}  // namespace postroom::contract
