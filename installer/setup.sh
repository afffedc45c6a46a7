#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: Postroom contributors
#
# From a fresh Debian 12 to the first mail (`run`), and to the last test (`test`). README.md's two commands.
# Everything goes into build/ and the data folder; the only thing changed outside them is what apt installs.
set -eu

top=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
processors=$(nproc 2>/dev/null || echo 2)
# smtp-sink, postfix and ldconfig live there, and an ordinary user's PATH may not have it.
PATH=$PATH:/usr/sbin:/sbin
export PATH

build_packages='ca-certificates ccache cmake curl g++ jq libboost-json1.81-dev libboost1.81-dev libcli11-dev
    libexpected-dev libfmt-dev libgmime-3.0-dev libqt6charts6-dev libqt6opengl6-dev libqt6sql6-psql libqt6sql6-sqlite
    libqt6svg6-dev libspdlog-dev libsqlite3-dev libssl-dev ninja-build pkg-config prometheus-cpp-dev qt6-base-dev
    qt6-l10n-tools qt6-tools-dev qt6-translations-l10n'
test_packages='chromium chromium-driver clang-format e2fsprogs mandoc mount openssl postfix postgresql-15 procps
    python3 python3-aiosmtpd python3-cryptography python3-dkim python3-hypothesis python3-jinja2 python3-jsonschema
    python3-jwt python3-trustme sqlite3 strace xauth xdotool xvfb fonts-noto-cjk'
fuzz_packages='clang libclang-rt-14-dev'

usage() {
    cat <<'X'
usage: sh installer/setup.sh run
           Installs what is missing, builds Postroom, starts it, sends a first mail through its sandbox.
           Ctrl-C stops it.
             POSTROOM_DATA_DIR   the data folder (default: $XDG_DATA_HOME/postroom or ~/.local/share/postroom)
       sh installer/setup.sh test [--quick | --long]
           Installs what the tests need, builds, runs them.
             --quick             only tests labelled quick
             --long              every test and every slow lane
             POSTROOM_LANE       none, asan, tsan or fuzz: the slow lane of this run
                                 (default: one of the three by the commit's hash; none with --quick)
X
}

say() { printf '%s\n' "$*"; }
step() { printf '\n== %s\n' "$*"; }
fail() {
    printf 'setup.sh: %s\n' "$*" >&2
    exit 1
}

# ---- packages

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        fail "this needs root and there is no sudo. As root, run: $*"
    fi
}

# Installs those of the named packages that are not there. Asks the network nothing when none is missing.
need() {
    missing=
    for package in "$@"; do
        state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) || state=
        case $state in
            installed*) ;;
            *) missing="$missing $package" ;;
        esac
    done
    [ -n "$missing" ] || return 0
    command -v apt-get >/dev/null || fail "please install these by hand, there is no apt-get here:$missing"
    step "Installing$missing"
    # The list is in one word on purpose: package names hold no blanks.
    # shellcheck disable=SC2086
    set -- $missing
    as_root apt-get -q -o DPkg::Lock::Timeout=300 update || fail "apt-get update failed"
    case " $* " in
        # Its default answer would make a mail server of this machine; the tests bring their own configuration.
        *" postfix "*) echo 'postfix postfix/main_mailer_type select No configuration' | as_root debconf-set-selections ;;
    esac
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 \
        install --no-install-recommends "$@" || fail "apt-get could not install these packages"
}

# npm_folder NAME FOLDER: what FOLDER/package-lock.json names, into build/npm/NAME. Asks nobody when it is there. Nothing of
# what is fetched is run here.
npm_folder() {
    to=$top/build/npm/$1
    if [ -f "$to/node_modules/.package-lock.json" ] && cmp -s "$top/$2/package-lock.json" "$to/package-lock.json"; then
        return 0
    fi
    command -v npm >/dev/null || need nodejs npm || return 1
    step "Fetching what $2/package-lock.json names"
    rm -rf "$to" && mkdir -p "$to" && cp "$top/$2/package.json" "$top/$2/package-lock.json" "$to/" || return 1
    (cd "$to" && npm ci --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error)
}

