// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/base/text.h"
#include "engine/content/encoded_word.h"

namespace postroom::content {

namespace {

// Q encoding (RFC 2047 §4.2): "_" is a blank, "=XX" a byte.
std::optional<std::string> readQ(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '_') {
            out.push_back(' ');
        } else if (text[i] != '=') {
            out.push_back(text[i]);
        } else {
            const QByteArray byte = QByteArray::fromHex(QByteArray(
                text.substr(i + 1, 2).data(), static_cast<int>(std::min<std::size_t>(2, text.size() - i - 1))));
            if (byte.size() != 1) return std::nullopt;
            out.push_back(byte[0]);
            i += 2;
        }
    }
    return out;
}

// "=?charset?B|Q?text?=" at the front of the text: what it says, and how long it is.
std::optional<std::pair<std::string, std::size_t>> readWord(std::string_view text) {
    if (!text.starts_with("=?")) return std::nullopt;
    const auto charsetEnd = text.find('?', 2);
    if (charsetEnd == text.npos || charsetEnd + 3 >= text.size() || text[charsetEnd + 2] != '?') return std::nullopt;
    const auto end = text.find("?=", charsetEnd + 3);
    if (end == text.npos) return std::nullopt;
    const std::string charset = toLowerAscii(text.substr(2, charsetEnd - 2));
    const char encoding = text[charsetEnd + 1];
    const auto payload = text.substr(charsetEnd + 3, end - charsetEnd - 3);
    auto bytes = encoding == 'B' || encoding == 'b'   ? fromBase64(payload)
                 : encoding == 'Q' || encoding == 'q' ? readQ(payload)
                                                      : std::nullopt;
    if (!bytes) return std::nullopt;
    if (charset == "iso-8859-1")
        bytes = toUtf8(QString::fromLatin1(viewOf(*bytes)));
    else if (charset != "utf-8" && charset != "us-ascii")
        return std::nullopt;
    if (!isValidUtf8(*bytes)) return std::nullopt;
    return std::pair{std::move(*bytes), end + 2};
}

}  // namespace

std::string decodeEncodedWords(std::string_view text) {
    std::string out;
    std::size_t blanksAt = 0;  // where blanks behind an encoded word begin in `out`
    bool afterWord = false;
    while (!text.empty()) {
        if (auto word = readWord(text)) {
            if (afterWord) out.resize(blanksAt);
            out.append(word->first);
            text.remove_prefix(word->second);
            blanksAt = out.size();
            afterWord = true;
            continue;
        }
        if (text.front() != ' ' && text.front() != '\t') afterWord = false;
        out.push_back(text.front());
        text.remove_prefix(1);
    }
    return out;
}

}  // namespace postroom::content
