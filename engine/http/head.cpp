// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/http/head.h"

#include "engine/base/text.h"
#include "engine/http/hosts.h"

// Removed from newer Boost; leaving it out here keeps this file building there.
#define BOOST_ASIO_NO_DEPRECATED
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <charconv>

namespace postroom::http {

namespace {

namespace beast = boost::beast;

auto malformed(const char* detail) {
    return fail(ErrorCode::RequestMalformed, detail);
}

// RFC 9110 §5.6.2.
constexpr std::array<bool, 256> tokenCharacters = [] {
    std::array<bool, 256> table{};
    for (int c = 'a'; c <= 'z'; ++c) table[static_cast<std::size_t>(c)] = true;
    for (int c = 'A'; c <= 'Z'; ++c) table[static_cast<std::size_t>(c)] = true;
    for (int c = '0'; c <= '9'; ++c) table[static_cast<std::size_t>(c)] = true;
    for (const char c : std::string_view{"!#$%&'*+-.^_`|~"}) table[static_cast<std::size_t>(c)] = true;
    return table;
}();

Method methodOf(beast::http::verb verb) {
    switch (verb) {
        case beast::http::verb::get: return Method::Get;
        case beast::http::verb::head: return Method::Head;
        case beast::http::verb::post: return Method::Post;
        case beast::http::verb::put: return Method::Put;
        case beast::http::verb::patch: return Method::Patch;
        case beast::http::verb::delete_: return Method::Delete;
        case beast::http::verb::options: return Method::Options;
        default: return Method::Other;
    }
}

// Beast's parser, writing straight into our head: its own message type would hold every field a second time.
class Reading final : public beast::http::basic_parser<true> {
public:
    explicit Reading(RequestHead& head) : m_head(head) {}
    int version = 11;

private:
    using Code = beast::error_code;
    using View = beast::string_view;
    static std::string_view view(View text) { return {text.data(), text.size()}; }

    void on_request_impl(beast::http::verb verb, View method, View target, int version_, Code&) override {
        m_head.method = methodOf(verb);
        m_head.methodName = view(method);
        m_head.target = view(target);
        version = version_;
    }
    void on_field_impl(beast::http::field, View name, View value, Code&) override {
        m_head.headers.emplace_back(view(name), view(value));
    }
    void on_header_impl(Code&) override {}
    // Never reached: the parser is given the head only.
    void on_response_impl(int, View, int, Code&) override {}
    void on_body_init_impl(const boost::optional<std::uint64_t>&, Code&) override {}
    std::size_t on_body_impl(View body, Code&) override { return body.size(); }
    void on_chunk_header_impl(std::uint64_t, View, Code&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, View body, Code&) override { return body.size(); }
    void on_finish_impl(Code&) override {}

