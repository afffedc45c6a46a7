// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/smtp/transcript.h"

#include "engine/base/text.h"

#include <utility>

namespace postroom::smtp {

namespace {
// The end of a dialogue says more than its middle: a thousand recipients must not push the reply to "." out.
constexpr std::size_t Kept = Transcript::LinesLimit / 2;
}  // namespace

void Transcript::client(std::string_view line) {
    add("C: ", line);
}
void Transcript::server(const Reply& reply) {
    add("S: ", reply.line());
}
void Transcript::remark(std::string_view line) {
    add("* ", line);
}

void Transcript::add(const char* who, std::string_view line) {
    if (m_lines.size() == LinesLimit) {
        // Shifts strings, not bytes, and only in dialogues that are long anyway.
        m_lines.erase(m_lines.begin() + static_cast<std::ptrdiff_t>(Kept) + 1);
        ++m_skipped;
        m_lines[Kept] = "* (" + std::to_string(m_skipped + 1) + " lines left out)";
    }
    std::string& added = m_lines.emplace_back(who);
    const std::string_view cut = line.substr(0, LineLimit_bytes);
    added += printable(cut, LineLimit_bytes - 8);
}

std::vector<std::string> Transcript::take() {
    m_skipped = 0;
    return std::exchange(m_lines, {});
}

}  // namespace postroom::smtp
