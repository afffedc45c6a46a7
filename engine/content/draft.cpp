// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/content/draft.h"

#include "engine/base/text.h"

#include <algorithm>
#include <array>

namespace postroom::content {

namespace {

constexpr std::size_t subjectLimit = 2000;
constexpr std::size_t headerNameLimit = 76;
constexpr std::size_t headerValueLimit = 2000;
constexpr std::size_t headersLimit = 50;
constexpr std::size_t headersTotalLimit = 16 * 1024;
constexpr std::size_t filenameLimit = 255;
constexpr std::size_t contentTypeLimit = 255;
constexpr std::size_t parametersLimit = 4;
constexpr std::size_t contentIdLimit = 200;
constexpr std::size_t linkLimit = 900;

// What the composer, a signer or a relay writes. A name that ends in '*' stands for all that start so.
constexpr std::array reservedHeaders{
    "from",    "sender",    "to",         "cc",          "bcc",          "apparently-to", "reply-to",
    "subject", "date",      "message-id", "return-path", "mime-version", "dkim-*",        "domainkey-*",
    "arc-*",   "content-*", "received*",  "resent-*",    "delivered-to", "x-envelope-*",  "authentication-results",
};

bool isReserved(std::string_view name) {
    const std::string lower = toLowerAscii(name);
    return std::any_of(reservedHeaders.begin(), reservedHeaders.end(), [&](std::string_view reserved) {
        if (reserved.back() != '*') return lower == reserved;
        return lower.starts_with(reserved.substr(0, reserved.size() - 1));
    });
}

/// RFC 5322 §3.6.8, without a dot in front: no line of ours begins with one.
bool isFieldName(std::string_view name) {
    return !name.empty() && name.front() != '.' && name.size() <= headerNameLimit &&
           std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c <= '~' && c != ':'; });
}

/// RFC 2045 §5.1.
constexpr bool isTokenChar(char c) {
    return c > ' ' && c <= '~' && std::string_view{"()<>@,;:\\\"/[]?="}.find(c) == std::string_view::npos;
}
bool isToken(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), isTokenChar);
}

/// A token or a quoted string at the front of `text`; its length, 0 if there is none.
std::size_t parameterValueLength(std::string_view text) {
    if (!text.starts_with('"'))
        return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), isTokenChar) - text.begin());
    for (std::size_t at = 1; at < text.size(); ++at) {
        if (text[at] == '"') return at + 1;
        if (text[at] == '\\') ++at;
    }
    return 0;
}

/// What stands between "<" and ">" of a Content-ID, and behind "cid:" without escapes (RFC 2392).
bool isContentId(std::string_view text) {
    return !text.empty() && text.size() <= contentIdLimit && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view{"._-+@$"}.find(c) != std::string_view::npos;
    });
}

/// RFC 2369 §2: URIs in angle brackets, commas between them. Printable ASCII, and short enough for one line each.
bool isLinkList(std::string_view value) {
    std::string_view rest = trimmed(value);
    while (rest.starts_with('<')) {
        const std::size_t end = rest.find('>');
        if (end == rest.npos || end > linkLimit) return false;
        const std::string_view link = rest.substr(1, end - 1);
        const std::string scheme = toLowerAscii(link.substr(0, link.find(':') + 1));
        if (scheme != "https:" && scheme != "http:" && scheme != "mailto:") return false;
        if (!std::all_of(link.begin(), link.end(), [](char c) { return c > ' ' && c <= '~'; })) return false;
        rest = trimmed(rest.substr(end + 1));
        if (rest.empty()) return true;
        if (!rest.starts_with(',')) return false;
        rest = trimmed(rest.substr(1));
    }
    return false;
}

class Judge {
public:
    explicit Judge(const Draft& draft) : m_draft(draft) {}

