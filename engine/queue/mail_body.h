// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// A composition as the SMTP connection pulls it, and the attached files it may hold.

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

/// Attached files beside the database, named by the SHA-256 of their content: the same file is kept once.
///
/// Any thread. A file is on disk with its name, fsynced, before a message that needs it is committed. Nothing here
/// deletes: a file may be needed by any message that is not terminal.
class StoredFiles final : public content::Files {
public:
    explicit StoredFiles(std::string folder) : m_folder(std::move(folder)) {}

    /// Larger attachments are kept here, smaller ones travel inside the body's record.
    static constexpr std::size_t threshold_bytes = 64 * 1024;

    /// The name by which open() finds these bytes again. Blocks for an fsync: not in a thread that answers.
    [[nodiscard]] Result<std::string> keep(std::string_view content);
    [[nodiscard]] Result<std::unique_ptr<content::FileReader>> open(const std::string& storedAs) override;

private:
    [[nodiscard]] std::string pathOf(const std::string& name) const;
    std::string m_folder;
};

}  // namespace postroom::queue
