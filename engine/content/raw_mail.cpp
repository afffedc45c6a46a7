// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/content/raw_mail.h"

#include "engine/base/text.h"
#include "engine/content/header.h"
#include "engine/content/mail_grammar.h"
#include "engine/content/transfer.h"
#include "engine/contract/requests.h"

#include <algorithm>
#include <array>

namespace postroom::content {

namespace {

constexpr std::size_t longestLine = 998;  // RFC 5322 §2.1.1, without its CRLF
constexpr std::size_t headLimit_bytes = 256 * 1024;
constexpr std::size_t messageIdLimit = 250;

// Bcc is the envelope's, the others are written by who delivers.
constexpr std::array droppedHeaders{"bcc", "resent-bcc", "return-path"};
constexpr std::array singleHeaders{"from", "sender", "reply-to",   "to",      "cc",
                                   "bcc",  "date",   "message-id", "subject", "mime-version"};

template <typename Names>
bool isOneOf(const Names& names, std::string_view name) {
    return std::any_of(names.begin(), names.end(), [&](std::string_view one) { return equalsIgnoreCase(one, name); });
}

Error refusal(std::string field, std::string reason, std::string detail) {
    return invalidField(std::move(field), std::move(reason), std::move(detail));
}

/// A header line with its continuations and the CRLF at its end.
struct Line {
    std::string_view name;
    std::string_view whole;

    [[nodiscard]] std::string value() const {
        std::string out;
        for (const char c : whole.substr(name.size() + 1))
            if (c != '\r' && c != '\n') out += c;
        return std::string{trimmed(out)};
    }
};

/// Longer lines than one may be, outside the head.
bool hasLongLine(std::string_view text) {
    std::size_t start = 0;
    for (std::size_t end = text.find("\r\n"); end != text.npos; start = end + 2, end = text.find("\r\n", start))
        if (end - start > longestLine) return true;
    return text.size() - start > longestLine;
}

/// Where the head ends: behind the CRLF of its last line.
std::size_t headEnd(std::string_view mail) {
    if (mail.starts_with("\r\n")) return 0;
    const std::size_t end = mail.find("\r\n\r\n");
    return end == mail.npos ? mail.size() : end + 2;
}

Result<std::vector<Line>> linesOf(std::string_view head) {
    std::vector<Line> lines;
    while (!head.empty()) {
        std::size_t end = head.find("\r\n") + 2;
        while (end < head.size() && (head[end] == ' ' || head[end] == '\t')) end = head.find("\r\n", end) + 2;
        const std::string_view whole = head.substr(0, end);
        head.remove_prefix(end);
        const std::size_t colon = whole.find(':');
        const std::string_view name = whole.substr(0, std::min(colon, whole.size()));
        const bool isName = !name.empty() && colon != whole.npos &&
                            std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c <= '~'; });
        if (!isName)
            return fail(refusal("mail", "mail.header_invalid",
                                "this is no header line: " + printable(whole.substr(0, whole.find('\r')), 60)));
        lines.push_back({name, whole});
    }
    return lines;
}

Result<void> checkHead(std::string_view head, const std::vector<Line>& lines) {
    if (head.size() > headLimit_bytes)
        return fail(refusal("mail", "mail.header_too_large", "the header is larger than 256 KiB"));
    if (!isAscii(head))
        return fail(refusal("mail", "mail.header_not_ascii",
                            "a header line is not ASCII; other characters go into encoded words (RFC 2047)"));
    if (hasLongLine(head))
        return fail(refusal("mail", "mail.line_too_long", "a header line is longer than 998 characters"));
    for (const std::string_view name : singleHeaders)
        if (std::count_if(lines.begin(), lines.end(),
                          [&](const Line& line) { return equalsIgnoreCase(line.name, name); }) > 1)
            return fail(
                refusal("mail", "mail.header_twice", "there is more than one " + std::string(name) + " header"));
    return {};
}

Result<std::vector<Mailbox>> mailboxesOf(const std::string& field, const std::string& value) {
    std::vector<Mailbox> all = addressesIn(value);
    // What is beyond was not read: were it judged after doubles are dropped, nobody would miss it.
    if (all.size() > contract::mostRecipients)
        return fail(refusal(field, "field.too_many", "the header has more than 1000 addresses"));
    std::vector<Mailbox> mailboxes;
    for (Mailbox& found : all) {
        auto address = parseAddress(found.address);
        if (!address) return fail(refusal(field, address.error().reason, address.error().detail));
        mailboxes.push_back({std::move(found.name), std::move(*address)});
    }
    return mailboxes;
}

