// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The carrier for a window that has the engine inside: the same request goes straight into the router, as local-admin.
//
// No connection stands for such a call, so the stop can't wait for one: it waits for the calls' tickets
// (calls_under_way.h).

#include "engine/api/services.h"
#include "engine/client/transport.h"

namespace postroom::api {

class InProcessTransport final : public client::Transport {
public:
    /// `services` and `api` outlive it.
    InProcessTransport(Services& services, Worker& api) : m_services(services), m_api(api) {}
    void send(client::ClientRequest request, Done done) override;
    [[nodiscard]] std::string describe() const override { return "the engine in this program"; }

private:
    Services& m_services;
    Worker& m_api;
};

}  // namespace postroom::api
