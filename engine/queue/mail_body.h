// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// A composition as the SMTP connection pulls it.

#include "engine/content/wire_reader.h"
#include "engine/smtp/transaction.h"
#include "engine/store/records.h"

#include <string>

namespace postroom::queue {

/// Lives in the smtp thread once it is loaded.
class MailBody final : public smtp::Body {
public:
    MailBody(std::string fromLine, std::shared_ptr<const content::Composition> composition, content::Files& files)
        : m_reader(std::move(fromLine), std::move(composition), files) {}
    [[nodiscard]] std::uint64_t size_bytes() const override { return m_reader.size_bytes(); }
    [[nodiscard]] Result<std::string_view> next() override { return m_reader.next(); }

private:
    content::WireReader m_reader;
};

/// The From line that the account sets where the sender gave none; null: the sandbox.
[[nodiscard]] std::string fromLineOf(const store::AccountRecord* account);

}  // namespace postroom::queue