    RequestHead& m_head;
};

struct Counted {
    int count = 0;
    std::string_view value;
};
void note(Counted& counted, std::string_view value) {
    ++counted.count;
    counted.value = value;
}

Result<std::uint64_t> readLength(std::string_view text) {
    std::uint64_t length = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
    if (error != std::errc{} || end != text.data() + text.size()) return malformed("Content-Length is not a number");
    return length;
}

}  // namespace

std::string_view RequestHead::header(std::string_view name) const {
    for (const auto& [key, value] : headers)
        if (key.size() == name.size() && equalsIgnoreCase(key, name)) return value;
    return {};
}

Result<std::size_t> HeadReader::read(std::string_view bytes, Head& head) {
    if (auto scanned = scan(bytes); !scanned) return fail(std::move(scanned.error()));
    if (!m_scan.complete) return 0;
    head = Head{};
    if (auto read = interpret(bytes.substr(m_scan.start, m_scan.seen - m_scan.start), head); !read)
        return fail(std::move(read.error()));
    return m_scan.seen;
}

Result<void> HeadReader::scan(std::string_view bytes) {
    Scan& s = m_scan;
    while (s.seen < bytes.size() && !s.complete) {
        const auto c = static_cast<unsigned char>(bytes[s.seen]);
        if (s.seen >= m_limits.head_bytes) return fail(ErrorCode::HeadersTooLarge, "the head is too large");
        if (s.at == At::LineFeed) {
            if (c != '\n') return malformed("a CR without LF");
            const bool empty = s.seen == s.lineStart + 1;
            if (!empty)
                ++s.lines;
            else if (s.lines > 0)
                s.complete = true;
            else if (s.seen == 1)
                s.start = 2;  // RFC 9112 §2.2: one empty line before a request is passed over
            else
                return malformed("no request line");
            if (s.lines > m_limits.headers + 1) return fail(ErrorCode::HeadersTooLarge, "too many headers");
            s.at = At::LineStart;
            s.lineStart = ++s.seen;
            continue;
        }
        if (c == '\r') {
            // Within a line, a CR may only follow what is a whole line.
            if (s.at != At::LineStart && s.at != At::Value && s.at != At::Version)
                return malformed("a line ends too early");
            s.at = At::LineFeed;
            ++s.seen;
            continue;
        }
        if (c == '\n') return malformed("an LF without CR");
        if ((c < 0x20 && c != '\t') || c == 0x7f) return malformed("a control character in the head");
        switch (s.at) {
            case At::LineStart:
                if (!tokenCharacters[c])
                    return malformed(c == ' ' || c == '\t' ? "a folded line" : "a line that starts with no token");
                s.at = s.lines == 0 ? At::Method : At::Name;
                break;
            case At::Method:
                if (c == ' ') {
                    s.at = At::Target;
                    s.targetStart = s.seen + 1;
                } else if (!tokenCharacters[c] || s.seen - s.lineStart >= 32) {
                    return malformed("the method is not valid");
                }
                break;
            case At::Target:
                if (c == ' ') {
                    if (s.seen == s.targetStart) return malformed("no target");
                    s.at = At::Version;
                } else if (c < 0x21 || c > 0x7e || c == '#') {
                    return malformed("the target holds a character that must be escaped");
                } else if (s.seen - s.targetStart >= m_limits.target_bytes) {
                    return fail(ErrorCode::UriTooLong, "the target is too long");
                }
                break;
            case At::Version:
                if (c == ' ' || c == '\t') return malformed("the version is not valid");
                break;
            case At::Name:
                if (c == ':')
                    s.at = At::Value;
                else if (!tokenCharacters[c])
                    return malformed("a header's name is not a token");
                break;
            case At::Value: break;
            case At::LineFeed: Q_UNREACHABLE();
        }
        ++s.seen;
    }
    return {};
}

Result<void> HeadReader::interpret(std::string_view bytes, Head& head) const {
    RequestHead& request = head.request;
    request.headers.reserve(16);
    Reading parser{request};
    parser.header_limit(static_cast<std::uint32_t>(bytes.size() + 1));
    parser.body_limit(boost::none);
    beast::error_code error;
    const std::size_t used = parser.put(boost::asio::const_buffer{bytes.data(), bytes.size()}, error);
    if (error) return fail(ErrorCode::RequestMalformed, error.message());
    if (used != bytes.size() || !parser.is_header_done()) return malformed("the head is not well-formed");

    Counted host, length, encoding, expectation;
    for (const auto& [name, value] : request.headers) {
        switch (name.size()) {
            case 4:
                if (equalsIgnoreCase(name, "host")) note(host, value);
                break;
            case 6:
                if (equalsIgnoreCase(name, "expect")) note(expectation, value);
                break;
            case 14:
                if (equalsIgnoreCase(name, "content-length")) note(length, value);
                break;
            case 17:
                if (equalsIgnoreCase(name, "transfer-encoding")) note(encoding, value);
                break;
            default: break;
        }
    }
    // Before Host and target, so that nobody is told anything about a request whose end is in doubt.
    if (length.count > 1) return malformed("more than one Content-Length");
    if (encoding.count > 0) {
        if (length.count > 0) return malformed("Content-Length with Transfer-Encoding");
        if (encoding.count > 1 || !equalsIgnoreCase(encoding.value, "chunked"))
            return malformed("the only Transfer-Encoding is chunked");
        if (parser.version < 11) return malformed("Transfer-Encoding in HTTP/1.0");
        head.chunked = true;
        request.hasBody = true;
    }
    if (length.count == 1) {
        const auto number = readLength(length.value);
        if (!number) return fail(number.error());
        request.contentLength = *number;
        request.hasBody = *number > 0;
    }
    if (host.count != 1) return malformed(host.count == 0 ? "no Host" : "more than one Host");
    auto name = hostName(host.value);
    if (!name) return malformed("Host is not valid");
    request.host = std::move(*name);
    if (auto target = readTarget(request, host.value); !target) return target;

    head.keepAlive = parser.keep_alive();
    head.isOld = parser.version < 11;
    // RFC 9110 §10.1.1: an expectation in HTTP/1.0 is ignored.
    if (expectation.count > 0 && parser.version >= 11) {
        if (expectation.count > 1 || !equalsIgnoreCase(expectation.value, "100-continue"))
            return fail(ErrorCode::ExpectationFailed, "the only expectation is 100-continue");
        head.expectsContinue = request.hasBody;
    }
    return {};
}

}  // namespace postroom::http
