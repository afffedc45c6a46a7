// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Where an export goes: a file that appears when it is whole, or standard output.

#include "engine/base/result.h"

#include <cstdint>
#include <QFile>
#include <QSaveFile>
#include <string>

namespace postroom::ctl {

class Drain {
public:
    /// Standard output where the path is empty. IoFailed, as the others.
    [[nodiscard]] Result<void> open(const std::string& path);
    [[nodiscard]] Result<void> write(const std::string& bytes);
    /// Puts the file where it was to be.
    [[nodiscard]] Result<void> close();
    [[nodiscard]] std::int64_t written_bytes() const { return m_written; }

private:
    QSaveFile m_file;
    QFile m_standard;
    bool m_isFile = false;
    std::int64_t m_written = 0;
};

}  // namespace postroom::ctl
