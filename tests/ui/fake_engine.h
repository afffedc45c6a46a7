// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// An engine for the screens' tests: routes answered from a table, every request kept, events pushed by hand, and all
// the ways an engine can go wrong. The ui thread.

#include "ui/models/desk.h"

#include <map>

namespace postroom::ui {

class FakeEngine {
public:
    FakeEngine();

    /// "GET /api/v1/admin/email-accounts": what goes into `data` of the envelope; the query is not part of the name.
    void answer(const std::string& route, json::Value data, int status = 200);
    void answer(const std::string& route, std::function<client::ClientReply(const client::ClientRequest&)> handler);
    /// An error as the engine words it.
    void refuse(const std::string& route, const Error& error);
    /// From now on every call fails so; none: it answers again.
    void fail(std::optional<Error> error);
    /// Answers of this route are kept back until release().
    void hold(const std::string& route);
    void release(const std::string& route);
    /// What the engine says is stale.
    void push(const std::string& topic, const std::vector<std::string>& ids = {});

    /// What was asked, in order, events and version left out.
    [[nodiscard]] const std::vector<client::ClientRequest>& asked() const { return m_state->asked; }
    [[nodiscard]] std::size_t count(const std::string& route) const;
    /// The body of the last request to this route; null if there was none.
    [[nodiscard]] json::Value lastBody(const std::string& route) const;

    [[nodiscard]] Link::Dial dial();

    struct State {
        std::map<std::string, std::function<client::ClientReply(const client::ClientRequest&)>> routes;
        std::vector<client::ClientRequest> asked;
        std::map<std::string, std::vector<std::function<void()>>> held;
        std::vector<std::string> holding;
        std::optional<Error> failing;
        client::Transport::Done poll;  ///< the waiting long poll
        std::vector<contract::Event> pending;
        int seq = 0;
    };

private:
    std::shared_ptr<State> m_state;  // shared with transports, which a Link destroys when it likes
};

/// A desk with a link to a fake engine that is online, for one screen. go() is recorded.
class FakeDesk {
public:
    FakeDesk();
    FakeEngine engine;
    Link link;
    Notices notices;
    std::vector<std::pair<Place, QString>> went;
    Desk desk;
    /// Dials, and turns the loop until the link is online.
    bool connectNow();
};

}  // namespace postroom::ui
