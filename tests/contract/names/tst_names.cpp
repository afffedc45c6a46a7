// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "app/ctl/output.h"
#include "contract_names.h"
#include "engine/contract/settings_table.h"
#include "engine/contract/states.h"
#include "engine/observe/metrics.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <QTest>
#include <set>
#include <sstream>

using namespace postroom;

namespace {

constexpr std::string_view typeNames[] = {"counter", "gauge", "histogram"};

const promised::Later* laterNamed(const auto& list, std::string_view name) {
    const auto at =
        std::find_if(list.begin(), list.end(), [&](const promised::Later& later) { return later.name == name; });
    return at == list.end() ? nullptr : &*at;
}

// The text of every source of the folders, but for files of these names.
std::string sourcesOf(std::initializer_list<const char*> folders, std::initializer_list<std::string_view> without) {
    std::string out;
    for (const char* folder : folders)
        for (const auto& entry :
             std::filesystem::recursive_directory_iterator(std::string(POSTROOM_SOURCE_DIR "/") + folder)) {
            const auto& path = entry.path();
            if (path.extension() != ".cpp" && path.extension() != ".h") continue;
            const std::string file = path.filename().string();
            if (std::find(without.begin(), without.end(), file) != without.end()) continue;
            std::ostringstream text;
            text << std::ifstream(path).rdbuf();
            out.append(text.str());
        }
    return out;
}

}  // namespace

class TestNames : public QObject {
    Q_OBJECT

private slots:
    void hasEveryMetricWithItsTypeAndLabels_data() {
        QTest::addColumn<int>("index");
        for (std::size_t i = 0; i < promised::metrics.size(); ++i)
            QTest::newRow(std::string(promised::metrics[i].name).c_str()) << int(i);
    }
    void hasEveryMetricWithItsTypeAndLabels() {
        QFETCH(int, index);
        const promised::Metric& metric = promised::metrics[static_cast<std::size_t>(index)];
        const auto& table = observe::metricTable();
        const auto at =
            std::find_if(table.begin(), table.end(), [&](const auto& row) { return row.name == metric.name; });
        QVERIFY(at != table.end());
        QCOMPARE(typeNames[static_cast<std::size_t>(at->type)], metric.type);
        QCOMPARE(at->labels, metric.labels);
        QVERIFY(!at->help.empty());
    }

    void showsEveryMetricToAScraper() {
        observe::Metrics metrics{"1.2.3"};
        metrics.httpRequest("/health", "GET", 200, 0.1);
        metrics.attempt("sent");
        metrics.deliveryDuration(1);
        metrics.commit(0.1, 1);
        metrics.statement("insert", 0.1);
        for (const contract::State state : contract::allStates) metrics.setQueueMessages(state, 0);
        metrics.setAccounts("ready", 1);
        metrics.setDailyUsed({{"018c", 0.5}});
        const std::string text = metrics.render();
        for (const promised::Metric& metric : promised::metrics) {
            const std::string line = "# TYPE " + std::string(metric.name) + " " + std::string(metric.type) + "\n";
            QVERIFY2(text.find(line) != std::string::npos, line.c_str());
        }
    }

    void showsTheManualsCountersAtZeroFromTheStart() {
        const std::string text = observe::Metrics{"1.2.3"}.render();
        for (const char* line : {"messages_sent_total 0\n", "messages_failed_total 0\n", "rabbitmq_queue_messages 0\n"})
            QVERIFY2(text.find(std::string("\n") + line) != std::string::npos, line);
    }

    void promisesEveryMetricButThoseThatExplainThemselves() {
        // Families beyond the promise; they may change.
        constexpr std::array<std::string_view, 3> ours{"postroom_store_commit_items", "postroom_sent_log_missed_total",
                                                       "postroom_suppressed_total"};
        for (const observe::MetricRow& row : observe::metricTable())
            QVERIFY2(std::find(ours.begin(), ours.end(), row.name) != ours.end() ||
                         std::any_of(promised::metrics.begin(), promised::metrics.end(),
                                     [&](const auto& metric) { return metric.name == row.name; }),
                     std::string(row.name).c_str());
    }

    void hasEveryStateAndNoOther() {
        std::set<std::string_view> have;
        for (const contract::State state : contract::allStates) {
            have.insert(contract::name(state));
            QVERIFY(contract::stateNamed(contract::name(state)) == state);
        }
        QVERIFY(have == std::set<std::string_view>(promised::states.begin(), promised::states.end()));
    }

    void readsEverySetting_data() {
        QTest::addColumn<std::string>("setting");
        for (const std::string_view name : promised::settings)
            QTest::newRow(std::string(name).c_str()) << std::string(name);
    }
    void readsEverySetting() {
        QFETCH(std::string, setting);
        const contract::SettingRow* row = contract::settingNamed(setting);
        QVERIFY(row);
        const promised::Later* later = laterNamed(promised::settingsLater, setting);
        QCOMPARE(row->effect == contract::SettingEffect::Later, later != nullptr);
    }

