#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: Postroom contributors
"""Reads the sources and says where they leave the house's plan (ARCHITECTURE.md, "The house").

usage: check.py ROOT      prints one line a finding, FILE:LINE: RULE: text; exits 1 if there is any

Every rule is a function of one source or of the tree and has its planted violation in tst_check.py: a rule that
can't fail is deleted.
"""

import os
import re
import subprocess
import sys

# Ground first. A room may use only rooms of lower lines: never a higher one, never one beside it.
FLOORS = [
    ["base"],
    ["contract"],
    ["policy", "observe"],
    ["client"],
    ["http", "store", "content", "smtp", "web"],
    ["security", "bounces"],
    ["queue"],
    ["cluster", "notify"],
    ["upkeep"],
    ["api"],
    ["host"],
]
FLOOR_OF = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}
# What the window may know of the engine; base because contract speaks in its types.
UI_USES = {"base", "contract", "client"}
APP_ROOMS = {"desktop", "daemon", "ctl", "common"}

TOP_LEVEL = set(
    "app ui engine resources translations installer tests README.md ARCHITECTURE.md CONTRIBUTING.md CHANGELOG.md"
    " SECURITY.md LICENSE CMakeLists.txt CMakePresets.json .env.example .clang-format .clang-tidy .ci .github"
    " .gitignore .gitattributes".split()
)
SECOND_LEVEL = {
    "app": APP_ROOMS,
    "ui": {"shell", "screens", "models", "widgets"},
    "engine": set(FLOOR_OF),
    "tests": set("unit contract e2e ui arch fault fresh fuzz bench support".split()),
}

QT_NETWORK = re.compile(
    r"Qt6?Network|Qt6::Network|Q(Tcp|Udp|Ssl|Local|Abstract)(Socket|Server)\b|QSsl\w+|QNetwork\w+|QHost\w+|QDns\w+"
    r"|QHttp\w+|QAuthenticator|QSctp\w+|QHsts\w+|QOcsp\w+|QPasswordDigestor"
)
QT_SQL = re.compile(r"Qt6?Sql|Qt6::Sql|QSql\w*")
QT_SCREEN = re.compile(r"Qt6?(Widgets|Gui)|Qt6::(Widgets|Gui)|QWidget|QApplication|QGuiApplication|QPixmap|QImage")
# room -> what its includes and its LINKS must not name, with the word for the finding
FORBIDDEN_LIBRARIES = {
    "policy": [(QT_NETWORK, "Qt Network"), (QT_SQL, "Qt Sql")],
    "store": [(QT_NETWORK, "Qt Network")],
    "http": [(QT_SQL, "Qt Sql")],
    "smtp": [(QT_SQL, "Qt Sql")],
    "content": [(QT_NETWORK, "Qt Network"), (QT_SQL, "Qt Sql")],
    "contract": [(QT_NETWORK, "Qt Network"), (QT_SQL, "Qt Sql")],
}
KEYCHAIN = re.compile(r"(?i)qt6?keychain|^keychain\.h$")
BOOST_JSON = re.compile(r"^boost/json(\.hpp$|/)")
JSON_HOME = {"engine/contract/json.h", "engine/contract/json.cpp"}

LINES_LIMIT = 800
FORBIDDEN_SUFFIX = re.compile(r"(Manager|Helpers?|Utils?|Core|Info|Data)$")
TRANSLATION = {"tr", "translate", "qtTrId", "QT_TR_NOOP", "QT_TRANSLATE_NOOP", "QT_TRID_NOOP"}

