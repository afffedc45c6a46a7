// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Tries an account without sending anything to anybody: connect, TLS, greeting, EHLO, STARTTLS, login, QUIT.
//
// Lives in a thread with an event loop; ends within 30 s.

#include "engine/base/clock.h"
#include "engine/smtp/endpoint.h"
#include "engine/smtp/transaction.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace postroom::smtp {

struct ProbeStep {
    Stage stage = Stage::Connect;
    bool ok = false;
    std::chrono::milliseconds took{0};
    std::string detail{};  ///< "127.0.0.1:587", "TLSv1.3 TLS_AES_256_GCM_SHA384", the greeting, the trouble...
};

/// The server's own certificate, also where it was refused.
struct ProbeCertificate {
    std::string subject{};
    std::string issuer{};
    std::string sha256{};  ///< hex, lower case
    TimePoint expiresAt{};
};

struct ProbeReport {
    bool ok = false;
    Stage stage = Stage::Connect;     ///< Done, or where it ended
    Trouble trouble = Trouble::None;  ///< None if ok
    Reply reply{};
    std::string detail{};
    std::vector<ProbeStep> steps{};  ///< in the order they were taken; the last one failed unless ok
    std::optional<ProbeCertificate> certificate{};
    std::vector<std::string> transcript{};  ///< no secrets
    std::chrono::milliseconds took{0};
};

class Probe {
public:
    using Done = std::function<void(ProbeReport)>;

    /// Starts at once. `done` runs once, from the event loop; it may destroy the probe. A destroyed probe stays silent.
    Probe(Endpoint endpoint, const Clock& clock, Done done);
    ~Probe();
    Probe(const Probe&) = delete;
    Probe& operator=(const Probe&) = delete;

private:
    class Walk;
    std::unique_ptr<Walk> m_walk;
};

}  // namespace postroom::smtp
