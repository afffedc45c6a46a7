// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/client/control_file.h"

#include "engine/base/platform.h"
#include "engine/contract/json.h"

#include <filesystem>

namespace postroom::client {

std::string ControlFile::pathIn(const std::string& dataFolder) {
    return dataFolder + "/control.json";
}

Result<ControlFile> ControlFile::read(const std::string& dataFolder) {
    const std::string path = pathIn(dataFolder);
    std::error_code error;
    const auto status = std::filesystem::status(path, error);
    if (status.type() == std::filesystem::file_type::not_found) return fail(ErrorCode::NotFound, "there is no " + path);
    if (error) return fail(ErrorCode::Forbidden, path + ": " + error.message());
    const auto text = platform::readFile(path, 64 << 10);
    if (!text) return fail(ErrorCode::Forbidden, text.error().detail);
    // Its token is worth everything the engine can do: whoever could read it could also have replaced it.
    if (platform::readableByOthers(path))
        return fail(ErrorCode::IoFailed, path + " may be read by others; restart the engine, which writes it anew");
    const auto value = json::parse(*text);
    if (!value || !value->is_object()) return fail(ErrorCode::IoFailed, path + " is not what an engine writes");
    const json::Object& object = value->get_object();
    ControlFile file{.url = json::text(object, "url"),
                     .fingerprint = json::text(object, "fingerprint"),
                     .token = Secret(json::text(object, "token")),
                     .pid = json::integer(object, "pid"),
                     .version = json::text(object, "version")};
    if (file.url.empty() || file.token.empty())
        return fail(ErrorCode::IoFailed, path + " is not what an engine writes");
    return file;
}

Result<void> ControlFile::write(const std::string& dataFolder) const {
    const json::Object object{
        {"url", url}, {"fingerprint", fingerprint}, {"token", token.reveal()}, {"pid", pid}, {"version", version}};
    return platform::writePrivateFile(pathIn(dataFolder), json::serialise(object));
}

}  // namespace postroom::client
