// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The load: N keep-alive connections over one epoll, each with one request under way. Its own cost is a few us a
// request.

#include "tests/bench/wire.h"

namespace postroom::bench {

struct LoadPlan {
    Target target;
    int messages = 0;
    int connections = 0;
    double rate = 0;  ///< requests a second, open load; 0: as fast as answers come
};

struct LoadResult {
    double seconds = 0;
    int accepted = 0;
    int refused = 0;
    std::vector<double> latencies_ms;  ///< sorted; with a rate, from the moment the request was due
};

/// Blocks until every answer is there.
[[nodiscard]] LoadResult runLoad(const LoadPlan& plan);

}  // namespace postroom::bench
