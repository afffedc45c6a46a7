// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors

// postroom_bench: the real postroomd on a folder of its own, loaded over HTTP, delivering into a sink in this process.
//
// Its parts: `through` (accept and deliver at once), `accept` and `batch` (the account is off), `drain` (it is put on
// again), and with --history `reading` (one program asks after another's mail, one request after the other).

#include "engine/base/platform.h"
#include "engine/base/text.h"
#include "engine/client/control_file.h"
#include "engine/client/engine_client.h"
#include "engine/client/http_transport.h"
#include "engine/contract/envelope.h"
#include "tests/bench/history.h"
#include "tests/bench/load.h"
#include "tests/bench/sink.h"

#include <unistd.h>
#include <CLI/CLI.hpp>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <map>
#include <QCoreApplication>
#include <QDir>
#include <QEventLoop>
#include <QProcess>
#include <QTemporaryDir>
#include <QThread>

namespace {

using namespace postroom;
using namespace std::chrono_literals;
using Seconds = std::chrono::duration<double>;

struct Plan {
    std::string daemon = "postroomd";
    int messages = 20000;
    int connections = 32;
    int smtpConnections = 64;
    double rate = 0;
    int batches = 20;
    int history = 0;
    bool json = false;
};

[[noreturn]] void die(const std::string& why) {
    std::fprintf(stderr, "postroom_bench: %s\n", why.c_str());
    std::exit(1);
}

template <typename T>
T must(Result<T> result, const char* what) {
    if (!result) die(std::string(what) + ": " + result.error().text());
    return std::move(*result);
}

// CPU seconds of each thread by name.
std::map<std::string, double> threadTimes(qint64 pid) {
    std::map<std::string, double> times;
    const double tick = static_cast<double>(::sysconf(_SC_CLK_TCK));
    const QDir tasks{QStringLiteral("/proc/%1/task").arg(pid)};
    for (const QString& task : tasks.entryList(QDir::Dirs | QDir::NoDotAndDotDot)) {
        const auto stat = platform::readFile(toUtf8(tasks.filePath(task + QStringLiteral("/stat"))));
        if (!stat) continue;
        const auto open = stat->find('('), close = stat->rfind(')');
        const QStringList fields = toQString(stat->substr(close + 2)).split(u' ');
        times[stat->substr(open + 1, close - open - 1)] += (fields[11].toDouble() + fields[12].toDouble()) / tick;
    }
    return times;
}

double memory_mib(qint64 pid, const char* name) {
    const auto status = must(platform::readFile("/proc/" + std::to_string(pid) + "/status"), "status");
    const auto at = status.find(name);
    return at == status.npos ? 0 : std::strtod(status.c_str() + at + std::strlen(name) + 1, nullptr) / 1024;
}

class Engine {
public:
    Engine(const Plan& plan, const std::string& folder) {
        m_process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(QStringLiteral("LOG_LEVEL"), QStringLiteral("WARNING"));
        // One key asks for as much as there is.
        environment.insert(QStringLiteral("RATE_LIMIT_ENABLED"), QStringLiteral("false"));
        environment.insert(QStringLiteral("CELERY_WORKER_CONCURRENCY"), QString::number(plan.smtpConnections));
        m_process.setProcessEnvironment(environment);
        m_process.start(toQString(plan.daemon), {QStringLiteral("--data-dir"), toQString(folder),
                                                 QStringLiteral("--listen"), QStringLiteral("127.0.0.1:0")});
        if (!m_process.waitForStarted()) die("postroomd does not start");
        for (int i = 0; i < 300 && !client::ControlFile::read(folder); ++i) QThread::msleep(20);
        m_control = must(client::ControlFile::read(folder), "control.json");
        m_client = std::make_unique<client::EngineClient>(must(
            client::HttpTransport::make({.url = m_control.url, .credentials = client::LocalToken{m_control.token}}),
            "transport"));
    }
    ~Engine() {
        m_process.terminate();
        if (!m_process.waitForFinished(60000)) m_process.kill();
    }
    client::EngineClient& client() { return *m_client; }
    [[nodiscard]] qint64 pid() const { return m_process.processId(); }
    [[nodiscard]] const std::string& url() const { return m_control.url; }
    [[nodiscard]] std::uint16_t port() const {
        return static_cast<std::uint16_t>(std::stoi(m_control.url.substr(m_control.url.rfind(':') + 1)));
    }

private:
    QProcess m_process;
    client::ControlFile m_control;
    std::unique_ptr<client::EngineClient> m_client;
};

// The token that a program gets for its key: the load pays for verifying it, as programs make it pay.
std::string exchange(const Engine& engine, const contract::ApiKey& key) {
    const auto transport = must(client::HttpTransport::make({.url = engine.url()}), "transport");
    QEventLoop loop;
    Result<client::ClientReply> reply;
    transport->send({.method = "POST",
                     .path = "/api/v1/auth/token",
                     .body = json::Object{{"api_key", key.apiKey}, {"api_secret", *key.apiSecret}}},
                    [&](Result<client::ClientReply> answer) {
                        reply = std::move(answer);
                        QMetaObject::invokeMethod(&loop, &QEventLoop::quit, Qt::QueuedConnection);
                    });
    loop.exec();
    const auto got = must(std::move(reply), "token");
    const auto data = must(contract::openEnvelope(got.status, got.body), "token");
    return json::text(data.get_object(), "access_token");
}

double waitUntilTaken(const bench::Sink& sink, int count, std::chrono::steady_clock::time_point start) {
    while (sink.taken() < count) {
        if (std::chrono::steady_clock::now() - start > 300s)
            die("only " + std::to_string(sink.taken()) + " of " + std::to_string(count) + " arrived");
        QThread::usleep(500);
    }
    return Seconds(std::chrono::steady_clock::now() - start).count();
}

json::Object latencies(std::vector<double> ms) {
    std::sort(ms.begin(), ms.end());
    return {{"p50_ms", bench::percentile(ms, .5)},
            {"p95_ms", bench::percentile(ms, .95)},
            {"p99_ms", bench::percentile(ms, .99)}};
}

json::Object accepting(const bench::LoadResult& load) {
    json::Object result = latencies(load.latencies_ms);
    result["accepted"] = load.accepted;
    result["refused"] = load.refused;
    result["accept_per_s"] = static_cast<int>(load.accepted / load.seconds);
    return result;
}

constexpr int inOneBatch = 1000;

json::Object batches(const bench::Target& target, int count) {
    std::string body = R"({"messages": [)";
    for (int i = 0; i < inOneBatch; ++i) body += (i == 0 ? "" : ",") + bench::mail(i);
    body += "]}";
    bench::Line line{target};
    std::vector<double> took_ms;
    for (int i = 0; i < count; ++i) {
        const auto answer = line.ask("POST", "/api/v1/messages/email/batch", body);
        if (answer.status != 200 && answer.status != 202) die("batch: " + answer.body.substr(0, 300));
        took_ms.push_back(answer.took_ms);
    }
    json::Object result = latencies(std::move(took_ms));
    result["batches"] = count;
    return result;
}

json::Object asked(bench::Line& line, int times, const std::function<std::string(int)>& path) {
    std::vector<double> took_ms;
    for (int i = 0; i < times; ++i) {
        const auto answer = line.ask("GET", path(i));
        if (answer.status != 200) die(path(i) + ": " + answer.body.substr(0, 300));
        took_ms.push_back(answer.took_ms);
    }
    return latencies(std::move(took_ms));
}

// Of ids all over the history.
std::vector<std::string> someIds(bench::Line& line) {
    std::vector<std::string> ids;
    const TimePoint now = SystemClock{}.now();
    for (int i = 1; i < 1000; ++i) {
        const std::string before = toIso(now - i * std::chrono::duration_cast<Milliseconds>(2h));
        const auto answer = line.ask("GET", "/api/v1/messages?limit=1&q=before:" + before);
        const auto data = must(contract::openEnvelope(answer.status, answer.body), "page");
        const json::Array& items = data.get_object().at("items").get_array();
        if (!items.empty()) ids.push_back(json::text(items[0].get_object(), "id"));
    }
    if (ids.empty()) die("the history is empty");
    return ids;
}

json::Object reading(const bench::Target& target) {
    bench::Line line{target};
    const auto ids = someIds(line);
    const std::string list = "/api/v1/messages?limit=50";
    return {{"message", asked(line, 2000, [&](int i) { return "/api/v1/messages/" + ids[i * 37U % ids.size()]; })},
            {"page", asked(line, 500, [&](int) { return list; })},
            {"page_of_failed", asked(line, 500, [&](int) { return list + "&q=status:failed"; })},
            {"page_of_a_recipient",
             asked(line, 500, [&](int i) { return list + "&q=to:" + bench::person(i * 37 % bench::historyPeople); })}};
}

// Before the engine starts: it finds it as it finds its own.
void writeHistory(const std::string& folder, int count) {
    Worker worker{"writer"};
    store::Writer writer{worker, must(store::Location::parse("", folder), "location")};
    if (auto opened = writer.open(); !opened) die(opened.error().text());
    if (auto written = bench::writeHistory(writer, count); !written) die(written.error().text());
    writer.stop();
}

json::Object run(const Plan& plan) {
    bench::Sink sink;
    const QTemporaryDir folder;
    if (plan.history > 0) writeHistory(toUtf8(folder.path()), plan.history);
    Engine engine{plan, toUtf8(folder.path())};
    const auto account = must(engine.client()
                                  .createAccount(json::Object{{"email", "bench@example.test"},
                                                              {"smtp_host", "127.0.0.1"},
                                                              {"smtp_port", sink.port()},
                                                              {"security", "none"},
                                                              {"max_connections", plan.smtpConnections}})
                                  .wait(10s),
                              "account");
    const auto key = must(
        engine.client().createKey(json::Object{{"name", "bench"}, {"scopes", json::Array{"send", "read"}}}).wait(10s),
        "key");
    const bench::Target target{.port = engine.port(), .token = exchange(engine, key)};

    const bench::LoadPlan load{
        .target = target, .messages = plan.messages, .connections = plan.connections, .rate = plan.rate};
    const auto cpuBefore = threadTimes(engine.pid());
    auto start = std::chrono::steady_clock::now();
    const auto through = bench::runLoad(load);
    const double endToEnd = waitUntilTaken(sink, through.accepted, start);
    json::Object cpu;
    for (const auto& [thread, seconds] : threadTimes(engine.pid())) {
        const auto before = cpuBefore.find(thread);
        const double spent = seconds - (before == cpuBefore.end() ? 0 : before->second);
        if (spent > 0.01) cpu[thread] = std::round(spent * 1e7 / through.accepted) / 10;
    }
    json::Object result{{"messages", plan.messages},
                        {"http_connections", plan.connections},
                        {"smtp_connections", plan.smtpConnections}};
    json::Object first = accepting(through);
    first["end_to_end_per_s"] = static_cast<int>(through.accepted / endToEnd);
    first["cpu_us_per_message"] = std::move(cpu);
    first["rss_mib"] = memory_mib(engine.pid(), "VmRSS:");
    result["through"] = std::move(first);

    must(engine.client().disableAccount(account.id).wait(10s), "disable");
    const int before = sink.taken();
    const auto stored = bench::runLoad(load);
    result["accept"] = accepting(stored);
    if (plan.batches > 0) result["batch"] = batches(target, plan.batches);
    if (plan.history > 0) result["reading"] = reading(target);
    const int waiting = stored.accepted + plan.batches * inOneBatch;
    start = std::chrono::steady_clock::now();
    must(engine.client().enableAccount(account.id).wait(10s), "enable");
    const double drained = waitUntilTaken(sink, before + waiting, start);
    result["drain_per_s"] = static_cast<int>(waiting / drained);
    result["rss_peak_mib"] = memory_mib(engine.pid(), "VmHWM:");
    return result;
}

}  // namespace

int main(int argc, char** argv) {
    Plan plan;
    CLI::App cli{"Measures the engine from HTTP to SMTP."};
    cli.add_option("--daemon", plan.daemon, "The postroomd to measure");
    cli.add_option("--messages", plan.messages, "Messages in each part");
    cli.add_option("--connections", plan.connections, "HTTP connections");
    cli.add_option("--smtp-connections", plan.smtpConnections, "SMTP connections");
    cli.add_option("--rate", plan.rate, "Requests a second, open load; 0: as fast as answers come");
    cli.add_option("--batches", plan.batches, "Batches of 1000 messages");
    cli.add_option("--history", plan.history, "Messages that the store holds before");
    cli.add_flag("--json", plan.json, "One JSON line");
    CLI11_PARSE(cli, argc, argv);
    QCoreApplication application{argc, argv};
    const json::Value result = run(plan);
    std::puts((plan.json ? json::serialise(result) : json::serialisePretty(result)).c_str());
}
