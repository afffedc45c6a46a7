// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "app/ctl/drain.h"

#include <cstdio>

namespace postroom::ctl {

Result<void> Drain::open(const std::string& path) {
    if (path.empty()) {
        if (m_standard.open(stdout, QIODevice::WriteOnly)) return {};
        return fail(ErrorCode::IoFailed, "standard output can't be written");
    }
    m_file.setFileName(QFile::decodeName(path.c_str()));
    m_isFile = m_file.open(QIODevice::WriteOnly);
    if (m_isFile) return {};
    return fail(ErrorCode::IoFailed, path + ": " + m_file.errorString().toStdString());
}

Result<void> Drain::write(const std::string& bytes) {
    QIODevice& to = m_isFile ? static_cast<QIODevice&>(m_file) : m_standard;
    m_written += static_cast<std::int64_t>(bytes.size());
    if (to.write(bytes.data(), static_cast<qint64>(bytes.size())) == static_cast<qint64>(bytes.size())) return {};
    return fail(ErrorCode::IoFailed, "the export can't be written: " + to.errorString().toStdString());
}

Result<void> Drain::close() {
    if (m_isFile ? m_file.commit() : m_standard.flush()) return {};
    return fail(ErrorCode::IoFailed, "the export can't be written");
}

}  // namespace postroom::ctl
