// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// An HTTP/1.1 server that knows nothing of mail.
//
// Lives in one thread with an event loop; every call is made there, and so is every call of the Port. Strict where
// leniency lets two parsers disagree about where a request ends (RFC 9112 §11.2); see head.h and chunks.h.

#include "engine/base/result.h"
#include "engine/base/secret.h"
#include "engine/http/message.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace postroom::http {

struct ServerSettings {
    std::string address = "127.0.0.1";  ///< an address or a name; "0.0.0.0" and "::" listen everywhere
    std::uint16_t port = 8000;          ///< 0 lets the system choose
    std::string tlsCertificate_pem;     ///< the chain, the server's own first; empty means no TLS
    Secret tlsKey_pem;
    /// Host names served besides loopback, the listen address and the address a connection came in on. "*" adds
    /// nothing.
    std::vector<std::string> allowedHosts;
    int maxConnections = 1024;  ///< those beyond are told 503; with TLS closed, a handshake being what is dear then
    int maxConnectionsPerAddress = 256;
    std::size_t headerLimit_bytes = 32768;
    std::size_t targetLimit_bytes = 8192;
    int headerCountLimit = 100;
    int pipelineLimit = 16;  ///< requests of one connection taken before the first is answered
    std::uint64_t bodyBudget_bytes = 64U << 20U;
    /// Of bodies each connection may hold beside the budget. Who sends nothing larger waits for nobody and keeps
    /// nobody waiting, so a Port that gives strangers no larger bodyLimit_bytes leaves the budget to its callers.
    std::uint64_t ownBody_bytes = 64U << 10U;
    std::chrono::milliseconds headerDeadline{10'000};  ///< from the first byte; from the accept for the first request
    std::chrono::milliseconds idleDeadline{60'000};
    std::chrono::milliseconds tlsDeadline{10'000};
    std::chrono::milliseconds writeDeadline{60'000};  ///< with no byte taken by the client
    std::chrono::milliseconds bodyWindow{5'000};      ///< over which the body's rate is judged
    std::uint64_t minimumBodyRate_bytesPerSecond = 1024;
    /// For a whole body, and as long again as its size takes at the rate below: above the least rate somebody could
    /// still drip for hours. Time in which the body is not read does not count.
    std::chrono::milliseconds bodyDeadline{30'000};
    std::uint64_t bodyRate_bytesPerSecond = 32U << 10U;
    std::chrono::milliseconds lingerDeadline{2'000};  ///< how long a refused client may go on sending unheard
    std::chrono::milliseconds tick{500};              ///< how often deadlines are looked at
};

class Server {
public:
    /// `port` outlives the server.
    Server(Port& port, ServerSettings settings);
    /// Drops every connection.
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    /// ConfigInvalid for an address or certificate that can't be used, Unavailable if the system refuses the port.
    [[nodiscard]] Result<void> listen();
    /// The port listened on, 0 if none.
    [[nodiscard]] std::uint16_t port() const;
    [[nodiscard]] int connections() const;
    /// Connections made from now on get this certificate; on an error (ConfigInvalid) the old one stays.
    [[nodiscard]] Result<void> reloadTls(std::string certificate_pem, Secret key_pem);
    /// Stops accepting, closes idle connections at once, lets what has begun finish (with `Connection: close`) until
    /// `grace` is over, then calls `done` once. Never calls it before it returned.
    void stop(std::chrono::milliseconds grace, std::function<void()> done);

private:
    class Listener;
    std::shared_ptr<Connections> m_connections;  // shared: responders look into it, weakly
    std::unique_ptr<Listener> m_listener;
};

}  // namespace postroom::http
