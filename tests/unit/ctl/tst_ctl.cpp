// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/base/text.h"
#include "engine/client/control_file.h"
#include "engine/client/login.h"
#include "engine/store/migrations.h"
#include "tests/unit/client/scripted_server.h"

#include <filesystem>
#include <fstream>
#include <QDir>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

using namespace postroom;
using client::ControlFile;
using client::test::ScriptedServer;

namespace {

using Words = std::vector<std::string>;

struct Run {
    int code = -1;
    std::string out;
    std::string error;
};

const std::string localToken = "local-token-that-must-stay-secret";
const std::string someId = "018c2d7e-5b7a-7c3b-9d1e-2f3a4b5c6d7e";

Words split(const QByteArray& line) {
    Words words;
    for (const QByteArray& word : line.split(' '))
        if (!word.isEmpty()) words.push_back(word.toStdString());
    return words;
}

// What stands at the begin of a help's lines.
QStringList beginsIn(const Run& help, const QString& pattern) {
    const QRegularExpression line(pattern, QRegularExpression::MultilineOption);
    QStringList found;
    for (auto each = line.globalMatch(toQString(help.out)); each.hasNext();) found << each.next().captured(1);
    found.removeAll(QStringLiteral("help"));
    return found;
}
QStringList optionsIn(const Run& help) {
    return beginsIn(help, QStringLiteral("^ +(?:-\\w,)?--([\\w-]+)"));
}
QStringList verbsIn(const Run& help) {
    const auto at = help.out.find("Subcommands:");
    if (at == help.out.npos) return {};
    return beginsIn({.code = 0, .out = help.out.substr(at), .error = {}}, QStringLiteral("^  (\\w[\\w-]*) "));
}

bool holds(const std::string& text, std::string_view part) {
    return text.find(part) != text.npos;
}

}  // namespace

Q_DECLARE_METATYPE(Words)

class TestCtl : public QObject {
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_folder;

    [[nodiscard]] std::string folder() const { return m_folder->path().toStdString(); }

    // Runs the real program with the event loop turning, so that a server may live in this thread.
    Run run(const Words& words, const std::string& input = {}, const Words& environment = {}) {
        QProcess process;
        QProcessEnvironment variables;
        variables.insert(QStringLiteral("HOME"), m_folder->path());
        variables.insert(QStringLiteral("XDG_DATA_HOME"), m_folder->path() + QStringLiteral("/data"));
        variables.insert(QStringLiteral("PATH"), qEnvironmentVariable("PATH"));
        // What a sanitizer was told counts for the program as well.
        for (const char* name : {"ASAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS"})
            if (qEnvironmentVariableIsSet(name))
                variables.insert(QString::fromLatin1(name), qEnvironmentVariable(name));
        for (const std::string& pair : environment)
            variables.insert(toQString(pair.substr(0, pair.find('='))), toQString(pair.substr(pair.find('=') + 1)));
        process.setProcessEnvironment(variables);
        process.setWorkingDirectory(m_folder->path());
        QStringList arguments;
        for (const std::string& word : words) arguments << toQString(word);
        process.start(QStringLiteral(POSTROOM_BINARY_DIR "/bin/postroomctl"), arguments);
        process.write(QByteArray::fromStdString(input));
        process.closeWriteChannel();
        if (!QTest::qWaitFor([&] { return process.state() == QProcess::NotRunning; }, 30'000)) {
            process.kill();
            process.waitForFinished();
            return {};
        }
        return {process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1,
                process.readAllStandardOutput().toStdString(), process.readAllStandardError().toStdString()};
    }

    // control.json for a scripted engine, and the script that proves to know the token before it answers `answer`.
    void leaveControlFile(const ScriptedServer& server) {
        QDir().mkpath(m_folder->path() + QStringLiteral("/data/postroom"));
        const ControlFile file{.url = server.url(), .token = Secret(localToken)};
        QVERIFY(file.write(folder() + "/data/postroom"));
    }
    static ScriptedServer::Script engine(ScriptedServer::Script rest) {
        return [rest = std::move(rest)](const ScriptedServer::Seen& seen) {
            const std::string asks = "GET /api/v1/auth/local?nonce=";
            if (!seen.line.starts_with(asks)) return rest(seen);
            const std::string nonce = seen.line.substr(asks.size(), seen.line.find(' ', asks.size()) - asks.size());
            return ScriptedServer::ok("{\"hmac\":\"" + client::localProof(Secret(localToken), nonce) + "\"}");
        };
    }

private slots:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }
    void cleanup() { m_folder.reset(); }