    void promisesEverySettingButThoseThatExplainThemselves() {
        // Beyond the promise; they may change.
        const auto isOurs = [](std::string_view name) {
            return name == "SUPPRESSION_DAYS" || name.starts_with("LATE_") || name.starts_with("OAUTH_");
        };
        for (const contract::SettingRow& row : contract::settingTable())
            QVERIFY2(isOurs(row.name) || std::find(promised::settings.begin(), promised::settings.end(), row.name) !=
                                             promised::settings.end(),
                     std::string(row.name).c_str());
    }

    // A setting that is shown as honoured and that no code asks for would be a lie to the operator; one that is asked
    // for is no longer to come.
    void asksSomewhereForEverySettingThatHasAnEffect() {
        const std::string sources = sourcesOf({"engine", "app"}, {"settings_table.cpp", "settings_template.cpp"});
        QVERIFY(sources.size() > 100'000);
        for (const contract::SettingRow& row : contract::settingTable()) {
            // With a single word to choose from, the table's own check is the effect.
            const bool single = row.kind == contract::SettingKind::Choice && row.choices.find(' ') == row.choices.npos;
            const bool asked = sources.find("\"" + std::string(row.name) + "\"") != std::string::npos;
            const bool acts =
                row.effect == contract::SettingEffect::Honoured || row.effect == contract::SettingEffect::Mapped;
            QVERIFY2(asked == acts || single, std::string(row.name).c_str());
        }
    }

    void takesASecretFromTheEnvironmentOfTheCommand() {
        QVERIFY(sourcesOf({"app/ctl"}, {}).find("getenv(\"POSTROOM_SECRET\")") != std::string::npos);
    }

    void givesTheExitCodesOfTheCommand() {
        using ctl::Exit;
        constexpr std::array have{Exit::Ok,         Exit::Failed,   Exit::Usage,    Exit::NoConnection,
                                  Exit::NotAllowed, Exit::NotFound, Exit::Conflict, Exit::Partly};
        QCOMPARE(have.size(), promised::exitCodes.size());
        for (std::size_t i = 0; i < have.size(); ++i) QCOMPARE(static_cast<int>(have[i]), promised::exitCodes[i].code);
    }

    void explainsEveryExitCodeOnTheManualPage() {
        std::ostringstream page;
        page << std::ifstream(POSTROOM_SOURCE_DIR "/app/ctl/postroomctl.1").rdbuf();
        const std::string text = page.str();
        const auto section = text.find("EXIT");
        QVERIFY(section != std::string::npos);
        for (const promised::ExitCode& exit : promised::exitCodes)
            QVERIFY2(text.find(std::to_string(exit.code), section) != std::string::npos,
                     std::string(exit.meaning).c_str());
    }

    void endsWithTheCodeThatFitsTheError_data() {
        QTest::addColumn<ErrorCode>("error");
        QTest::addColumn<int>("exit");
        const auto row = [](ErrorCode error, int exit) {
            QTest::newRow(std::string(wireName(error)).c_str()) << error << exit;
        };
        row(ErrorCode::Internal, 1);
        row(ErrorCode::ValidationFailed, 1);
        row(ErrorCode::ConfigInvalid, 1);
        row(ErrorCode::StorageFailed, 1);
        row(ErrorCode::NetworkFailed, 3);
        row(ErrorCode::TlsFailed, 3);
        row(ErrorCode::TimedOut, 3);
        row(ErrorCode::Unauthorized, 4);
        row(ErrorCode::CredentialsRejected, 4);
        row(ErrorCode::Forbidden, 4);
        row(ErrorCode::NotFound, 5);
        row(ErrorCode::RouteUnknown, 5);
        row(ErrorCode::Conflict, 6);
        row(ErrorCode::RevisionStale, 6);
        row(ErrorCode::AlreadyExists, 6);
    }
    void endsWithTheCodeThatFitsTheError() {
        QFETCH(ErrorCode, error);
        QFETCH(int, exit);
        QCOMPARE(static_cast<int>(ctl::exitFor(error)), exit);
    }

    void givesEachExitCodeSomewhere() {
        const std::string sources = sourcesOf({"app/ctl"}, {"output.h"});
        for (const char* code :
             {"Ok", "Failed", "Usage", "NoConnection", "NotAllowed", "NotFound", "Conflict", "Partly"})
            QVERIFY2(sources.find("Exit::" + std::string(code)) != std::string::npos, code);
    }
};

QTEST_APPLESS_MAIN(TestNames)
#include "tst_names.moc"
