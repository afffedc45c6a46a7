// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// What turns one list of rows into another, as a table is told of it: so that what is selected and where one has
// scrolled to survive a refresh.

#include <functional>
#include <QList>
#include <QString>

namespace postroom::ui {

struct RowStep {
    enum Kind { Remove, Insert, Change } kind;
    qsizetype at;  ///< first row, in the list as the steps before it left it
    qsizetype count;
    bool operator==(const RowStep&) const = default;
};

/// Steps in the order they are to be made. `before` and `after` are the rows' ids, each once; a row that is in both and
/// has moved is removed and inserted. `changed(b, a)` says whether row b of before reads differently as row a of after.
[[nodiscard]] QList<RowStep> rowDiff(const QStringList& before, const QStringList& after,
                                     const std::function<bool(qsizetype b, qsizetype a)>& changed);

}  // namespace postroom::ui