/// Takes what the engine has to know out of one line.
Result<void> readLine(RawMail& mail, const Line& line) {
    const auto is = [&](std::string_view name) { return equalsIgnoreCase(line.name, name); };
    if (is("date")) mail.hasDate = true;
    if (is("subject")) mail.subject = decodedText(line.value());
    if (is("message-id")) {
        mail.messageId = line.value();
        const std::string_view id = mail.messageId;
        if (id.size() < 5 || id.size() > messageIdLimit || id.front() != '<' || id.back() != '>' ||
            id.find('@') == id.npos || id.find_first_of(" \t<", 1) != id.npos || id.find('>') != id.size() - 1)
            return fail(refusal("mail.message_id", "mail.message_id_invalid", "Message-ID has the form <id@domain>"));
    }
    for (const auto& [name, into] : {std::pair{"to", &mail.to}, {"cc", &mail.cc}, {"bcc", &mail.bcc}}) {
        if (!is(name)) continue;
        auto mailboxes = mailboxesOf(std::string("mail.") + name, line.value());
        if (!mailboxes) return fail(mailboxes.error());
        *into = std::move(*mailboxes);
    }
    if (is("sender") || is("resent-from") || is("resent-sender")) {
        for (Mailbox& found : addressesIn(line.value())) {
            auto address = parseAddress(found.address);
            mail.alsoFrom.push_back(address ? std::move(*address) : std::move(found.address));
        }
    }
    if (!is("from")) return {};
    auto from = mailboxesOf("mail.from", line.value());
    if (!from) return fail(from.error());
    if (from->size() != 1) return fail(refusal("mail.from", "mail.from_invalid", "From names one sender"));
    mail.from = std::move(from->front());
    return {};
}

}  // namespace

Result<RawMail> readRawMail(std::string_view bytes) {
    if (bytes.find('\0') != bytes.npos) return fail(refusal("mail", "mail.control_character", "the mail holds a NUL"));
    std::string text = withCrlf(bytes);
    if (!text.ends_with("\r\n")) text += "\r\n";
    std::size_t end = headEnd(text);
    if (end == 0) return fail(refusal("mail", "mail.empty", "the mail has no header"));
    auto lines = linesOf(std::string_view(text).substr(0, end));
    if (!lines) return fail(lines.error());
    if (auto fine = checkHead(std::string_view(text).substr(0, end), *lines); !fine) return fail(fine.error());
    const auto isUnfit = [](std::string_view body) { return !isAscii(body) || hasLongLine(body); };
    if (isUnfit(std::string_view(text).substr(end))) {
        auto encoded = sevenBit(text);
        if (!encoded || isUnfit(*encoded))
            return fail(refusal("mail", "mail.not_seven_bit",
                                "a part is 8-bit or has lines longer than 998 characters and can't be encoded anew"));
        text = std::move(*encoded);
        end = headEnd(text);
        lines = linesOf(std::string_view(text).substr(0, end));
        if (!lines) return fail(lines.error());
    }
    RawMail mail;
    for (const Line& line : *lines) {
        if (auto fine = readLine(mail, line); !fine) return fail(fine.error());
        if (!isOneOf(droppedHeaders, line.name)) mail.head += line.whole;
    }
    mail.body = text.substr(std::min(text.size(), end + 2));
    return mail;
}

Composition composeRaw(RawMail mail, const std::string& messageId, TimePoint date) {
    Composition composition;
    composition.messageIdHeader = mail.messageId.empty() ? messageId : mail.messageId;
    if (mail.messageId.empty()) composition.head += "Message-ID: " + messageId + "\r\n";
    if (!mail.hasDate) composition.head += dateHeader(date);
    composition.head += mail.head;
    composition.body.push_back({.literal = std::move(mail.body), .storedAs = {}, .size_bytes = 0});
    composition.encodedSize_bytes = encodedSizeOf(composition.head, composition.body);
    return composition;
}

}  // namespace postroom::content
