// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Lets QCOMPARE show the two std::strings that differ.

#include <QTest>
#include <string>

namespace QTest {

template <>
inline char* toString(const std::string& text) {
    return toPrettyUnicode(QString::fromStdString(text));
}

}  // namespace QTest
