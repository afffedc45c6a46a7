#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: Postroom contributors
"""Every rule of check.py against a small house: clean it stays silent, with one violation planted it says so."""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import check  # noqa: E402

HEAD = "// SPDX-License-Identifier: GPL-3.0-or-later\n// SPDX-FileCopyrightText: Postroom contributors\n"
PYTHON_HEAD = HEAD.replace("//", "#")

CLEAN = {
    "README.md": "Postroom\n",
    "engine/base/CMakeLists.txt": "postroom_room(base SOURCES id.cpp LINKS Qt6::Core)\n",
    "engine/base/id.h": HEAD + "#pragma once\n#include <string>\n",
    "engine/base/id.cpp": HEAD + '#include "engine/base/id.h"\n',
    "engine/policy/CMakeLists.txt": "postroom_room(policy SOURCES retry.cpp USES base)\n",
    "engine/policy/retry.h": HEAD + '#pragma once\n#include "engine/base/id.h"\n',
    "engine/policy/retry.cpp": HEAD + '#include "engine/policy/retry.h"\n',
    "engine/store/CMakeLists.txt": "postroom_room(store SOURCES rows.cpp USES base LINKS Qt6::Sql)\n",
    "engine/store/rows.cpp": HEAD + '#include "engine/base/id.h"\n#include <QSqlQuery>\n',
    "app/daemon/main.cpp": HEAD + '#include "engine/base/id.h"\n#include "app/common/exit.h"\n',
    "app/common/exit.h": HEAD,
    "ui/shell/window.cpp": HEAD + '#include "engine/base/id.h"\n#include <QWidget>\n#include "window.moc"\n',
    "tests/unit/base/tst_id.cpp": HEAD + '#include "engine/base/id.h"\n#include "tst_id.moc"\n',
}

