// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/queue/rule_book.h"

#include "engine/base/platform.h"
#include "engine/base/text.h"

#include <QFileInfo>
#include <QLoggingCategory>

namespace postroom::queue {

namespace {
Q_LOGGING_CATEGORY(log, "postroom.queue")
}  // namespace

RuleBook::RuleBook(const std::string& dataFolder, const Clock& clock)
    : m_path(dataFolder + "/reply-rules.json"), m_clock(clock) {}

Result<void> RuleBook::reload() {
    const std::lock_guard lock{m_reloading};
    const QFileInfo file{toQString(m_path)};
    // A link that leads nowhere is a mistake and not an absence.
    if (!file.exists() && !file.isSymLink()) {
        const bool hadFile = !m_edition.get()->path.empty();
        m_edition.set({.readAt = m_clock.now()});
        if (hadFile) qCInfo(log, "%s has gone: the built-in reply rules are in force", m_path.c_str());
        return {};
    }
    if (!file.isFile()) return fail(ErrorCode::IoFailed, m_path + " is not a file");
    auto text = platform::readFile(m_path, policy::ReplyRules::largest_bytes);
    if (!text) return fail(text.error());
    auto rules = policy::ReplyRules::parse(*text);
    if (!rules) {
        Error refused = rules.error();
        refused.detail = m_path + ": " + refused.detail;
        for (FieldError& fault : refused.fields) fault.detail = m_path + ": " + fault.detail;
        return fail(std::move(refused));
    }
    qCInfo(log, "%zu reply rules from %s are in force", rules->size(), m_path.c_str());
    m_edition.set({.rules = std::move(*rules), .path = m_path, .text = std::move(*text), .readAt = m_clock.now()});
    return {};
}

}  // namespace postroom::queue
