// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "app/common/settings_files.h"

#include <filesystem>

namespace postroom::app {

std::string envFilePath(const std::string& flag, const std::string& dataFolder) {
    if (!flag.empty()) return flag;
    // A file that is there and can't be looked at counts as present: reading it then says why.
    const auto isThere = [](const std::string& path) {
        std::error_code error;
        return std::filesystem::exists(path, error) || error;
    };
    for (const std::string& path : {dataFolder + "/.env", std::string(".env")})
        if (isThere(path)) return path;
    return {};
}

Result<contract::SettingLayers> readLayers(const std::string& envFileFlag, const std::string& dataFolder) {
    contract::SettingLayers layers;
    layers.environment = contract::environmentSettings();
    if (const std::string path = envFilePath(envFileFlag, dataFolder); !path.empty()) {
        auto file = contract::readEnvFile(path);
        if (!file) return fail(file.error());
        layers.file = std::move(*file);
    }
    return layers;
}

}  // namespace postroom::app