# (what is planted, the file, its text, the rule that must speak)
PLANTED = [
    ("a climbing include", "engine/base/x.cpp", '#include "engine/store/rows.h"\n', "edge"),
    ("a climbing include in angles", "engine/base/x.cpp", "#include <engine/store/rows.h>\n", "edge"),
    ("a climbing include with blanks", "engine/base/x.cpp", '  #  include "engine/store/rows.h"\n', "edge"),
    ("a sideways include", "engine/store/x.cpp", '#include "engine/smtp/dialog.h"\n', "edge"),
    ("a sideways include of one floor", "engine/policy/x.cpp", '#include "engine/observe/metrics.h"\n', "edge"),
    ("the engine including the window", "engine/host/x.cpp", '#include "ui/shell/window.h"\n', "edge"),
    ("the engine including a main", "engine/host/x.cpp", '#include "app/common/exit.h"\n', "edge"),
    ("the engine including a test", "engine/host/x.cpp", '#include "tests/support/sink.h"\n', "edge"),
    ("an include of no room", "engine/host/x.cpp", '#include "engine/extra/x.h"\n', "edge"),
    ("the window reaching into the store", "ui/shell/x.cpp", '#include "engine/store/rows.h"\n', "edge"),
    ("the window including a main", "ui/shell/x.cpp", '#include "app/common/exit.h"\n', "edge"),
    ("a main including another", "app/ctl/x.cpp", '#include "app/daemon/run.h"\n', "edge"),
    ("a relative include", "engine/base/x.cpp", '#include "../store/rows.h"\n', "edge"),
    ("a bare include", "engine/base/x.cpp", '#include "id.h"\n', "edge"),
    ("a climbing USES", "engine/base/CMakeLists.txt", "postroom_room(base SOURCES id.cpp USES store)\n", "edge"),
    ("a climbing LINKS", "engine/base/CMakeLists.txt", "postroom_room(base SOURCES id.cpp LINKS postroom::store)\n", "edge"),
    ("a sideways USES", "engine/store/CMakeLists.txt", "postroom_room(store SOURCES rows.cpp USES base smtp)\n", "edge"),
    ("a room under another's name", "engine/policy/CMakeLists.txt", "postroom_room(store SOURCES a.cpp USES base)\n", "room"),
    ("a USES nobody includes", "engine/store/CMakeLists.txt", "postroom_room(store SOURCES rows.cpp USES base policy)\n", "room"),
    ("an include that USES hides", "engine/store/CMakeLists.txt", "postroom_room(store SOURCES rows.cpp)\n", "room"),
    ("Qt Sql in policy", "engine/policy/x.cpp", "#include <QSqlDatabase>\n", "library"),
    ("Qt Network in policy", "engine/policy/x.cpp", "#include <QtNetwork/QTcpSocket>\n", "library"),
    ("a socket in policy", "engine/policy/x.cpp", "#include <QSslSocket>\n", "library"),
    ("a socket in the store", "engine/store/x.cpp", "#include <QTcpSocket>\n", "library"),
    ("a database in smtp", "engine/smtp/x.cpp", "#include <QtSql>\n", "library"),
    ("policy linking Qt Network", "engine/policy/CMakeLists.txt",
     "postroom_room(policy SOURCES retry.cpp USES base LINKS Qt6::Network)\n", "library"),
    ("a widget in the engine", "engine/host/x.cpp", "#include <QWidget>\n", "library"),
    ("the keychain in the engine", "engine/security/x.cpp", "#include <qt6keychain/keychain.h>\n", "library"),
    ("boost/json beside its home", "engine/contract/x.cpp", "#include <boost/json/value.hpp>\n", "library"),
    ("a .cpp that is too long", "engine/base/x.cpp", "\n" * 799, "length"),
    ("tr()", "engine/base/x.cpp", 'auto t = tr("text");\n', "translation"),
    ("QObject::tr()", "engine/base/x.cpp", 'auto t = QObject::tr("text");\n', "translation"),
    ("QCoreApplication::translate", "engine/base/x.cpp", 'auto t = QCoreApplication::translate("a", "b");\n', "translation"),
    ("a Manager", "engine/base/x.cpp", "class QueueManager {};\n", "name"),
    ("a Helper", "engine/base/x.cpp", "struct SendHelper final {};\n", "name"),
    ("Utils", "engine/base/x.cpp", "struct StringUtils {};\n", "name"),
    ("a Util that derives", "engine/base/x.cpp", "class Util : public Base {};\n", "name"),
    ("a Core", "engine/base/x.cpp", "class EngineCore {};\n", "name"),
    ("an Info", "engine/base/x.cpp", "struct AccountInfo {};\n", "name"),
    ("Data", "engine/base/x.cpp", "struct [[nodiscard]] MessageData {};\n", "name"),
    ("an alias Data", "engine/base/x.cpp", "using MessageData = int;\n", "name"),
    ("SQL + a value", "engine/store/x.cpp", 'auto q = "SELECT a FROM b WHERE c = " + c;\n', "sql"),
    ("SQL + a value further on", "engine/store/x.cpp", 'auto q = std::string{"SELECT a "} + "FROM " + table;\n', "sql"),
    ("SQL wrapped + a value", "engine/store/x.cpp", 'auto q = QStringLiteral("DELETE FROM a WHERE b=") + b;\n', "sql"),
    ("a value + SQL", "engine/store/x.cpp", 'auto q = prefix + "SELECT a FROM b";\n', "sql"),
    ("a clause + a value", "engine/store/x.cpp", 'q += " WHERE id = " + id;\n', "sql"),
    ("SQL in pieces + a value", "engine/store/x.cpp", 'auto q = "UPDATE a "\n    "SET b = " + b;\n', "sql"),
    ("SQL in lower lines of a raw literal + a value", "engine/store/x.cpp", 'auto q = R"(\n  INSERT INTO a\n VALUES )" + b;\n', "sql"),
    ("SQL.arg()", "engine/store/x.cpp", 'auto q = QString("CREATE TABLE %1 (a)").arg(name);\n', "sql"),
    ("SQL.append()", "engine/store/x.cpp", 'auto q = std::string("SELECT a FROM ").append(name);\n', "sql"),
    ("fmt::format of SQL", "engine/store/x.cpp", 'auto q = fmt::format("DROP TABLE {}", name);\n', "sql"),
    ("a stranger at the top", "notes.txt", "x\n", "tree"),
    ("a folder at the top", "lib/x.txt", "x\n", "tree"),
    ("a room that is not planned", "engine/misc/x.txt", "x\n", "tree"),
]
HEADLESS = [
    ("a header without its head", "engine/base/x.h", "#pragma once\n"),
    ("another licence", "engine/base/x.cpp", HEAD.replace("GPL-3.0-or-later", "MIT")),
    ("a script without its head", "tests/fresh/x", "#!/bin/sh\ntrue\n"),
    ("a Python file without its head", "tests/support/x.py", "pass\n"),
]

