// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Bytes and text at the borders: the engine holds UTF-8 in std::string; Qt's UTF-16 appears only where a Qt call asks.
//
// No function here narrows a QChar: U+560A cast to a byte is a line feed (CVE-2025-7962 was made that way).

#include <optional>
#include <QByteArray>
#include <QString>
#include <string>
#include <string_view>

namespace postroom {

[[nodiscard]] inline QString toQString(std::string_view utf8) {
    return QString::fromUtf8(utf8.data(), static_cast<qsizetype>(utf8.size()));
}
[[nodiscard]] inline std::string toUtf8(const QString& text) {
    return text.toUtf8().toStdString();
}
/// A QByteArray over the same bytes, no copy: it must not outlive them.
[[nodiscard]] inline QByteArray viewOf(std::string_view bytes) {
    return QByteArray::fromRawData(bytes.data(), static_cast<qsizetype>(bytes.size()));
}

[[nodiscard]] bool isValidUtf8(std::string_view text);
/// True if there is any C0 control, DEL, C1 control (U+0080-U+009F), U+2028 or U+2029 in this UTF-8 text.
[[nodiscard]] bool hasControls(std::string_view text);
[[nodiscard]] bool isAscii(std::string_view text);
/// ASCII only; the locale has no say.
[[nodiscard]] std::string toLowerAscii(std::string_view text);
[[nodiscard]] bool equalsIgnoreCase(std::string_view a, std::string_view b);
[[nodiscard]] std::string_view trimmed(std::string_view text);

[[nodiscard]] std::string toHex(std::string_view bytes);
[[nodiscard]] std::string toBase64(std::string_view bytes);
/// RFC 4648 §5 without padding.
[[nodiscard]] std::string toBase64Url(std::string_view bytes);
/// Strict: any stray character, wrong padding or wrong length is nothing.
[[nodiscard]] std::optional<std::string> fromBase64(std::string_view text);
[[nodiscard]] std::optional<std::string> fromBase64Url(std::string_view text);
/// As fromBase64(), of a text that comes in pieces, cut anywhere.
class Base64Reader {
public:
    /// The bytes of what is whole so far; nothing once it is no base64.
    [[nodiscard]] std::optional<std::string> read(std::string_view piece);
    /// After the last piece: did the text end where it may?
    [[nodiscard]] bool isComplete() const { return m_rest.empty(); }

private:
    std::string m_rest;  // less than four characters
    bool m_isPadded = false;
};

/// Cuts to at most `limit` bytes without splitting a UTF-8 sequence, with "..." where something was cut; controls
/// become
/// '?'. For putting what a stranger said into a log or an error.
[[nodiscard]] std::string printable(std::string_view text, std::size_t limit = 512);

}  // namespace postroom