SQL_START = re.compile(
    r"^\s*(SELECT\s|SELECT$|INSERT\s+(OR\s+\w+\s+)?INTO\b|REPLACE\s+INTO\b|UPDATE\s+\S+\s+SET\b|UPDATE\s*$|DELETE\s+FROM\b"
    r"|WITH\s+(RECURSIVE\s+)?\w+.*\bAS\b|CREATE\s+(OR\s+REPLACE\s+)?(TEMP\w*\s+|UNIQUE\s+|VIRTUAL\s+)?"
    r"(TABLE|INDEX|TRIGGER|VIEW|FUNCTION|SEQUENCE|SCHEMA|DATABASE|ROLE)\b"
    r"|(DROP|ALTER)\s+(TABLE|INDEX|TRIGGER|VIEW|FUNCTION|SEQUENCE|SCHEMA|DATABASE|ROLE)\b|TRUNCATE\s|COPY\s|ATTACH\s"
    r"|VACUUM\s+INTO\b|NOTIFY\s|LISTEN\s|MERGE\s+INTO\b"
    r"|(WHERE|AND|OR|ORDER BY|GROUP BY|HAVING|VALUES|LIMIT|SET|FROM|JOIN|RETURNING|ON CONFLICT|IN)\b[\s(])"
)
FORMATTERS = {"format", "vformat", "format_to", "format_to_n", "asprintf", "snprintf", "sprintf", "concat", "join", "printf"}
GROWERS = {"append", "arg", "prepend", "insert", "replace"}

SOURCE = (".h", ".hpp", ".cpp", ".cc", ".inc")
HEADED = SOURCE + (".py", ".sh")
NOT_OURS = {"build", ".git", "__pycache__", "node_modules"}

INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]')
TOKEN = re.compile(
    r"""(?P<comment>//(?:\\\n|[^\n])*|/\*.*?\*/)
      |(?P<raw>(?:u8|[uUL])?R"(?P<mark>[^()\\\s]{0,16})\(.*?\)(?P=mark)")
      |(?P<string>(?:u8|[uUL])?"(?:\\.|[^"\\\n])*")
      |(?P<char>(?:u8|[uUL])?'(?:\\.|[^'\\\n])+')
      |(?P<number>\.?\d(?:[eEpP][+-]|'[\w]|[\w.])*)
      |(?P<word>[A-Za-z_]\w*)
      |(?P<mark2>\+=|\+\+|->|::|<<|[^\s\w])""",
    re.VERBOSE | re.DOTALL,
)


class Token:
    __slots__ = ("kind", "text", "line")

    def __init__(self, kind, text, line):
        self.kind, self.text, self.line = kind, text, line


def tokens_of(text):
    """The C++ tokens without comments and preprocessor includes; adjacent string literals are one."""
    found, line, at = [], 1, 0
    for match in TOKEN.finditer(text):
        line += text.count("\n", at, match.start())
        at = match.start()
        kind = match.lastgroup if match.lastgroup != "mark" else "raw"
        piece = match.group()
        if kind == "comment":
            continue
        if kind == "raw":
            kind, piece = "string", piece[piece.index("(") + 1 : piece.rindex(")")]
        elif kind == "string":
            piece = piece[piece.index('"') + 1 : -1]
        if kind == "string" and found and found[-1].kind == "string":
            found[-1].text += piece
        else:
            found.append(Token("mark" if kind == "mark2" else kind, piece, line))
    return found


class Source:
    """One file with what the rules ask of it."""

    def __init__(self, root, path):
        self.path = path
        with open(os.path.join(root, path), encoding="utf-8", errors="replace") as file:
            self.text = file.read()
        self.lines = self.text.split("\n")
        parts = path.split("/")
        self.top = parts[0]
        self.room = parts[1] if len(parts) > 2 else None
        self.is_code = path.endswith(SOURCE)
        self.tokens = tokens_of(self.text) if self.is_code else []
        self.includes = []
        if self.is_code:
            for number, line in enumerate(self.lines, 1):
                match = INCLUDE.match(line)
                if match:
                    self.includes.append((number, match.group(1), match.group(2)))


