// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The carrier for a window that has the engine inside: the same request goes straight into the router, as local-admin.
//
// No connection stands for such a call, so the stop can't wait for one: it waits for the calls' tickets
// (calls_under_way.h). A call that is under way when the transport dies ends with Error{Stopping} there and then, as on
// the other carrier: a long poll would come back up to 25 s later, to a window that has gone.

#include "engine/api/services.h"
#include "engine/client/transport.h"

namespace postroom::api {

class InProcessTransport final : public client::Transport {
public:
    /// `services` and `api` outlive it.
    InProcessTransport(Services& services, Worker& api);
    ~InProcessTransport() override;
    InProcessTransport(const InProcessTransport&) = delete;
    InProcessTransport& operator=(const InProcessTransport&) = delete;
    void send(client::ClientRequest request, Done done) override;
    [[nodiscard]] std::string describe() const override { return "the engine in this program"; }

private:
    class Calls;
    struct Waiting;

    Services& m_services;
    Worker& m_api;
    std::shared_ptr<Calls> m_calls;  // shared with the calls, which may end after the transport
};

}  // namespace postroom::api
