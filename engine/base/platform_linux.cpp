// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/base/platform.h"

#include "engine/base/io_error.h"

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>

namespace postroom::platform {

namespace {

class Descriptor {
public:
    explicit Descriptor(int value) : m_value(value) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() { close(); }
    [[nodiscard]] int get() const { return m_value; }
    int close() { return m_value < 0 ? 0 : ::close(std::exchange(m_value, -1)); }

private:
    int m_value;
};

std::string folderOf(const std::string& path) {
    const auto slash = path.rfind('/');
    if (slash == std::string::npos) return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

bool writeAll(int descriptor, std::string_view content) {
    while (!content.empty()) {
        const ssize_t wrote = ::write(descriptor, content.data(), content.size());
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote < 0) return false;
        content.remove_prefix(static_cast<std::size_t>(wrote));
    }
    return true;
}

}  // namespace

std::string bootId() {
    std::ifstream file{"/proc/sys/kernel/random/boot_id"};
    std::string id;
    std::getline(file, id);
    return id;
}

std::string hostName() {
    char name[256] = {};
    return ::gethostname(name, sizeof name - 1) == 0 ? name : "localhost";
}

std::chrono::nanoseconds threadCpuTime() {
    timespec at{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &at);
    return std::chrono::seconds{at.tv_sec} + std::chrono::nanoseconds{at.tv_nsec};
}

void nameThread(std::string_view name) {
    ::pthread_setname_np(::pthread_self(), std::string(name.substr(0, 15)).c_str());
}

ProcessUse processUse() {
    ProcessUse use;
    long pages = 0, resident = 0;
    if (std::FILE* file = std::fopen("/proc/self/statm", "r")) {
        if (std::fscanf(file, "%ld %ld", &pages, &resident) == 2) {
            use.virtualBytes = pages * ::sysconf(_SC_PAGESIZE);
            use.residentBytes = resident * ::sysconf(_SC_PAGESIZE);
        }
        std::fclose(file);
    }
    if (DIR* folder = ::opendir("/proc/self/fd")) {
        while (::readdir(folder)) ++use.openFiles;
        ::closedir(folder);
        use.openFiles -= 3;  // ".", ".." and the descriptor of the listing itself
    }
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& at) {
        return static_cast<double>(at.tv_sec) + 1e-6 * static_cast<double>(at.tv_usec);
    };
    use.cpuSeconds = seconds(usage.ru_utime) + seconds(usage.ru_stime);
    return use;
}

Result<std::uint64_t> freeBytes(const std::string& path) {
    struct statvfs about {};
    if (::statvfs(path.c_str(), &about) != 0) return ioError("statvfs", path);
    return static_cast<std::uint64_t>(about.f_bavail) * about.f_frsize;
}

bool readableByOthers(const std::string& path) {
    struct stat about {};
    return ::stat(path.c_str(), &about) == 0 && (about.st_mode & 0077) != 0;
}

Result<void> makePrivateFolder(const std::string& path) {
    for (std::size_t slash = path.find('/', 1);; slash = path.find('/', slash + 1)) {
        const std::string part = path.substr(0, slash);
        if (::mkdir(part.c_str(), 0700) != 0) {
            if (errno != EEXIST) return ioError("mkdir", part);
        } else if (auto synced = syncFolder(folderOf(part)); !synced) {
            return synced;
        }
        if (slash == std::string::npos) break;
    }
    struct stat about {};
    if (::stat(path.c_str(), &about) != 0) return ioError("stat", path);
    if (!S_ISDIR(about.st_mode)) return fail(ErrorCode::IoFailed, path + " is not a folder");
    return {};
}

