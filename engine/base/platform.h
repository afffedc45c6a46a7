// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// What differs between operating systems, and nothing else: one .cpp a system, no Qt in them.

#include "engine/base/result.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace postroom::platform {

/// Names this run of the machine: another value means the kernel's memory is gone. Empty if the system can't tell.
[[nodiscard]] std::string bootId();
[[nodiscard]] std::string hostName();
/// CPU time the calling thread has used.
[[nodiscard]] std::chrono::nanoseconds threadCpuTime();
/// Names the calling thread for top -H and debuggers; at most 15 bytes are kept on Linux.
void nameThread(std::string_view name);
/// Resident memory and open descriptors of this process, for process_* metrics.
struct ProcessUse {
    std::int64_t residentBytes = 0;
    std::int64_t virtualBytes = 0;
    std::int64_t openFiles = 0;
    double cpuSeconds = 0;
};
[[nodiscard]] ProcessUse processUse();
/// Bytes free to us on the file system that holds `path`.
[[nodiscard]] Result<std::uint64_t> freeBytes(const std::string& path);
/// True if users other than the owner may read the file (mode & 0077 on POSIX).
[[nodiscard]] bool readableByOthers(const std::string& path);

/// Creates the folder and its parents, 0700 where it makes them; what it made lasts.
[[nodiscard]] Result<void> makePrivateFolder(const std::string& path);
/// Writes the whole file 0600 beside its place, fsyncs, renames it there and fsyncs the folder: old or new, never half.
[[nodiscard]] Result<void> writePrivateFile(const std::string& path, std::string_view content);
/// Creates a file that is not there yet, 0600; its descriptor, open for writing. StorageFull, IoFailed.
[[nodiscard]] Result<int> createPrivateFile(const std::string& path);
/// Writes all of it to a file that is open for writing. StorageFull where the disk or the quota is, IoFailed.
[[nodiscard]] Result<void> writeFile(int descriptor, const std::string& path, std::string_view content);
/// fsyncs a file that is open for writing, then renames it and fsyncs the folder it comes to.
[[nodiscard]] Result<void> moveFile(int descriptor, const std::string& from, const std::string& to);
[[nodiscard]] Result<std::string> readFile(const std::string& path, std::size_t limit_bytes = 1 << 20);
/// Removes a file; nothing happens if there is none.
void removeFile(const std::string& path);
[[nodiscard]] std::int64_t processId();
/// fsync of a folder, so that names made or removed in it last.
[[nodiscard]] Result<void> syncFolder(const std::string& path);

/// A lock on a file that dies with its holder, kill -9 included. StorageOwned if somebody has it.
class FileLock {
public:
    [[nodiscard]] static Result<FileLock> take(const std::string& path);
    FileLock(FileLock&& other) noexcept;
    FileLock& operator=(FileLock&& other) noexcept;
    ~FileLock();

private:
    explicit FileLock(int descriptor) : m_descriptor(descriptor) {}
    int m_descriptor = -1;
};

/// A file mapped into memory and shared with the kernel: what is stored in it survives kill -9 with no fsync,
/// and nothing is promised after a power cut.
class SharedMap {
public:
    /// Opens or creates the file at exactly `size` bytes (zeros where it grew), 0600.
    [[nodiscard]] static Result<SharedMap> open(const std::string& path, std::size_t size);
    SharedMap(SharedMap&& other) noexcept;
    SharedMap& operator=(SharedMap&& other) noexcept;
    ~SharedMap();
    [[nodiscard]] std::uint8_t* data() { return m_data; }
    [[nodiscard]] std::size_t size() const { return m_size; }

private:
    SharedMap(std::uint8_t* data, std::size_t size) : m_data(data), m_size(size) {}
    std::uint8_t* m_data = nullptr;
    std::size_t m_size = 0;
};

}  // namespace postroom::platform