    std::vector<FieldError> verdict() {
        if (m_draft.from) judgeMailbox("from", *m_draft.from);
        judgeMailboxes("to", m_draft.to);
        judgeMailboxes("cc", m_draft.cc);
        judgeMailboxes("reply_to", m_draft.replyTo);
        judgeSubject();
        judgeText("text", m_draft.text);
        judgeText("html", m_draft.html);
        judgeHeaders();
        judgeAttachments();
        if (!parseAddress("a@" + m_draft.messageIdDomain))
            fault("message_id_domain", "address.domain_invalid", "the Message-ID's domain is not a domain name");
        return std::move(m_faults);
    }

private:
    void fault(std::string field, std::string reason, std::string detail) {
        m_faults.push_back({std::move(field), std::move(reason), std::move(detail)});
    }

    void judgeMailbox(std::string field, const Mailbox& mailbox) {
        const auto address = parseAddress(mailbox.address);
        if (!address)
            fault(std::move(field), address.error().reason, address.error().detail);
        else if (*address != mailbox.address)
            fault(std::move(field), "address.invalid", "the address is not in its canonical form");
        else if (hasControls(mailbox.name))
            fault(std::move(field), "address.control_character", "the name has a control character or is not UTF-8");
    }

    void judgeMailboxes(std::string_view field, const std::vector<Mailbox>& mailboxes) {
        for (std::size_t i = 0; i < mailboxes.size(); ++i)
            judgeMailbox(std::string{field} + '[' + std::to_string(i) + ']', mailboxes[i]);
    }

    void judgeSubject() {
        if (!isValidUtf8(m_draft.subject))
            fault("subject", "subject.not_utf8", "the subject is not UTF-8");
        else if (hasControls(m_draft.subject))
            fault("subject", "subject.control_character", "the subject has a control character");
        else if (m_draft.subject.size() > subjectLimit)
            fault("subject", "subject.too_long", "the subject is longer than 2000 bytes");
    }

    void judgeText(std::string field, std::string_view text) {
        if (!isValidUtf8(text))
            fault(std::move(field), "text.not_utf8", "the text is not UTF-8");
        else if (text.find('\0') != text.npos)
            fault(std::move(field), "text.control_character", "the text has a NUL");
    }

    void judgeHeaders() {
        if (m_draft.headers.size() > headersLimit)
            return fault("headers", "header.too_many", "there are more than 50 headers");
        std::size_t total = 0;
        for (std::size_t i = 0; i < m_draft.headers.size(); ++i) {
            const Header& header = m_draft.headers[i];
            const std::string field = "headers[" + std::to_string(i) + "].";
            total += header.name.size() + header.value.size();
            if (!isFieldName(header.name))
                fault(field + "name", "header.name_invalid",
                      "a header's name is printable ASCII without ':', up to 76 characters");
            else if (isReserved(header.name))
                fault(field + "name", "header.reserved", "this header is not the sender's to set");
            if (header.value.size() > headerValueLimit || hasControls(header.value))
                fault(field + "value", "header.value_invalid",
                      "a header's value is UTF-8 without controls, up to 2000 bytes");
        }
        judgeUnsubscribe();
        if (total > headersTotalLimit)
            fault("headers", "header.too_large", "the headers are larger than 16 KiB together");
    }

