// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "app/common/data_folder.h"

#include <cstdlib>
#include <filesystem>

namespace postroom::app {

namespace {

// The XDG specification: a relative path in these is to be ignored.
std::string absoluteOf(const char* variable) {
    const char* value = std::getenv(variable);
    return value && *value == '/' ? std::string(value) : std::string();
}

}  // namespace

Result<std::string> dataFolder(const std::string& flag) {
    if (!flag.empty()) {
        std::error_code error;
        const auto absolute = std::filesystem::absolute(flag, error);
        if (error) return fail(ErrorCode::ConfigInvalid, flag + ": " + error.message());
        std::string path = absolute.lexically_normal().string();
        while (path.size() > 1 && path.back() == '/') path.pop_back();
        return path;
    }
    if (const std::string home = absoluteOf("XDG_DATA_HOME"); !home.empty()) return home + "/postroom";
    if (const std::string home = absoluteOf("HOME"); !home.empty()) return home + "/.local/share/postroom";
    return fail(ErrorCode::ConfigInvalid,
                "neither HOME nor XDG_DATA_HOME is set: name the data folder with --data-dir");
}

}  // namespace postroom::app
