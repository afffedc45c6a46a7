// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/smtp/reply.h"

#include "engine/base/text.h"

#include <algorithm>

namespace postroom::smtp {

namespace {

constexpr bool isDigit(char c) {
    return c >= '0' && c <= '9';
}

// RFC 3463 §2: class "." subject "." detail; the last two have one to three digits. Its length at the start of the
// text, or 0.
std::size_t enhancedLength(std::string_view text) {
    if (text.size() < 5 || (text[0] != '2' && text[0] != '4' && text[0] != '5')) return 0;
    std::size_t at = 1;
    for (int part = 0; part < 2; ++part) {
        if (at >= text.size() || text[at] != '.') return 0;
        const std::size_t first = ++at;
        while (at < text.size() && isDigit(text[at]) && at - first < 3) ++at;
        if (at == first) return 0;
    }
    return at == text.size() || text[at] == ' ' ? at : 0;
}

}  // namespace

std::string Reply::line() const {
    if (!answered()) return {};
    std::string out = std::to_string(code);
    if (!enhanced.empty()) out.append(" ").append(enhanced);
    if (!text.empty()) out.append(" ").append(text);
    return out;
}

std::size_t ReplyParser::feed(std::string_view bytes) {
    std::size_t taken = 0;
    while (m_status == Status::More && taken < bytes.size()) {
        const std::string_view rest = bytes.substr(taken);
        const std::size_t end = rest.find('\n');
        const std::size_t length = end == rest.npos ? rest.size() : end + 1;
        if (m_partial.size() + length > LineLimit_bytes) {
            broken("a line of the reply is too long");
            break;
        }
        taken += length;
        if (end == rest.npos) {
            m_partial.append(rest);
            break;
        }
        if (m_partial.empty()) {
            line(rest.substr(0, end));
        } else {
            m_partial.append(rest.substr(0, end));
            // line() may not touch m_partial: it reads from it.
            line(m_partial);
            m_partial.clear();
        }
    }
    return taken;
}

void ReplyParser::line(std::string_view line) {
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (line.find('\0') != line.npos) return broken("the reply contains NUL");
    const bool hasCode = line.size() >= 3 && line[0] >= '2' && line[0] <= '5' && isDigit(line[1]) && isDigit(line[2]);
    const bool isLast = line.size() == 3 || (line.size() > 3 && line[3] == ' ');
    if (!hasCode || (!isLast && line[3] != '-')) return broken("the reply has no valid code");

    const int code = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
    if (m_lines > 0 && code != m_code) return broken("the code changes within the reply");
    m_code = code;
    m_size_bytes += line.size() + 2;
    if (++m_lines > LinesLimit) return broken("the reply has too many lines");
    if (m_size_bytes > ReplyLimit_bytes) return broken("the reply is too long");

    if (line.size() > 4) m_raw.append(line.substr(4));
    m_raw.push_back('\n');
    if (isLast) m_status = Status::Complete;
}

void ReplyParser::broken(const char* fault) {
    m_status = Status::Broken;
    m_fault = fault;
}

Reply ReplyParser::take() {
    Reply reply{.code = m_code, .enhanced = {}, .text = {}};
    std::string joined;
    std::string_view rest = m_raw;
    for (bool isFirst = true; !rest.empty() && joined.size() <= TextLimit_bytes; isFirst = false) {
        const std::size_t end = rest.find('\n');
        std::string_view one = trimmed(rest.substr(0, end));
        rest.remove_prefix(end + 1);
        if (const std::size_t length = enhancedLength(one); length > 0) {
            if (isFirst) reply.enhanced = one.substr(0, length);
            // Servers repeat the code on each line; once is enough.
            if (one.substr(0, length) == reply.enhanced) one = trimmed(one.substr(length));
        }
        if (one.empty()) continue;
        if (!joined.empty()) joined.append(" / ");
        joined.append(one);
    }
    reply.text = printable(joined, TextLimit_bytes - 3);

    m_status = Status::More;
    m_code = m_lines = 0;
    m_size_bytes = 0;
    m_raw.clear();
    return reply;
}

}  // namespace postroom::smtp