# ---- building

# configure PRESET FOLDER [cmake's options]
configure() {
    preset=$1
    folder=$2
    shift 2
    mkdir -p "$folder"
    if ! (cd "$top" && cmake --preset "$preset" -B "$folder" "$@") >"$folder/configure.log" 2>&1; then
        cat "$folder/configure.log" >&2
        fail "cmake could not configure the preset $preset"
    fi
}

# compile FOLDER [TARGET...]
compile() {
    folder=$1
    shift
    ninja -C "$folder" -j "$processors" "$@"
}

# ---- run

data_folder() {
    if [ -n "${POSTROOM_DATA_DIR:-}" ]; then
        say "$POSTROOM_DATA_DIR"
    elif [ -n "${XDG_DATA_HOME:-}" ]; then
        say "$XDG_DATA_HOME/postroom"
    else
        say "${HOME:?is not set, and neither is POSTROOM_DATA_DIR}/.local/share/postroom"
    fi
}

ctl() { "$bin/postroomctl" --data-dir "$data" "$@"; }

# True if the engine of this data folder answers. postroomctl makes it prove that it is ours: a stranger may have its port.
answers() { [ -s "$data/control.json" ] && ctl health >/dev/null 2>&1; }

# True if somebody listens on this TCP port, on any address.
port_taken() {
    awk -v port=":$(printf '%04X' "$1")" '$4 == "0A" && substr($2, length($2) - 4) == port { found = 1 }
        END { exit !found }' /proc/net/tcp /proc/net/tcp6 2>/dev/null
}

# The port was chosen by whoever set it up: then it is not ours to change.
listen_is_set() {
    [ -n "${API_LISTEN:-}" ] || grep -qs '^[[:space:]]*\(export[[:space:]]*\)\{0,1\}API_LISTEN[[:space:]]*=' \
        "$data/.env" ./.env
}

