// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/content/address.h"

#include "engine/base/text.h"

#include <algorithm>
#include <charconv>
#include <QUrl>

namespace postroom::content {

namespace {

constexpr std::size_t localPartLimit = 64;  // RFC 5321 §4.5.3.1.1
constexpr std::size_t addressLimit = 254;  // a path of 256 with its angle brackets (§4.5.3.1.3, RFC 3696 erratum 1690)
constexpr std::size_t labelLimit = 63;
constexpr std::size_t nameLimit = 512;
constexpr std::string_view specials = "()<>[]:;@\\,\"";

tl::unexpected<AddressError> refuse(std::string_view reason, std::string detail) {
    return tl::unexpected<AddressError>(AddressError{std::string{reason}, std::move(detail)});
}

constexpr bool isDigit(char c) {
    return c >= '0' && c <= '9';
}
constexpr bool isAlnum(char c) {
    return isDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
constexpr bool isHex(char c) {
    return isDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
constexpr bool isAtext(char c) {
    return isAlnum(c) || std::string_view{"!#$%&'*+-/=?^_`{|}~"}.find(c) != std::string_view::npos;
}

bool isDotString(std::string_view text) {
    bool afterDot = true;
    for (const char c : text) {
        if (c == '.' ? afterDot : !isAtext(c)) return false;
        afterDot = c == '.';
    }
    return !afterDot;
}

/// Reads a quoted string at the front of `text`, which starts with a quote: what it says, and how far it goes.
bool readQuoted(std::string_view text, std::string& said, std::size_t& end) {
    for (std::size_t at = 1; at < text.size(); ++at) {
        if (text[at] == '"') {
            end = at + 1;
            return true;
        }
        if (text[at] == '\\' && ++at == text.size()) return false;
        said.push_back(text[at]);
    }
    return false;
}

std::string quoted(std::string_view text) {
    std::string out{'"'};
    for (const char c : text) {
        if (c == '"' || c == '\\') out.push_back('\\');
        out.push_back(c);
    }
    return out += '"';
}

bool isIpv4(std::string_view text) {
    for (int part = 0; part < 4; ++part) {
        const std::size_t length = std::min(text.find('.'), text.size());
        const std::string_view octet = text.substr(0, length);
        int value = 0;
        const auto read = std::from_chars(octet.data(), octet.data() + octet.size(), value);
        if (octet.empty() || !isDigit(octet[0]) || octet.size() > 3 || read.ptr != octet.data() + octet.size() ||
            value > 255)
            return false;
        text.remove_prefix(length);
        if (part < 3) {
            if (text.empty()) return false;
            text.remove_prefix(1);
        }
    }
    return text.empty();
}

/// RFC 4291 §2.2: up to eight groups, one "::" for at least one of them, the last two maybe as IPv4.
bool isIpv6(std::string_view text) {
    int groups = 0;
    bool shortened = false;
    if (text.starts_with("::")) {
        shortened = true;
        text.remove_prefix(2);
        if (text.empty()) return true;
    }
    while (true) {
        const std::size_t length = std::min(text.find(':'), text.size());
        const std::string_view group = text.substr(0, length);
        if (length == text.size() && group.find('.') != group.npos) {
            groups += 2;
            return isIpv4(group) && (shortened ? groups < 8 : groups == 8);
        }
        if (group.empty() || group.size() > 4 || !std::all_of(group.begin(), group.end(), isHex)) return false;
        ++groups;
        text.remove_prefix(length);
        if (text.empty()) break;
        text.remove_prefix(1);
        if (text.starts_with(':')) {
            if (shortened) return false;
            shortened = true;
            text.remove_prefix(1);
            if (text.empty()) break;
        }
    }
    return shortened ? groups < 8 : groups == 8;
}

bool isHostName(std::string_view text) {
    std::string_view label;
    while (true) {
        const std::size_t length = std::min(text.find('.'), text.size());
        label = text.substr(0, length);
        const bool spelled = std::all_of(label.begin(), label.end(), [](char c) { return isAlnum(c) || c == '-'; });
        if (label.empty() || label.size() > labelLimit || !spelled || label.front() == '-' || label.back() == '-')
            return false;
        if (length == text.size()) break;
        text.remove_prefix(length + 1);
    }
    // No top-level domain is a number: a@127.0.0.1 is an address literal that lost its brackets.
    return !std::all_of(label.begin(), label.end(), isDigit);
}

/// The canonical domain; empty if it is none.
std::string canonicalDomain(std::string_view text) {
    if (text.starts_with('[') && text.ends_with(']')) {
        const std::string_view inside = text.substr(1, text.size() - 2);
        if (isIpv4(inside)) return std::string{text};
        constexpr std::string_view tag = "IPv6:";
        if (inside.size() > tag.size() && equalsIgnoreCase(inside.substr(0, tag.size()), tag) &&
            isIpv6(inside.substr(tag.size())))
            return '[' + std::string{tag} + toLowerAscii(inside.substr(tag.size())) + ']';
        return {};
    }
    // toAce() costs 20 times what the rest does: it is for those who need it. It maps full-width letters and dots too.
    std::string ascii = isAscii(text) ? toLowerAscii(text) : toLowerAscii(QUrl::toAce(toQString(text)).toStdString());
    return isHostName(ascii) ? ascii : std::string{};
}

tl::expected<std::string, AddressError> canonicalLocalPart(std::string_view text) {
    if (!isAscii(text))
        return refuse("address.local_part_not_ascii", "the part before '@' has characters outside ASCII");
    if (isDotString(text)) return std::string{text};
    std::string said;
    std::size_t end = 0;
    if (!text.starts_with('"') || !readQuoted(text, said, end) || end != text.size())
        return refuse("address.invalid", "the part before '@' is not well-formed");
    return isDotString(said) ? said : quoted(said);
}

/// Both readers' first look; what passes has neither controls nor broken UTF-8.
tl::expected<std::string_view, AddressError> plainText(std::string_view text) {
    if (!isValidUtf8(text)) return refuse("address.invalid", "the address is not UTF-8");
    if (hasControls(text)) return refuse("address.control_character", "the address has a control character");
    const std::string_view inside = trimmed(text);
    if (inside.empty()) return refuse("address.empty", "the address is empty");
    return inside;
}

tl::expected<std::string, AddressError> readAddress(std::string_view text) {
    if (text.empty()) return refuse("address.empty", "the address is empty");
    // The last '@' outside quotes; a domain has none, so the last one parts them.
    const std::size_t at = text.rfind('@');
    if (at == text.npos) return refuse("address.invalid", "there is no '@'");
    auto local = canonicalLocalPart(text.substr(0, at));
    if (!local) return local;
    if (local->size() > localPartLimit)
        return refuse("address.local_part_too_long", "the part before '@' is longer than 64 octets");
    if (text.size() - at - 1 > 4 * addressLimit)
        return refuse("address.too_long", "the address is longer than 254 octets");
    const std::string domain = canonicalDomain(text.substr(at + 1));
    const std::size_t length = local->size() + 1 + (domain.empty() ? text.size() - at - 1 : domain.size());
    if (length > addressLimit) return refuse("address.too_long", "the address is longer than 254 octets");
    if (domain.empty()) return refuse("address.domain_invalid", "the part after '@' is not a domain name");
    return *local + '@' + domain;
}

}  // namespace

tl::expected<std::string, AddressError> parseAddress(std::string_view text) {
    const auto inside = plainText(text);
    if (!inside) return tl::unexpected(inside.error());
    return readAddress(*inside);
}

tl::expected<Mailbox, AddressError> parseMailbox(std::string_view text) {
    const auto inside = plainText(text);
    if (!inside) return tl::unexpected(inside.error());
    std::string_view rest = *inside;
    Mailbox mailbox;

    if (rest.back() == '>') {
        std::size_t opening = 0;
        if (rest.front() == '"') {
            if (!readQuoted(rest, mailbox.name, opening)) return refuse("address.invalid", "a quote is not closed");
            while (opening < rest.size() && rest[opening] == ' ') ++opening;
            mailbox.name = trimmed(mailbox.name);
        } else {
            opening = std::min(rest.find('<'), rest.size());
            mailbox.name = trimmed(rest.substr(0, opening));
            if (mailbox.name.find_first_of(specials) != mailbox.name.npos)
                return refuse("address.invalid", "a name with any of ()<>[]:;@\\,\" needs quotes");
        }
        if (opening == rest.size() || rest[opening] != '<')
            return refuse("address.invalid", "there is no '<' after the name");
        if (mailbox.name.size() > nameLimit) return refuse("address.invalid", "the name is longer than 512 bytes");
        rest = rest.substr(opening + 1, rest.size() - opening - 2);
    }
    auto address = readAddress(rest);
    if (!address) return tl::unexpected(address.error());
    mailbox.address = std::move(*address);
    return mailbox;
}

std::string formatMailbox(const Mailbox& mailbox) {
    if (mailbox.name.empty()) return mailbox.address;
    const bool plain = mailbox.name.find_first_of(specials) == mailbox.name.npos;
    return (plain ? mailbox.name : quoted(mailbox.name)) + " <" + mailbox.address + '>';
}

std::string_view domainOf(std::string_view address) {
    return address.substr(address.rfind('@') + 1);
}

}  // namespace postroom::content
