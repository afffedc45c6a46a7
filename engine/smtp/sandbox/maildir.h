// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The mails the sandbox has taken, one file each (tmp, then new), and an index of them in memory. One thread.
//
// Not fsynced: these mails go nowhere and nobody was promised them.

#include "engine/smtp/sandbox/server.h"
#include "engine/smtp/sandbox/session.h"

#include <map>

namespace postroom::smtp::sandbox {

class Maildir {
public:
    Maildir(const Clock& clock, std::string folder, Limits limits);

    /// Makes the folders, reads what is there. IoFailed.
    [[nodiscard]] Result<void> open();
    /// Writes a mail, then removes the oldest beyond the limits. IoFailed.
    [[nodiscard]] Result<void> add(const Letter& letter);
    [[nodiscard]] std::vector<Mail> list(std::size_t limit, const std::optional<std::string>& before) const;
    [[nodiscard]] Result<std::string> read(std::string_view id) const;
    [[nodiscard]] Result<void> remove(std::string_view id);
    void clear();
    [[nodiscard]] std::size_t count() const { return m_mails.size(); }

private:
    [[nodiscard]] std::string path(std::string_view id) const { return m_folder + "/new/" + std::string(id); }
    void index(Mail mail);
    void drop(std::map<std::string, Mail, std::less<>>::iterator mail);
    void trim();

    const Clock& m_clock;
    std::string m_folder;
    Limits m_limits;
    std::map<std::string, Mail, std::less<>> m_mails;  ///< by id, which is by time
    std::uint64_t m_total_bytes = 0;
};

}  // namespace postroom::smtp::sandbox
