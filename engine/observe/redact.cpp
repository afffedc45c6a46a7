// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/observe/log.h"

#include "engine/base/text.h"

#include <algorithm>
#include <array>

namespace postroom::observe {

namespace {

constexpr std::string_view mask = "***";

constexpr bool isAlnum(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
constexpr bool isWord(char c) {
    return isAlnum(c) || c == '_' || c == '-';
}
constexpr bool isBlank(char c) {
    return c == ' ' || c == '\t';
}
// RFC 6750 §2.1, and base64 of both alphabets.
constexpr bool isToken(char c) {
    return isWord(c) || c == '.' || c == '~' || c == '+' || c == '/' || c == '=';
}

template <typename Accepts>
std::size_t skip(std::string_view text, std::size_t at, Accepts accepts) {
    while (at < text.size() && accepts(text[at])) ++at;
    return at;
}

bool namesASecret(std::string_view word) {
    constexpr std::array endings{"password",      "passwd",     "passphrase",     "pwd",           "secret",
                                 "token",         "secret_key", "encryption_key", "private_key",   "access_key",
                                 "authorization", "cookie",     "credentials",    "api-key-secret"};
    return std::any_of(endings.begin(), endings.end(),
                       [word](std::string_view ending) { return word.ends_with(ending); });
}

// One pass over the text, word by word; whatever a rule takes is not looked at again.
class Redactor {
public:
    explicit Redactor(std::string_view text) : m_text(text), m_lower(toLowerAscii(text)) {}

    std::string run() {
        m_out.reserve(m_text.size());
        while (m_at < m_text.size()) {
            if (m_text.substr(m_at, 3) == "://")
                url();
            else if (isWord(m_text[m_at]))
                word();
            else
                copyTo(m_at + 1);
        }
        return std::move(m_out);
    }

private:
    void copyTo(std::size_t end) {
        m_out.append(m_text.substr(m_at, end - m_at));
        m_at = end;
    }
    void maskTo(std::size_t end) {
        m_out.append(mask);
        m_at = end;
    }

    void word() {
        const std::size_t end = skip(m_text, m_at, isWord);
        const std::string_view word = std::string_view{m_lower}.substr(m_at, end - m_at);
        const std::string_view last = m_last;
        m_last = word;
        // Ours: secret_ and what the random source gave. Shorter ones are words, like secret_unreadable.
        if (const std::size_t ours = word.find("secret_"); ours != word.npos && word.size() - ours >= 7 + 12) {
            copyTo(m_at + ours + 7);
            return maskTo(end);
        }
        if (word.starts_with("eyj")) {
            const std::size_t tokenEnd = skip(m_text, m_at, isToken);
            const std::string_view token = m_text.substr(m_at, tokenEnd - m_at);
            if (token.size() >= 20 && token.find('.') != token.npos) return maskTo(tokenEnd);
        }
        copyTo(end);
        if (word == "bearer") return afterScheme(1);
        if (word == "basic") return afterScheme(16);
        if (last == "auth" && (word == "plain" || word == "login" || word == "xoauth2")) return afterScheme(8);
        if (namesASecret(word)) value(word);
    }

    // "Bearer abc": a token of at least so many characters goes.
    void afterScheme(std::size_t least) {
        const std::size_t begin = skip(m_text, m_at, isBlank);
        const std::size_t end = skip(m_text, begin, isToken);
        if (begin == m_at || end - begin < least) return;
        copyTo(begin);
        maskTo(end);
    }

    // `password=x`, `"password": "x"`, `\"password\":\"x\"`: the value goes, the quotes stay.
    void value(std::string_view key) {
        const auto isQuote = [](char c) { return c == '"' || c == '\''; };
        const auto isFrame = [&](char c) { return isQuote(c) || c == '\\'; };
        std::size_t at = skip(m_text, skip(m_text, m_at, isFrame), isBlank);
        if (at >= m_text.size() || (m_text[at] != '=' && m_text[at] != ':')) return;
        at = skip(m_text, at + 1, isBlank);
        const bool escaped = at < m_text.size() && m_text[at] == '\\';
        at = skip(m_text, at, [](char c) { return c == '\\'; });
        if (at >= m_text.size()) return;
        std::size_t end = at;
        if (isQuote(m_text[at])) {
            const char quote = m_text[at++];
            end = at;
            while (end < m_text.size() && m_text[end] != quote && !(escaped && m_text[end] == '\\'))
                end += m_text[end] == '\\' ? 2 : 1;
            end = std::min(end, m_text.size());
        } else if (key.ends_with("authorization") || key.ends_with("cookie")) {
            end = skip(m_text, at, [&](char c) { return c != '\n' && c != '\r' && !isFrame(c); });
        } else {
            constexpr std::string_view enders = " \t\r\n,;&)]}\"'";
            end = skip(m_text, at, [&](char c) { return enders.find(c) == enders.npos; });
        }
        if (end == at) return;
        copyTo(at);
        maskTo(end);
    }

    // "://user:password@host": the password goes. Passwords with a bare '/' in them are wrong in a URL and there
    // nevertheless; what follows the colon of a host is a port, so anything else up to an '@' is a password.
    void url() {
        copyTo(m_at + 3);
        const auto isUrl = [](char c) {
            return static_cast<unsigned char>(c) > ' ' && c != '"' && c != '<' && c != '>';
        };
        const auto isAuthority = [&](char c) { return isUrl(c) && c != '/' && c != '?' && c != '#'; };
        const std::string_view rest = m_text.substr(m_at, 2048);
        const std::string_view authority = rest.substr(0, skip(rest, 0, isAuthority));
        const std::size_t colon = authority.find(':');
        if (colon == authority.npos) return;
        std::size_t at = authority.rfind('@');
        const bool port = skip(authority, colon + 1, [](char c) { return c >= '0' && c <= '9'; }) == authority.size();
        if (at == authority.npos && !port) at = rest.substr(0, skip(rest, 0, isUrl)).rfind('@');
        if (at == rest.npos || at <= colon) return;
        const std::size_t begin = m_at;
        copyTo(begin + colon + 1);
        maskTo(begin + at);
    }

    std::string_view m_text;
    std::string m_lower;
    std::string m_out;
    std::string_view m_last;  // the word before, in m_lower
    std::size_t m_at = 0;
};

}  // namespace

std::string redacted(std::string_view text) {
    return Redactor{text}.run();
}

}  // namespace postroom::observe
