// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/queue/grants.h"

#include "engine/policy/reason.h"
#include "engine/store/accounts.h"

#include <algorithm>
#include <QLoggingCategory>

namespace postroom::queue {

using namespace std::chrono_literals;

namespace {

Q_LOGGING_CATEGORY(log, "postroom.queue")

// A token is renewed so long before it ends; one that lasts less than twice that, at half of its time.
constexpr std::chrono::seconds early = 5min;
// What an application lacks may be mended with its provider, where nobody tells us.
constexpr auto lookAgain = 15min;

std::chrono::seconds patience(int failures) {
    return std::min<std::chrono::seconds>(5s * (1 << std::clamp(failures - 1, 0, 10)), 5min);
}

}  // namespace

Grants::Grants(Parts parts, std::vector<web::Provider> providers, web::OutboundLimits limits)
    : m_parts(parts), m_providers(std::move(providers)) {
    m_parts.web.call([this, limits] {
        m_outbound = std::make_unique<web::Outbound>(limits);
        m_timer = std::make_unique<QTimer>();
        m_timer->setSingleShot(true);
        QObject::connect(m_timer.get(), &QTimer::timeout, m_timer.get(), [this] { tick(); });
    });
}

Grants::~Grants() {
    stop(0ms);
}

void Grants::stop(std::chrono::milliseconds grace) {
    bool waits = false;
    m_parts.web.call([&] {
        waits = !m_stopping && m_underWay > 0;
        m_stopping = true;
    });
    if (waits) (void)m_idle.try_acquire_for(grace);
    m_parts.web.call([this] {
        m_timer.reset();
        m_outbound.reset();
    });
}

void Grants::tell(std::function<void(const Id&, Ticket)> issued) {
    m_parts.web.call([&] { m_issued = std::move(issued); });
}

void Grants::tellAuthorized(std::function<void(const Id&)> authorized) {
    m_parts.web.call([&] { m_authorized = std::move(authorized); });
}

void Grants::follow(std::vector<store::AccountRecord> rows) {
    m_parts.web.post([this, rows = std::move(rows)] {
        if (m_stopping) return;
        std::erase_if(m_held, [&](const auto& entry) {
            return std::none_of(rows.begin(), rows.end(), [&](const store::AccountRecord& row) {
                return row.id == entry.first && row.auth == contract::Auth::XOAuth2;
            });
        });
        std::erase_if(m_consents, [&](const auto& entry) {
            return std::none_of(rows.begin(), rows.end(), [&](const auto& row) { return row.id == entry.first; });
        });
        for (const store::AccountRecord& row : rows)
            if (row.auth == contract::Auth::XOAuth2) takeRow(row);
        tick();
    });
}

void Grants::takeRow(const store::AccountRecord& row) {
    const TimePoint authorizedAt = row.authorizedAt.value_or(TimePoint{});
    const auto known = m_held.find(row.id);
    if (known != m_held.end()) {
        Held& held = known->second;
        const bool wakes = row.isActive && !held.isActive;
        held.isActive = row.isActive;
        held.email = row.email;
        if (wakes && held.askAt == TimePoint{}) held.askAt = m_parts.clock.now();
        // Rows may be older than what is known here: they were read before it was committed.
        if (held.provider == row.oauthProvider && authorizedAt <= held.authorizedAt) return;
    }
    Held& held = m_held[row.id];
    held = {.email = row.email,
            .provider = row.oauthProvider,
            .isActive = row.isActive,
            .authorizedAt = authorizedAt,
            .sealed = row.refreshToken,
            .refresh = {},
            .ticket = {},
            .serial = ++m_serial};
    const auto lacks = [&](std::string_view reason, std::string detail) {
        issue(row.id, held, {.state = Ticket::State::Unauthorized, .reason = reason, .detail = std::move(detail)});
    };
    if (row.refreshToken.empty())
        return lacks(policy::reason::authorizationNeeded, "nobody has authorized the account yet");
    if (!web::providerNamed(m_providers, row.oauthProvider))
        return lacks(policy::reason::authorizationNeeded,
                     std::string(web::clientIdSetting(row.oauthProvider)) + " is not set");
    auto refresh = m_parts.vault.open(row.refreshToken, row.id.text(), "refresh_token");
    if (!refresh) return lacks(policy::reason::authorizationNeeded, "the stored refresh token can't be decrypted");
    held.refresh = std::move(*refresh);
    held.askAt = m_parts.clock.now();
    issue(row.id, held, {});
}

void Grants::refused(const Id& account) {
    m_parts.web.post([this, account] {
        const auto at = m_held.find(account);
        if (at == m_held.end() || m_stopping || at->second.refresh.empty()) return;
        at->second.ticket = {};
        at->second.endsAt = {};
        ask(account);
    });
}

void Grants::retry(const Id& account) {
    m_parts.web.post([this, account] {
        const auto at = m_held.find(account);
        if (at == m_held.end() || m_stopping || at->second.refresh.empty()) return;
        if (at->second.ticket.state != Ticket::State::Ready) ask(account);
    });
}

void Grants::look(const Id& account, std::function<void(Ticket)> then) {
    m_parts.web.post([this, account, then = std::move(then)] {
        const auto at = m_held.find(account);
        then(at == m_held.end() ? Ticket{} : at->second.ticket);
    });
}

void Grants::post(const web::Site& site, const Secret& form, web::Outbound::Done done) {
    ++m_underWay;
    m_outbound->post(site, form, [this, done = std::move(done)](Result<web::Answer> answer) {
        done(std::move(answer));
        ended();
    });
}

void Grants::ended() {
    if (--m_underWay == 0 && m_stopping) m_idle.release();
}

void Grants::ask(const Id& account) {
    Held& held = m_held.at(account);
    held.askAt = {};
    if (held.isAsked || held.refresh.empty()) return;
    const web::Provider* provider = web::providerNamed(m_providers, held.provider);
    if (!provider) return;
    held.isAsked = true;
    post(provider->tokens, web::refreshRequest(*provider, held.refresh),
         [this, account, serial = held.serial](Result<web::Answer> answer) { onTokens(account, serial, answer); });
}

void Grants::onTokens(const Id& account, std::uint64_t serial, const Result<web::Answer>& answer) {
    const auto at = m_held.find(account);
    if (at == m_held.end() || at->second.serial != serial) return;
    Held& held = at->second;
    held.isAsked = false;
    auto tokens = web::readTokens(answer);
    if (!tokens) {
        onRefused(account, held, std::move(tokens.error()));
        return arm();
    }
    if (held.failures > 0) qCInfo(log, "account %s has an access token again", held.email.c_str());
    const bool isReplaced = !tokens->refresh.empty() && !tokens->refresh.equals(held.refresh.reveal());
    setTokens(held, std::move(*tokens));
    const auto inForce = [this, account, serial] {
        const auto now = m_held.find(account);
        if (now != m_held.end() && now->second.serial == serial) issue(account, now->second, now->second.ticket);
    };
    if (isReplaced)
        keep(account, inForce);
    else
        inForce();
    arm();
}

void Grants::setTokens(Held& held, web::Tokens tokens) {
    const TimePoint now = m_parts.clock.now();
    if (!tokens.refresh.empty()) held.refresh = std::move(tokens.refresh);
    held.failures = 0;
    held.ticket = {.state = Ticket::State::Ready, .token = std::move(tokens.access)};
    held.endsAt = now + tokens.lasts;
    held.askAt = held.endsAt - std::min(early, tokens.lasts / 2);
}

void Grants::onRefused(const Id& account, Held& held, web::Refused refused) {
    const TimePoint now = m_parts.clock.now();
    const web::Provider* provider = web::providerNamed(m_providers, held.provider);
    refused.detail =
        web::without(std::move(refused.detail),
                     {held.refresh.reveal(), provider ? provider->clientSecret.reveal() : std::string_view{}});
    if (held.failures++ == 0)
        qCWarning(log, "account %s gets no access token from %s: %s", held.email.c_str(), held.provider.c_str(),
                  refused.detail.c_str());
    const bool isGone = refused.why == web::Refusal::GrantInvalid;
    if (web::passes(refused.why))
        held.askAt = now + std::max(patience(held.failures), refused.retryAfter);
    else
        held.askAt = isGone ? TimePoint{} : now + lookAgain;
    // What it has is good until it ends, whatever the provider says of the next one; but for a consent that was taken
    // back.
    if (!isGone && held.ticket.state == Ticket::State::Ready && now < held.endsAt) return;
    held.endsAt = {};
    if (web::passes(refused.why))
        issue(account, held,
              {.askedAgainAt = held.askAt, .reason = policy::reason::tokenUnavailable, .detail = refused.detail});
    else
        issue(account, held,
              {.state = Ticket::State::Unauthorized,
               .reason = policy::reason::authorizationNeeded,
               .detail = refused.detail});
}

void Grants::keep(const Id& account, std::function<void()> then) {
    Held& held = m_held.at(account);
    auto sealed = m_parts.vault.seal(held.refresh, account.text(), "refresh_token");
    if (!sealed) {
        qCWarning(log, "account %s: %s", held.email.c_str(), sealed.error().text().c_str());
        return then();
    }
    ++m_underWay;
    m_parts.writer.submit(store::Write{
        [account, before = held.sealed, after = *sealed](store::Transaction& transaction) -> Result<void> {
            auto replaced = store::accounts::replaceToken(transaction, account, before, after);
            if (!replaced) return fail(replaced.error());
            return {};
        },
        [this, account, serial = held.serial, after = *sealed, then = std::move(then)](const Result<void>& result) {
            m_parts.web.post([this, account, serial, after, then, ok = result.has_value()] {
                const auto at = m_held.find(account);
                if (at != m_held.end() && at->second.serial == serial) {
                    if (ok) {
                        at->second.sealed = after;
                    } else if (!m_stopping) {
                        qCWarning(log, "account %s: its new refresh token could not be kept and is written again",
                                  at->second.email.c_str());
                        QTimer::singleShot(5s, m_timer.get(), [this, account, serial] {
                            const auto again = m_held.find(account);
                            if (again != m_held.end() && again->second.serial == serial) keep(account, [] {});
                        });
                    }
                }
                then();
                ended();
            });
        }});
}

void Grants::issue(const Id& account, Held& held, Ticket ticket) {
    held.ticket = std::move(ticket);
    if (m_issued && !m_stopping) m_issued(account, held.ticket);
}

void Grants::tick() {
    if (m_stopping) return;
    const TimePoint now = m_parts.clock.now();
    std::vector<Id> due;
    for (auto& [account, held] : m_held) {
        if (held.ticket.state == Ticket::State::Ready && held.endsAt <= now) {
            const bool hasFault = held.failures > 0;
            issue(account, held,
                  {.askedAgainAt = held.askAt,
                   .reason = hasFault ? policy::reason::tokenUnavailable : std::string_view{},
                   .detail = hasFault ? "the provider gave no new token before the last one ended" : ""});
        }
        if (held.isActive && held.askAt != TimePoint{} && held.askAt <= now) due.push_back(account);
    }
    for (const Id& account : due) ask(account);
    for (auto& [account, consent] : m_consents) askConsent(consent);
    arm();
}

void Grants::arm() {
    if (m_stopping) return;
    const TimePoint now = m_parts.clock.now();
    // The wall's clock may be set, and a machine may sleep: a look every half minute.
    Milliseconds wait = 30s;
    const auto notBeyond = [&](TimePoint at) {
        if (at != TimePoint{}) wait = std::clamp<Milliseconds>(at - now, 50ms, wait);
    };
    for (const auto& [account, held] : m_held) {
        if (held.isActive) notBeyond(held.askAt);
        if (held.ticket.state == Ticket::State::Ready) notBeyond(held.endsAt);
    }
    for (const auto& [account, consent] : m_consents) {
        notBeyond(consent.askAt);
    }
    m_timer->start(wait);
}

}  // namespace postroom::queue
