// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// A Response as bytes on the wire.
//
// Pure, any thread; the caller brings the time.

#include "engine/base/clock.h"
#include "engine/http/message.h"

#include <string>
#include <string_view>

namespace postroom::http {

/// The value of a Date header (RFC 9110 §5.6.7), made once a second.
class DateText {
public:
    [[nodiscard]] std::string_view at(TimePoint now);

private:
    std::chrono::sys_seconds m_second{};
    std::string m_text;
};

struct AnswerFrame {
    bool isHead = false;  ///< answers HEAD: the length of the body, not the body
    bool close = false;
    bool sayKeepAlive = false;  ///< to HTTP/1.0
    std::string_view date;
};

/// Appends the whole response to `out`. Whatever the handler put into it, exactly one response comes out.
void appendAnswer(std::string& out, const Response& response, const AnswerFrame& frame);

}  // namespace postroom::http
