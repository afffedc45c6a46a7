// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/base/id.h"

#include <openssl/rand.h>
#include <mutex>

namespace postroom {

namespace {

// Random bytes in bulk: one call of the generator serves 256 ids.
void fillRandom(std::uint8_t* out, std::size_t count) {
    thread_local std::array<std::uint8_t, 2048> pool;
    thread_local std::size_t used = pool.size();
    if (used + count > pool.size()) {
        // Without randomness there are no keys and no ids: nothing sensible is left to do.
        if (RAND_bytes(pool.data(), static_cast<int>(pool.size())) != 1) std::abort();
        used = 0;
    }
    std::copy_n(pool.data() + used, count, out);
    used += count;
}

int hexValue(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

}  // namespace

std::string Id::text() const {
    static constexpr char digits[] = "0123456789abcdef";
    std::string out(36, '-');
    std::size_t at = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (at == 8 || at == 13 || at == 18 || at == 23) ++at;
        out[at++] = digits[bytes[i] >> 4];
        out[at++] = digits[bytes[i] & 15];
    }
    return out;
}

TimePoint Id::bornAt() const {
    std::uint64_t millis = 0;
    for (std::size_t i = 0; i < 6; ++i) millis = millis << 8 | bytes[i];
    return TimePoint{Milliseconds{static_cast<std::int64_t>(millis)}};
}

std::optional<Id> Id::parse(std::string_view text) {
    if (text.size() != 36) return std::nullopt;
    Id id;
    std::size_t at = 0;
    for (auto& byte : id.bytes) {
        if (at == 8 || at == 13 || at == 18 || at == 23) {
            if (text[at++] != '-') return std::nullopt;
        }
        const int high = hexValue(text[at]), low = hexValue(text[at + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        byte = static_cast<std::uint8_t>(high << 4 | low);
        at += 2;
    }
    return id;
}

Id makeId(TimePoint now) {
    static std::mutex mutex;
    static std::uint64_t last = 0;  // milliseconds << 12 | counter
    std::uint64_t stamp = static_cast<std::uint64_t>(now.time_since_epoch().count()) << 12;
    {
        const std::lock_guard lock{mutex};
        stamp = last = std::max(stamp, last + 1);
    }
    Id id;
    const std::uint64_t millis = stamp >> 12;
    for (std::size_t i = 0; i < 6; ++i) id.bytes[i] = static_cast<std::uint8_t>(millis >> (40 - 8 * i));
    id.bytes[6] = static_cast<std::uint8_t>(0x70 | (stamp >> 8 & 0x0f));
    id.bytes[7] = static_cast<std::uint8_t>(stamp);
    fillRandom(id.bytes.data() + 8, 8);
    id.bytes[8] = static_cast<std::uint8_t>(0x80 | (id.bytes[8] & 0x3f));
    return id;
}

std::string randomBytes(std::size_t count) {
    std::string out(count, '\0');
    if (RAND_bytes(reinterpret_cast<unsigned char*>(out.data()), static_cast<int>(count)) != 1) std::abort();
    return out;
}

}  // namespace postroom