def may_use(top, room, other_top, other_room):
    """None if a file of top/room may use other_top/other_room, else why not."""
    if (top, room) == (other_top, other_room):
        return None
    if top == "engine":
        if other_top != "engine":
            return "climbs: the engine knows nothing of %s" % other_top
        if other_room not in FLOOR_OF or room not in FLOOR_OF:
            return "is not on any floor of the plan"
        if FLOOR_OF[other_room] > FLOOR_OF[room]:
            return "climbs: %s is above %s" % (other_room, room)
        if FLOOR_OF[other_room] == FLOOR_OF[room]:
            return "goes sideways: %s is on the floor of %s" % (other_room, room)
        return None
    if top == "ui":
        if other_top == "app":
            return "climbs: ui knows nothing of app"
        if other_top == "engine" and other_room not in UI_USES:
            return "reaches into the engine: ui uses only %s" % ", ".join(sorted(UI_USES))
        return None
    if top == "app" and other_top == "app" and other_room != "common":
        return "goes sideways: app/%s uses app/common only" % room
    return None


def check_includes(source):
    if source.top not in ("engine", "ui", "app"):
        return
    for number, quote, name in source.includes:
        parts = name.split("/")
        if ".." in parts or "." in parts:
            yield number, "edge", "'%s' leaves by a relative path; includes are whole from the root" % name
        elif parts[0] in ("engine", "ui", "app", "tests") and len(parts) > 2:
            why = may_use(source.top, source.room, parts[0], parts[1])
            if parts[0] == "tests":
                why = "climbs: nothing that ships uses the tests"
            if why:
                yield number, "edge", "'%s' %s" % (name, why)
        elif quote == '"' and not re.search(r"(\.moc|^ui_\w+\.h|^moc_\w+\.cpp|^\w+_version\.h|^\w+\.inc)$", name):
            yield number, "edge", '"%s" is not whole from the root' % name


def check_libraries(source):
    for number, _, name in source.includes:
        if source.top == "engine":
            for pattern, word in FORBIDDEN_LIBRARIES.get(source.room, []):
                if pattern.match(name):
                    yield number, "library", "%s uses no %s (%s)" % (source.room, word, name)
            if QT_SCREEN.match(name):
                yield number, "library", "the engine has no screen (%s)" % name
        if KEYCHAIN.search(name) and source.top not in ("ui", "app"):
            yield number, "library", "QtKeychain belongs to ui and app (%s)" % name
        if BOOST_JSON.match(name) and source.path not in JSON_HOME:
            yield number, "library", "only engine/contract/json names boost/json"


def check_length(source):
    if source.is_code and len(source.lines) - 1 > LINES_LIMIT:
        yield LINES_LIMIT + 1, "length", "%d lines; at %d look for the second noun" % (len(source.lines) - 1, LINES_LIMIT)


def check_translation(source):
    if source.top != "engine":
        return
    tokens = source.tokens
    for i, token in enumerate(tokens[:-1]):
        if token.kind != "word" or token.text not in TRANSLATION or tokens[i + 1].text != "(":
            continue
        before = tokens[i - 1].text if i else ""
        if token.text == "translate" and not (before == "::" and tokens[i - 2].text == "QCoreApplication"):
            continue
        yield token.line, "translation", "the engine translates nothing: a code and parameters go up (%s)" % token.text


def check_names(source):
    tokens = source.tokens
    for i, token in enumerate(tokens):
        if token.kind != "word" or token.text not in ("class", "struct", "union", "using", "enum"):
            continue
        at = i + 1
        while at < len(tokens) and tokens[at].text in ("class", "struct", "["):
            at = at + 1 if tokens[at].text != "[" else next_after(tokens, at, "[", "]")
        if at + 1 >= len(tokens) or tokens[at].kind != "word":
            continue
        follows = tokens[at + 1].text
        defines = follows == "=" if token.text == "using" else follows in ("{", ":", "final")
        if defines and FORBIDDEN_SUFFIX.search(tokens[at].text):
            yield tokens[at].line, "name", "%s: name the noun it is" % tokens[at].text


def next_after(tokens, at, opening, closing):
    """The index after the bracket that closes the one at `at`."""
    depth = 0
    while at < len(tokens):
        if tokens[at].kind == "mark":
            depth += (tokens[at].text == opening) - (tokens[at].text == closing)
            if depth == 0:
                return at + 1
        at += 1
    return at


