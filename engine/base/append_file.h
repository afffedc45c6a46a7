// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// A file that only grows, for books that are kept line by line. Any one thread.

#include "engine/base/result.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace postroom::platform {

class AppendFile {
public:
    /// Opens the file or makes it, 0600; a new name lasts. What a kill left of a last line is ended with a line end.
    /// StorageFull, IoFailed.
    [[nodiscard]] static Result<AppendFile> open(const std::string& path);
    AppendFile(AppendFile&& other) noexcept;
    AppendFile& operator=(AppendFile&& other) noexcept;
    ~AppendFile();

    /// All of it or nothing: where the disk takes a part, that part is taken back. StorageFull, IoFailed.
    [[nodiscard]] Result<void> append(std::string_view content);
    /// fdatasync: what was appended lasts. After an error nobody knows what of it does.
    [[nodiscard]] Result<void> sync();
    [[nodiscard]] std::int64_t size_bytes() const { return m_size_bytes; }

private:
    AppendFile(int descriptor, std::string path) : m_descriptor(descriptor), m_path(std::move(path)) {}
    int m_descriptor = -1;
    std::string m_path;
    std::int64_t m_size_bytes = 0;
};

}  // namespace postroom::platform
