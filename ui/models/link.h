// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The window's end of an engine, wherever it is: dials it, asks its version, follows its events, notices when it is
// gone and dials again. Nobody above knows what carries the calls.
//
// The ui thread. A call's answer comes to the ui thread, and only while the object that asked is still there.

#include "engine/base/inbox.h"
#include "engine/client/engine_client.h"

#include <QPointer>
#include <QTimer>

namespace postroom::ui {

class Link : public QObject {
    Q_OBJECT

public:
    struct Dialled {
        std::unique_ptr<client::Transport> transport;
        QString url;  ///< of the engine's API, for people
        /// What leads postroomctl to this engine, {"--data-dir", DIR} or {"--url", URL, ...}; never a secret.
        QStringList ctlArguments = {};
    };
    /// Makes a carrier to the engine, anew at each try: a restarted engine has a new token.
    using Dial = std::function<Result<Dialled>()>;
    enum class State { Connecting, Online, Lost };

    explicit Link(Dial dial, QObject* parent = nullptr);
    ~Link() override;

    /// Begins, or begins again at once when it waits for its next try.
    void dial();

    [[nodiscard]] State state() const { return m_state; }
    /// Why the link is lost.
    [[nodiscard]] const Error& trouble() const { return m_trouble; }
    /// Until the next try, rounded up; 0 when none is planned.
    [[nodiscard]] int secondsToRetry() const;
    /// Of the engine's API, "http://127.0.0.1:8000"; empty before the first dial.
    [[nodiscard]] QString url() const { return m_url; }
    /// See Dialled; empty before the first dial.
    [[nodiscard]] QStringList ctlArguments() const { return m_ctlArguments; }
    [[nodiscard]] QString engineVersion() const { return m_engineVersion; }
    [[nodiscard]] bool can(const QString& capability) const { return m_capabilities.contains(capability); }

    /// Calls the engine; `receive` gets the Result in this thread, never from inside ask(), and not at all when
    /// `receiver` has died. `call` is given the EngineClient and returns its Task.
    template <typename Call, typename Receive>
    void ask(QObject* receiver, Call call, Receive receive) {
        using Asked = decltype(call(std::declval<client::EngineClient&>()));
        using T = typename Asked::Value;
        Asked task = m_client ? call(*m_client) : Asked::ready(fail(ErrorCode::NetworkFailed, "there is no link"));
        task.then(m_inbox, [this, guard = QPointer<QObject>(receiver), round = m_round,
                            receive = std::move(receive)](Result<T> result) mutable {
            if (!result) noteTrouble(result.error(), round);
            if (guard) receive(std::move(result));
        });
    }

signals:
    /// Of the state, of when the next try comes, or of a try that began.
    void stateChanged();
    /// What the engine says is out of date: a topic of GET /api/v1/events with the ids it names; none: any of them.
    void stale(const QString& topic, const QStringList& ids);
    /// Everything that was shown may be out of date: after the link came back, or when the engine began anew.
    void everythingStale();

private:
    void meet();
    void follow(const std::string& after);
    void lose(const Error& trouble);
    void noteTrouble(const Error& error, int round);
    void setState(State state);

    Dial m_dial;
    State m_state = State::Connecting;
    Error m_trouble;
    QString m_url, m_engineVersion;
    QStringList m_ctlArguments, m_capabilities;
    int m_round = 0;  ///< counts dials: what an older one brings is not ours any more
    int m_failures = 0;
    QTimer m_retry;
    QTimer m_countdown;
    Inbox m_inbox;
    std::unique_ptr<client::EngineClient> m_client;  // dies before the inbox it answers to
};

}  // namespace postroom::ui