    void callsAWrongLineAUsageError_data() {
        QTest::addColumn<QByteArray>("line");
        for (const char* line : {"",
                                 "nonsense",
                                 "keys",
                                 "keys nonsense",
                                 "keys create",
                                 "keys create --name a --nonsense",
                                 "keys create --name a --scopes all",
                                 "keys revoke",
                                 "--key k keys list",
                                 "--url http://127.0.0.1:1 --secret-file f keys list",
                                 "--data-dir /x --url http://x keys list",
                                 "accounts add --email a@b.example",
                                 "accounts add --email a@b.example --host h --port 0",
                                 "accounts add --email a@b.example --host h --port 25 --security ssl",
                                 "accounts add --email a@b.example --host h --port 25 --password secret",
                                 "send --subject s --text t",
                                 "send --to a@b.example --text t",
                                 "send --to a@b.example --subject s --text t --on-unknown lose",
                                 "send --to a@b.example --subject s",
                                 "send --to a@b.example --subject s --text t --at tomorrow",
                                 "send --to a@b.example --subject s --text t --header none",
                                 "send --to a@b.example --subject s --text t --metadata none",
                                 "send --to a@b.example --template t --data {",
                                 "templates put t --subject s",
                                 "templates render t --data {",
                                 "keys rotate k --overlap x",
                                 "accounts add --email a@b.example --host h --port 25 --username u",
                                 "accounts add --email a@b.example --host h --port 25 --oauth acme",
                                 "accounts add --email a@b.example --host h --port 25 --username u --oauth google "
                                 "--password-file f",
                                 "accounts authorize",
                                 "accounts authorize a@b.example --provider acme",
                                 "accounts authorize a@b.example --refresh-token secret",
                                 "messages list --limit 0",
                                 "messages list --status lost",
                                 "messages show",
                                 "queue",
                                 "queue drain",
                                 "webhooks list",
                                 "config init now",
                                 "database upgrade"})
            QTest::newRow(*line ? line : "nothing") << QByteArray(line);
    }
    void callsAWrongLineAUsageError() {
        QFETCH(QByteArray, line);
        const Run done = run(split(line));
        QCOMPARE(done.code, 2);
        QVERIFY2(done.error.starts_with("postroomctl: "), done.error.c_str());
        QVERIFY(done.out.empty());
    }

    void saysInOneSentenceWhatToDoWhereNoEngineRuns_data() {
        QTest::addColumn<QByteArray>("line");
        for (const char* line : {"keys list", "keys create --name a", "accounts list", "messages list", "queue status",
                                 "health", "send --to a@b.example --subject s --text t", "messages show x"})
            QTest::newRow(line) << QByteArray(line);
    }
    void saysInOneSentenceWhatToDoWhereNoEngineRuns() {
        QFETCH(QByteArray, line);
        if (std::filesystem::exists("/var/lib/postroom/control.json")) QSKIP("a service of its own runs here");
        const Run done = run(split(line));
        QCOMPARE(done.code, 3);
        QVERIFY2(holds(done.error, "no engine runs on the data folder " + folder() + "/data/postroom"),
                 done.error.c_str());
        QVERIFY(holds(done.error, "start postroomd"));
        QCOMPARE(std::count(done.error.begin(), done.error.end(), '\n'), 1);
    }

    void saysCannotConnectWhenAnEngineWasKilled() {
        {
            ScriptedServer gone([](const auto&) { return ""; });
            leaveControlFile(gone);
        }
        QCOMPARE(run({"queue", "status"}).code, 3);
    }

    void showsTheTokenToNoStrangerOnThePort() {
        ScriptedServer stranger([](const auto&) { return ScriptedServer::ok("{\"hmac\":\"00\"}"); });
        leaveControlFile(stranger);
        const Run done = run({"queue", "status"});
        QCOMPARE(done.code, 3);
        QVERIFY2(holds(done.error, "a stranger answers on " + stranger.url()), done.error.c_str());
        QVERIFY(!holds(stranger.heard(), localToken));
    }

