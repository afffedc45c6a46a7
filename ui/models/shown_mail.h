// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// A mail of the contract as the preview takes it.

#include "engine/contract/resources.h"
#include "ui/widgets/mail_preview.h"

namespace postroom::ui {

[[nodiscard]] ShownMail shownMail(const contract::MailContent& mail);

}  // namespace postroom::ui
