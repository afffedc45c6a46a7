// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors

// Heads, chunked bodies, hosts and origins from a stranger. The first two bytes say where the rest is cut in two.
//
// Oracles: a request cut in two gets the same verdict, the same path and the same body as in one piece, up to the same
// byte; what is taken holds no lone CR or LF and no NUL in its head; a body is never beyond its limit.

#include "engine/http/chunks.h"
#include "engine/http/head.h"
#include "engine/http/hosts.h"

#include <cstdlib>

using namespace postroom;
using namespace postroom::http;

namespace {

constexpr std::uint64_t bodyLimit_bytes = 4096;
constexpr HeadLimits limits{.head_bytes = 2048, .target_bytes = 256, .headers = 12};

void require(bool holds) {
    if (!holds) std::abort();
}

struct Reading {
    void feed(std::string_view more) {
        bytes += more;
        if (isOver) return;
        if (!hasHead) {
            const auto taken = reader.read(bytes, head);
            if (!taken) return end(static_cast<int>(taken.error().code));
            if (*taken == 0) return;
            hasHead = true;
            used = *taken;
            checkHead(std::string_view{bytes}.substr(0, used));
            if (const auto objection = HostNames{{"mail.example"}, "127.0.0.1"}.object(head.request, "10.0.0.1"))
                return end(static_cast<int>(objection->code));
            if (!head.chunked) return end(-1);
        }
        const auto taken = chunks.read(std::string_view{bytes}.substr(used), body);
        if (!taken) return end(static_cast<int>(taken.error().code));
        used += *taken;
        require(body.size() <= bodyLimit_bytes);
        if (chunks.isComplete()) return end(-1);
        require(used == bytes.size());
    }
    void end(int verdict_) {
        isOver = true;
        verdict = verdict_;
    }
    void checkHead(std::string_view taken) const {
        require(taken.ends_with("\r\n\r\n") && taken.find('\0') == std::string_view::npos);
        for (std::size_t i = 0; i < taken.size(); ++i) {
            if (taken[i] == '\r') require(i + 1 < taken.size() && taken[i + 1] == '\n');
            if (taken[i] == '\n') require(i > 0 && taken[i - 1] == '\r');
        }
        require(!(head.chunked && head.request.contentLength));
        require(!head.request.path.empty() && !head.request.host.empty());
        require(head.request.path.find_first_of(std::string_view{"\r\n\0", 3}) == std::string::npos);
    }

    std::string bytes;
    HeadReader reader{limits};
    ChunkReader chunks{bodyLimit_bytes};
    Head head;
    std::string body;
    std::size_t used = 0;
    bool hasHead = false;
    bool isOver = false;
    int verdict = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const std::string_view raw{reinterpret_cast<const char*>(data) + 2, size - 2};
    const std::size_t cut = raw.empty() ? 0 : (data[0] * 256U + data[1]) % (raw.size() + 1);
    Reading whole;
    whole.feed(raw);
    Reading cutInTwo;
    cutInTwo.feed(raw.substr(0, cut));
    cutInTwo.feed(raw.substr(cut));
    require(whole.isOver == cutInTwo.isOver && whole.verdict == cutInTwo.verdict && whole.hasHead == cutInTwo.hasHead);
    // After an error it depends on the cut how much had been taken before; nobody reads that.
    if (whole.verdict == -1 || !whole.isOver) {
        require(whole.used == cutInTwo.used && whole.body == cutInTwo.body);
        require(whole.head.request.path == cutInTwo.head.request.path);
        require(whole.head.keepAlive == cutInTwo.head.keepAlive && whole.head.chunked == cutInTwo.head.chunked);
    }
    return 0;
}