# Starts the window where there is one to see, else the engine alone. Sets pid, log and program.
start() {
    log=$top/build/run/postroom.log
    listen=
    if ! listen_is_set && port_taken 8000; then
        port=8001
        while port_taken "$port"; do port=$((port + 1)); done
        listen=127.0.0.1:$port
        say "Port 8000 is in use by another program, so Postroom will listen on $listen."
    fi
    (umask 077 && : >"$log")
    # In a session of its own: Ctrl-C is for this script, which then asks once. Two signals would mean "at once".
    if [ -x "$bin/postroom" ] && [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
        program=postroom
        [ -z "$listen" ] || export API_LISTEN="$listen"
        setsid "$bin/postroom" --data-dir "$data" >"$log" 2>&1 &
    else
        program=postroomd
        setsid "$bin/postroomd" --data-dir "$data" ${listen:+--listen "$listen"} >"$log" 2>&1 &
    fi
    pid=$!
    trap 'stop' INT TERM HUP
    # Whatever fails below must not leave an engine behind.
    trap 'stop_after_failure' EXIT
}

# TERM is what the engine always obeys. It finishes what it owes first.
stop() {
    trap - INT TERM HUP EXIT
    printf '\nStopping Postroom...\n'
    kill -TERM "$pid" 2>/dev/null || true
    code=0
    wait "$pid" || code=$?
    if [ "$code" -ne 0 ]; then
        tail -n 20 "$log" >&2
        fail "$program ended with code $code instead of stopping cleanly; its log is $log"
    fi
    say "Postroom has stopped. Nothing that it accepted is lost: it goes on where it was at the next start."
    exit 0
}

stop_after_failure() {
    code=$?
    trap - INT TERM HUP EXIT
    kill -TERM "$pid" 2>/dev/null || true
    wait "$pid" || true
    exit "$code"
}

show_log_and_fail() {
    printf '%s\n' "---- $log" >&2
    tail -n 60 "$log" >&2
    printf '%s\n' "----" >&2
    fail "$*"
}

wait_until_it_answers() {
    deadline=$(($(date +%s) + 60))
    until answers; do
        if ! kill -0 "$pid" 2>/dev/null; then
            show_log_and_fail "$program ended by itself; what it said is above"
        fi
        [ "$(date +%s)" -lt "$deadline" ] || show_log_and_fail "$program did not answer within 60 seconds"
        sleep 0.2
    done
}

# api PATH [curl's options]: one call. The token reaches curl on its standard input, never on a command line.
api() {
    path=$1
    shift
    printf 'header = "Authorization: Bearer %s"\n' "$token" |
        curl --silent --show-error --max-time 30 ${API_TLS_CERT:+--cacert "$API_TLS_CERT"} --config - "$@" "$url$path"
}

make_key() {
    code=0
    description="made by installer/setup.sh"
    document=$(ctl --json keys create --name first --description "$description" --test) || code=$?
    if [ "$code" -eq 6 ]; then
        code=0
        document=$(ctl --json keys create --name "first-$(date +%Y%m%d-%H%M%S)" --description "$description" --test) ||
            code=$?
    fi
    [ "$code" -eq 0 ] || fail "postroomctl could not make a key (exit code $code)"
    key=$(printf '%s' "$document" | jq -r 'first(.. | .api_key? // empty | strings)')
    secret=$(printf '%s' "$document" | jq -r 'first(.. | .api_secret? // empty | strings)')
    if [ -z "$key" ] || [ -z "$secret" ]; then fail "postroomctl keys create did not print api_key and api_secret"; fi
}

fetch_token() {
    token=$(printf '{"api_key":"%s","api_secret":"%s"}' "$key" "$secret" |
        curl --silent --show-error --max-time 30 ${API_TLS_CERT:+--cacert "$API_TLS_CERT"} \
            --header 'Content-Type: application/json' --data-binary @- "$url/api/v1/auth/token" |
        jq -r '.data.access_token // empty')
    [ -n "$token" ] || fail "the engine gave no token for the new key"
}

# Sends the first mail and waits until it is sent. Sets message.
send_first() {
    body='{"to":"you@example.com","subject":"Hello from Postroom",'
    body=$body'"content":"<h1>It works</h1><p>This mail went through the sandbox: it left by SMTP and stayed here.</p>"}'
    answer=$(api /api/v1/messages/email/send --header 'Content-Type: application/json' --data-binary "$body")
    message=$(printf '%s' "$answer" | jq -r '.data.message_id // empty')
    [ -n "$message" ] || fail "the engine did not accept the first mail: $answer"
    deadline=$(($(date +%s) + 60))
    while :; do
        state=$(api "/api/v1/messages/$message" | jq -r '.data.status // empty')
        case $state in
            sent) return 0 ;;
            failed | held | expired | cancelled) break ;;
        esac
        [ "$(date +%s)" -lt "$deadline" ] || break
        sleep 0.2
    done
    ctl messages explain "$message" >&2 || true
    fail "the first mail is \"$state\" instead of sent; the engine's log is ${log:-with the engine that was running}"
}

tell() {
    kept=$(find "$data" -path '*/new/*' -type f -printf '%T@ %p\n' 2>/dev/null | sort -n | tail -n 1 | cut -d ' ' -f 2-)
    reading=
    [ -z "$kept" ] || reading=$(printf '\nRead it as its receiver would:\n\n  less "%s"\n ' "$kept")
    cat <<X

Postroom is running and your first mail is sent.

  What happened    You have a test key now. With it a mail to you@example.com was posted to the API, written
                   to disk, and delivered by SMTP to the sandbox, a mail server inside Postroom that keeps what
                   it gets. Nothing left this machine, and nothing sent with this key ever will.
  API              $url/api/v1
  Read and try it  $url/docs (the document itself: $url/openapi.json); README.md has the first steps
  Data folder      $data
  The key          $key
  Its secret       $secret
                   (shown this once; postroomctl keys create makes others)

See what became of the mail:

  $bin/postroomctl --data-dir "$data" messages show $message
$reading
Send the next one:

  TOKEN=\$(curl -s -X POST $url/api/v1/auth/token \\
    -H "Content-Type: application/json" \\
    -d '{"api_key": "$key", "api_secret": "$secret"}' | jq -r .data.access_token)

  curl -X POST $url/api/v1/messages/email/send \\
    -H "Authorization: Bearer \$TOKEN" -H "Content-Type: application/json" \\
    -d '{"to": "you@example.com", "subject": "The next mail", "content": "<p>Hello again</p>"}'

To send real mail, add an account and a key without --test (see README.md).

X
}