    void mapsTheEnginesErrorsToExitCodes_data() {
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("error");
        QTest::addColumn<int>("code");
        QTest::newRow("validation") << 422 << QByteArray("validation.failed") << 1;
        QTest::newRow("internal") << 500 << QByteArray("internal") << 1;
        QTest::newRow("limited") << 429 << QByteArray("rate.limited") << 1;
        QTest::newRow("no token") << 401 << QByteArray("auth.required") << 4;
        QTest::newRow("scope") << 403 << QByteArray("auth.scope") << 4;
        QTest::newRow("host") << 421 << QByteArray("request.host") << 4;
        QTest::newRow("not found") << 404 << QByteArray("not_found") << 5;
        QTest::newRow("conflict") << 409 << QByteArray("conflict") << 6;
        QTest::newRow("stale") << 409 << QByteArray("revision.stale") << 6;
        QTest::newRow("stopping") << 503 << QByteArray("stopping") << 3;
        QTest::newRow("no error of ours") << 500 << QByteArray("surprise") << 3;
    }
    void mapsTheEnginesErrorsToExitCodes() {
        QFETCH(int, status);
        QFETCH(QByteArray, error);
        QFETCH(int, code);
        ScriptedServer server(engine([&](const auto&) { return ScriptedServer::error(status, error.toStdString()); }));
        leaveControlFile(server);
        QCOMPARE(run({"messages", "cancel", someId}).code, code);
        const Run json = run({"--json", "messages", "cancel", someId});
        QCOMPARE(json.code, code);
        QVERIFY(
            QJsonDocument::fromJson(QByteArray::fromStdString(json.out)).object().contains(QStringLiteral("error")));
    }

    void createsAKeyInTheManualsWords() {
        ScriptedServer server(engine([](const auto&) {
            return ScriptedServer::ok("{\"id\":\"" + someId +
                                      "\",\"api_key\":\"noti_a\",\"api_secret\":\"secret_b\",\"scopes\":[\"send\"]}");
        }));
        leaveControlFile(server);
        const Run done =
            run({"keys", "create", "--name", "shop", "--description", "d", "--scopes", "send,read", "--test"});
        QCOMPARE(done.code, 0);
        QVERIFY2(done.out.starts_with("API Key: noti_a\nAPI Secret: secret_b\n"), done.out.c_str());
        QCOMPARE(server.seen().back().line, std::string("POST /api/v1/admin/api-keys HTTP/1.1"));
        QCOMPARE(
            server.seen().back().body,
            std::string("{\"name\":\"shop\",\"description\":\"d\",\"scopes\":[\"send\",\"read\"],\"is_test\":true}"));
        const Run json = run({"keys", "create", "--name", "shop", "--json"});
        QCOMPARE(QJsonDocument::fromJson(QByteArray::fromStdString(json.out))[QStringLiteral("api_secret")].toString(),
                 QStringLiteral("secret_b"));
    }

    void takesTheKeysSecretFromAFileTheInputOrTheEnvironment_data() {
        QTest::addColumn<QByteArray>("secretFile");
        QTest::addColumn<QByteArray>("input");
        QTest::addColumn<Words>("environment");
        QTest::newRow("file") << QByteArray("secret.txt") << QByteArray() << Words{};
        QTest::newRow("input") << QByteArray("-") << QByteArray("secret_b\n") << Words{};
        QTest::newRow("environment") << QByteArray() << QByteArray() << Words{"POSTROOM_SECRET=secret_b"};
    }
    void takesTheKeysSecretFromAFileTheInputOrTheEnvironment() {
        QFETCH(QByteArray, secretFile);
        QFETCH(QByteArray, input);
        QFETCH(Words, environment);
        std::ofstream(folder() + "/secret.txt") << "secret_b\r\n";
        ScriptedServer server([](const auto& seen) {
            return seen.line.starts_with("POST /api/v1/auth/token ") ? ScriptedServer::ok("{\"access_token\":\"t\"}")
                                                                     : ScriptedServer::ok("{\"items\":[]}");
        });
        Words words{"--url", server.url(), "--key", "noti_a", "keys", "list"};
        if (!secretFile.isEmpty()) words.insert(words.begin() + 4, {"--secret-file", secretFile.toStdString()});
        const Run done = run(words, input.toStdString(), environment);
        QVERIFY2(done.code == 0, done.error.c_str());
        QCOMPARE(server.seen().front().body, std::string("{\"api_key\":\"noti_a\",\"api_secret\":\"secret_b\"}"));
    }

