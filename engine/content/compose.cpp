// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/content/compose.h"

#include "engine/base/text.h"
#include "engine/content/encoded_word.h"
#include "engine/content/header.h"
#include "engine/content/plain_text.h"
#include "engine/content/transfer.h"

#include <algorithm>
#include <array>
#include <iterator>

namespace postroom::content {

namespace {

std::string transferHeader(Transfer transfer) {
    return "Content-Transfer-Encoding: " + std::string{wireName(transfer)} + "\r\n";
}

/// A boundary that no part can hold: base64 has no "_", quoted-printable no "=_", and a text with "=_" is never 7bit.
/// It comes from the id and not from chance, so that the mail is the same mail every time.
std::string boundaryOf(const Draft& draft, std::string_view kind) {
    return "=_" + draft.messageId.text() + '_' + std::string{kind};
}

std::string multipartHead(std::string_view subtype, const std::string& boundary, std::string_view more = {}) {
    return "Content-Type: multipart/" + std::string{subtype} + ";\r\n boundary=\"" + boundary + "\"" +
           std::string{more} + "\r\n";
}

/// A part or a body: its Content-* lines, and what stands below the empty line. Where `endsItself` is false the CRLF
/// that ends the last line is still to come: in front of a boundary it belongs to the boundary (RFC 2046 §5.1.1).
struct Part {
    std::string head;
    std::vector<Piece> body = std::vector<Piece>(1);
    bool endsItself = false;

    std::string& text() { return body.back().literal; }

