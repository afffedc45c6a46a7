// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/base/append_file.h"

#include "engine/base/io_error.h"
#include "engine/base/platform.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace postroom::platform {

Result<AppendFile> AppendFile::open(const std::string& path) {
    AppendFile file{::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600), path};
    struct stat about {};
    if (file.m_descriptor < 0 || ::fstat(file.m_descriptor, &about) != 0) return ioError("open", path);
    file.m_size_bytes = about.st_size;
    if (about.st_size == 0) {
        const auto slash = path.rfind('/');
        if (auto kept = syncFolder(slash == std::string::npos ? "." : path.substr(0, slash)); !kept)
            return fail(kept.error());
        return file;
    }
    char last = '\n';
    if (::pread(file.m_descriptor, &last, 1, about.st_size - 1) != 1) return ioError("read", path);
    if (last == '\n') return file;
    if (auto ended = file.append("\n"); !ended) return fail(ended.error());
    return file;
}

AppendFile::AppendFile(AppendFile&& other) noexcept
    : m_descriptor(std::exchange(other.m_descriptor, -1)),
      m_path(std::move(other.m_path)),
      m_size_bytes(other.m_size_bytes) {}
AppendFile& AppendFile::operator=(AppendFile&& other) noexcept {
    std::swap(m_descriptor, other.m_descriptor);
    std::swap(m_path, other.m_path);
    std::swap(m_size_bytes, other.m_size_bytes);
    return *this;
}
AppendFile::~AppendFile() {
    if (m_descriptor >= 0) ::close(m_descriptor);
}

Result<void> AppendFile::append(std::string_view content) {
    const auto whole = static_cast<std::int64_t>(content.size());
    while (!content.empty()) {
        const ssize_t wrote = ::write(m_descriptor, content.data(), content.size());
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote < 0) {
            const auto error = ioError("write", m_path);
            if (static_cast<std::int64_t>(content.size()) < whole && ::ftruncate(m_descriptor, m_size_bytes) != 0)
                m_size_bytes += whole - static_cast<std::int64_t>(content.size());
            return error;
        }
        content.remove_prefix(static_cast<std::size_t>(wrote));
    }
    m_size_bytes += whole;
    return {};
}

Result<void> AppendFile::sync() {
    if (::fdatasync(m_descriptor) != 0) return ioError("fdatasync", m_path);
    return {};
}

}  // namespace postroom::platform
