// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Requests to an engine somewhere else, over HTTP or HTTPS. Logs in before the first request and again after a 401.
//
// Lives in the thread that made it, which needs an event loop; send() may be called from any. What is under way when it
// dies ends with Error{Stopping}.

#include "engine/client/login.h"

#include <chrono>
#include <memory>

namespace postroom::client {

class HttpTransport final : public Transport {
public:
    struct Options {
        std::string url;  ///< http(s)://host[:port], nothing behind it
        std::string fingerprint =
            {};  ///< SHA-256 in hex (colons allowed): the only certificate trusted; empty: the system's trust
        Credentials credentials = NoCredentials{};
        /// For one request from first byte to last; bodies above 1 MiB get a second more for each.
        std::chrono::milliseconds timeout = std::chrono::seconds(30);
        std::size_t longestReply_bytes = 64u << 20;
    };

    /// ConfigInvalid for a URL or fingerprint that is none.
    [[nodiscard]] static Result<std::unique_ptr<HttpTransport>> make(Options options);
    ~HttpTransport() override;
    HttpTransport(const HttpTransport&) = delete;
    HttpTransport& operator=(const HttpTransport&) = delete;

    void send(ClientRequest request, Done done) override;
    [[nodiscard]] std::string describe() const override;

private:
    class Line;
    explicit HttpTransport(std::unique_ptr<Line> line);
    std::unique_ptr<Line> m_line;
};

}  // namespace postroom::client
