// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// A request with an Idempotency-Key is carried out once: repeated, it is answered as it was the first time.
//
// Any thread. The answer is committed with the messages it speaks of, so a client that lost it to a broken line or a
// crash may always ask again. What was refused is not kept: put right, it may go under the same key.

#include "engine/api/services.h"

namespace postroom::api {

/// What a handler keeps with its messages; `answer` and `messages` are the handler's to fill in.
using Once = std::optional<store::IdempotencyRecord>;
using OnceWork = std::function<void(Services&, Call, Reply, Once)>;

/// How long an answer is given again at least; after that until its messages are terminal.
inline constexpr std::chrono::hours keysKept{24};

/// Carries the call out, in a thread that fits its size, unless its key was used before: then the reply is the first
/// answer, ValidationFailed if the body is another one, or Conflict while a twin is running.
void onlyOnce(Services& services, Call call, Reply reply, OnceWork work);

/// The answer of a handler, and what is kept of it in `once`.
[[nodiscard]] Answer keptAnswer(const Call& call, int status, json::Value data, std::vector<Id> messages, Once& once);
/// What a failed write says to whoever waits: a twin on another node was faster.
[[nodiscard]] Error onceError(const Error& error, const Once& once);

/// SHA-256 in hex of the route and of what is asked, whatever the order of members and the white space.
[[nodiscard]] std::string fingerprintOf(const Call& call);

}  // namespace postroom::api
