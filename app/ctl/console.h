// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// What a verb works with: the global options, the output, and the engine once it is asked for.

#include "app/ctl/output.h"
#include "engine/base/secret.h"
#include "engine/client/engine_client.h"

#include <memory>

namespace postroom::ctl {

struct GlobalOptions {
    std::string dataFolder;  ///< as typed; empty: the usual places
    std::string url;
    std::string fingerprint;
    std::string key;
    std::string secretFile;  ///< "-": standard input
    bool json = false;
};

class Console {
public:
    explicit Console(GlobalOptions options) : m_options(std::move(options)), m_output(m_options.json) {}

    [[nodiscard]] const GlobalOptions& options() const { return m_options; }
    [[nodiscard]] const Output& output() const { return m_output; }
    /// The data folder that --data-dir or the environment names, absolute.
    [[nodiscard]] Result<std::string> dataFolder() const;

    /// The engine behind --url, or the one whose control.json stands in the data folder. NetworkFailed, with what to
    /// do, where none runs.
    [[nodiscard]] Result<client::EngineClient*> engine();

    /// Waits as long as the transport itself may take; it has deadlines of its own.
    template <typename T>
    [[nodiscard]] static Result<T> wait(Task<T> task) {
        return task.wait(std::chrono::minutes(10));
    }

    [[nodiscard]] Exit failed(const Error& error) const { return m_output.failed(error); }
    /// For options that can't be read: ConfigInvalid is the line's own fault, anything else is not.
    [[nodiscard]] Exit unread(const Error& error) const {
        return error.code == ErrorCode::ConfigInvalid ? m_output.misused(error) : m_output.failed(error);
    }

private:
    [[nodiscard]] Result<std::unique_ptr<client::Transport>> remote() const;
    [[nodiscard]] Result<std::unique_ptr<client::Transport>> local() const;

    GlobalOptions m_options;
    Output m_output;
    std::unique_ptr<client::EngineClient> m_engine;
};

/// A secret's first line out of a file, or out of standard input for "-". ConfigInvalid if it is empty or longer than
/// 64 KiB.
[[nodiscard]] Result<Secret> readSecret(const std::string& file);
/// readSecret(file), or POSTROOM_SECRET where no file is named; empty where there is neither.
[[nodiscard]] Result<Secret> secretFrom(const std::string& file);

}  // namespace postroom::ctl
