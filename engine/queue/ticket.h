// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

#include "engine/base/clock.h"
#include "engine/base/secret.h"

#include <string>
#include <string_view>

namespace postroom::queue {

/// What an account with `auth: xoauth2` logs in with, or why it has nothing. A value; any thread.
struct Ticket {
    enum class State {
        Ready,        ///< `token` is good
        Awaited,      ///< the provider is being asked, or did not answer
        Unauthorized  ///< a person has to allow it (again)
    };
    State state = State::Awaited;
    Secret token{};
    TimePoint askedAgainAt{};   ///< of one that is awaited, where the provider did not answer
    std::string_view reason{};  ///< a constant of policy::reason; empty: nothing is wrong
    std::string detail{};       ///< English; never a secret
};

}  // namespace postroom::queue
