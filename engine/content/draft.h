// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// A mail before it is a mail: what the sender asked for, with id and time already given.
//
// Any thread; plain values. Who only gets a blind copy is not here: Bcc belongs to the envelope.

#include "engine/base/clock.h"
#include "engine/base/id.h"
#include "engine/content/address.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace postroom::content {

/// One attached file: its bytes in `content`, or, if `storedAs` is not empty, a file outside that is read when the mail
/// leaves (Files, wire_reader.h).
struct Attachment {
    std::string filename;          ///< UTF-8; a path in front of it is dropped
    std::string contentType;       ///< "application/pdf", with parameters if any; empty: application/octet-stream
    std::string content;           ///< the bytes themselves
    std::string storedAs;          ///< the name by which Files opens it
    std::uint64_t size_bytes = 0;  ///< of the stored file, before encoding; unused for `content`
    std::string contentId = {};    ///< "logo" for what the html shows as cid:logo; empty: an ordinary attachment
};

/// A header the sender adds. Those that the composer writes itself are reserved.
struct Header {
    std::string name;
    std::string value;
};

struct Draft {
    std::optional<Mailbox> from;  ///< none: the account that carries the mail sets it
    std::vector<Mailbox> to;
    std::vector<Mailbox> cc;
    std::vector<Mailbox> replyTo;
    std::string subject;
    std::string text;
    std::string html;
    std::vector<Header> headers;
    std::vector<Attachment> attachments;
    Id messageId;
    std::string messageIdDomain;  ///< ASCII
    TimePoint date{};
};

/// What can't go out, every field of it; empty if the draft is fine. Fields are "from", "to[0]", "cc[1]",
/// "reply_to[0]", "subject", "text", "html", "headers", "headers[0].name", "headers[0].value",
/// "attachments[1].filename", "attachments[1].content_type", "attachments[1].content_id", "message_id_domain". Reasons,
/// besides AddressError's: subject.control_character, subject.not_utf8, subject.too_long (2000 bytes),
/// text.control_character (NUL), text.not_utf8, header.reserved, header.name_invalid, header.value_invalid,
/// header.too_many (50), header.too_large (16 KiB together), header.unsubscribe_invalid (List-Unsubscribe and
/// List-Unsubscribe-Post, RFC 2369 and RFC 8058), attachment.filename_invalid, attachment.content_type_invalid,
/// attachment.content_id_invalid.
[[nodiscard]] std::vector<FieldError> faultsOf(const Draft& draft);

/// "type/subtype" or "type/subtype; name=value": tokens and quoted strings of RFC 2045 §5.1, at most 255 bytes and four
/// parameters, nothing multipart.
struct ContentType {
    std::string type;                                             ///< lower case, "text/csv"
    std::vector<std::pair<std::string, std::string>> parameters;  ///< the value as written, quotes included
};
/// Nothing if it isn't one.
[[nodiscard]] std::optional<ContentType> parseContentType(std::string_view text);

/// The last part of a path by either slash; nothing if that is empty, has controls, is not UTF-8 or exceeds 255 bytes.
[[nodiscard]] std::optional<std::string> cleanFilename(std::string_view path);

}  // namespace postroom::content
