// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/host/engine_host.h"

#include "engine/api/front.h"
#include "engine/api/in_process.h"
#include "engine/base/platform.h"
#include "engine/base/text.h"
#include "engine/client/control_file.h"
#include "engine/host/foundations.h"
#include "engine/http/server.h"
#include "engine/observe/log.h"
#include "engine/upkeep/attachment_sweep.h"
#include "engine/upkeep/ended_suppressions.h"
#include "engine/upkeep/history.h"
#include "engine/upkeep/kept_answers.h"
#include "engine/web/provider.h"

#include <array>
#include <QSslCertificate>
#include <QTimeZone>
#include <semaphore>

namespace postroom::host {

namespace {

constexpr int readerCount = 2;
constexpr char node[] = "local";

struct Tls {
    std::string certificate_pem;
    Secret key_pem;
};

Result<Tls> readTls(const contract::Settings& settings) {
    Tls tls;
    if (!settings.isSet("API_TLS_CERT")) return tls;
    auto certificate = platform::readFile(settings.text("API_TLS_CERT"));
    if (!certificate) return fail(ErrorCode::ConfigInvalid, "API_TLS_CERT: " + certificate.error().detail);
    auto key = platform::readFile(settings.text("API_TLS_KEY"));
    if (!key) return fail(ErrorCode::ConfigInvalid, "API_TLS_KEY: " + key.error().detail);
    tls.certificate_pem = std::move(*certificate);
    tls.key_pem = Secret{std::move(*key)};
    return tls;
}

std::string fingerprintOf(const std::string& pem) {
    const auto certificates = QSslCertificate::fromData(viewOf(pem));
    return certificates.isEmpty() ? std::string{}
                                  : certificates.front().digest(QCryptographicHash::Sha256).toHex().toStdString();
}

// "127.0.0.1:8000" and "[::1]:8000".
std::pair<std::string, std::uint16_t> splitListen(const std::string& listen) {
    const auto colon = listen.rfind(':');
    std::string host = listen.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    return {std::move(host), static_cast<std::uint16_t>(std::stoi(listen.substr(colon + 1)))};
}

// Where a program on this machine reaches a listener: a wildcard is reached by loopback.
std::string reachableHost(const std::string& host) {
    if (host == "0.0.0.0" || host.empty()) return "127.0.0.1";
    if (host == "::") return "[::1]";
    return host.find(':') == host.npos ? host : "[" + host + "]";
}

std::string zoneOf(const contract::Settings& settings) {
    return settings.text("TZ").empty() ? QTimeZone::systemTimeZoneId().toStdString() : settings.text("TZ");
}

std::string attachmentFolder(const HostSettings& given) {
    const std::string& set = given.settings.text("ATTACHMENT_STORAGE_PATH");
    return set.empty() ? given.dataFolder + "/attachments" : set;
}

// A data folder has its lock file; a PostgreSQL server may be reached from several. Claims are not written yet, so two
// engines on one database would send the same mail twice: the second is refused. The lock ends with its session, so
// each new connection takes it anew.
Result<void> ownDatabase(store::Connection& connection) {
    auto got = connection.single("SELECT pg_try_advisory_lock(7305808869229538353)");
    if (!got) return fail(got.error());
    if (*got == "true" || *got == "t" || *got == "1") return {};
    return fail(ErrorCode::StorageOwned, "another engine uses this PostgreSQL database");
}

}  // namespace

// Members are in the order of building; they go in the reverse.
struct EngineHost::House {
    HostSettings given;
    SystemClock clock;
    platform::FileLock lock;
    security::Vault vault;
    security::TokenSigner signer;
    queue::Slots slotFile;
    observe::Metrics metrics;
    observe::EventRing events{toHex(randomBytes(6))};
    observe::Tally tally;
    queue::StoredFiles files;
    queue::RuleBook rules;
    queue::MailSigner mailSigner;
    queue::SuppressionSieve suppressions;
    Secret sandboxPassword{toBase64Url(randomBytes(24))};  ///< only this engine sends to its sandbox
    Worker writerWorker{"writer"};
    Worker queueWorker{"queue"};
    Worker smtpWorker{"smtp"};
    Worker heavyWorker{"heavy"};
    Worker apiWorker{"api"};
    Worker upkeepWorker{"upkeep"};
    Worker sentLogWorker{"sent-log"};
    Worker webWorker{"web"};
    queue::SentLog sentLog;
    store::Location location;
    std::unique_ptr<store::Writer> writer;
    std::unique_ptr<store::Readers> readers;
    std::unique_ptr<smtp::sandbox::Server> sandbox;  // lives in smtpWorker
    std::unique_ptr<queue::Grants> grants;           // lives in webWorker
    std::unique_ptr<queue::Dispatcher> dispatcher;
    std::unique_ptr<queue::Intake> intake;
    std::unique_ptr<upkeep::History> history;                      // lives in apiWorker
    std::unique_ptr<upkeep::KeptAnswers> keptAnswers;              // lives in apiWorker
    std::unique_ptr<upkeep::EndedSuppressions> endedSuppressions;  // lives in apiWorker
    std::unique_ptr<upkeep::AttachmentSweep> sweep;                // lives in upkeepWorker
    std::unique_ptr<api::EventDesk> eventDesk;
    std::unique_ptr<api::Services> services;
    std::unique_ptr<api::Front> front;     // lives in apiWorker
    std::unique_ptr<http::Server> server;  // lives in apiWorker
    std::string url;
    bool stopped = false;

