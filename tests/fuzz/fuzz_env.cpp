// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors

// `.env` files: whatever is taken is well-formed, comes back the same when written in quotes, and can be resolved and
// shown; whatever is refused says so without more than its bound of words.

#include "engine/base/text.h"
#include "engine/contract/settings.h"

#include <cstdlib>

using namespace postroom;
using namespace postroom::contract;

namespace {

void insist(bool holds) {
    if (!holds) std::abort();
}

std::string quoted(const std::string& value) {
    std::string out = "\"";
    for (const char c : value) {
        if (c == '\n' || c == '\r' || c == '\t')
            out.append(c == '\n' ? "\\n" : c == '\r' ? "\\r" : "\\t");
        else if (c == '"' || c == '\\' || c == '$')
            out.append("\\").push_back(c);
        else
            out.push_back(c);
    }
    return out + "\"";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* bytes, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(bytes), size);
    auto lines = parseEnv(text, ".env");
    if (!lines) {
        insist(lines.error().code == ErrorCode::ConfigInvalid && lines.error().fields.size() <= 50);
        insist(isValidUtf8(lines.error().text()));
        return 0;
    }
    std::string again;
    int before = 0;
    for (const EnvLine& line : *lines) {
        insist(line.line > before && !line.name.empty() && isValidUtf8(line.value));
        before = line.line;
        again += line.name + "=" + quoted(line.value) + " # said again\n";
    }
    // Quoting makes a line longer: what then passes a bound is not compared.
    if (again.size() < (64 << 10)) {
        const auto second = parseEnv(again, ".env");
        insist(second && second->size() == lines->size());
        for (std::size_t i = 0; i < lines->size(); ++i)
            insist(second->at(i).name == lines->at(i).name && second->at(i).value == lines->at(i).value);
    }
    SettingLayers layers;
    layers.file = EnvFile{.path = ".env", .lines = *std::move(lines), .worldReadable = false};
    if (const auto settings = Settings::resolve(layers)) {
        for (const auto& shown : settings->show()) insist(isValidUtf8(shown.value) && !hasControls(shown.value));
        for (const std::string& notice : settings->notices()) insist(!hasControls(notice));
    }
    return 0;
}
