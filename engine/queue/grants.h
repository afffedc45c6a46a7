// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Access to mail accounts as their providers grant it (OAuth 2.0): from a person's consent to the access token that an
// account logs in with.
//
// Lives in the web thread; every function may be called from any thread and goes there by itself. A refresh token is
// sealed in the account's row, an access token stands in memory alone. It is renewed five minutes before it ends, with
// one request at a time for an account; a refresh token that the provider replaces is committed before the access token
// beside it is used.

#include "engine/base/worker.h"
#include "engine/contract/oauth.h"
#include "engine/queue/ticket.h"
#include "engine/security/vault.h"
#include "engine/store/records.h"
#include "engine/store/writer.h"
#include "engine/web/grant_answer.h"
#include "engine/web/provider.h"

#include <functional>
#include <memory>
#include <QTimer>
#include <semaphore>
#include <string>
#include <unordered_map>
#include <vector>

namespace postroom::queue {

class Grants {
public:
    /// All of it outlives the grants.
    struct Parts {
        Worker& web;
        store::Writer& writer;
        const security::Vault& vault;
        const Clock& clock;
    };
    /// Who asks for access to what.
    struct Application {
        Id account;
        std::string email;
        std::string provider;
        std::string actor;  ///< for the audit
    };
    using Authorization = contract::AccountAuthorization;
    using Answered = std::function<void(Result<Authorization>)>;

    Grants(Parts parts, std::vector<web::Provider> providers, web::OutboundLimits limits = {});
    /// Stops first if nobody did.
    ~Grants();
    Grants(const Grants&) = delete;
    Grants& operator=(const Grants&) = delete;

    /// Before anything else: who is told of each ticket, and of an account whose row an authorization has changed. Both
    /// are called in the web thread.
    void tell(std::function<void(const Id&, Ticket)> issued);
    void tellAuthorized(std::function<void(const Id&)> authorized);

    /// The accounts' rows as they are now. What is known of an account stays while its provider and its authorization
    /// are the same.
    void follow(std::vector<store::AccountRecord> rows);
    /// The account's server refused the token it was given last: another one is asked for.
    void refused(const Id& account);
    /// A person put something right: who has no token asks for one now.
    void retry(const Id& account);
    /// `then` runs in the web thread.
    void look(const Id& account, std::function<void(Ticket)> then);

    /// Asks the provider for a device code; from then on it is asked, in its interval, whether somebody has consented.
    /// One that was pending for the account is given up. ValidationFailed: oauth.not_configured, oauth.no_device_code
    /// or the provider's refusal; NetworkFailed.
    void begin(Application application, Answered then);
    /// Tries a refresh token and keeps it. As begin(), with oauth.grant_invalid for one that is no good.
    void take(Application application, Secret refreshToken, Answered then);
    /// Where the account's authorization stands; nothing of one that was never begun here.
    void progress(const Id& account, std::function<void(std::optional<Authorization>)> then);
    /// Gives up what is pending.
    void cancel(const Id& account, std::function<void()> then);

    /// Asks nothing new and waits for what is under way, since its answer may hold the only good refresh token. Not
    /// from the web thread.
    void stop(std::chrono::milliseconds grace);

private:
    /// What is known of an account.
    struct Held {
        std::string email;
        std::string provider;
        bool isActive = true;
        TimePoint authorizedAt{};
        std::string sealed;  ///< the refresh token as the row has it
        Secret refresh;
        Ticket ticket;
        TimePoint endsAt{};  ///< of the ticket's token
        TimePoint askAt{};   ///< when the provider is asked; epoch: it is not
        int failures = 0;    ///< in a row
        bool isAsked = false;
        std::uint64_t serial = 0;  ///< of the authorization: answers to an earlier one are dropped
    };
    /// A consent that is waited for, or how it ended.
    struct Consent {
        Application application;
        web::DeviceCode code;
        Authorization shown;
        std::chrono::seconds interval{};
        TimePoint expiresAt{};
        TimePoint askAt{};
        bool isAsked = false;
        std::uint64_t serial = 0;
    };

    void takeRow(const store::AccountRecord& row);
    void ask(const Id& account);
    void onTokens(const Id& account, std::uint64_t serial, const Result<web::Answer>& answer);
    void onRefused(const Id& account, Held& held, web::Refused refused);
    /// Commits a refresh token that replaces another, then `then`.
    void keep(const Id& account, std::function<void()> then);
    void issue(const Id& account, Held& held, Ticket ticket);
    void setTokens(Held& held, web::Tokens tokens);

    void askConsent(Consent& consent);
    void onConsent(const Id& account, std::uint64_t serial, const Result<web::Answer>& answer);
    /// The provider gave tokens: they are committed with the audit's row, and are in force.
    void grant(const Application& application, web::Tokens tokens, const Answered& then);
    void settle(const Id& account, const Result<Authorization>& result);

    void tick();
    void arm();
    /// A request to a provider that stop() waits for.
    void post(const web::Site& site, const Secret& form, web::Outbound::Done done);
    void ended();

    const Parts m_parts;
    const std::vector<web::Provider> m_providers;
    std::function<void(const Id&, Ticket)> m_issued;
    std::function<void(const Id&)> m_authorized;
    // In the web thread alone.
    std::unique_ptr<web::Outbound> m_outbound;
    std::unique_ptr<QTimer> m_timer;
    std::unordered_map<Id, Held> m_held;
    std::unordered_map<Id, Consent> m_consents;
    std::uint64_t m_serial = 0;
    int m_underWay = 0;  ///< requests and commits
    bool m_stopping = false;
    std::counting_semaphore<> m_idle{0};
};

}  // namespace postroom::queue
