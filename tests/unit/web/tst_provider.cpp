// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/web/provider.h"

#include <fstream>
#include <QTemporaryDir>
#include <QTest>

using namespace postroom;
using namespace postroom::web;

namespace {

Result<std::vector<Provider>> from(contract::SettingValues values) {
    auto settings = contract::Settings::resolve({.environment = std::move(values)});
    if (!settings) return fail(settings.error());
    return providersOf(*settings);
}

std::string text(const Secret& secret) {
    return std::string(secret.reveal());
}

}  // namespace

class TestProvider : public QObject {
    Q_OBJECT

private slots:
    void knowsNobodyUntilToldWhoWeAre() {
        QVERIFY(from({})->empty());
        // A secret alone says nothing.
        QVERIFY(from({{"OAUTH_GOOGLE_CLIENT_SECRET", "s"}})->empty());
    }

    void knowsWhereTheLargeOnesAre() {
        const auto providers = from({{"OAUTH_GOOGLE_CLIENT_ID", "g"},
                                     {"OAUTH_MICROSOFT_CLIENT_ID", "m"},
                                     {"OAUTH_MICROSOFT_TENANT", "example.org"}});
        QVERIFY(providers);
        QCOMPARE(providers->size(), 2U);
        const Provider* google = providerNamed(*providers, "google");
        const Provider* microsoft = providerNamed(*providers, "microsoft");
        QVERIFY(google && microsoft && !providerNamed(*providers, "generic"));
        QCOMPARE(google->tokens.origin + google->tokens.path, std::string("https://oauth2.googleapis.com/token"));
        QCOMPARE(google->devices->origin + google->devices->path,
                 std::string("https://oauth2.googleapis.com/device/code"));
        QCOMPARE(microsoft->tokens.origin + microsoft->tokens.path,
                 std::string("https://login.microsoftonline.com/example.org/oauth2/v2.0/token"));
        QCOMPARE(microsoft->devices->path, std::string("/example.org/oauth2/v2.0/devicecode"));
        QVERIFY(microsoft->scope.find("offline_access") != std::string::npos);
    }

    void takesAnyOther() {
        const auto providers = from({{"OAUTH_GENERIC_CLIENT_ID", "us"},
                                     {"OAUTH_GENERIC_TOKEN_URL", "https://id.example.org:8443/t?x=1"},
                                     {"OAUTH_GENERIC_SCOPE", "mail offline"}});
        QVERIFY(providers);
        const Provider& generic = providers->front();
        QCOMPARE(generic.tokens.origin, std::string("https://id.example.org:8443"));
        QCOMPARE(generic.tokens.path, std::string("/t?x=1"));
        QVERIFY(!generic.devices);
        QVERIFY(generic.clientSecret.empty());
    }

    void refusesWhatCannotBe_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("value");
        QTest::newRow("in the clear") << "OAUTH_GENERIC_TOKEN_URL"
                                      << "http://id.example.org/t";
        QTest::newRow("a user in it") << "OAUTH_GENERIC_TOKEN_URL"
                                      << "https://u:p@id.example.org/t";
        QTest::newRow("a fragment") << "OAUTH_GENERIC_DEVICE_URL"
                                    << "https://id.example.org/t#x";
        QTest::newRow("devices in the clear") << "OAUTH_GENERIC_DEVICE_URL"
                                              << "http://id.example.org/d";
        QTest::newRow("no file") << "OAUTH_GENERIC_CA"
                                 << "/no/such/file.pem";
        QTest::newRow("no token address") << "OAUTH_GENERIC_TOKEN_URL"
                                          << "";
        QTest::newRow("no directory") << "OAUTH_MICROSOFT_TENANT"
                                      << "a/b";
    }
    void refusesWhatCannotBe() {
        QFETCH(QString, name);
        QFETCH(QString, value);
        contract::SettingValues values{{"OAUTH_GENERIC_CLIENT_ID", "us"},
                                       {"OAUTH_MICROSOFT_CLIENT_ID", "us"},
                                       {"OAUTH_GENERIC_TOKEN_URL", "https://id.example.org/t"}};
        values[name.toStdString()] = value.toStdString();
        const auto providers = from(values);
        QVERIFY(!providers);
        QVERIFY(providers.error().code == ErrorCode::ConfigInvalid);
        const std::string all =
            providers.error().text() + (providers.error().fields.empty() ? "" : providers.error().fields.front().field);
        QVERIFY2(all.find(name.toStdString().substr(0, 13)) != std::string::npos, all.c_str());
        QVERIFY2(all.find("u:p@") == std::string::npos, all.c_str());
    }

    void readsTheAuthority() {
        QTemporaryDir folder;
        const std::string path = folder.filePath(QStringLiteral("ca.pem")).toStdString();
        std::ofstream(path) << "no certificate";
        contract::SettingValues values{{"OAUTH_GENERIC_CLIENT_ID", "us"},
                                       {"OAUTH_GENERIC_TOKEN_URL", "https://id.example.org/t"},
                                       {"OAUTH_GENERIC_CA", path}};
        QVERIFY(!from(values));
        std::ofstream(path) << "-----BEGIN CERTIFICATE-----\n";
        QVERIFY(!from(values)->front().tokens.roots_pem.empty());
    }

    void asksInTheStandardsWords() {
        Provider provider{.name = "generic",
                          .clientId = "us & them",
                          .clientSecret = Secret{"s+s"},
                          .scope = "mail offline",
                          .tokens = {},
                          .devices = {}};
        QCOMPARE(text(deviceRequest(provider)), std::string("client_id=us%20%26%20them&scope=mail%20offline"));
        QCOMPARE(text(deviceTokenRequest(provider, Secret{"d=1"})),
                 std::string("client_id=us%20%26%20them&client_secret=s%2Bs&grant_type=urn%3Aietf%3Aparams%3Aoauth%"
                             "3Agrant-type%3Adevice_code&device_code=d%3D1"));
        QCOMPARE(text(refreshRequest(provider, Secret{"1//r"})),
                 std::string("client_id=us%20%26%20them&client_secret=s%2Bs&grant_type=refresh_token&refresh_token=1%"
                             "2F%2Fr"));
        // A public client has no secret, and shows none.
        provider.clientSecret = Secret();
        QCOMPARE(text(refreshRequest(provider, Secret{"r"})),
                 std::string("client_id=us%20%26%20them&grant_type=refresh_token&refresh_token=r"));
    }

    void knowsWhoseServerItIs_data() {
        QTest::addColumn<QString>("host");
        QTest::addColumn<QString>("provider");
        QTest::newRow("Gmail") << "smtp.gmail.com"
                               << "google";
        QTest::newRow("in capitals") << "SMTP.GMAIL.COM"
                                     << "google";
        QTest::newRow("Microsoft 365") << "smtp.office365.com"
                                       << "microsoft";
        QTest::newRow("outlook.com") << "smtp-mail.outlook.com"
                                     << "microsoft";
        QTest::newRow("somebody's") << "smtp.example.org"
                                    << "";
        QTest::newRow("a name that ends alike") << "notgmail.com"
                                                << "";
        QTest::newRow("a name that begins alike") << "smtp.gmail.com.example.org"
                                                  << "";
    }
    void knowsWhoseServerItIs() {
        QFETCH(QString, host);
        QFETCH(QString, provider);
        QCOMPARE(std::string(providerOfHost(host.toStdString())), provider.toStdString());
    }
};

QTEST_GUILESS_MAIN(TestProvider)
#include "tst_provider.moc"
