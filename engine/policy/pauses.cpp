// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/policy/pauses.h"

#include "engine/base/text.h"

namespace postroom::policy {

bool Pauses::holds(const MailPause& pause) const {
    return (pause.of == MailPause::Of::Template ? templates : domains).contains(pause.name);
}

std::optional<MailPause> pauseOf(const Pauses& pauses, const std::string& templateName, std::string_view recipient) {
    if (pauses.keepsNoMail()) return std::nullopt;
    if (!templateName.empty() && pauses.templates.contains(templateName))
        return MailPause{.of = MailPause::Of::Template, .name = templateName};
    if (pauses.domains.empty()) return std::nullopt;
    const std::size_t at = recipient.rfind('@');
    if (at == recipient.npos) return std::nullopt;
    std::string domain = toLowerAscii(recipient.substr(at + 1));
    if (!pauses.domains.contains(domain)) return std::nullopt;
    return MailPause{.of = MailPause::Of::Domain, .name = std::move(domain)};
}

}  // namespace postroom::policy