    void put(Part part) {
        text() += part.head + "\r\n" + part.body.front().literal;
        body.insert(body.end(), std::make_move_iterator(part.body.begin() + 1),
                    std::make_move_iterator(part.body.end()));
    }
};

Part textPart(std::string_view subtype, std::string_view said) {
    const std::string text = withCrlf(said);
    const Transfer transfer = transferFor(text);
    Part part;
    part.head = "Content-Type: text/" + std::string{subtype} + "; charset=utf-8\r\n" + transferHeader(transfer);
    appendEncoded(part.text(), text, transfer);
    part.endsItself = transfer != Transfer::Base64 && text.ends_with("\r\n");
    return part;
}

std::string typeHeader(const ContentType& type) {
    FoldedLine line{"Content-Type"};
    line.put(type.type);
    for (const auto& [name, value] : type.parameters) line.putParameter(name + '=' + value);
    return std::move(line).take();
}

std::string attachmentHead(const Attachment& attachment, bool isInline) {
    ContentType type = parseContentType(attachment.contentType).value_or(ContentType{"application/octet-stream", {}});
    // RFC 2045 §6.4 forbids base64 for a mail inside a mail, and no other encoding keeps its bytes: it goes as a plain
    // file, and its name still says what it is.
    if (type.type.starts_with("message/")) type = {"application/octet-stream", {}};
    std::string head = typeHeader(type) +
                       attachmentHeader(cleanFilename(attachment.filename).value_or("attachment"), isInline) +
                       transferHeader(Transfer::Base64);
    if (!attachment.contentId.empty()) head += "Content-ID: <" + attachment.contentId + ">\r\n";
    return head;
}

/// Between boundaries, with the CRLF that ends it.
void putAttachment(Part& into, const Attachment& attachment, const std::string& boundary, bool isInline) {
    into.text() += "--" + boundary + "\r\n" + attachmentHead(attachment, isInline) + "\r\n";
    if (attachment.storedAs.empty() || attachment.size_bytes == 0) {
        appendBase64(into.text(), attachment.storedAs.empty() ? std::string_view{attachment.content} : "");
        into.text() += "\r\n";
    } else {
        // A stored file ends its last line itself; a new literal goes on behind it.
        into.body.push_back({.literal = {}, .storedAs = attachment.storedAs, .size_bytes = attachment.size_bytes});
        into.body.emplace_back();
    }
}

/// What an html shows by cid: belongs beside it (RFC 2387); without an html it is a file like others.
bool isShownInside(const Draft& draft, const Attachment& attachment) {
    return !draft.html.empty() && !attachment.contentId.empty();
}

/// The html, with the pictures it shows.
Part htmlPart(const Draft& draft) {
    const auto isInline = [&](const Attachment& attachment) { return isShownInside(draft, attachment); };
    if (std::none_of(draft.attachments.begin(), draft.attachments.end(), isInline)) return textPart("html", draft.html);
    const std::string boundary = boundaryOf(draft, "page");
    Part page;
    page.head = multipartHead("related", boundary, ";\r\n type=\"text/html\"");
    page.text() = "--" + boundary + "\r\n";
    page.put(textPart("html", draft.html));
    page.text() += "\r\n";
    for (const Attachment& attachment : draft.attachments)
        if (isInline(attachment)) putAttachment(page, attachment, boundary, true);
    page.text() += "--" + boundary + "--";
    return page;
}

/// Text, html, or both as alternatives.
Part words(const Draft& draft) {
    const std::string made = draft.text.empty() ? plainTextOf(draft.html) : std::string{};
    const std::string_view text = draft.text.empty() ? std::string_view{made} : draft.text;
    if (draft.html.empty()) return textPart("plain", text);
    // An html that says nothing without its pictures stays alone: many readers would be shown the empty text beside it.
    if (text.empty()) return htmlPart(draft);

    const std::string boundary = boundaryOf(draft, "words");
    Part both;
    both.head = multipartHead("alternative", boundary);
    std::array alternatives{textPart("plain", text), htmlPart(draft)};
    for (Part& part : alternatives) {
        both.text().append("--").append(boundary).append("\r\n");
        both.put(std::move(part));
        both.text() += "\r\n";
    }
    both.text().append("--").append(boundary).append("--");
    return both;
}

/// Words and attachments. Answers the pieces; `head` gets the mail's own Content-* lines.
std::vector<Piece> putBody(const Draft& draft, std::string& head) {
    Part inner = words(draft);
    const auto isFile = [&](const Attachment& attachment) { return !isShownInside(draft, attachment); };
    if (std::none_of(draft.attachments.begin(), draft.attachments.end(), isFile)) {
        head += inner.head;
        if (!inner.endsItself) inner.text() += "\r\n";
        return std::move(inner.body);
    }
    const std::string boundary = boundaryOf(draft, "files");
    head += multipartHead("mixed", boundary);
    Part all;
    all.text() = "--" + boundary + "\r\n";
    all.put(std::move(inner));
    all.text() += "\r\n";
    for (const Attachment& attachment : draft.attachments)
        if (isFile(attachment)) putAttachment(all, attachment, boundary, false);
    all.text() += "--" + boundary + "--\r\n";
    return std::move(all.body);
}

std::string putHead(const Draft& draft, const std::string& messageId) {
    std::string head;
    head.reserve(1024);
    head.append("Message-ID: ").append(messageId).append("\r\n").append(dateHeader(draft.date));
    if (draft.from) head += fromHeader(*draft.from);
    if (!draft.to.empty()) head += addressHeader("To", draft.to);
    if (!draft.cc.empty()) head += addressHeader("Cc", draft.cc);
    // RFC 5322 §3.6.3 allows no destination at all; readers and filters are happier with the empty group.
    if (draft.to.empty() && draft.cc.empty()) head += "To: undisclosed-recipients:;\r\n";
    if (!draft.replyTo.empty()) head += addressHeader("Reply-To", draft.replyTo);
    head += unstructuredHeader("Subject", draft.subject);
    head += "MIME-Version: 1.0\r\n";
    for (const Header& header : draft.headers) head += unstructuredHeader(header.name, trimmed(header.value));
    return head;
}

}  // namespace

std::uint64_t wireSize_bytes(const Piece& piece) {
    return piece.storedAs.empty() ? piece.literal.size() : base64LinesSize_bytes(piece.size_bytes);
}

std::uint64_t encodedSizeOf(const std::string& head, const std::vector<Piece>& body) {
    std::uint64_t size = head.size() + 2;
    for (const Piece& piece : body) size += wireSize_bytes(piece);
    return size;
}

Result<Composition> compose(const Draft& draft) {
    if (auto faults = faultsOf(draft); !faults.empty()) return fail(invalidFields(std::move(faults)));
    Composition composition;
    composition.messageIdHeader = '<' + draft.messageId.text() + '@' + draft.messageIdDomain + '>';
    composition.head = putHead(draft, composition.messageIdHeader);
    composition.body = putBody(draft, composition.head);
    composition.encodedSize_bytes = encodedSizeOf(composition.head, composition.body);
    return composition;
}

}  // namespace postroom::content