run() {
    # Word splitting makes the list.
    # shellcheck disable=SC2086
    need $build_packages
    (npm_folder docs resources/docs) || say "npm could not fetch it: /docs will be a plain page until this works."
    step "Building (build/run)"
    configure release "$top/build/run" -DPOSTROOM_TESTS=OFF
    compile "$top/build/run"
    bin=$top/build/run/bin
    data=$(data_folder)

    step "Starting on $data"
    ours=yes
    if answers; then
        ours=no
        say "An engine is already running on this data folder: using it."
    else
        start
        wait_until_it_answers
    fi
    url=$(jq -r .url "$data/control.json")

    step "Sending a first mail"
    make_key
    fetch_token
    send_first
    tell

    if [ "$ours" = no ]; then
        say "The engine was running before and goes on running."
        return 0
    fi
    say "Press Ctrl-C to stop Postroom."
    code=0
    wait "$pid" || code=$?
    trap - INT TERM HUP EXIT
    [ "$code" -eq 0 ] || show_log_and_fail "$program ended with code $code"
    say "$program was stopped by somebody else."
}

# ---- test

# One of three, by the commit: over some days every change meets every lane, and a run of one commit repeats.
lane_of_this_commit() {
    hash=$(git -C "$top" rev-parse HEAD 2>/dev/null) ||
        hash=$(cd "$top" && find CMakeLists.txt engine app tests -type f | LC_ALL=C sort | xargs sha1sum | sha1sum)
    case $((0x$(printf '%.4s' "$hash") % 3)) in
        0) echo asan ;;
        1) echo tsan ;;
        *) echo fuzz ;;
    esac
}

sanitized() {
    lane=$1
    folder=$top/build/$lane
    step "Slow lane $lane: building ($folder)"
    # What is judged is the engine: the window is one thread of Qt's own widgets, and they are not instrumented.
    configure "$lane" "$folder" -DPOSTROOM_WINDOW=OFF
    compile "$folder" || return 1
    step "Slow lane $lane: quick tests under the sanitizer"
    # Qt of the distribution is not instrumented: ThreadSanitizer sees nothing of what Qt's own locks order. Our threads
    # hand work over through engine/base/inbox.h, which it does see; left out is what Qt does inside its own calls,
    # such as the end of a connected functor, which its lock of signals and slots orders.
    cat >"$folder/tsan.supp" <<'X'
called_from_lib:libQt6Core.so
called_from_lib:libQt6Network.so
called_from_lib:libQt6Sql.so
called_from_lib:libQt6Test.so
called_from_lib:libglib-2.0.so
race:libglib-2.0
race:~QFunctorSlotObject
mutex:libQt6
deadlock:libQt6
X
    # Reserves its shadow where newer kernels put programs unless the layout is fixed; some containers forbid to fix it.
    fixed_layout=
    if setarch "$(uname -m)" --addr-no-randomize true 2>/dev/null; then
        fixed_layout="setarch $(uname -m) --addr-no-randomize"
    fi
    # shellcheck disable=SC2086
    ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1 \
        UBSAN_OPTIONS=print_stacktrace=1 \
        TSAN_OPTIONS="halt_on_error=1:die_after_fork=0:second_deadlock_stack=1:suppressions=$folder/tsan.supp" \
        $fixed_layout ctest --test-dir "$folder" -L '^quick$' --output-on-failure --no-tests=error -j 2
}