    void neverPutsAPasswordOfAnAccountOnTheLine() {
        ScriptedServer server(engine(
            [](const auto&) { return ScriptedServer::ok("{\"id\":\"" + someId + "\",\"email\":\"a@b.example\"}"); }));
        leaveControlFile(server);
        const Run done = run({"accounts", "add", "--email", "a@b.example", "--host", "h", "--port", "587", "--username",
                              "u", "--password-file", "-", "--limit", "500", "--priority", "2"},
                             "hunter2\n");
        QVERIFY2(done.code == 0, done.error.c_str());
        QVERIFY(holds(server.seen().back().body, "\"smtp_password\":\"hunter2\""));
        QVERIFY(holds(server.seen().back().body, "\"daily_limit\":500,\"priority\":2"));
        QVERIFY(!holds(done.out + done.error, "hunter2"));
    }

    void neverPutsATokenOnTheLine() {
        ScriptedServer server(engine([](const auto& seen) {
            if (holds(seen.line, "/authorize"))
                return ScriptedServer::ok("{\"state\":\"authorized\",\"provider\":\"google\"}");
            return ScriptedServer::ok("{\"items\":[{\"id\":\"" + someId + "\",\"email\":\"a@b.example\"}]}");
        }));
        leaveControlFile(server);
        const Run done =
            run({"accounts", "authorize", "a@b.example", "--provider", "google", "--refresh-token-file", "-"},
                "1//hunter2\n");
        QVERIFY2(done.code == 0, done.error.c_str());
        QVERIFY(holds(server.seen().back().body, "{\"provider\":\"google\",\"refresh_token\":\"1//hunter2\"}"));
        QVERIFY(!holds(done.out + done.error, "hunter2"));
        QVERIFY(holds(done.out, "a@b.example is authorized"));
    }

    void sendsEverythingItIsGiven() {
        std::ofstream(folder() + "/page.html") << "<p>hi</p>";
        std::ofstream(folder() + "/a.pdf") << "%PDF";
        ScriptedServer server(engine([](const auto&) {
            return ScriptedServer::ok("{\"message_id\":\"" + someId + "\",\"status\":\"queued\",\"recipients\":[]}");
        }));
        leaveControlFile(server);
        const Run done =
            run({"send",      "--to",     "a@b.example", "--to",      "B <b@b.example>", "--cc",         "c@b.example",
                 "--subject", "s",        "--text",      "t",         "--html",          "page.html",    "--attach",
                 "a.pdf",     "--header", "X-A: 1",      "--account", "sandbox",         "--on-unknown", "hold"});
        QVERIFY2(done.code == 0, done.error.c_str());
        QVERIFY(holds(done.out, someId));
        const auto& seen = server.seen().back();
        // The engine can't honour it and refuses it.
        QVERIFY(!holds(seen.head, "idempotency-key: "));
        const auto body = QJsonDocument::fromJson(QByteArray::fromStdString(seen.body));
        QCOMPARE(body[QStringLiteral("to")].toArray().size(), 2);
        QCOMPARE(body[QStringLiteral("content")].toString(), QStringLiteral("<p>hi</p>"));
        QCOMPARE(body[QStringLiteral("headers")][QStringLiteral("X-A")].toString(), QStringLiteral("1"));
        QCOMPARE(body[QStringLiteral("on_unknown")].toString(), QStringLiteral("hold"));
        const auto attachment = body[QStringLiteral("attachments")][0];
        QCOMPARE(attachment[QStringLiteral("filename")].toString(), QStringLiteral("a.pdf"));
        QCOMPARE(attachment[QStringLiteral("content_type")].toString(), QStringLiteral("application/pdf"));
        QCOMPARE(attachment[QStringLiteral("content")].toString(), QStringLiteral("JVBERg=="));
    }

    void leavesItToTheEngineWhetherATemplateTakesASubject() {
        ScriptedServer server(engine([](const auto&) { return ScriptedServer::error(422, "validation.failed"); }));
        leaveControlFile(server);
        const Run done =
            run({"send", "--to", "a@b.example", "--subject", "s", "--template", "t", "--data", "{\"a\":1}"});
        QCOMPARE(done.code, 1);
        QVERIFY(holds(server.seen().back().body, "\"subject\":\"s\""));
        QVERIFY(holds(server.seen().back().body, "\"template\":\"t\""));
    }

