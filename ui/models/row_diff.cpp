// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "ui/models/row_diff.h"

#include <QHash>

namespace postroom::ui {

namespace {

void grow(QList<RowStep>& steps, RowStep::Kind kind, qsizetype at) {
    // Removing again at the same row, or going on behind what was inserted or changed, is one step of more rows.
    if (!steps.isEmpty() && steps.last().kind == kind &&
        at == steps.last().at + (kind == RowStep::Remove ? 0 : steps.last().count))
        ++steps.last().count;
    else
        steps.append({kind, at, 1});
}

// Of the rows that stay, the longest run that keeps its order: the longest increasing subsequence of their new places.
QList<bool> keptOf(const QList<qsizetype>& newPlace) {
    QList<qsizetype> ends;  // ends[n]: index of the smallest last element of an increasing run of n + 1
    QList<qsizetype> previous(newPlace.size(), -1);
    for (qsizetype i = 0; i < newPlace.size(); ++i) {
        if (newPlace[i] < 0) continue;
        const auto place = std::lower_bound(ends.begin(), ends.end(), newPlace[i],
                                            [&](qsizetype index, qsizetype value) { return newPlace[index] < value; });
        if (place != ends.begin()) previous[i] = *(place - 1);
        if (place == ends.end())
            ends.append(i);
        else
            *place = i;
    }
    QList<bool> kept(newPlace.size(), false);
    for (qsizetype i = ends.isEmpty() ? -1 : ends.last(); i >= 0; i = previous[i]) kept[i] = true;
    return kept;
}

}  // namespace

QList<RowStep> rowDiff(const QStringList& before, const QStringList& after,
                       const std::function<bool(qsizetype b, qsizetype a)>& changed) {
    QHash<QString, qsizetype> placeInAfter;
    for (qsizetype a = 0; a < after.size(); ++a) placeInAfter.insert(after[a], a);
    QList<qsizetype> newPlace;
    newPlace.reserve(before.size());
    for (const QString& id : before) newPlace.append(placeInAfter.value(id, -1));
    const QList<bool> kept = keptOf(newPlace);

    QList<RowStep> steps;
    QList<qsizetype> stayed;  // rows of before that are kept, in order
    for (qsizetype b = 0; b < before.size(); ++b)
        if (kept[b])
            stayed.append(b);
        else
            grow(steps, RowStep::Remove, stayed.size());
    qsizetype next = 0;
    for (qsizetype a = 0; a < after.size(); ++a) {
        if (next < stayed.size() && newPlace[stayed[next]] == a)
            ++next;
        else
            grow(steps, RowStep::Insert, a);
    }
    for (const qsizetype b : stayed)
        if (changed(b, newPlace[b])) grow(steps, RowStep::Change, newPlace[b]);
    return steps;
}

}  // namespace postroom::ui