# What looks like a violation to a careless eye and is none.
INNOCENT = [
    ("a comment that includes", "engine/base/x.cpp", '// #include "engine/store/rows.h"\n'),
    ("tr in a comment and in a string", "engine/base/x.cpp", '// tr("x")\nauto s = "tr(x)";\nint tr = 1;\nstr(1);\n'),
    ("a translate of ours", "engine/base/x.cpp", "auto a = address.translate(1);\n"),
    ("digits with separators", "engine/base/x.cpp", "int a = 1'000'000; // it's\nint b = 0x1'F;\n"),
    ("a forward declaration", "engine/base/x.cpp", "class QSslData;\nstruct Metadata {};\nenum class Score { Core };\n"),
    ("a variable of a foreign type", "engine/base/x.cpp", "struct addrinfo hints = {};\n"),
    ("whole SQL in pieces", "engine/store/x.cpp", 'auto q = "SELECT a "\n  "FROM b";\nrun("DELETE FROM a", id);\n'),
    ("SQL of literals alone", "engine/store/x.cpp", 'auto q = std::string("SELECT a FROM b") + " WHERE c = ?";\n'),
    ("SQL of named literals", "engine/store/x.cpp",
     'constexpr std::string_view columns = "a, b";\nauto q = "SELECT " + columns;\n'),
    ("a log line", "engine/store/x.cpp", 'log("SELECT took " , ms); auto m = "DELETE " + path; auto n = "MAIL FROM:<" + a;\n'),
    ("JSON in its home", "engine/contract/json.cpp", "#include <boost/json/value.hpp>\n"),
    ("a .cpp of 800 lines", "engine/base/x.cpp", "\n" * 798),
]


def build(root, files):
    for path, text in files.items():
        full = os.path.join(root, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w", encoding="utf-8") as file:
            file.write(text)


def found_in(files):
    with tempfile.TemporaryDirectory() as root:
        build(root, files)
        return check.findings(root)


class Check(unittest.TestCase):
    def test_says_nothing_of_a_clean_house(self):
        self.assertEqual(found_in(CLEAN), [])

    def test_finds_what_is_planted(self):
        for what, path, text, rule in PLANTED:
            with self.subTest(what):
                head = HEAD if path.endswith((".h", ".cpp")) else ""
                found = found_in({**CLEAN, path: head + text})
                self.assertTrue(any(one[0] == path and one[2] == rule for one in found)
                                or (rule == "room" and any(one[2] == rule for one in found)), (what, found))

    def test_finds_a_missing_head(self):
        for what, path, text in HEADLESS:
            with self.subTest(what):
                self.assertEqual([(one[0], one[2]) for one in found_in({**CLEAN, path: text})], [(path, "head")])

    def test_leaves_the_innocent_alone(self):
        for what, path, text in INNOCENT:
            with self.subTest(what):
                self.assertEqual(found_in({**CLEAN, path: HEAD + text}), [])

    def test_names_the_line(self):
        found = found_in({**CLEAN, "engine/base/x.cpp": HEAD + '/* two\nlines */\nint a;\nauto t = tr("text");\n'})
        self.assertEqual([one[1] for one in found], [6])

    def test_every_room_of_the_plan_has_one_floor(self):
        rooms = [room for floor in check.FLOORS for room in floor]
        self.assertEqual(len(rooms), len(set(rooms)))

    @unittest.skipUnless(shutil.which("git"), "git is not installed")
    def test_reads_what_git_would_add_but_not_what_it_ignores(self):
        with tempfile.TemporaryDirectory() as root:
            build(root, {**CLEAN, ".gitignore": "/build/\n", "build/x.h": "", "stray.txt": ""})
            subprocess.run(["git", "init", "-q", root], check=True)
            self.assertEqual([one[0] for one in check.findings(root)], ["stray.txt"])

    def test_an_empty_folder_is_not_a_clean_house(self):
        self.assertNotEqual(found_in({"README.md": ""}), [])

    def test_the_program_fails_when_something_is_found(self):
        program = os.path.join(os.path.dirname(os.path.abspath(__file__)), "check.py")
        for files, code in ((CLEAN, 0), ({**CLEAN, "stray.txt": ""}, 1)):
            with tempfile.TemporaryDirectory() as root:
                build(root, files)
                ended = subprocess.run([sys.executable, program, root], capture_output=True, check=False)
                self.assertEqual(ended.returncode, code, ended.stdout)


if __name__ == "__main__":
    unittest.main()