    void makesNoDraftOfATemplateThatIsNotThere() {
        std::ofstream(folder() + "/page.html") << "<p>hi</p>";
        ScriptedServer server(engine([](const auto&) { return ScriptedServer::error(404, "not_found"); }));
        leaveControlFile(server);
        const Run done = run({"templates", "put", "t", "--subject", "s", "--html", "page.html", "--draft"});
        QCOMPARE(done.code, 2);
        QVERIFY2(holds(done.error, "the first version is always published"), done.error.c_str());
        QVERIFY(server.seen().back().line.starts_with("PUT "));
    }

    void tellsByItsExitCodeWhatBecameOfAMessage_data() {
        QTest::addColumn<QByteArray>("status");
        QTest::addColumn<QByteArray>("counts");
        QTest::addColumn<int>("code");
        QTest::newRow("all sent") << QByteArray("sent") << QByteArray("\"sent\":2") << 0;
        QTest::newRow("all failed") << QByteArray("failed") << QByteArray("\"failed\":2") << 1;
        QTest::newRow("some sent") << QByteArray("failed") << QByteArray("\"failed\":1,\"sent\":1") << 7;
        QTest::newRow("held") << QByteArray("held") << QByteArray("\"held\":2") << 7;
        QTest::newRow("not yet") << QByteArray("queued") << QByteArray("\"queued\":2") << 7;
    }
    void tellsByItsExitCodeWhatBecameOfAMessage() {
        QFETCH(QByteArray, status);
        QFETCH(QByteArray, counts);
        QFETCH(int, code);
        const std::string message = "{\"id\":\"" + someId + "\",\"status\":\"" + status.toStdString() +
                                    "\",\"recipient_counts\":{" + counts.toStdString() + "}}";
        ScriptedServer server(engine([&](const auto& seen) {
            return seen.line.starts_with("POST") ? ScriptedServer::ok("{\"message_id\":\"" + someId +
                                                                      "\",\"status\":\"queued\",\"recipients\":[]}")
                                                 : ScriptedServer::ok(message);
        }));
        leaveControlFile(server);
        const Run done = run({"send", "--to", "a@b.example", "--subject", "s", "--text", "t", "--wait", "1"});
        QVERIFY2(done.code == code, (done.out + done.error).c_str());
    }

    void makesWhatStrangersWroteHarmlessToTheTerminal() {
        ScriptedServer server(engine([](const auto&) {
            return ScriptedServer::ok("{\"items\":[{\"id\":\"" + someId +
                                      "\",\"subject\":\"\\u001b[31mred\\u009b\"}]}");
        }));
        leaveControlFile(server);
        const Run done = run({"messages", "list"});
        QCOMPARE(done.code, 0);
        QVERIFY2(holds(done.out, "?[31mred"), done.out.c_str());
        QVERIFY(!holds(done.out, "\x1b"));
    }

    void explainsInSentences() {
        const std::string explanation =
            "{\"message_id\":\"" + someId +
            "\",\"status\":\"queued\",\"waiting_for\":{\"code\":\"account.daily_limit\",\"params\":{\"email\":\"a@b."
            "example\"},\"until\":\"2026-01-31T00:00:00.000Z\"},\"deliveries\":[{\"id\":\"" +
            someId +
            "\",\"recipient\":\"x@y.example\",\"status\":\"queued\",\"attempts\":1,\"reason\":\"smtp.greylisted\"}],"
            "\"accounts\":[{\"account\":\"" +
            someId +
            "\",\"email\":\"a@b.example\",\"usable\":false,\"waiting_for\":{\"code\":\"account.daily_limit\"}}],"
            "\"evidence\":[{\"started_at\":\"2026-01-30T12:00:00.000Z\",\"account_email\":\"a@b.example\",\"outcome\":"
            "\"unknown\",\"stage\":\"dot\",\"peer\":\"192.0.2.7:465\",\"detail\":\"the connection broke\"}]}";
        ScriptedServer server(engine([&](const auto&) { return ScriptedServer::ok(explanation); }));
        leaveControlFile(server);
        const Run done = run({"messages", "explain", someId});
        QVERIFY2(done.code == 0, done.error.c_str());
        QVERIFY2(holds(done.out, "It waits: a@b.example has used up its daily limit; next at 2026-01-31 00:00:00Z."),
                 done.out.c_str());
        QVERIFY2(
            holds(done.out, "x@y.example is queued after 1 try: the server takes first-time mail only on a later try."),
            done.out.c_str());
        QVERIFY2(holds(done.out,
                       "Last try 2026-01-30 12:00:00Z through a@b.example (192.0.2.7:465): unknown at dot: the "
                       "connection broke\n"),
                 done.out.c_str());
    }

