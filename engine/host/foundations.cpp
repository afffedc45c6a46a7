// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/host/foundations.h"

#include "engine/base/platform.h"
#include "engine/base/text.h"
#include "engine/observe/log.h"
#include "engine/policy/quota.h"
#include "engine/policy/reason.h"
#include "engine/policy/window.h"
#include "engine/queue/recovery.h"
#include "engine/store/accounts.h"
#include "engine/store/settings.h"
#include "engine/store/windows.h"

#include <algorithm>
#include <QFileInfo>

namespace postroom::host {

namespace {

// Units of a window that are covered by a "." nobody recorded are used. What is left of the node's blocks goes back;
// after a power cut it is not known which of it was used, so all of it was, for this start and for those after it.
Result<void> settleWindows(store::Transaction& transaction, const std::vector<queue::Recovery>& recoveries,
                           bool trusted, const std::string& zone, const std::string& node) {
    for (const queue::Recovery& recovery : recoveries) {
        if (!recovery.attempt.accountId || recovery.used == 0) continue;
        const auto account = store::accounts::find(transaction.connection(), *recovery.attempt.accountId);
        if (!account) return fail(account.error());
        const std::string& own = *account ? (*account)->timeZone : zone;
        for (const std::string& window :
             {policy::windowName(recovery.takenAt, own.empty() ? zone : own), policy::hourName(recovery.takenAt)}) {
            auto used = store::windows::use(transaction, *recovery.attempt.accountId, window, node, recovery.used);
            if (!used) return used;
        }
    }
    auto windows = store::windows::list(transaction.connection());
    if (!windows) return fail(windows.error());
    for (const store::WindowRecord& window : *windows) {
        const std::int64_t left = window.reserved - window.used;
        if (window.node != node || left == 0) continue;
        auto settled = trusted ? store::windows::settle(transaction, window.accountId, window.window, node)
                               : store::windows::use(transaction, window.accountId, window.window, node, left);
        if (!settled) return settled;
    }
    return {};
}

std::optional<queue::Known> ask(store::Connection& connection, const Id& message) {
    auto record = store::messages::find(connection, message);
    auto deliveries = store::messages::deliveries(connection, message);
    const auto attempts = store::attempts::list(connection, message);
    if (!record || !*record || !deliveries || !attempts) return std::nullopt;
    return queue::Known{std::move(**record), std::move(*deliveries), queue::crashesIn(*attempts)};
}

}  // namespace

Result<security::Vault> openVaultOf(const contract::Settings& settings, const std::string& dataFolder) {
    if (settings.isSet("ENCRYPTION_KEY")) {
        security::EnvKeySource source{settings.secret("ENCRYPTION_KEY")};
        return security::openVault(source, dataFolder);
    }
    security::FileKeySource source{dataFolder};
    return security::openVault(source, dataFolder);
}

Result<Secret> jwtKeyOf(const contract::Settings& settings, const std::string& dataFolder) {
    if (settings.isSet("JWT_SECRET_KEY")) return settings.secret("JWT_SECRET_KEY");
    const std::string path = dataFolder + "/jwt.key";
    if (!QFileInfo::exists(toQString(path))) {
        const Secret made{toBase64Url(randomBytes(48))};
        if (auto wrote = platform::writePrivateFile(path, made.reveal()); !wrote) return fail(wrote.error());
        return made;
    }
    if (platform::readableByOthers(path))
        return fail(ErrorCode::ConfigInvalid, path + " can be read by others: chmod 600 " + path);
    auto content = platform::readFile(path);
    if (!content) return fail(content.error());
    Secret key{std::string(trimmed(*content))};
    if (key.size() < 32)
        return fail(ErrorCode::ConfigInvalid, path + " holds less than 32 bytes: remove it and a new one is made");
    return key;
}

Result<std::string> databaseName(store::Writer& writer, TimePoint now) {
    std::string name;
    const auto written = writer.wait([&](store::Transaction& transaction) -> Result<void> {
        const auto known = store::meta::get(transaction.connection(), "database");
        if (!known) return fail(known.error());
        name = known->value_or(makeId(now).text());
        return *known ? Result<void>{} : store::meta::set(transaction, "database", name);
    });
    if (!written) return fail(written.error());
    return name;
}

Result<int> recoverLastRun(store::Writer& writer, queue::Slots& slotFile, queue::SentLog& sentLog,
                           const std::string& zone, const std::string& node, TimePoint now) {
    int decided = 0;
    auto written = writer.wait([&](store::Transaction& transaction) -> Result<void> {
        auto dots = store::attempts::openDots(transaction.connection());
        if (!dots) return fail(dots.error());
        const auto recoveries = queue::recover(
            slotFile.trusted(), slotFile.leftovers(), *dots,
            [&](const Id& message) { return ask(transaction.connection(), message); }, now);
        for (const queue::Recovery& recovery : recoveries) {
            decided += static_cast<int>(recovery.updates.size());
            if (std::any_of(recovery.updates.begin(), recovery.updates.end(),
                            [](const auto& update) { return update.reason == policy::reason::poison; }))
                qCCritical(observe::logHost, "the engine ended again and again at work on message %s: it is held",
                           recovery.attempt.messageId.text().c_str());
            sentLog.note(recovery.sent);
            auto recorded = store::attempts::record(transaction, recovery.attempt, recovery.updates, now);
            if (!recorded) return recorded;
        }
        return settleWindows(transaction, recoveries, slotFile.trusted(), zone, node);
    });
    if (!written) return fail(written.error());
    slotFile.begin();
    return decided;
}

}  // namespace postroom::host