    // RFC 8058 §3.1: the second header has one value, and the first then holds one https link. A pair that no mailbox
    // provider honours is worse than none: the reader's button does nothing.
    void judgeUnsubscribe() {
        const Header* links = nullptr;
        const Header* post = nullptr;
        for (std::size_t i = 0; i < m_draft.headers.size(); ++i) {
            const Header& header = m_draft.headers[i];
            const bool isLinks = equalsIgnoreCase(header.name, "List-Unsubscribe");
            const bool isPost = equalsIgnoreCase(header.name, "List-Unsubscribe-Post");
            if (!isLinks && !isPost) continue;
            const Header*& known = isLinks ? links : post;
            if (known) unsubscribeFault(i, "this header may stand once");
            known = &header;
            if (isLinks && !isLinkList(header.value))
                unsubscribeFault(i, "List-Unsubscribe is a list of <https:...>, <http:...> and <mailto:...>");
            if (isPost && trimmed(header.value) != "List-Unsubscribe=One-Click")
                unsubscribeFault(i, "List-Unsubscribe-Post has the value List-Unsubscribe=One-Click");
        }
        if (post && (!links || toLowerAscii(links->value).find("<https:") == std::string::npos))
            unsubscribeFault(static_cast<std::size_t>(post - m_draft.headers.data()),
                             "List-Unsubscribe-Post needs an https link in List-Unsubscribe");
    }
    void unsubscribeFault(std::size_t header, std::string detail) {
        fault("headers[" + std::to_string(header) + "].value", "header.unsubscribe_invalid", std::move(detail));
    }

    void judgeAttachments() {
        std::vector<std::string_view> ids;
        for (std::size_t i = 0; i < m_draft.attachments.size(); ++i) {
            const Attachment& attachment = m_draft.attachments[i];
            const std::string field = "attachments[" + std::to_string(i) + "].";
            if (!cleanFilename(attachment.filename))
                fault(field + "filename", "attachment.filename_invalid",
                      "a file's name is UTF-8 without controls, 1 to 255 bytes after the last slash");
            if (!attachment.contentType.empty() && !parseContentType(attachment.contentType))
                fault(field + "content_type", "attachment.content_type_invalid",
                      "this is not a content type a file can have");
            if (attachment.contentId.empty()) continue;
            if (!isContentId(attachment.contentId))
                fault(field + "content_id", "attachment.content_id_invalid",
                      "a content id is what follows cid: in the html: letters, digits and . _ - + @ $, up to 200");
            else if (std::find(ids.begin(), ids.end(), attachment.contentId) != ids.end())
                fault(field + "content_id", "attachment.content_id_invalid", "another attachment has this content id");
            ids.push_back(attachment.contentId);
        }
    }

    const Draft& m_draft;
    std::vector<FieldError> m_faults;
};

}  // namespace

std::vector<FieldError> faultsOf(const Draft& draft) {
    return Judge{draft}.verdict();
}

std::optional<ContentType> parseContentType(std::string_view text) {
    if (text.size() > contentTypeLimit || !isAscii(text) || hasControls(text)) return std::nullopt;
    const std::size_t semicolon = std::min(text.find(';'), text.size());
    const std::string_view type = trimmed(text.substr(0, semicolon));
    const std::size_t slash = type.find('/');
    if (slash == type.npos || !isToken(type.substr(0, slash)) || !isToken(type.substr(slash + 1))) return std::nullopt;
    ContentType read{toLowerAscii(type), {}};
    if (read.type.starts_with("multipart/")) return std::nullopt;

    std::string_view rest = trimmed(text.substr(semicolon));
    while (!rest.empty()) {
        if (rest.front() != ';') return std::nullopt;
        rest = trimmed(rest.substr(1));
        // A ";" at the end is a habit of many programs and harms nobody.
        if (rest.empty()) break;
        const std::size_t equals = rest.find('=');
        if (equals == rest.npos || !isToken(rest.substr(0, equals))) return std::nullopt;
        const std::string_view name = rest.substr(0, equals);
        rest.remove_prefix(equals + 1);
        const std::size_t length = parameterValueLength(rest);
        if (length == 0 || read.parameters.size() == parametersLimit) return std::nullopt;
        read.parameters.emplace_back(name, rest.substr(0, length));
        rest = trimmed(rest.substr(length));
    }
    return read;
}

std::optional<std::string> cleanFilename(std::string_view path) {
    if (hasControls(path)) return std::nullopt;
    const std::string_view name = trimmed(path.substr(path.find_last_of("/\\") + 1));
    if (name.empty() || name.size() > filenameLimit || name == "." || name == "..") return std::nullopt;
    return std::string{name};
}

}  // namespace postroom::content
