// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "ui/models/shown_mail.h"

#include "engine/base/text.h"
#include "ui/models/wording.h"

namespace postroom::ui {

ShownMail shownMail(const contract::MailContent& mail) {
    ShownMail shown{.subject = toQString(mail.subject),
                    .from = toQString(mail.from),
                    .to = {},
                    .cc = {},
                    .text = toQString(mail.text),
                    .html = toQString(mail.html),
                    .source = toQString(mail.source),
                    .attachments = {},
                    .truncated = mail.truncated};
    for (const std::string& address : mail.to) shown.to.append(toQString(address));
    for (const std::string& address : mail.cc) shown.cc.append(toQString(address));
    for (const contract::MailContent::Part& part : mail.attachments)
        shown.attachments.append({toQString(part.filename), toQString(part.contentType), sizeText(part.size_bytes)});
    return shown;
}

}  // namespace postroom::ui
