// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/policy/reason.h"
#include "engine/queue/grants.h"
#include "engine/store/accounts.h"
#include "engine/store/audit.h"

#include <algorithm>
#include <QLoggingCategory>

namespace postroom::queue {

using namespace std::chrono_literals;

namespace {

Q_LOGGING_CATEGORY(log, "postroom.queue")

Error asError(const web::Refused& refused, std::string field) {
    if (refused.why == web::Refusal::Unavailable) return {.code = ErrorCode::NetworkFailed, .detail = refused.detail};
    std::string detail = refused.detail;
    // The device code of one large provider gives no access to mail at all.
    if (refused.why == web::Refusal::ScopeInvalid && field == "provider")
        detail += "; get a refresh token another way and hand it in: see the handbook's page on accounts";
    return invalidField(std::move(field), std::string(web::name(refused.why)), std::move(detail));
}

Error notConfigured(const std::string& provider) {
    return invalidField("provider", "oauth.not_configured",
                        std::string(web::clientIdSetting(provider)) +
                            " is not set: register an application with the provider, see the handbook's page on "
                            "accounts");
}

// The word for how a consent ended.
std::string_view stateAfter(web::Refusal why) {
    if (why == web::Refusal::Denied) return "denied";
    return why == web::Refusal::CodeExpired ? "expired" : "failed";
}

}  // namespace

void Grants::begin(Application application, Answered then) {
    m_parts.web.post([this, application = std::move(application), then = std::move(then)] {
        if (m_stopping) return then(fail(ErrorCode::Stopping));
        const web::Provider* provider = web::providerNamed(m_providers, application.provider);
        if (!provider) return then(fail(notConfigured(application.provider)));
        if (!provider->devices)
            return then(fail(invalidField("provider", "oauth.no_device_code",
                                          "OAUTH_GENERIC_DEVICE_URL is not set: hand in a refresh token instead")));
        // Whoever asked before is answered no more; what comes for it is dropped by its serial.
        m_consents.erase(application.account);
        const std::uint64_t serial = ++m_serial;
        post(*provider->devices, web::deviceRequest(*provider),
             [this, application, then, serial](const Result<web::Answer>& answer) {
                 auto code = web::readDeviceCode(answer);
                 if (!code) return then(fail(asError(code.error(), "provider")));
                 const TimePoint now = m_parts.clock.now();
                 Consent consent{.application = application,
                                 .code = std::move(*code),
                                 .shown = {},
                                 .interval = {},
                                 .expiresAt = {},
                                 .askAt = {},
                                 .serial = serial};
                 consent.interval = consent.code.interval;
                 consent.expiresAt = now + consent.code.lasts;
                 consent.askAt = now + consent.interval;
                 consent.shown = {.state = "pending",
                                  .provider = application.provider,
                                  .userCode = consent.code.userCode,
                                  .verificationUri = consent.code.verificationUri,
                                  .verificationUriComplete = consent.code.verificationUriComplete,
                                  .expiresAt = consent.expiresAt,
                                  .interval_ms = Milliseconds{consent.interval}.count()};
                 Authorization shown = consent.shown;
                 m_consents.insert_or_assign(application.account, std::move(consent));
                 arm();
                 then(std::move(shown));
             });
    });
}

void Grants::take(Application application, Secret refreshToken, Answered then) {
    m_parts.web.post(
        [this, application = std::move(application), token = std::move(refreshToken), then = std::move(then)] {
            if (m_stopping) return then(fail(ErrorCode::Stopping));
            const web::Provider* provider = web::providerNamed(m_providers, application.provider);
            if (!provider) return then(fail(notConfigured(application.provider)));
            m_consents.erase(application.account);
            post(provider->tokens, web::refreshRequest(*provider, token),
                 [this, application, token, then](const Result<web::Answer>& answer) {
                     auto tokens = web::readTokens(answer);
                     if (!tokens) {
                         tokens.error().detail = web::without(std::move(tokens.error().detail), {token.reveal()});
                         return then(fail(asError(tokens.error(), "refresh_token")));
                     }
                     if (tokens->refresh.empty()) tokens->refresh = token;
                     grant(application, std::move(*tokens), then);
                 });
        });
}

void Grants::progress(const Id& account, std::function<void(std::optional<Authorization>)> then) {
    m_parts.web.post([this, account, then = std::move(then)] {
        const auto at = m_consents.find(account);
        if (at == m_consents.end()) return then({});
        then(at->second.shown);
    });
}

void Grants::cancel(const Id& account, std::function<void()> then) {
    m_parts.web.post([this, account, then = std::move(then)] {
        m_consents.erase(account);
        then();
    });
}

void Grants::askConsent(Consent& consent) {
    const TimePoint now = m_parts.clock.now();
    if (consent.askAt == TimePoint{} || consent.askAt > now || consent.isAsked) return;
    const web::Provider* provider = web::providerNamed(m_providers, consent.application.provider);
    if (!provider) return;
    consent.isAsked = true;
    consent.askAt = {};
    post(provider->tokens, web::deviceTokenRequest(*provider, consent.code.code),
         [this, account = consent.application.account, serial = consent.serial](const Result<web::Answer>& answer) {
             onConsent(account, serial, answer);
         });
}

void Grants::onConsent(const Id& account, std::uint64_t serial, const Result<web::Answer>& answer) {
    const auto at = m_consents.find(account);
    if (at == m_consents.end() || at->second.serial != serial) return;
    Consent& consent = at->second;
    consent.isAsked = false;
    auto tokens = web::readTokens(answer);
    if (tokens && tokens->refresh.empty())
        tokens = tl::unexpected(
            web::Refused{.why = web::Refusal::ScopeInvalid,
                         .detail = "the provider gave no refresh token: the scope has to ask for offline access"});
    if (tokens)
        return grant(consent.application, std::move(*tokens), [this, account, serial](Result<Authorization> result) {
            const auto now = m_consents.find(account);
            if (now != m_consents.end() && now->second.serial == serial) settle(account, result);
        });

    const web::Refused& refused = tokens.error();
    const TimePoint now = m_parts.clock.now();
    if (web::passes(refused.why) && now < consent.expiresAt) {
        // RFC 8628 §3.5: five seconds more for ever; and where nobody answers, twice as long each time.
        if (refused.why == web::Refusal::SlowDown)
            consent.interval += 5s;
        else if (refused.why != web::Refusal::Pending)
            consent.interval = std::min<std::chrono::seconds>(consent.interval * 2, 1min);
        consent.shown.interval_ms = Milliseconds{consent.interval}.count();
        consent.askAt = std::min(now + consent.interval, consent.expiresAt);
        return arm();
    }
    const web::Refusal why = web::passes(refused.why) ? web::Refusal::CodeExpired : refused.why;
    consent.shown = {.state = std::string(stateAfter(why)),
                     .provider = consent.application.provider,
                     .reason = std::string(web::name(why)),
                     .detail = web::without(refused.detail, {consent.code.code.reveal()})};
    qCWarning(log, "account %s was not authorized: %s", consent.application.email.c_str(),
              consent.shown.reason.c_str());
}

void Grants::settle(const Id& account, const Result<Authorization>& result) {
    Consent& consent = m_consents.at(account);
    if (result)
        consent.shown = *result;
    else
        consent.shown = {.state = "failed",
                         .provider = consent.application.provider,
                         .reason = std::string(wireName(result.error().code)),
                         .detail = result.error().detail};
}

void Grants::grant(const Application& application, web::Tokens tokens, const Answered& then) {
    const Id account = application.account;
    auto sealed = m_parts.vault.seal(tokens.refresh, account.text(), "refresh_token");
    if (!sealed) return then(fail(sealed.error()));
    const TimePoint now = m_parts.clock.now();
    ++m_underWay;
    m_parts.writer.submit(store::Write{
        [application, sealed = *sealed, now](store::Transaction& transaction) -> Result<void> {
            auto authorized =
                store::accounts::authorize(transaction, application.account, application.provider, sealed, now);
            if (!authorized) return authorized;
            return store::audit::append(transaction,
                                        {.id = makeId(now),
                                         .at = now,
                                         .actor = application.actor,
                                         .action = "account.authorize",
                                         .target = application.account.text(),
                                         .detail = json::serialise(json::Object{{"provider", application.provider}})});
        },
        [this, application, tokens = std::move(tokens), sealed = *sealed, now,
         then](const Result<void>& result) mutable {
            m_parts.web.post([this, application, tokens = std::move(tokens), sealed, now, then,
                              result = result]() mutable {
                if (!result) {
                    then(fail(result.error()));
                    return ended();
                }
                qCInfo(log, "account %s is authorized by %s", application.email.c_str(), application.provider.c_str());
                Held& held = m_held[application.account];
                const bool isActive = held.serial == 0 || held.isActive;
                held = {.email = application.email,
                        .provider = application.provider,
                        .isActive = isActive,
                        .authorizedAt = now,
                        .sealed = sealed,
                        .refresh = {},
                        .ticket = {},
                        .serial = ++m_serial};
                setTokens(held, std::move(tokens));
                issue(application.account, held, held.ticket);
                then(Authorization{.state = "authorized", .provider = application.provider, .authorizedAt = now});
                if (m_authorized && !m_stopping) m_authorized(application.account);
                arm();
                ended();
            });
        }});
}

}  // namespace postroom::queue
