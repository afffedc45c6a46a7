// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// What the operator was told, newest first, and what is still under way: the activity panel shows it.
//
// The ui thread. Bounded: the oldest go.

#include "ui/widgets/tone.h"

#include <functional>
#include <QDateTime>
#include <QObject>
#include <QString>
#include <vector>

namespace postroom::ui {

class Notices : public QObject {
    Q_OBJECT

public:
    static constexpr std::size_t most = 200;
    struct Notice {
        int id = 0;
        QDateTime at;
        Tone tone = Tone::Calm;
        QString text;
        bool running = false;               ///< a job; finish() ends it
        std::function<void()> cancel = {};  ///< of a job that can be broken off
    };

    using QObject::QObject;

    /// Something happened. Bad ones are also shown in the banner of the window until they are dismissed.
    void tell(Tone tone, const QString& text);
    /// Something takes its time. Returns its id for finish().
    int begin(const QString& text, std::function<void()> cancel = {});
    void finish(int id, Tone tone, const QString& text);

    [[nodiscard]] const std::vector<Notice>& all() const { return m_all; }
    [[nodiscard]] int running() const;

signals:
    void changed();
    void told(Tone tone, const QString& text);

private:
    void put(Notice notice);

    int m_lastId = 0;
    std::vector<Notice> m_all;
};

}  // namespace postroom::ui
