// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/base/platform.h"
#include "engine/base/text.h"
#include "engine/contract/settings.h"
#include "engine/contract/settings_value.h"

#include <QFile>
#include <QTest>
#include <set>

using namespace postroom;
using namespace postroom::contract;

namespace {

const std::string fixtures = POSTROOM_SOURCE_DIR "/tests/unit/contract/fixtures/";

EnvFile fileOf(const std::string& text, bool worldReadable = false) {
    return {.path = ".env", .lines = parseEnv(text, ".env").value(), .worldReadable = worldReadable};
}
SettingLayers layersOf(const std::string& text) {
    return {.stored = {}, .file = fileOf(text), .environment = {}, .flags = {}};
}

// What is said about a name, or nothing.
std::string faultOf(const Result<Settings>& result, const std::string& name) {
    if (result) return {};
    for (const FieldError& field : result.error().fields)
        if (field.field == name) return field.reason + " " + field.detail;
    return {};
}
bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != text.npos;
}
bool anyContains(const std::vector<std::string>& lines, std::string_view part) {
    return std::any_of(lines.begin(), lines.end(), [&](const std::string& line) { return contains(line, part); });
}
const Settings::Shown& shownOf(const std::vector<Settings::Shown>& all, std::string_view name) {
    return *std::find_if(all.begin(), all.end(), [&](const auto& shown) { return shown.name == name; });
}

}  // namespace

class TestSettings : public QObject {
    Q_OBJECT

private slots:
    void hasSoundRows() {
        std::set<std::string_view> names;
        for (const SettingRow& row : settingTable()) {
            QVERIFY2(names.insert(row.name).second, row.name.data());
            QVERIFY2(!row.meaning.empty() && row.meaning.back() == '.', row.name.data());
            QVERIFY2(row.otherwise.empty() || checkedValue(row, row.otherwise) == std::string(row.otherwise),
                     row.name.data());
            QVERIFY2(!row.isSecret() || row.otherwise.empty(), row.name.data());
            QCOMPARE(settingNamed(row.name), &row);
        }
        QCOMPARE(settingNamed("env"), nullptr);
        QVERIFY(Settings::resolve({}));
    }

    void readsTheWholeBlockOfTheManual() {
        const auto file = readEnvFile(fixtures + "manual.env");
        QVERIFY(file);
        QCOMPARE(file->lines.size(), std::size_t{43});
        SettingLayers layers;
        layers.file = file.value();
        layers.file->worldReadable = false;
        const auto settings = Settings::resolve(layers);
        QVERIFY2(settings, settings ? "" : settings.error().text().c_str());
        const auto shown = settings->show();
        for (const EnvLine& line : file->lines) {
            const SettingRow* row = settingNamed(line.name);
            QVERIFY2(row, line.name.c_str());
            QCOMPARE(settings->resolved(line.name).source, file->path + ":" + std::to_string(line.line));
            if (row->effect == SettingEffect::Ignored || row->effect == SettingEffect::Later)
                QVERIFY2(anyContains(settings->notices(), line.name + " ("), line.name.c_str());
            else
                QVERIFY2(!anyContains(settings->notices(), line.name + " (") || line.name == "ALLOWED_HOSTS",
                         line.name.c_str());
        }
        QCOMPARE(settings->integer("EMAIL_MAX_SIZE"), std::int64_t{20'971'520});
        QCOMPARE(settings->integer("CELERY_WORKER_CONCURRENCY"), std::int64_t{4});
        QCOMPARE(settings->integer("RATE_LIMIT_PER_MINUTE"), std::int64_t{100});
        QCOMPARE(settings->text("TZ"), std::string("Asia/Shanghai"));
        QCOMPARE(shownOf(shown, "DATABASE_URL").value,
                 std::string("postgresql://notification_user:***@postgres:5432/notification_db"));
        QCOMPARE(shownOf(shown, "JWT_SECRET_KEY").value, std::string("***"));
        QVERIFY(anyContains(settings->notices(), "ALLOWED_HOSTS"));
    }

