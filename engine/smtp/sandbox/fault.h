// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// What the sandbox does wrong when it is told to, so that people can rehearse what a mail server may do to them.

#include <chrono>
#include <string>

namespace postroom::smtp::sandbox {

enum class Stage { Connect, MailFrom, RcptTo, Data, Dot };

struct Fault {
    enum class Kind {
        Reject,  ///< a reply of 5xx
        Defer,   ///< a reply of 4xx
        Drop,    ///< the connection ends without a reply
        Stall    ///< the reply takes its time
    };
    Kind kind = Kind::Reject;
    Stage stage = Stage::RcptTo;
    double rate = 0;         ///< 0 to 1 of all that come to the stage; those of one stage make 1 at most together
    std::string reply = {};  ///< of Reject and Defer: "550 5.1.1 no such user"
    std::chrono::milliseconds stall{0};

    bool operator==(const Fault&) const = default;
};

}  // namespace postroom::smtp::sandbox
