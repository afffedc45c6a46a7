#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: Postroom contributors
#
# usage: format.sh ROOT      fails where a source is not laid out as clang-format 14 lays it out with .clang-format
cd "$1" || exit 1
find app engine ui tests -name '*.h' -o -name '*.cpp' | LC_ALL=C sort | xargs -P 2 -n 40 clang-format --dry-run --Werror