def constants_of(source):
    """Names the file itself declares constexpr: they are literals with a name."""
    words = set()
    for i, token in enumerate(source.tokens):
        if token.text != "constexpr":
            continue
        for later in range(i + 1, min(i + 20, len(source.tokens) - 1)):
            if source.tokens[later + 1].text in ("=", "{", "[") and source.tokens[later].kind == "word":
                words.add(source.tokens[later].text)
                break
            if source.tokens[later].text in (";", "("):
                break
    return words


def check_sql(source):
    """A literal that begins like SQL and is joined with anything that is not itself a literal."""
    if source.top != "engine":
        return
    tokens, constants = source.tokens, constants_of(source)

    def is_literal(at):
        while at < len(tokens) and tokens[at].text in ("(", "QStringLiteral", "QLatin1String", "QString", "std", "::", "string"):
            at += 1
        if at >= len(tokens):
            return False
        return tokens[at].kind in ("string", "char") or tokens[at].text in constants

    def is_literal_before(at):
        while at >= 0 and (tokens[at].text == ")" or tokens[at].text in ("s", "sv", "_s")):
            at -= 1
        return at >= 0 and (tokens[at].kind in ("string", "char") or tokens[at].text in constants)

    for i, token in enumerate(tokens):
        if token.kind != "string" or not SQL_START.match(token.text):
            continue
        finding = token.line, "sql", "SQL is a whole literal with placeholders, never joined: %.40s" % token.text.strip()
        # Out of what wraps the literal: its suffix, QStringLiteral(...), std::string{...}.
        end, start = i + 1, i - 1
        while end < len(tokens) and (tokens[end].text in (")", "}") or tokens[end].text in ("s", "sv", "_s")):
            end += 1
        while start >= 0 and (tokens[start].text in ("(", "{", "::") or (
                tokens[start].kind == "word" and tokens[start].text not in ("return", "case")
                and start + 1 < len(tokens) and tokens[start + 1].text in ("(", "{", "::"))):
            start -= 1
        after = tokens[end].text if end < len(tokens) else ""
        before = tokens[start].text if start >= 0 else ""
        if after == "+" and not is_literal(end + 1):
            yield finding
        elif after == "+" and any_joined(tokens, end, is_literal):
            yield finding
        elif before == "+" and not is_literal_before(start - 1):
            yield finding
        elif (after == "." and tokens[end + 1].text in GROWERS and tokens[end + 2].text == "("
              and not is_literal(end + 3)):
            yield finding
        elif tokens[i - 1].text == "(" and tokens[i - 2].text in FORMATTERS and tokens[i + 1].text == ",":
            yield finding


def any_joined(tokens, at, is_literal):
    """From a `+` after a literal: whether something further on in this chain of `+` is no literal."""
    while at < len(tokens) and tokens[at].text == "+":
        if not is_literal(at + 1):
            return True
        at += 1
        while at < len(tokens) and tokens[at].text not in ("+", ";", ",") and tokens[at].text != "?":
            at += 1
    return False


def check_head(source):
    is_script = source.text.startswith("#!")
    if not (source.path.endswith(HEADED) or is_script):
        return  # a room's CMakeLists.txt is one statement; the one at the top has its head
    head = source.lines[1:3] if is_script else source.lines[0:2]
    if (len(head) < 2 or "SPDX-License-Identifier: GPL-3.0-or-later" not in head[0]
            or "SPDX-FileCopyrightText: Postroom contributors" not in head[1]):
        yield 1, "head", "the two SPDX lines are missing"


FILE_RULES = [check_includes, check_libraries, check_length, check_translation, check_names, check_sql, check_head]


