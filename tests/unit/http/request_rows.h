// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Requests as they come on the wire, and the one verdict each deserves: read by the pure readers and by a real server,
// whole and byte by byte.

#include <string>
#include <vector>

namespace postroom::http::test {

struct RequestRow {
    const char* name;
    std::string raw;
    int status;   // 200: taken
    bool closes;  // the connection can't be used afterwards
};

// What the tests' server serves: any path, bodies up to this size, these names.
inline constexpr std::uint64_t bodyLimit_bytes = 1000;
inline const std::vector<std::string> servedNames{"mail.example", "*"};

inline std::string get(const std::string& target) {
    return "GET " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
}
inline std::string withHeaders(const std::string& headers) {
    return "GET / HTTP/1.1\r\n" + headers + "\r\n";
}
inline std::string post(const std::string& headers, const std::string& body) {
    return "POST / HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n" + body;
}
inline std::string chunked(const std::string& body) {
    return post("Transfer-Encoding: chunked\r\n", body);
}
inline std::string manyHeaders(int count) {
    std::string headers = "Host: localhost\r\n";
    for (int i = 1; i < count; ++i) headers += "X-" + std::to_string(i) + ": y\r\n";
    return headers;
}

inline std::vector<RequestRow> requestRows() {
    using namespace std::string_literals;
    const std::string host = "Host: localhost\r\n";
    return {
        // Well-formed.
        {"the smallest", get("/"), 200, false},
        {"no space after the colons", "GET / HTTP/1.1\r\nHost:localhost\r\nA:b\r\n\r\n", 200, false},
        {"empty line in front", "\r\n" + get("/"), 200, false},
        {"a header of high bytes", withHeaders(host + "X-Name: caf\xc3\xa9\r\n"), 200, false},
        {"an empty header", withHeaders(host + "X-Empty:\r\n"), 200, false},
        {"asterisk", "OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n", 200, false},
        {"absolute form", get("http://localhost/x?y=1"), 200, false},
        {"an unknown method", "BREW / HTTP/1.1\r\nHost: localhost\r\n\r\n", 200, false},
        {"trace", "TRACE / HTTP/1.1\r\nHost: localhost\r\n\r\n", 200, false},
        {"connect", "CONNECT localhost:80 HTTP/1.1\r\nHost: localhost\r\n\r\n", 200, false},
        {"http 1.0", "GET / HTTP/1.0\r\nHost: localhost\r\n\r\n", 200, true},
        {"http 1.0 kept alive", "GET / HTTP/1.0\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n", 200, false},
        {"connection close", withHeaders(host + "Connection: close\r\n"), 200, true},
        {"connection close among others", withHeaders(host + "Connection: x, CLOSE\r\n"), 200, true},
        {"a body", post("Content-Length: 5\r\n", "hello"), 200, false},
        {"an empty body", post("Content-Length: 0\r\n", ""), 200, false},
        {"leading zeros in the length", post("Content-Length: 0005\r\n", "hello"), 200, false},
        {"a body of just the limit", post("Content-Length: 1000\r\n", std::string(1000, 'x')), 200, false},
        {"as many headers as allowed", withHeaders(manyHeaders(100)), 200, false},
        {"a target of just the limit", get("/" + std::string(8191, 'x')), 200, false},
        {"an escaped path", get("/%E4%BD%A0%20x"), 200, false},
        {"nearly anything in the query", get("/?q={\"a\"|b}%zz%00"), 200, false},

        // Chunked.
        {"chunked", chunked("5\r\nhello\r\n0\r\n\r\n"), 200, false},
        {"chunked, any case", post("transfer-encoding: Chunked\r\n", "5\r\nhello\r\n0\r\n\r\n"), 200, false},
        {"chunked, several and upper case", chunked("A\r\n0123456789\r\n1\r\nx\r\n0\r\n\r\n"), 200, false},
        {"chunked, empty", chunked("0\r\n\r\n"), 200, false},
        {"chunked, extension", chunked("5;a=b;c=\"d e\"\r\nhello\r\n0;x\r\n\r\n"), 200, false},
        {"chunked, trailer", chunked("5\r\nhello\r\n0\r\nX-Sum: 1\r\nY: 2\r\n\r\n"), 200, false},
        {"chunked, sixteen digits", chunked("0000000000000005\r\nhello\r\n0\r\n\r\n"), 200, false},
        {"chunked, seventeen digits", chunked("00000000000000005\r\nhello\r\n0\r\n\r\n"), 400, true},
        {"chunk size -2", chunked("-2\r\nhello\r\n0\r\n\r\n"), 400, true},
        {"chunk size +5", chunked("+5\r\nhello\r\n0\r\n\r\n"), 400, true},
        {"chunk size 0x5", chunked("0x5\r\nhello\r\n0\r\n\r\n"), 400, true},
        {"chunk size 2^64", chunked("10000000000000000\r\nhello\r\n0\r\n\r\n"), 400, true},
        {"chunk size 2^64-1", chunked("ffffffffffffffff\r\nhello\r\n0\r\n\r\n"), 400, true},
        {"chunk size 2^63", chunked("8000000000000000\r\nhello\r\n0\r\n\r\n"), 400, true},
        {"chunk size 2^31", chunked("80000000\r\nhello\r\n0\r\n\r\n"), 400, true},
        {"chunk size beyond the limit", chunked("3e9\r\nhello"), 413, true},
        {"chunks beyond the limit", chunked("3e8\r\n" + std::string(1000, 'x') + "\r\n1\r\nx\r\n0\r\n\r\n"), 413, true},
        {"chunks up to the limit", chunked("3e8\r\n" + std::string(1000, 'x') + "\r\n0\r\n\r\n"), 200, false},
        {"no chunk size", chunked("\r\nhello\r\n0\r\n\r\n"), 400, true},
        {"space before a chunk size", chunked(" 5\r\nhello\r\n0\r\n\r\n"), 400, true},
        {"space after a chunk size", chunked("5 \r\nhello\r\n0\r\n\r\n"), 400, true},
        {"lone LF after a chunk size", chunked("5\nhello\r\n0\r\n\r\n"), 400, true},
        {"lone LF in a chunk extension", chunked("5;a\nhello\r\n0\r\n\r\n"), 400, true},
        {"lone CR in a chunk extension", chunked("5;a\rb\r\nhello\r\n0\r\n\r\n"), 400, true},
        {"long chunk extension", chunked("5;" + std::string(257, 'a') + "\r\nhello\r\n0\r\n\r\n"), 400, true},
        {"wrong bytes after a chunk", chunked("5\r\nhelloXX0\r\n\r\n"), 400, true},
        {"lone LF after a chunk", chunked("5\r\nhello\n0\r\n\r\n"), 400, true},
        {"lone LF at the end", chunked("5\r\nhello\r\n0\r\n\n"), 400, true},
        {"lone LF in a trailer", chunked("0\r\nX: y\n\r\n"), 400, true},
        {"folded trailer", chunked("0\r\nX: y\r\n z\r\n\r\n"), 400, true},
        {"no colon in a trailer", chunked("0\r\nX\r\n\r\n"), 400, true},
        {"long trailers", chunked("0\r\nX: " + std::string(5000, 'y') + "\r\n\r\n"), 431, true},

        // Where a request ends.
        {"CL and TE", post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400, true},
        {"TE and CL", post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n"), 400, true},
        {"two CL", post("Content-Length: 5\r\nContent-Length: 6\r\n", "hello"), 400, true},
        {"two equal CL", post("Content-Length: 5\r\nContent-Length: 5\r\n", "hello"), 400, true},
        {"CL as a list", post("Content-Length: 5, 5\r\n", "hello"), 400, true},
        {"CL +5", post("Content-Length: +5\r\n", "hello"), 400, true},
        {"CL -5", post("Content-Length: -5\r\n", "hello"), 400, true},
        {"CL 0x5", post("Content-Length: 0x5\r\n", "hello"), 400, true},
        {"CL empty", post("Content-Length:\r\n", "hello"), 400, true},
        {"CL with a space inside", post("Content-Length: 5 0\r\n", "hello"), 400, true},
        {"CL 2^64", post("Content-Length: 18446744073709551616\r\n", "hello"), 400, true},
        {"CL 2^64-1", post("Content-Length: 18446744073709551615\r\n", "hello"), 413, true},
        {"CL beyond the limit", post("Content-Length: 1001\r\n", ""), 413, true},
        {"TE xchunked", post("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"), 400, true},
        {"TE gzip", post("Transfer-Encoding: gzip\r\n", ""), 400, true},
        {"TE gzip, chunked", post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"), 400, true},
        {"TE chunked, gzip", post("Transfer-Encoding: chunked, gzip\r\n", "0\r\n\r\n"), 400, true},
        {"TE chunked, chunked", post("Transfer-Encoding: chunked, chunked\r\n", "0\r\n\r\n"), 400, true},
        {"TE chunked twice", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400,
         true},
        {"TE identity", post("Transfer-Encoding: identity\r\n", ""), 400, true},
        {"TE quoted", post("Transfer-Encoding: \"chunked\"\r\n", "0\r\n\r\n"), 400, true},
        {"TE with a parameter", post("Transfer-Encoding: chunked;q=1\r\n", "0\r\n\r\n"), 400, true},
        {"TE empty", post("Transfer-Encoding:\r\n", ""), 400, true},
        {"TE in HTTP/1.0", "POST / HTTP/1.0\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400,
         true},
        {"space before the colon", post("Content-Length : 5\r\n", "hello"), 400, true},
        {"tab before the colon", post("Transfer-Encoding\t: chunked\r\n", "0\r\n\r\n"), 400, true},
        {"vertical tab in TE", post("Transfer-Encoding: \vchunked\r\n", "0\r\n\r\n"), 400, true},
        {"folded header", withHeaders(host + "X: a\r\n b\r\n"), 400, true},
        {"first header folded", withHeaders(" " + host), 400, true},
        {"header without a colon", withHeaders(host + "Nonsense\r\n"), 400, true},
        {"header without a name", withHeaders(host + ": x\r\n"), 400, true},
        {"lone LF after the request line", "GET / HTTP/1.1\nHost: localhost\r\n\r\n", 400, true},
        {"lone LF after a header", "GET / HTTP/1.1\r\nHost: localhost\nX: y\r\n\r\n", 400, true},
        {"lone LF as the end", "GET / HTTP/1.1\r\nHost: localhost\r\n\n", 400, true},
        {"lone CR in a header", withHeaders(host + "X: a\rb\r\n"), 400, true},
        {"lone CR in the request line", "GET / HTTP/1.1\rHost: localhost\r\n\r\n", 400, true},
        {"two CR", "GET / HTTP/1.1\r\r\nHost: localhost\r\n\r\n", 400, true},
        {"NUL in a header", withHeaders(host + "X: a\0b\r\n"s), 400, true},
        {"NUL in the target", get("/a\0b"s), 400, true},
        {"NUL in a name", withHeaders(host + "X\0: b\r\n"s), 400, true},
        {"two empty lines in front", "\r\n\r\n" + get("/"), 400, true},

        // The request line.
        {"version 0.9", "GET /\r\n\r\n", 400, true},
        {"version 1.2", "GET / HTTP/1.2\r\nHost: localhost\r\n\r\n", 400, true},
        {"version 2.0", "GET / HTTP/2.0\r\nHost: localhost\r\n\r\n", 400, true},
        {"the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, true},
        {"version in lower case", "GET / http/1.1\r\nHost: localhost\r\n\r\n", 400, true},
        {"space after the version", "GET / HTTP/1.1 \r\nHost: localhost\r\n\r\n", 400, true},
        {"two spaces", "GET  / HTTP/1.1\r\nHost: localhost\r\n\r\n", 400, true},
        {"space in front", " GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", 400, true},
        {"a method that is no token", "GE(T / HTTP/1.1\r\nHost: localhost\r\n\r\n", 400, true},
        {"a long method", std::string(33, 'M') + " / HTTP/1.1\r\nHost: localhost\r\n\r\n", 400, true},
        {"a TLS hello", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"s, 400, true},
        {"relative target", get("x"), 400, true},
        {"target of another scheme", get("ftp://localhost/"), 400, true},
        {"target that names another host", get("http://elsewhere.example/"), 400, true},
        {"a fragment", get("/a#b"), 400, true},
        {"raw high bytes in the target", get("/caf\xc3\xa9"), 400, true},
        {"an escape cut short", get("/%4"), 400, true},
        {"an escape that is none", get("/%zz"), 400, true},
        {"an escaped NUL", get("/a%00b"), 400, true},
        {"an escaped slash", get("/a%2fb"), 400, true},
        {"an escaped line break", get("/a%0d%0ab"), 400, true},
        {"an escaped C1 control", get("/a%C2%85b"), 400, true},
        {"escapes that are no UTF-8", get("/%ff"), 400, true},
        {"an overlong slash", get("/%c0%af"), 400, true},
        {"a target beyond the limit", get("/" + std::string(8192, 'x')), 414, true},
        {"too many headers", withHeaders(manyHeaders(101)), 431, true},
        {"ten thousand headers", withHeaders(manyHeaders(10'000)), 431, true},
        {"a head beyond the limit", withHeaders(host + "X: " + std::string(32768, 'y') + "\r\n"), 431, true},

        // Host, origin, expectation.
        {"no Host", "GET / HTTP/1.1\r\n\r\n", 400, true},
        {"no Host in HTTP/1.0", "GET / HTTP/1.0\r\n\r\n", 400, true},
        {"two Hosts", withHeaders(host + host), 400, true},
        {"an empty Host", withHeaders("Host:\r\n"), 400, true},
        {"a Host with a path", withHeaders("Host: localhost/x\r\n"), 400, true},
        {"a Host with a user", withHeaders("Host: a@localhost\r\n"), 400, true},
        {"a Host list", withHeaders("Host: localhost, localhost\r\n"), 400, true},
        {"a port that is none", withHeaders("Host: localhost:80a\r\n"), 400, true},
        {"Host with a port", withHeaders("Host: LocalHost:8000\r\n"), 200, false},
        {"Host by loopback address", withHeaders("Host: 127.0.0.1:8000\r\n"), 200, false},
        {"Host by another loopback address", withHeaders("Host: 127.1.2.3\r\n"), 200, false},
        {"Host by IPv6 loopback", withHeaders("Host: [::1]:8000\r\n"), 200, false},
        {"an allowed Host", withHeaders("Host: MAIL.example\r\n"), 200, false},
        {"a foreign Host", withHeaders("Host: evil.example\r\n"), 421, false},
        {"a Host that begins like loopback", withHeaders("Host: 127.0.0.1.evil.example\r\n"), 421, false},
        {"a Host that is a star", withHeaders("Host: *\r\n"), 400, true},
        {"a foreign address", withHeaders("Host: 10.0.0.1\r\n"), 421, false},
        {"its own origin", withHeaders("Host: localhost:8000\r\nOrigin: http://localhost:8000\r\n"), 200, false},
        {"its own origin behind a proxy", withHeaders("Host: mail.example\r\nOrigin: https://mail.example\r\n"), 200,
         false},
        {"its own origin, port said", withHeaders("Host: mail.example:443\r\nOrigin: https://mail.example\r\n"), 200,
         false},
        {"an origin of another port", withHeaders("Host: localhost:8000\r\nOrigin: http://localhost:3000\r\n"), 403,
         false},
        {"a foreign origin", withHeaders(host + "Origin: http://evil.example\r\n"), 403, false},
        {"a null origin", withHeaders(host + "Origin: null\r\n"), 403, false},
        {"an empty origin", withHeaders(host + "Origin:\r\n"), 403, false},
        {"an origin of an extension", withHeaders(host + "Origin: chrome-extension://localhost\r\n"), 403, false},
        {"one good and one foreign origin",
         withHeaders(host + "Origin: http://localhost\r\nOrigin: http://evil.example\r\n"), 403, false},
        {"cross-site", withHeaders(host + "Sec-Fetch-Site: cross-site\r\n"), 403, false},
        {"same-origin", withHeaders(host + "Sec-Fetch-Site: same-origin\r\n"), 200, false},
        {"an unknown expectation", withHeaders(host + "Expect: 200-ok\r\n"), 417, true},
        {"two expectations", withHeaders(host + "Expect: 100-continue\r\nExpect: 100-continue\r\n"), 417, true},
        {"an expectation in HTTP/1.0", "GET / HTTP/1.0\r\nHost: localhost\r\nExpect: x\r\n\r\n", 200, true},
    };
}

}  // namespace postroom::http::test