    void saysWhatTheHealthChecksSay_data() {
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<int>("code");
        QTest::newRow("ready") << 200
                               << QByteArray(
                                      "{\"status\":\"ready\",\"checks\":{\"disk\":{\"status\":\"ok\",\"ms\":1}}}")
                               << 0;
        QTest::newRow("degraded") << 200 << QByteArray("{\"status\":\"degraded\",\"checks\":{}}") << 0;
        QTest::newRow("not ready") << 503 << QByteArray("{\"status\":\"not_ready\",\"checks\":{}}") << 1;
    }
    void saysWhatTheHealthChecksSay() {
        QFETCH(int, status);
        QFETCH(QByteArray, body);
        QFETCH(int, code);
        ScriptedServer server(engine([&](const auto&) { return ScriptedServer::http(status, body.toStdString()); }));
        leaveControlFile(server);
        QCOMPARE(run({"health"}).code, code);
    }

    void worksWithoutAnEngineForVersionAndSecrets() {
        QCOMPARE(run({"version"}).code, 0);
        const auto version = QJsonDocument::fromJson(QByteArray::fromStdString(run({"version", "--json"}).out));
        QVERIFY(version[QStringLiteral("engine")].isNull());
        QVERIFY(!version[QStringLiteral("version")].toString().isEmpty());
        const Run first = run({"secrets", "generate"}), second = run({"secrets", "generate"});
        QCOMPARE(first.code, 0);
        QVERIFY(holds(first.out, "ENCRYPTION_KEY=") && holds(first.out, "\nJWT_SECRET_KEY="));
        QVERIFY(first.out != second.out);
    }

    void writesAPrivateEnvFileAndReplacesItOnlyByForce() {
        const std::string path = folder() + "/data/postroom/.env";
        QCOMPARE(run({"config", "init"}).code, 0);
        QCOMPARE(static_cast<int>(std::filesystem::status(path).permissions()), 0600);
        const auto content = [&] {
            std::ifstream in(path);
            return std::string(std::istreambuf_iterator<char>(in), {});
        };
        const std::string before = content();
        QCOMPARE(run({"config", "init"}).code, 6);
        QCOMPARE(content(), before);
        QCOMPARE(run({"config", "init", "--force"}).code, 0);
        QVERIFY(content() != before);
        QCOMPARE(run({"config", "check"}).code, 0);
    }

    void saysEveryProblemOfTheSettings() {
        const std::string path = folder() + "/bad.env";
        std::ofstream(path) << "JWT_SECRET_KEY=short\nDEBUG=true\nAPI_LISTEN=nonsense\n";
        std::filesystem::permissions(path, std::filesystem::perms(0600));
        const Run done = run({"config", "check", "--env-file", path});
        QCOMPARE(done.code, 1);
        for (const char* name : {"JWT_SECRET_KEY", "DEBUG", "API_LISTEN"})
            QVERIFY2(holds(done.error, name), done.error.c_str());
        QVERIFY(!holds(done.error, "short\n"));
        QVERIFY(run({"config", "check", "--env-file", folder() + "/absent.env"}).code == 1);
    }