def check_rooms(sources):
    """postroom_room()'s USES and LINKS: no edge climbs, and includes and USES say the same."""
    uses, links, where = {}, {}, {}
    for source in sources:
        if os.path.basename(source.path) != "CMakeLists.txt" or source.top != "engine":
            continue
        text = re.sub(r"#[^\n]*", "", source.text)
        for match in re.finditer(r"postroom_room\(\s*([\w-]+)([^)]*)\)", text):
            room, words, key = match.group(1), match.group(2).split(), None
            line = text.count("\n", 0, match.start()) + 1
            uses[room], links[room], where[room] = [], [], (source.path, line)
            for word in words:
                if word in ("SOURCES", "USES", "LINKS"):
                    key = word
                elif key == "USES":
                    uses[room].append(word)
                elif key == "LINKS" and re.match(r"postroom(::|_)", word):
                    uses[room].append(re.sub(r"^postroom(::|_)", "", word))
                elif key == "LINKS":
                    links[room].append(word)
            if room != source.room:
                yield source.path, line, "room", "the room %s lives in engine/%s" % (room, source.room)
    included = {}
    for source in sources:
        if source.top == "engine" and source.is_code and source.room:
            for number, _, name in source.includes:
                parts = name.split("/")
                if parts[0] == "engine" and len(parts) > 2 and parts[1] != source.room:
                    included.setdefault(source.room, {}).setdefault(parts[1], (source.path, number))

    def reach(room, seen):
        for other in uses.get(room, []):
            if other not in seen:
                seen.add(other)
                reach(other, seen)
        return seen

    for room in sorted(uses):
        path, line = where[room]
        for other in uses[room]:
            why = may_use("engine", room, "engine", other)
            if why:
                yield path, line, "edge", "USES %s %s" % (other, why)
            if other != "base" and other not in included.get(room, {}):
                yield path, line, "room", "USES %s, but no file of %s includes it" % (other, room)
        for library in links[room]:
            for pattern, word in FORBIDDEN_LIBRARIES.get(room, []):
                if pattern.match(library):
                    yield path, line, "library", "%s links no %s" % (room, word)
            if QT_SCREEN.match(library):
                yield path, line, "library", "the engine has no screen (%s)" % library
            if KEYCHAIN.search(library):
                yield path, line, "library", "QtKeychain belongs to ui and app (%s)" % library
        for other, (file, number) in sorted(included.get(room, {}).items()):
            if other not in reach(room, set()):
                yield file, number, "room", "includes %s, but %s does not say USES %s" % (other, path, other)


def check_tree(paths):
    for path in sorted(paths):
        parts = path.split("/")
        if parts[0] not in TOP_LEVEL:
            yield path, 1, "tree", "%s is not on the plan's top level" % parts[0]
        elif len(parts) > 2 and parts[0] in SECOND_LEVEL and parts[1] not in SECOND_LEVEL[parts[0]]:
            yield path, 1, "tree", "%s/%s is no room of the plan" % (parts[0], parts[1])


def tracked(root):
    """What git knows and what it would add; without git (an unpacked archive) all that is there."""
    try:
        listed = subprocess.run(
            ["git", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            capture_output=True, check=True).stdout.decode()
        return [path for path in listed.split("\0") if path and os.path.isfile(os.path.join(root, path))]
    except (OSError, subprocess.CalledProcessError):
        pass
    found = []
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders if name not in NOT_OURS]
        found += [os.path.relpath(os.path.join(folder, name), root) for name in files if not name.endswith(".user")]
    return found


def findings(root):
    paths = sorted(path for path in tracked(root) if not os.path.islink(os.path.join(root, path)))
    found = list(check_tree(paths))
    sources = []
    for path in paths:
        full = os.path.join(root, path)
        if path.endswith(HEADED) or os.path.basename(path) == "CMakeLists.txt":
            sources.append(Source(root, path))
        else:
            with open(full, "rb") as file:
                if file.read(2) == b"#!":
                    sources.append(Source(root, path))
    for source in sources:
        for rule in FILE_RULES:
            found += [(source.path,) + finding for finding in rule(source)]
    found += check_rooms(sources)
    if not any(source.top == "engine" for source in sources):
        found.append((".", 1, "tree", "there is no engine here: this is not Postroom's root"))
    return found


def main():
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    found = findings(sys.argv[1])
    for path, line, rule, text in found:
        print("%s:%d: %s: %s" % (path, line, rule, text))
    print("%d findings" % len(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
