// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/http/answer.h"

#include "engine/base/text.h"

#define BOOST_ASIO_NO_DEPRECATED
#include <array>
#include <boost/beast/http/status.hpp>
#include <charconv>

namespace postroom::http {

namespace {

bool isToken(std::string_view name) {
    constexpr std::string_view allowed =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-.^_`|~";
    return !name.empty() && name.find_first_not_of(allowed) == std::string_view::npos;
}

// These say where the response ends or belong to the connection: only the server knows them.
bool isFraming(std::string_view name) {
    switch (name.size()) {
        case 4: return equalsIgnoreCase(name, "date");
        case 7: return equalsIgnoreCase(name, "trailer") || equalsIgnoreCase(name, "upgrade");
        case 10: return equalsIgnoreCase(name, "connection") || equalsIgnoreCase(name, "keep-alive");
        case 14: return equalsIgnoreCase(name, "content-length");
        case 17: return equalsIgnoreCase(name, "transfer-encoding");
        default: return false;
    }
}

void appendValue(std::string& out, std::string_view value) {
    for (const char c : value) {
        const auto byte = static_cast<unsigned char>(c);
        out += (byte < 0x20 && byte != '\t') || byte == 0x7f ? ' ' : c;
    }
}

void appendHeader(std::string& out, std::string_view name, std::string_view value) {
    out += name;
    out += ": ";
    appendValue(out, value);
    out += "\r\n";
}

void appendNumber(std::string& out, std::uint64_t number) {
    std::array<char, 20> digits{};
    const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), number);
    static_cast<void>(error);
    out.append(digits.data(), end);
}

}  // namespace

std::string_view DateText::at(TimePoint now) {
    const auto second = std::chrono::floor<std::chrono::seconds>(now);
    if (second == m_second && !m_text.empty()) return m_text;
    m_second = second;
    const auto day = std::chrono::floor<std::chrono::days>(second);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss time{second - day};
    constexpr std::array names{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto two = [](long number) {
        return std::string{static_cast<char>('0' + number / 10), static_cast<char>('0' + number % 10)};
    };
    m_text = std::string{names[std::chrono::weekday{day}.c_encoding()]} + ", " +
             two(static_cast<long>(static_cast<unsigned>(date.day()))) + " " +
             months[static_cast<unsigned>(date.month()) - 1] + " " + std::to_string(static_cast<int>(date.year())) +
             " " + two(time.hours().count()) + ":" + two(time.minutes().count()) + ":" + two(time.seconds().count()) +
             " GMT";
    return m_text;
}

void appendAnswer(std::string& out, const Response& response, const AnswerFrame& frame) {
    // 1xx would leave the client waiting for a final response; nothing but a broken handler gives other numbers.
    const int status = response.status >= 200 && response.status <= 599 ? response.status : 500;
    const bool bodiless = status == 204 || status == 304;
    out.reserve(out.size() + 320 + (frame.isHead ? 0 : response.body.size()));
    out += "HTTP/1.1 ";
    appendNumber(out, static_cast<std::uint64_t>(status));
    out += ' ';
    const auto reason = boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(status));
    out.append(reason.data(), reason.size());
    out += "\r\nDate: ";
    out += frame.date;
    out += "\r\n";
    if (!bodiless) {
        out += "Content-Length: ";
        appendNumber(out, response.body.size());
        out += "\r\n";
        if (!response.contentType.empty()) appendHeader(out, "Content-Type", response.contentType);
    }
    bool saysCaching = false;
    bool saysSniffing = false;
    for (const auto& [name, value] : response.headers) {
        if (!isToken(name) || isFraming(name)) continue;
        if (name.size() == 12 && equalsIgnoreCase(name, "content-type") && !response.contentType.empty()) continue;
        saysCaching = saysCaching || equalsIgnoreCase(name, "cache-control");
        saysSniffing = saysSniffing || equalsIgnoreCase(name, "x-content-type-options");
        appendHeader(out, name, value);
    }
    if (!saysCaching) out += "Cache-Control: no-store\r\n";
    if (!saysSniffing) out += "X-Content-Type-Options: nosniff\r\n";
    if (frame.close)
        out += "Connection: close\r\n";
    else if (frame.sayKeepAlive)
        out += "Connection: keep-alive\r\n";
    out += "\r\n";
    if (!frame.isHead && !bodiless) out += response.body;
}

}  // namespace postroom::http