Result<void> writePrivateFile(const std::string& path, std::string_view content) {
    // Named by the thread: two may write the same file at once, and neither may truncate what the other has begun. A
    // number of ours and not the system's, so that what a kill leaves behind is found and written over.
    static std::atomic<int> threads = 0;
    thread_local const int ours = threads++;
    const std::string beside = path + "." + std::to_string(ours) + ".new";
    Descriptor file{::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600)};
    if (file.get() < 0) return ioError("open", beside);
    if (!writeAll(file.get(), content) || ::fsync(file.get()) != 0 || file.close() != 0) {
        const auto error = ioError("write", beside);
        ::unlink(beside.c_str());
        return error;
    }
    if (::rename(beside.c_str(), path.c_str()) != 0) {
        const auto error = ioError("rename", beside);
        ::unlink(beside.c_str());
        return error;
    }
    return syncFolder(folderOf(path));
}

Result<int> createPrivateFile(const std::string& path) {
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0) return ioError("open", path);
    return file;
}

Result<void> writeFile(int descriptor, const std::string& path, std::string_view content) {
    if (!writeAll(descriptor, content)) return ioError("write", path);
    return {};
}

Result<void> moveFile(int descriptor, const std::string& from, const std::string& to) {
    if (::fsync(descriptor) != 0) return ioError("fsync", from);
    if (::rename(from.c_str(), to.c_str()) != 0) return ioError("rename", from);
    return syncFolder(folderOf(to));
}

Result<std::string> readFile(const std::string& path, std::size_t limit_bytes) {
    Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
    if (file.get() < 0) return ioError("open", path);
    std::string content;
    char piece[65536];
    for (;;) {
        const ssize_t got = ::read(file.get(), piece, sizeof piece);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return ioError("read", path);
        if (got == 0) return content;
        content.append(piece, static_cast<std::size_t>(got));
        if (content.size() > limit_bytes) return fail(ErrorCode::IoFailed, path + " is too large");
    }
}

void removeFile(const std::string& path) {
    ::unlink(path.c_str());
}

std::int64_t processId() {
    return ::getpid();
}

Result<void> syncFolder(const std::string& path) {
    Descriptor folder{::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (folder.get() < 0 || ::fsync(folder.get()) != 0) return ioError("fsync", path);
    return {};
}

Result<FileLock> FileLock::take(const std::string& path) {
    // flock() and not fcntl(): a POSIX lock is dropped when any descriptor of the file in this process closes.
    Descriptor file{::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)};
    if (file.get() < 0) return ioError("open", path);
    if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK) return fail(ErrorCode::StorageOwned, "another engine holds " + path);
        return ioError("lock", path);
    }
    return FileLock{::dup(file.get())};
}

FileLock::FileLock(FileLock&& other) noexcept : m_descriptor(std::exchange(other.m_descriptor, -1)) {}
FileLock& FileLock::operator=(FileLock&& other) noexcept {
    std::swap(m_descriptor, other.m_descriptor);
    return *this;
}
FileLock::~FileLock() {
    if (m_descriptor >= 0) ::close(m_descriptor);
}

Result<SharedMap> SharedMap::open(const std::string& path, std::size_t size) {
    Descriptor file{::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)};
    if (file.get() < 0) return ioError("open", path);
    if (::ftruncate(file.get(), static_cast<off_t>(size)) != 0) return ioError("truncate", path);
    // Blocks are taken now: a full disk at the first store into the map would be a SIGBUS.
    if (const int number = ::posix_fallocate(file.get(), 0, static_cast<off_t>(size)); number != 0) {
        errno = number;
        return ioError("allocate", path);
    }
    void* data = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, file.get(), 0);
    if (data == MAP_FAILED) return ioError("map", path);
    return SharedMap{static_cast<std::uint8_t*>(data), size};
}

SharedMap::SharedMap(SharedMap&& other) noexcept
    : m_data(std::exchange(other.m_data, nullptr)), m_size(std::exchange(other.m_size, 0)) {}
SharedMap& SharedMap::operator=(SharedMap&& other) noexcept {
    std::swap(m_data, other.m_data);
    std::swap(m_size, other.m_size);
    return *this;
}
SharedMap::~SharedMap() {
    if (m_data) ::munmap(m_data, m_size);
}

}  // namespace postroom::platform
