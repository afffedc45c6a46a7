// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/content/dkim.h"

#include "engine/base/text.h"

#include <algorithm>
#include <vector>

namespace postroom::content {

namespace {

constexpr std::size_t piece_bytes = 16 * 1024;
constexpr std::size_t listWidth = 60;    // of names in h= on a line
constexpr std::size_t base64Width = 72;  // of b= on a line

struct SignedField {
    std::string_view name;
    bool isSealed = false;  ///< named once more than it stands there, where it stands there
};
constexpr SignedField signedFields[] = {
    {"From", true},
    {"Reply-To", true},
    {"Subject", true},
    {"Date", true},
    {"To", true},
    {"Cc", true},
    {"MIME-Version", true},
    {"Content-Type", true},
    {"Content-Transfer-Encoding", true},
    {"In-Reply-To"},
    {"References"},
    {"Resent-Date"},
    {"Resent-From"},
    {"Resent-To"},
    {"Resent-Cc"},
    {"List-Id"},
    {"List-Help"},
    {"List-Unsubscribe"},
    {"List-Unsubscribe-Post"},
    {"List-Subscribe"},
    {"List-Post"},
    {"List-Owner"},
    {"List-Archive"},
};

constexpr bool isBlank(char c) {
    return c == ' ' || c == '\t';
}

// The fields of a head, each with its folded lines and without its last CRLF.
std::vector<std::string_view> fieldsIn(std::string_view head) {
    std::vector<std::string_view> fields;
    while (!head.empty()) {
        std::size_t end = head.find("\r\n");
        while (end != head.npos && end + 2 < head.size() && isBlank(head[end + 2])) end = head.find("\r\n", end + 2);
        end = std::min(end, head.size());
        if (end > 0) fields.push_back(head.substr(0, end));
        head.remove_prefix(std::min(head.size(), end + 2));
    }
    return fields;
}

std::string_view nameOf(std::string_view field) {
    std::string_view name = field.substr(0, field.find(':'));
    while (!name.empty() && isBlank(name.back())) name.remove_suffix(1);
    return name;
}

}  // namespace

void RelaxedBody::feed(std::string_view bytes) {
    for (std::size_t at = 0; at < bytes.size();) {
        const char c = bytes[at];
        if (m_cr) {
            m_cr = false;
            if (c == '\n') {
                m_blank = false;
                ++m_lineEnds;
                ++at;
                continue;
            }
            putHeldBack();
            put("\r");
        }
        if (c == '\r' || isBlank(c)) {
            (c == '\r' ? m_cr : m_blank) = true;
            ++at;
            continue;
        }
        std::size_t end = at + 1;
        while (end < bytes.size() && bytes[end] != '\r' && !isBlank(bytes[end])) ++end;
        putHeldBack();
        put(bytes.substr(at, end - at));
        at = end;
    }
}

void RelaxedBody::finish() {
    if (m_cr) {
        putHeldBack();
        put("\r");
    }
    // Blanks that were held back end the last line, and so go.
    if (m_any) put("\r\n");
    flush();
}

void RelaxedBody::putHeldBack() {
    for (; m_lineEnds > 0; --m_lineEnds) put("\r\n");
    if (std::exchange(m_blank, false)) put(" ");
    m_any = true;
}

void RelaxedBody::put(std::string_view bytes) {
    if (m_buffer.size() + bytes.size() > piece_bytes) flush();
    if (bytes.size() > piece_bytes) return m_sink(bytes);
    m_buffer.append(bytes);
}

void RelaxedBody::flush() {
    if (!m_buffer.empty()) m_sink(m_buffer);
    m_buffer.clear();
}

std::string relaxedHeader(std::string_view field) {
    const std::size_t colon = std::min(field.find(':'), field.size());
    std::string out = toLowerAscii(nameOf(field));
    out.push_back(':');
    bool isBehindBlank = false, isBegun = false;
    for (const char c : field.substr(std::min(colon + 1, field.size()))) {
        if (c == '\r' || c == '\n') continue;  // unfolded: the blanks behind it stay
        if (isBlank(c)) {
            isBehindBlank = true;
            continue;
        }
        if (isBehindBlank && isBegun) out.push_back(' ');
        isBehindBlank = false;
        isBegun = true;
        out.push_back(c);
    }
    return out;
}

UnfinishedSignature beginSignature(std::string_view head, const SignatureTags& tags) {
    const std::vector<std::string_view> fields = fieldsIn(head);
    UnfinishedSignature begun;
    std::vector<std::string_view> names;
    for (const SignedField& wanted : signedFields) {
        const std::size_t before = names.size();
        // From the bottom up (§5.4.2): a second field of a name is the one further up.
        for (auto field = fields.rbegin(); field != fields.rend(); ++field) {
            if (!equalsIgnoreCase(nameOf(*field), wanted.name)) continue;
            names.push_back(wanted.name);
            begun.input.append(relaxedHeader(*field)).append("\r\n");
        }
        if (wanted.isSealed && names.size() > before) names.push_back(wanted.name);
    }

    std::string& line = begun.line;
    line = "DKIM-Signature: v=1; a=" + tags.algorithm + "; c=relaxed/relaxed;\r\n d=" + tags.domain +
           ";\r\n s=" + tags.selector + "; t=" + std::to_string(tags.signedAt) + ";\r\n h=";
    std::size_t width = 0;
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (width + names[i].size() > listWidth) {
            line += "\r\n ";
            width = 0;
        }
        line.append(names[i]).push_back(i + 1 < names.size() ? ':' : ';');
        width += names[i].size() + 1;
    }
    line += "\r\n bh=" + tags.bodyHash + ";\r\n b=";
    // Last, and without a CRLF (§3.7).
    begun.input += relaxedHeader(line);
    return begun;
}

std::string finishSignature(UnfinishedSignature begun, std::string_view signature) {
    std::string line = std::move(begun.line);
    while (!signature.empty()) {
        line.append("\r\n ").append(signature.substr(0, base64Width));
        signature.remove_prefix(std::min(signature.size(), base64Width));
    }
    return line += "\r\n";
}

}  // namespace postroom::content
