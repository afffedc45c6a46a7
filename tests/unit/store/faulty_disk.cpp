// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "tests/unit/store/faulty_disk.h"

#include <sqlite3.h>
#include <atomic>

namespace postroom::store::test {

namespace {

std::atomic<Trouble> trouble = Trouble::None;
std::atomic<int> syncs = 0;
sqlite3_vfs* system = nullptr;

// SQLite allocates szOsFile bytes: this head, then the real file's own.
struct File {
    sqlite3_file base;
    sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

sqlite3_file* realOf(sqlite3_file* file) {
    return reinterpret_cast<File*>(file)->real();
}
const sqlite3_io_methods& callsOf(sqlite3_file* file) {
    return *realOf(file)->pMethods;
}

int failingWrite(sqlite3_file* file, const void* bytes, int count, sqlite3_int64 offset) {
    if (trouble == Trouble::Full) return SQLITE_FULL;
    return callsOf(file).xWrite(realOf(file), bytes, count, offset);
}

int failingSync(sqlite3_file* file, int flags) {
    ++syncs;
    if (trouble == Trouble::SyncFails) return SQLITE_IOERR_FSYNC;
    return callsOf(file).xSync(realOf(file), flags);
}

const sqlite3_io_methods methods{
    .iVersion = 3,
    .xClose = [](sqlite3_file* f) { return callsOf(f).xClose(realOf(f)); },
    .xRead = [](sqlite3_file* f, void* b, int n, sqlite3_int64 o) { return callsOf(f).xRead(realOf(f), b, n, o); },
    .xWrite = failingWrite,
    .xTruncate = [](sqlite3_file* f, sqlite3_int64 n) { return callsOf(f).xTruncate(realOf(f), n); },
    .xSync = failingSync,
    .xFileSize = [](sqlite3_file* f, sqlite3_int64* n) { return callsOf(f).xFileSize(realOf(f), n); },
    .xLock = [](sqlite3_file* f, int l) { return callsOf(f).xLock(realOf(f), l); },
    .xUnlock = [](sqlite3_file* f, int l) { return callsOf(f).xUnlock(realOf(f), l); },
    .xCheckReservedLock = [](sqlite3_file* f, int* r) { return callsOf(f).xCheckReservedLock(realOf(f), r); },
    .xFileControl = [](sqlite3_file* f, int op, void* a) { return callsOf(f).xFileControl(realOf(f), op, a); },
    .xSectorSize = [](sqlite3_file* f) { return callsOf(f).xSectorSize(realOf(f)); },
    .xDeviceCharacteristics = [](sqlite3_file* f) { return callsOf(f).xDeviceCharacteristics(realOf(f)); },
    .xShmMap = [](sqlite3_file* f, int r, int n, int e,
                  void volatile** p) { return callsOf(f).xShmMap(realOf(f), r, n, e, p); },
    .xShmLock = [](sqlite3_file* f, int o, int n, int l) { return callsOf(f).xShmLock(realOf(f), o, n, l); },
    .xShmBarrier = [](sqlite3_file* f) { callsOf(f).xShmBarrier(realOf(f)); },
    .xShmUnmap = [](sqlite3_file* f, int d) { return callsOf(f).xShmUnmap(realOf(f), d); },
    .xFetch = [](sqlite3_file* f, sqlite3_int64 o, int n, void** p) { return callsOf(f).xFetch(realOf(f), o, n, p); },
    .xUnfetch = [](sqlite3_file* f, sqlite3_int64 o, void* p) { return callsOf(f).xUnfetch(realOf(f), o, p); },
};

int open(sqlite3_vfs*, sqlite3_filename name, sqlite3_file* file, int flags, int* flagsOut) {
    file->pMethods = nullptr;
    const int code = system->xOpen(system, name, realOf(file), flags, flagsOut);
    if (realOf(file)->pMethods) file->pMethods = &methods;
    return code;
}

}  // namespace

void installFaultyDisk() {
    static sqlite3_vfs vfs;
    system = sqlite3_vfs_find(nullptr);
    vfs = *system;
    vfs.zName = "faulty";
    vfs.szOsFile += static_cast<int>(sizeof(File));
    vfs.xOpen = open;
    sqlite3_vfs_register(&vfs, 1);
}

void setTrouble(Trouble now) {
    trouble = now;
}
int syncCalls() {
    return syncs;
}

}  // namespace postroom::store::test