    House(HostSettings settings, platform::FileLock lock, security::Vault vault, const Secret& jwtKey,
          queue::Slots slotFile, store::Location location)
        : given(std::move(settings)),
          lock(std::move(lock)),
          vault(std::move(vault)),
          signer(jwtKey, "postroom", "postroom-api"),
          slotFile(std::move(slotFile)),
          metrics(given.version),
          files(attachmentFolder(given)),
          rules(given.dataFolder, clock),
          mailSigner(files, clock),
          sentLog(sentLogWorker, this->vault.derive(queue::sentLogPurpose), metrics, {.folder = given.dataFolder}),
          location(std::move(location)) {}

    Result<void> openStore();
    Result<void> openSandbox();
    Result<void> makeQueue();
    void openUpkeep();
    Result<void> openApi();
    Result<void> leaveControlFile(const std::string& certificate_pem);
    void stop(std::chrono::milliseconds grace);
};

Result<void> EngineHost::House::openStore() {
    store::WriterSettings writing;
    writing.committed = [this](std::chrono::microseconds took, std::size_t items) {
        metrics.commit(std::chrono::duration<double>(took).count(), static_cast<std::int64_t>(items));
    };
    writing.failed = [this](const Error& error) {
        qCCritical(observe::logStore, "the database can't be trusted any more: %s", error.text().c_str());
        if (given.failed) given.failed(error);
    };
    if (!location.isSqlite) writing.connected = ownDatabase;
    writer = std::make_unique<store::Writer>(writerWorker, location, std::move(writing));
    if (auto opened = writer->open(); !opened) return opened;
    readers = std::make_unique<store::Readers>(location, readerCount);
    if (auto opened = readers->open(); !opened) return opened;
    suppressions.load(*readers);
    const auto database = databaseName(*writer, clock.now());
    if (!database) return fail(database.error());
    if (auto claimed = files.claim(*database); !claimed)
        return fail(claimed.error().code, "ATTACHMENT_STORAGE_PATH: " + claimed.error().detail);
    // Before anything leaves: not one mail goes unsigned that has to be signed.
    auto keysRead = writer->wait([this](store::Transaction& transaction) -> Result<void> {
        const auto rows = store::dkim_keys::list(transaction.connection());
        if (!rows) return fail(rows.error());
        mailSigner.setKeys(*rows, vault);
        return {};
    });
    if (!keysRead) return keysRead;
    auto recovered = recoverLastRun(*writer, slotFile, sentLog, zoneOf(given.settings), node, clock.now());
    if (!recovered) return fail(recovered.error());
    if (*recovered > 0) qCWarning(observe::logHost, "%d recipients were under way when the last run ended", *recovered);
    return {};
}

Result<void> EngineHost::House::openSandbox() {
    Result<std::uint16_t> port;
    smtpWorker.call([&] {
        sandbox = std::make_unique<smtp::sandbox::Server>(clock, given.dataFolder + "/sandbox", smtp::sandbox::Limits{},
                                                          sandboxPassword);
        sandbox->onKept([this] { events.note(observe::Topic::Sandbox); });
        port = sandbox->start();
    });
    if (!port) return fail(port.error());
    return {};
}

Result<void> EngineHost::House::makeQueue() {
    auto providers = web::providersOf(given.settings);
    if (!providers) return fail(providers.error());
    grants = std::make_unique<queue::Grants>(
        queue::Grants::Parts{.web = webWorker, .writer = *writer, .vault = vault, .clock = clock},
        std::move(*providers));
    queue::DispatcherSettings settings;
    settings.zone = zoneOf(given.settings);
    settings.node = node;
    settings.heloName = platform::hostName();
    smtpWorker.call([&] { settings.sandboxPort = sandbox->port(); });
    settings.sandboxPassword = sandboxPassword;
    settings.commandTimeout = std::chrono::seconds{given.settings.integer("EMAIL_TIMEOUT")};
    settings.maxConnections = static_cast<std::size_t>(given.settings.integer("CELERY_WORKER_CONCURRENCY"));
    settings.suppressedFor = std::chrono::days{given.settings.integer("SUPPRESSION_DAYS")};
    const std::string& late = given.settings.text("LATE_MAIL");
    settings.lateMail = late == "skip"  ? policy::LateMail::Skip
                        : late == "ask" ? policy::LateMail::Ask
                                        : policy::LateMail::Send;
    settings.lateAfter = std::chrono::seconds{given.settings.integer("LATE_AFTER")};
    dispatcher = std::make_unique<queue::Dispatcher>(queue::Dispatcher::Parts{.queue = queueWorker,
                                                                              .smtp = smtpWorker,
                                                                              .writer = *writer,
                                                                              .readers = *readers,
                                                                              .slotFile = slotFile,
                                                                              .files = files,
                                                                              .vault = vault,
                                                                              .rules = rules,
                                                                              .sentLog = sentLog,
                                                                              .signer = mailSigner,
                                                                              .suppressions = suppressions,
                                                                              .grants = *grants,
                                                                              .clock = clock,
                                                                              .metrics = metrics,
                                                                              .events = events,
                                                                              .tally = tally},
                                                     settings);
    intake = std::make_unique<queue::Intake>(*writer, *dispatcher);
    return {};
}

// Before anything is accepted: what the tally has by then would be nobody's.
void EngineHost::House::openUpkeep() {
    std::counting_semaphore<> ready{0};
    apiWorker.call([&] {
        history = std::make_unique<upkeep::History>(upkeep::History::Parts{
            .worker = apiWorker, .writer = *writer, .readers = *readers, .clock = clock, .tally = tally, .node = node});
        keptAnswers = std::make_unique<upkeep::KeptAnswers>(*writer, clock);
        endedSuppressions = std::make_unique<upkeep::EndedSuppressions>(*writer, clock);
    });
    upkeepWorker.call([&] {
        sweep = std::make_unique<upkeep::AttachmentSweep>(upkeep::AttachmentSweep::Parts{
            .worker = upkeepWorker,
            .writer = *writer,
            .readers = *readers,
            .clock = clock,
            .files = files,
            .keptFor = std::chrono::days{given.settings.integer("ATTACHMENT_EXPIRE_DAYS")}});
        sweep->run();
    });
    history->load([&] {
        history->run();
        ready.release();
    });
    ready.acquire();
}

Result<void> EngineHost::House::openApi() {
    eventDesk = std::make_unique<api::EventDesk>(apiWorker, events, clock);
    services.reset(new api::Services{.settings = given.settings,
                                     .clock = clock,
                                     .writer = *writer,
                                     .readers = *readers,
                                     .dispatcher = *dispatcher,
                                     .intake = *intake,
                                     .files = files,
                                     .rules = rules,
                                     .mailSigner = mailSigner,
                                     .sentLog = sentLog,
                                     .suppressions = suppressions,
                                     .grants = *grants,
                                     .vault = vault,
                                     .signer = signer,
                                     .metrics = metrics,
                                     .events = events,
                                     .eventDesk = *eventDesk,
                                     .history = *history,
                                     .apiWorker = apiWorker,
                                     .heavyWorker = heavyWorker,
                                     .smtpWorker = smtpWorker,
                                     .sandbox = *sandbox,
                                     .storeConnections = readerCount + 1,
                                     .version = given.version,
                                     .dataFolder = given.dataFolder,
                                     .heloName = platform::hostName(),
                                     .keyPepper = vault.derive("api-key-pepper"),
                                     .localToken = Secret{toBase64Url(randomBytes(32))},
                                     .requestsPerMinute = given.settings.boolean("RATE_LIMIT_ENABLED")
                                                              ? given.settings.integer("RATE_LIMIT_PER_MINUTE")
                                                              : 0,
                                     .accounts = {},
                                     .keys = {}});
    grants->tellAuthorized([this](const Id& account) { api::refreshAccounts(*services, account, {}); });
    // Nobody is let in by half of it.
    std::counting_semaphore<> read{0};
    std::array<Result<void>, 5> readings;
    const auto into = [&read](Result<void>& reading) {
        return [&read, &reading](const Result<void>& result) {
            reading = result;
            read.release();
        };
    };
    api::refreshKeys(*services, Id{}, into(readings[0]));
    api::refreshAccounts(*services, Id{}, into(readings[1]));
    api::refreshTemplates(*services, into(readings[2]));
    api::loadEndedFamilies(*services, into(readings[3]));
    api::refreshPauses(*services, into(readings[4]));
    for (std::size_t i = 0; i < readings.size(); ++i) read.acquire();
    for (const Result<void>& reading : readings)
        if (!reading) return reading;

    auto tls = readTls(given.settings);
    if (!tls) return fail(tls.error());
    http::ServerSettings settings;
    std::tie(settings.address, settings.port) = splitListen(given.settings.text("API_LISTEN"));
    settings.tlsCertificate_pem = tls->certificate_pem;
    settings.tlsKey_pem = tls->key_pem;
    settings.allowedHosts = given.settings.list("ALLOWED_HOSTS");
    const std::string host = settings.address;
    Result<void> listening;
    std::uint16_t port = 0;
    apiWorker.call([&] {
        front = std::make_unique<api::Front>(*services, apiWorker, heavyWorker);
        server = std::make_unique<http::Server>(*front, std::move(settings));
        listening = server->listen();
        port = server->port();
    });
    if (!listening) return listening;
    url = (tls->certificate_pem.empty() ? "http://" : "https://") + reachableHost(host) + ":" + std::to_string(port);
    return leaveControlFile(tls->certificate_pem);
}

Result<void> EngineHost::House::leaveControlFile(const std::string& certificate_pem) {
    client::ControlFile control;
    control.url = url;
    control.fingerprint = fingerprintOf(certificate_pem);
    control.token = services->localToken;
    control.pid = platform::processId();
    control.version = given.version;
    return control.write(given.dataFolder);
}

void EngineHost::House::stop(std::chrono::milliseconds grace) {
    if (std::exchange(stopped, true)) return;
    std::counting_semaphore<> done{0};
    // Those who wait for news would hold up everything that waits for calls to end.
    if (eventDesk) eventDesk->close();
    if (services) services->inProcess.close(std::min(grace, std::chrono::milliseconds{5000}));
    if (server) {
        apiWorker.call(
            [&] { server->stop(std::min(grace, std::chrono::milliseconds{5000}), [&] { done.release(); }); });
        done.acquire();
        apiWorker.call([&] { server.reset(); });
    }
    if (dispatcher) {
        dispatcher->stop(grace, [&] { done.release(); });
        done.acquire();
    }
    if (grants) grants->stop(std::min(grace, std::chrono::milliseconds{5000}));
    if (!url.empty()) platform::removeFile(client::ControlFile::pathIn(given.dataFolder));
    apiWorker.call([] {});  // every call that was let in has been handed on
    heavyWorker.stop();
    if (sweep) upkeepWorker.call([&] { sweep->stop(); });
    if (readers) readers->stop();
    if (history) history->stop();
    if (writer) writer->stop();
    webWorker.call([] {});     // what the writer told the grants
    upkeepWorker.call([] {});  // what a step of the sweep had left to say
    upkeepWorker.call([&] { sweep.reset(); });
    // Whoever may still answer a call goes first, then what the answers go through.
    smtpWorker.call([&] {
        if (services) services->probes.clear();
        sandbox.reset();
    });
    dispatcher.reset();
    eventDesk.reset();
    apiWorker.call([&] {
        front.reset();
        history.reset();
        keptAnswers.reset();
        endedSuppressions.reset();
    });
}

EngineHost::EngineHost(std::unique_ptr<House> house) : m_house(std::move(house)) {}

EngineHost::~EngineHost() {
    m_house->stop(std::chrono::milliseconds{0});
}

Result<std::unique_ptr<EngineHost>> EngineHost::start(HostSettings given) {
    const std::string& folder = given.dataFolder;
    if (auto made = platform::makePrivateFolder(folder); !made) return fail(made.error());
    auto lock = platform::FileLock::take(folder + "/lock");
    if (!lock) return fail(lock.error());
    auto location = store::Location::parse(given.settings.text("DATABASE_URL"), folder);
    if (!location) return fail(location.error());
    auto vault = openVaultOf(given.settings, folder);
    if (!vault) return fail(vault.error());
    auto jwtKey = jwtKeyOf(given.settings, folder);
    if (!jwtKey) return fail(jwtKey.error());
    auto slotFile = queue::Slots::open(folder + "/slots", platform::bootId());
    if (!slotFile) return fail(slotFile.error());
    auto house = std::make_unique<House>(std::move(given), std::move(*lock), std::move(*vault), *jwtKey,
                                         std::move(*slotFile), std::move(*location));
    std::unique_ptr<EngineHost> host{new EngineHost(std::move(house))};
    House& inside = *host->m_house;
    if (auto read = inside.rules.reload(); !read) return fail(read.error());
    if (auto opened = inside.openStore(); !opened) return fail(opened.error());
    if (auto opened = inside.openSandbox(); !opened) return fail(opened.error());
    if (auto made = inside.makeQueue(); !made) return fail(made.error());
    inside.openUpkeep();
    inside.dispatcher->start();
    if (auto opened = inside.openApi(); !opened) return fail(opened.error());
    qCInfo(observe::logHost, "Postroom %s listens on %s, data in %s, database %s", inside.given.version.c_str(),
           inside.url.c_str(), inside.given.dataFolder.c_str(), inside.location.describe().c_str());
    return host;
}

const std::string& EngineHost::url() const {
    return m_house->url;
}

std::unique_ptr<client::Transport> EngineHost::transport() {
    return std::make_unique<api::InProcessTransport>(*m_house->services, m_house->apiWorker);
}

Result<void> EngineHost::reload() {
    if (auto opened = observe::reopenLog(); !opened) return opened;
    // A mistake in the one is no reason to keep the other from being read.
    const auto rules = m_house->rules.reload();
    auto tls = readTls(m_house->given.settings);
    if (!tls) return fail(tls.error());
    if (tls->certificate_pem.empty()) return rules;
    Result<void> reloaded;
    m_house->apiWorker.call([&] { reloaded = m_house->server->reloadTls(tls->certificate_pem, tls->key_pem); });
    if (!reloaded) return reloaded;
    if (auto left = m_house->leaveControlFile(tls->certificate_pem); !left) return left;
    return rules;
}

void EngineHost::stop(std::chrono::milliseconds grace) {
    m_house->stop(grace);
}

}  // namespace postroom::host
