// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "app/ctl/console.h"

#include "app/common/data_folder.h"
#include "engine/base/platform.h"
#include "engine/client/control_file.h"
#include "engine/client/http_transport.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>

namespace postroom::ctl {

namespace {

using client::ControlFile;

constexpr std::size_t longestSecret_bytes = 64 << 10;

Result<std::unique_ptr<client::Transport>> connected(client::HttpTransport::Options options) {
    auto transport = client::HttpTransport::make(std::move(options));
    if (!transport) return fail(transport.error());
    return std::unique_ptr<client::Transport>(std::move(*transport));
}

}  // namespace

Result<std::string> Console::dataFolder() const {
    return app::dataFolder(m_options.dataFolder);
}

Result<client::EngineClient*> Console::engine() {
    if (!m_engine) {
        auto transport = m_options.url.empty() ? local() : remote();
        if (!transport) return fail(transport.error());
        m_engine = std::make_unique<client::EngineClient>(std::move(*transport));
    }
    return m_engine.get();
}

Result<std::unique_ptr<client::Transport>> Console::remote() const {
    client::HttpTransport::Options options{.url = m_options.url, .fingerprint = m_options.fingerprint};
    if (!m_options.key.empty()) {
        auto secret = secretFrom(m_options.secretFile);
        if (!secret) return fail(secret.error());
        if (secret->empty())
            return fail(ErrorCode::CredentialsRejected,
                        "--key needs its secret: --secret-file FILE (or -), or POSTROOM_SECRET in the environment");
        options.credentials = client::KeyPair{m_options.key, std::move(*secret)};
    }
    return connected(std::move(options));
}

Result<std::unique_ptr<client::Transport>> Console::local() const {
    const auto own = dataFolder();
    if (!own) return fail(own.error());
    std::string folder = *own;
    auto control = ControlFile::read(folder);
    // Somebody who administers the service need not name its folder, unless an engine of theirs runs.
    if (!control && control.error().code == ErrorCode::NotFound && m_options.dataFolder.empty()) {
        auto service = ControlFile::read(app::serviceFolder);
        if (service || service.error().code != ErrorCode::NotFound) {
            control = std::move(service);
            folder = app::serviceFolder;
        }
    }
    if (!control && control.error().code == ErrorCode::NotFound)
        return fail(ErrorCode::NetworkFailed, "no engine runs on the data folder " + folder +
                                                  "; start postroomd, or name another with --data-dir or --url");
    if (!control) return fail(control.error());
    return connected({.url = control->url,
                      .fingerprint = control->fingerprint,
                      .credentials = client::LocalToken{std::move(control->token)}});
}

Result<Secret> readSecret(const std::string& file) {
    std::string bytes;
    const auto take = [&bytes](std::istream& in) {
        bytes.resize(longestSecret_bytes + 1);
        in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        bytes.resize(static_cast<std::size_t>(in.gcount()));
    };
    if (file == "-") {
        take(std::cin);
    } else {
        std::ifstream in(file, std::ios::binary);
        if (!in) return fail(ErrorCode::IoFailed, file + " can't be read");
        take(in);
    }
    if (bytes.size() > longestSecret_bytes) return fail(ErrorCode::ConfigInvalid, file + " is too long for a secret");
    bytes.resize(std::min(bytes.size(), bytes.find('\n')));
    if (bytes.ends_with('\r')) bytes.pop_back();
    if (bytes.empty()) return fail(ErrorCode::ConfigInvalid, "the first line of " + file + " holds no secret");
    return Secret(std::move(bytes));
}

Result<Secret> secretFrom(const std::string& file) {
    if (!file.empty()) return readSecret(file);
    const char* value = std::getenv("POSTROOM_SECRET");
    return Secret(value ? value : "");
}

}  // namespace postroom::ctl