fuzzed() {
    folder=$top/build/fuzz
    step "Slow lane fuzz: building ($folder)"
    # shellcheck disable=SC2086
    need $fuzz_packages
    configure fuzz "$folder" -DPOSTROOM_WINDOW=OFF
    compile "$folder" fuzzers || return 1
    mkdir -p "$folder/crashes"
    ran=0
    failed=
    for target in "$folder"/fuzzers/fuzz_*; do
        [ -x "$target" ] || continue
        name=$(basename "$target")
        seeds=$top/tests/fuzz/corpus/${name#fuzz_}
        found=$folder/corpus/${name#fuzz_}
        mkdir -p "$found"
        [ -d "$seeds" ] || seeds=
        step "Slow lane fuzz: $name, 30 seconds"
        ran=$((ran + 1))
        if ! "$target" -max_total_time=30 -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
            -artifact_prefix="$folder/crashes/$name-" "$found" ${seeds:+"$seeds"} >"$folder/$name.log" 2>&1; then
            tail -n 60 "$folder/$name.log"
            failed="$failed $name"
        fi
        grep 'stat::' "$folder/$name.log" || true
    done
    [ "$ran" -gt 0 ] || {
        say "no fuzz target was built"
        return 1
    }
    [ -z "$failed" ] || {
        say "crashed:$failed; the inputs are in $folder/crashes. Mend it and keep them in tests/fuzz/corpus."
        return 1
    }
}

run_lane() {
    case $1 in
        asan | tsan) sanitized "$1" ;;
        fuzz) fuzzed ;;
    esac
}

run_tests() {
    set_of_tests=default
    case ${1:-} in
        '') ;;
        --quick) set_of_tests=quick ;;
        --long) set_of_tests=long ;;
        *)
            usage >&2
            exit 2
            ;;
    esac
    case $set_of_tests in
        quick) lanes=none ;;
        long) lanes='asan tsan fuzz' ;;
        *) lanes=$(lane_of_this_commit) ;;
    esac
    lanes=${POSTROOM_LANE:-$lanes}
    for lane in $lanes; do
        case $lane in
            none | asan | tsan | fuzz) ;;
            *) fail "POSTROOM_LANE is none, asan, tsan or fuzz, not \"$lane\"" ;;
        esac
    done

    # shellcheck disable=SC2086
    need $build_packages $test_packages
    npm_folder docs resources/docs || fail "npm could not fetch what /docs is made of"
    npm_folder tests tests/support/npm || fail "npm could not fetch what the tests run"

    # First, so that ctest's own summary is what closes the output.
    lanes_failed=
    for lane in $lanes; do
        [ "$lane" = none ] || (run_lane "$lane") || lanes_failed="$lanes_failed $lane"
    done

    step "Building (build/dev)"
    configure dev "$top/build/dev"
    compile "$top/build/dev"
    for lane in $lanes; do
        case " $lanes_failed " in
            *" $lane "*) step "Slow lane $lane FAILED, see above" ;;
            *) [ "$lane" = none ] || step "Slow lane $lane passed" ;;
        esac
    done
    step "Testing ($set_of_tests)"
    set -- --test-dir "$top/build/dev" --output-on-failure --no-tests=error -j 2
    case $set_of_tests in
        quick) set -- "$@" -L '^quick$' ;;
        default) set -- "$@" -LE '^long$' ;;
    esac
    code=0
    ctest "$@" || code=$?
    [ -z "$lanes_failed" ] || exit 1
    exit "$code"
}

case ${1:-} in
    run)
        [ $# -eq 1 ] || {
            usage >&2
            exit 2
        }
        run
        ;;
    test)
        shift
        [ $# -le 1 ] || {
            usage >&2
            exit 2
        }
        run_tests "$@"
        ;;
    -h | --help) usage ;;
    *)
        usage >&2
        exit 2
        ;;
esac
