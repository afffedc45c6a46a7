// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "ui/models/notices.h"

#include <algorithm>

namespace postroom::ui {

void Notices::tell(Tone tone, const QString& text) {
    put({.id = ++m_lastId, .at = QDateTime::currentDateTime(), .tone = tone, .text = text});
    emit told(tone, text);
}

int Notices::begin(const QString& text, std::function<void()> cancel) {
    put({.id = ++m_lastId,
         .at = QDateTime::currentDateTime(),
         .tone = Tone::Busy,
         .text = text,
         .running = true,
         .cancel = std::move(cancel)});
    return m_lastId;
}

void Notices::finish(int id, Tone tone, const QString& text) {
    const auto found = std::find_if(m_all.begin(), m_all.end(), [id](const Notice& notice) { return notice.id == id; });
    if (found != m_all.end()) {
        found->running = false;
        found->cancel = {};
        found->tone = tone;
        found->text = text;
        found->at = QDateTime::currentDateTime();
        emit changed();
    }
    emit told(tone, text);
}

int Notices::running() const {
    return static_cast<int>(std::count_if(m_all.begin(), m_all.end(), [](const Notice& n) { return n.running; }));
}

void Notices::put(Notice notice) {
    m_all.insert(m_all.begin(), std::move(notice));
    if (m_all.size() > most) m_all.pop_back();
    emit changed();
}

}  // namespace postroom::ui
