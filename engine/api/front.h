// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The API's face towards HTTP: who may come in, what they ask, and how the answer is dressed.
//
// Lives in the api thread. Large bodies are parsed and composed in the heavy thread; answers that come from other
// threads return in batches. A request that is refused is refused on its head alone, before its body is read.

#include "engine/api/router.h"
#include "engine/api/services.h"
#include "engine/base/mailbox.h"

namespace postroom::api {

class Front final : public http::Port {
public:
    Front(Services& services, Worker& api, Worker& heavy);

    http::Admission admit(const http::RequestHead& head) override;
    void handle(http::Request request, http::Responder responder) override;
    http::Response refuse(ErrorCode code, std::string_view detail, const http::RequestHead* head) override;
    void answered(const http::RequestHead& head, int status, std::chrono::microseconds took) override;

private:
    struct Admitted;
    struct Completion {
        http::Responder responder;
        http::Response response;
    };
    [[nodiscard]] http::Response failure(const Error& error, const std::string& requestId,
                                         std::string_view accept) const;

    Services& m_services;
    Worker& m_api;
    Worker& m_heavy;
    Mailbox<Completion> m_completions;
    http::Networks m_metricsAllow;
    http::Networks m_proxies;
};

}  // namespace postroom::api