    void showsSettingsWithTheirSourceAndNoSecrets() {
        QCOMPARE(run({"config", "init"}).code, 0);
        const Run done = run({"config", "show", "--json"}, {}, {"RATE_LIMIT_PER_MINUTE=77"});
        QCOMPARE(done.code, 0);
        const auto items =
            QJsonDocument::fromJson(QByteArray::fromStdString(done.out))[QStringLiteral("items")].toArray();
        QVERIFY(items.size() > 40);
        int found = 0;
        for (const auto& item : items) {
            const QString name = item[QStringLiteral("name")].toString();
            if (name == QStringLiteral("RATE_LIMIT_PER_MINUTE")) {
                QCOMPARE(item[QStringLiteral("value")].toString(), QStringLiteral("77"));
                QCOMPARE(item[QStringLiteral("source")].toString(), QStringLiteral("environment"));
                ++found;
            }
            if (name == QStringLiteral("JWT_SECRET_KEY")) {
                QCOMPARE(item[QStringLiteral("value")].toString(), QStringLiteral("***"));
                ++found;
            }
        }
        QCOMPARE(found, 2);
        QVERIFY(holds(run({"config", "show"}).out, "MEANING"));
    }

    void saysThatThereIsNoDatabaseYet() {
        const Run done = run({"database", "status"});
        QVERIFY2(done.code == 5, (done.out + done.error).c_str());
        QVERIFY(!std::filesystem::exists(folder() + "/data/postroom/postroom.db"));
    }

    void showsTheDatabaseWithAndWithoutAnEngineOnIt() {
        QDir().mkpath(m_folder->path() + QStringLiteral("/data/postroom"));
        const auto location = store::Location::parse({}, folder() + "/data/postroom");
        QVERIFY(location);
        auto connection = store::Connection::open(*location, store::Access::Write);
        QVERIFY(connection && store::migrate(**connection));
        for (const bool engineOpen : {true, false}) {
            if (!engineOpen) connection->reset();
            const Run done = run({"database", "status", "--json"});
            QVERIFY2(done.code == 0, (done.out + done.error).c_str());
            const auto status = QJsonDocument::fromJson(QByteArray::fromStdString(done.out));
            QCOMPARE(status[QStringLiteral("schema_version")].toInt(), store::newestSchema());
            QCOMPARE(status[QStringLiteral("imbalance")].toInt(-1), 0);
            QVERIFY(status[QStringLiteral("size_bytes")].toInt() > 0);
        }
        QCOMPARE(run({"database", "status"}).code, 0);
    }

    void hasEveryOptionOnItsManualPage() {
        QFile file(QStringLiteral(POSTROOM_SOURCE_DIR "/app/ctl/postroomctl.1"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QString page = QString::fromUtf8(file.readAll());
        const QStringList entries = page.split(QStringLiteral("\n.It "));
        int seen = 0;
        const auto check = [&](const QString& where, const QStringList& options) {
            for (const QString& option : options) {
                const QRegularExpression written(QStringLiteral("Fl Fl %1\\b(?!-)").arg(option));
                QVERIFY2(where.contains(written),
                         qPrintable(QStringLiteral("--%1 in: %2").arg(option, where.left(200))));
                ++seen;
            }
        };
        check(page, optionsIn(run({"--help"})));
        for (const QString& noun : verbsIn(run({"--help"}))) {
            const Run help = run({toUtf8(noun), "--help"});
            QStringList verbs = verbsIn(help);
            if (verbs.isEmpty()) verbs << QString();
            for (const QString& verb : verbs) {
                const QRegularExpression named(QStringLiteral("Cm %1 (\\S+ \\| )*%2\\b").arg(noun, verb));
                const QRegularExpression alone(QStringLiteral("Cm %1\\b").arg(noun));
                QString where;
                for (const QString& entry : entries)
                    if (entry.contains(verb.isEmpty() ? alone : named)) where = where.isEmpty() ? entry : where;
                QVERIFY2(!where.isEmpty(), qPrintable(noun + QLatin1Char(' ') + verb));
                check(where, optionsIn(verb.isEmpty() ? help : run({toUtf8(noun), toUtf8(verb), "--help"})));
            }
        }
        QVERIFY2(seen > 60, qPrintable(QString::number(seen)));
    }

    void helpsWithEveryNoun_data() {
        QTest::addColumn<QByteArray>("line");
        for (const char* line : {"--help", "keys --help", "accounts add --help", "send --help", "--version"})
            QTest::newRow(line) << QByteArray(line);
    }
    void helpsWithEveryNoun() {
        QFETCH(QByteArray, line);
        const Run done = run(split(line));
        QCOMPARE(done.code, 0);
        QVERIFY(!done.out.empty());
        QVERIFY(done.error.empty());
    }
};

QTEST_GUILESS_MAIN(TestCtl)
#include "tst_ctl.moc"
