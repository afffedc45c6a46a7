// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// A mail while it is written: what is wrong with it, and the request it becomes. Pure; the engine has the last word.

#include "engine/contract/requests.h"

#include <memory>
#include <QStringList>

namespace postroom::ui {

struct DraftFile {
    QString name;
    QString contentType;
    std::int64_t size_bytes = 0;
    /// Shared, since drafts are copied at every key stroke and this may be 33 MB.
    std::shared_ptr<const std::string> base64 = {};
};

struct Draft {
    QString to, cc;  ///< as typed: addresses with commas between them
    QString from;
    QString subject;
    QString text, html;  ///< either, or both
    QString account = QStringLiteral("sandbox");
    std::vector<DraftFile> files = {};
};

/// What all files of a mail may have together.
inline constexpr std::int64_t mostFileBytes = 25'000'000;
/// What the engine takes in one request.
inline constexpr std::size_t mostFiles = 100;

/// Parts at commas, semicolons and line breaks that stand outside of quotes; without those that are empty.
[[nodiscard]] QStringList splitAddresses(const QString& typed);
/// What is wrong with one address, in the engine's words ("address.invalid"); empty: nothing that can be seen here.
[[nodiscard]] std::string addressFault(const QString& address);
/// Fields as the engine names them: `to[1]`, `subject`, `content`.
[[nodiscard]] std::vector<FieldError> faultsOf(const Draft& draft);
/// Which field of the form `path` belongs to: "to[1]" is at "to", "text" at "content".
[[nodiscard]] QString formFieldOf(const std::string& path);
/// What stands in the draft at `path`: the address of to[1], the file of attachments[0].content; empty: the field as a
/// whole.
[[nodiscard]] QString namedBy(const std::string& path, const Draft& draft);

[[nodiscard]] contract::SendRequest requestOf(const Draft& draft);
/// The words behind "postroomctl".
[[nodiscard]] QStringList wordsOf(const Draft& draft);

}  // namespace postroom::ui