    void showsEachHonouredNameOfTheManualChange() {
        // Another valid value of each name that has an effect: what is shown has to follow it.
        const SettingValues others{{"ENV", "staging"},
                                   {"DEBUG", "true"},
                                   {"LOG_LEVEL", "ERROR"},
                                   {"DATABASE_URL", "sqlite:///other.db"},
                                   {"ALLOWED_HOSTS", "mail.example.com"},
                                   {"JWT_SECRET_KEY", "another-key-of-more-than-32-bytes!"},
                                   {"JWT_ALGORITHM", "hs256"},
                                   {"JWT_EXPIRE_MINUTES", "5"},
                                   {"JWT_REFRESH_EXPIRE_DAYS", "30"},
                                   {"ENCRYPTION_KEY", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="},
                                   {"EMAIL_TIMEOUT", "31"},
                                   {"EMAIL_MAX_SIZE", "1000000"},
                                   {"ATTACHMENT_MAX_SIZE", "1000001"},
                                   {"ATTACHMENT_STORAGE_PATH", "/srv/attachments"},
                                   {"ATTACHMENT_EXPIRE_DAYS", "8"},
                                   {"DB_POOL_SIZE", "6"},
                                   {"DB_POOL_TIMEOUT", "31"},
                                   {"RABBITMQ_URL", "amqps://other"},
                                   {"RABBITMQ_PREFETCH_COUNT", "11"},
                                   {"RABBITMQ_HEARTBEAT", "61"},
                                   {"REDIS_URL", "rediss://other"},
                                   {"REDIS_SOCKET_TIMEOUT", "6"},
                                   {"REDIS_SOCKET_CONNECT_TIMEOUT", "6"},
                                   {"CELERY_WORKER_CONCURRENCY", "17"},
                                   {"PROMETHEUS_ENABLED", "false"},
                                   {"METRICS_PORT", "9191"},
                                   {"RATE_LIMIT_ENABLED", "false"},
                                   {"RATE_LIMIT_PER_MINUTE", "42"},
                                   {"TZ", "Europe/Berlin"}};
        const auto file = readEnvFile(fixtures + "manual.env");
        QVERIFY(file);
        for (const EnvLine& line : file->lines) {
            const SettingRow* row = settingNamed(line.name);
            if (row->effect == SettingEffect::Ignored || row->effect == SettingEffect::Later) continue;
            const auto other = others.find(line.name);
            QVERIFY2(other != others.end(), line.name.c_str());
            SettingLayers layers;
            layers.file = EnvFile{.path = ".env", .lines = {{1, line.name, other->second}}, .worldReadable = false};
            if (line.name == "DEBUG") layers.flags["ENV"] = "development";
            const auto settings = Settings::resolve(layers);
            QVERIFY2(settings, settings ? "" : settings.error().text().c_str());
            const auto before = shownOf(Settings{}.show(), line.name), after = shownOf(settings->show(), line.name);
            QCOMPARE(after.source, std::string(".env:1"));
            QCOMPARE(before.source, std::string("default"));
            // HS256 is the one value JWT_ALGORITHM may have.
            if (line.name != "JWT_ALGORITHM") QVERIFY2(after.value != before.value, line.name.c_str());
        }
    }

    void refusesEverySampleOfTheManual() {
        const auto file = readEnvFile(fixtures + "manual_as_printed.env");
        QVERIFY(file);
        SettingLayers layers;
        layers.file = file.value();
        const auto settings = Settings::resolve(layers);
        QVERIFY(!settings);
        QCOMPARE(settings.error().code, ErrorCode::ConfigInvalid);
        for (const char* name :
             {"DATABASE_URL", "RABBITMQ_URL", "SECRET_KEY", "JWT_SECRET_KEY", "ENCRYPTION_KEY", "CELERY_BROKER_URL"}) {
            const std::string fault = faultOf(settings, name);
            QVERIFY2(contains(fault, "setting.sample_secret"), name);
            QVERIFY2(contains(fault, "manual_as_printed.env:"), fault.c_str());
        }
        QVERIFY(!contains(settings.error().text(), "your-") && !contains(settings.error().text(), "your_"));
    }

    void refuses_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<QByteArray>("part");
        const auto row = [](const char* what, const char* text, const char* name, const char* part) {
            QTest::newRow(what) << QByteArray(text) << QByteArray(name) << QByteArray(part);
        };
        row("a short signing key", "\n\nJWT_SECRET_KEY=short", "JWT_SECRET_KEY",
            ".env:3: JWT_SECRET_KEY must have at least 32");
        row("another algorithm", "JWT_ALGORITHM=RS256", "JWT_ALGORITHM", "must be HS256");
        row("no algorithm", "JWT_ALGORITHM=none", "JWT_ALGORITHM", "must be HS256");
        row("debugging in production", "ENV=production\nDEBUG=true", "DEBUG", "must be false where ENV is production");
        row("debugging where nothing is said", "DEBUG=1", "DEBUG", "must be false where ENV is production");
        row("an unknown environment", "ENV=prod", "ENV", "development or staging or production");
        row("a listener without TLS", "API_LISTEN=0.0.0.0:8000", "API_LISTEN", "API_ALLOW_PLAIN=true behind a proxy");
        row("a listener without TLS, IPv6", "API_LISTEN=[::]:8000", "API_LISTEN", "API_TLS_CERT");
        row("a certificate without key", "API_TLS_CERT=/x.pem", "API_TLS_CERT", "needs API_TLS_KEY");
        row("a key without certificate", "API_TLS_KEY=/x.pem", "API_TLS_KEY", "needs API_TLS_CERT");
        row("a number with a unit", "EMAIL_MAX_SIZE=20MB", "EMAIL_MAX_SIZE", "whole number of bytes");
        row("a number out of bounds", "METRICS_PORT=65536", "METRICS_PORT", "from 1 to 65535");
        row("no boolean", "API_ALLOW_PLAIN=maybe", "API_ALLOW_PLAIN", "must be true or false");
        row("no URL", "DATABASE_URL=notify.db", "DATABASE_URL", "begins with sqlite:// or postgresql://");
        row("another database", "DATABASE_URL=mysql://u:hunter2@h/d", "DATABASE_URL", "begins with");
        row("a zone that is none", "TZ=Middle/Earth", "TZ", "IANA");
        row("a sample from the shorter list", "JWT_SECRET_KEY=your_jwt_secret_key_at_least_32_chars", "JWT_SECRET_KEY",
            "sample");
        row("a sample password", "DB_PASSWORD=your_secure_password_here", "DB_PASSWORD", "sample");
        row("a sample in a URL", "REDIS_URL=redis://:your_password@h", "REDIS_URL", "sample");
    }
    void refuses() {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, name);
        QFETCH(QByteArray, part);
        const auto settings = Settings::resolve(layersOf(text.toStdString()));
        QVERIFY(!settings);
        QCOMPARE(settings.error().code, ErrorCode::ConfigInvalid);
        QCOMPARE(settings.error().fields.at(0).field, name.toStdString());
        QVERIFY2(contains(settings.error().fields.at(0).detail, part.toStdString()), settings.error().text().c_str());
        QVERIFY(!contains(settings.error().text(), "hunter2"));
    }

    void takesWhatIsAllowed_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("plain behind a proxy") << QByteArray("API_LISTEN=0.0.0.0:8000\nAPI_ALLOW_PLAIN=yes");
        QTest::newRow("TLS") << QByteArray("API_LISTEN=0.0.0.0:8443\nAPI_TLS_CERT=/c.pem\nAPI_TLS_KEY=/k.pem");
        QTest::newRow("loopback") << QByteArray("API_LISTEN=[::1]:0");
        QTest::newRow("debugging in development") << QByteArray("ENV=development\nDEBUG=true");
        QTest::newRow("nonsense without effect") << QByteArray("WORKERS=auto\nDB_MAX_OVERFLOW=-1");
        QTest::newRow("empty values") << QByteArray("ENV=\nMETRICS_PORT=\nDATABASE_URL=\nJWT_SECRET_KEY=\nTZ=\n");
    }
    void takesWhatIsAllowed() {
        QFETCH(QByteArray, text);
        const auto settings = Settings::resolve(layersOf(text.toStdString()));
        QVERIFY2(settings, settings ? "" : settings.error().text().c_str());
    }

    void saysAllThatIsWrongAtOnce() {
        const auto settings =
            Settings::resolve(layersOf("JWT_SECRET_KEY=short\nTZ=Nowhere\nDEBUG=true\nMETRICS_PORT=x"));
        QCOMPARE(settings.error().fields.size(), std::size_t{4});
        QVERIFY(contains(settings.error().text(), "4 settings are not valid"));
    }

    void refusesAFileOfSecretsThatEverybodyMayRead() {
        for (const char* line :
             {"JWT_SECRET_KEY=0123456789abcdef0123456789abcdef", "DATABASE_URL=postgresql://u:p@h/d", "SECRET_KEY=x"}) {
            SettingLayers layers;
            layers.file = fileOf(std::string("\n") + line, true);
            const auto settings = Settings::resolve(layers);
            QVERIFY(!settings);
            QVERIFY(contains(settings.error().fields.at(0).detail, "chmod 600 .env"));
            QVERIFY(contains(settings.error().fields.at(0).detail, ".env:2: "));
            layers.file->worldReadable = false;
            QVERIFY(Settings::resolve(layers));
        }
        SettingLayers harmless;
        harmless.file = fileOf("LOG_LEVEL=DEBUG\nDATABASE_URL=sqlite:///x.db\nJWT_SECRET_KEY=\n", true);
        QVERIFY(Settings::resolve(harmless));
    }

    void takesTheStrongestLayer() {
        SettingLayers layers;
        const auto source = [&] {
            const auto settings = Settings::resolve(layers);
            return settings ? settings->resolved("EMAIL_TIMEOUT").source + " " + settings->text("EMAIL_TIMEOUT")
                            : "refused";
        };
        QCOMPARE(source(), std::string("default 30"));
        layers.stored["EMAIL_TIMEOUT"] = "31";
        QCOMPARE(source(), std::string("stored 31"));
        layers.file = fileOf("\nEMAIL_TIMEOUT=32");
        QCOMPARE(source(), std::string(".env:2 32"));
        layers.environment["EMAIL_TIMEOUT"] = "33";
        QCOMPARE(source(), std::string("environment 33"));
        layers.flags["EMAIL_TIMEOUT"] = "34";
        QCOMPARE(source(), std::string("flag 34"));
        layers.flags["EMAIL_TIMEOUT"] = "";
        QCOMPARE(source(), std::string("environment 33"));
        // What a stronger layer hides disturbs nobody; what counts is judged.
        layers.file = fileOf("EMAIL_TIMEOUT=soon");
        QCOMPARE(source(), std::string("environment 33"));
        layers.environment["EMAIL_TIMEOUT"] = "soon";
        QCOMPARE(source(), std::string("refused"));
    }

    void noticesWhatItDoesNotKnow() {
        const auto settings = Settings::resolve(
            layersOf("DATABSE_URL=sqlite:///x\nMY_OWN=hunter2\nTZ=UTC\nTZ=Asia/Tokyo\nPYTHONUNBUFFERED=1"));
        QVERIFY(settings);
        QVERIFY(anyContains(settings->notices(), ".env:1: DATABSE_URL is not a setting; did you mean DATABASE_URL?"));
        QVERIFY(anyContains(settings->notices(), ".env:2: MY_OWN is not a setting"));
        QVERIFY(anyContains(settings->notices(), ".env:4: TZ stands more than once"));
        QVERIFY(anyContains(settings->notices(), "PYTHONUNBUFFERED (.env:5) has no effect: "));
        QVERIFY(!anyContains(settings->notices(), "hunter2"));
        QCOMPARE(settings->text("TZ"), std::string("Asia/Tokyo"));
        QVERIFY(Settings::resolve({})->notices().empty());
    }

    void readsTheEnvironment() {
        qputenv("STOP_GRACE", "7");
        qputenv("NOT_OURS", "x");
        const SettingValues values = environmentSettings();
        QCOMPARE(values.at("STOP_GRACE"), std::string("7"));
        QVERIFY(values.find("NOT_OURS") == values.end());
        qunsetenv("STOP_GRACE");
        qunsetenv("NOT_OURS");
    }

    void writesATemplateThatItReads() {
        const FreshSecrets secrets = makeFreshSecrets();
        SettingLayers layers;
        layers.file = fileOf(configTemplate(secrets));
        QCOMPARE(layers.file->lines.size(), std::size_t{2});
        const auto settings = Settings::resolve(layers);
        QVERIFY2(settings, settings ? "" : settings.error().text().c_str());
        QVERIFY(settings->notices().empty());
        QVERIFY(settings->secret("JWT_SECRET_KEY").equals(secrets.jwtKey.reveal()));
        QCOMPARE(keyBytes(settings->text("ENCRYPTION_KEY"))->size(), std::size_t{32});
        QVERIFY(!secrets.jwtKey.equals(makeFreshSecrets().jwtKey.reveal()));
    }

    void keepsTheExampleOfTheSourcesInStep() {
        const auto example = platform::readFile(POSTROOM_SOURCE_DIR "/.env.example");
        QVERIFY(example);
        // Written anew by: POSTROOM_WRITE_EXAMPLE=1 tst_settings keepsTheExampleOfTheSourcesInStep
        if (qEnvironmentVariableIsSet("POSTROOM_WRITE_EXAMPLE")) {
            QFile file{QStringLiteral(POSTROOM_SOURCE_DIR "/.env.example")};
            QVERIFY(file.open(QFile::WriteOnly) && file.write(viewOf(configExample())) > 0);
            return;
        }
        QCOMPARE(*example, configExample());
        std::string uncommented;
        for (const SettingRow& row : settingTable()) {
            const std::string line = "# " + std::string(row.name) + "=" + std::string(row.otherwise);
            QVERIFY2(contains(*example, "\n" + line + "\n"), line.c_str());
            uncommented += line.substr(2) + "\n";
        }
        QVERIFY(Settings::resolve(layersOf(uncommented)));
    }

    void showsNoSecret() {
        const std::string mark = "canary-canary-canary-canary-canary";
        std::string text;
        for (const SettingRow& row : settingTable()) {
            if (row.isSecret() && row.kind != SettingKind::Key) text += std::string(row.name) + "=" + mark + "\n";
            if (row.kind == SettingKind::Url) {
                const bool database = row.name == "DATABASE_URL";
                const std::string scheme =
                    database ? "postgresql" : std::string(row.choices.substr(0, row.choices.find(' ')));
                text += std::string(row.name) + "=" + (scheme.empty() ? "amqp" : scheme) + "://user:" + mark +
                        "@host/x?password=" + mark + "\n";
            }
        }
        const auto settings = Settings::resolve(layersOf(text));
        QVERIFY2(settings, settings ? "" : settings.error().text().c_str());
        for (const auto& shown : settings->show()) QVERIFY2(!contains(shown.value, "canary"), shown.name.c_str());
        for (const std::string& notice : settings->notices()) QVERIFY2(!contains(notice, "canary"), notice.c_str());
    }
};

QTEST_APPLESS_MAIN(TestSettings)
#include "tst_settings.moc"
