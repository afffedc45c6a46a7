// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// What the handlers work with. Made by the host, outlives the router; everything here may be asked from any thread.

#include "engine/api/call.h"
#include "engine/api/calls_under_way.h"
#include "engine/api/event_desk.h"
#include "engine/api/key_ring.h"
#include "engine/api/keys_under_way.h"
#include "engine/api/rate_counters.h"
#include "engine/api/rereads.h"
#include "engine/api/template_book.h"
#include "engine/base/snapshot.h"
#include "engine/contract/resources.h"
#include "engine/contract/settings.h"
#include "engine/observe/metrics.h"
#include "engine/queue/intake.h"
#include "engine/security/token.h"
#include "engine/smtp/probe.h"
#include "engine/smtp/sandbox/server.h"
#include "engine/store/readers.h"
#include "engine/store/writer.h"
#include "engine/upkeep/history.h"

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace postroom::api {

/// Larger bodies are read and composed in the heavy thread. Up to here nothing in one takes long, and no attachment in
/// it is large enough to be written to a file of its own.
inline constexpr std::size_t heavyBody_bytes = queue::StoredFiles::threshold_bytes;

struct Services {
    const contract::Settings& settings;
    const Clock& clock;
    store::Writer& writer;
    store::Readers& readers;
    queue::Dispatcher& dispatcher;
    queue::Intake& intake;
    queue::StoredFiles& files;
    queue::RuleBook& rules;
    queue::MailSigner& mailSigner;
    const queue::SentLog& sentLog;
    queue::SuppressionSieve& suppressions;
    queue::Grants& grants;
    const security::Vault& vault;
    const security::TokenSigner& signer;
    observe::Metrics& metrics;
    observe::EventRing& events;
    EventDesk& eventDesk;
    upkeep::History& history;
    Worker& apiWorker;
    Worker& heavyWorker;
    Worker& smtpWorker;
    smtp::sandbox::Server& sandbox;  ///< lives in smtpWorker
    int storeConnections = 0;        ///< the writer's and the readers'
    std::string version;
    std::string dataFolder;
    std::string heloName;
    Secret keyPepper;
    Secret localToken;                   ///< of control.json
    std::int64_t requestsPerMinute = 0;  ///< of a key; 0: not limited

    /// The accounts' rows and the keys as they are in the database: read here, never by SQL per request.
    Snapshot<std::vector<store::AccountRecord>> accounts;
    Snapshot<KeyRing> keys;
    Snapshot<TemplateBook> templates = {};
    Rereads rereads{readers, clock};
    EndedFamilies endedFamilies = {};
    LastUses lastUses = {};
    /// Of keys' requests, and of failures to show a key, by address.
    std::unique_ptr<RateCounters> keyRates = std::make_unique<RateTable>(100'000);
    RateTable failures{65'536};

    KeysUnderWay keysUnderWay = {};
    CallsUnderWay inProcess = {};  ///< those of this program; a connection stands for every other
    /// Tests of accounts that are running, by request; in smtpWorker's thread.
    std::map<std::string, std::unique_ptr<smtp::Probe>> probes = {};
};

/// Runs `read` on a reader's connection; what it returns is the answer.
void answerFrom(Services& services, Reply reply, std::function<Result<Answer>(store::Connection&)> read);
/// Commits `apply`; then, durable, `after` (may be empty), then `answer()` is the answer. An error of apply or of after
/// is the answer.
void answerAfter(Services& services, Reply reply, std::function<Result<void>(store::Transaction&)> apply,
                 std::function<Result<Answer>()> answer, std::function<void(Rereads::Done)> after = {});
/// Goes on in the heavy thread. Stopping is the answer where that has ended.
void inHeavy(Services& services, Call call, Reply reply, void (*work)(Services&, Call, Reply));
/// An audit row in the same transaction as what it speaks of.
[[nodiscard]] Result<void> audit(store::Transaction& transaction, const Services& services, const Call& call,
                                 std::string_view action, std::string_view target, json::Object detail = {});

/// Reads the snapshots again and says what changed; the null id: all. `done` runs when the new state is in force
/// everywhere; given an error, the change is durable and will be in force as soon as the database answers.
void refreshAccounts(Services& services, const Id& changed, Rereads::Done done);
void refreshTemplates(Services& services, Rereads::Done done);
void refreshDkimKeys(Services& services, Rereads::Done done);
void refreshKeys(Services& services, const Id& changed, Rereads::Done done);
void refreshPauses(Services& services, Rereads::Done done);
/// Reads which families of tokens were ended; once, before the first request.
void loadEndedFamilies(Services& services, Rereads::Done done);

/// The account with this id or address; null if there is none.
[[nodiscard]] const store::AccountRecord* accountNamed(const std::vector<store::AccountRecord>& accounts,
                                                       std::string_view text);

/// The id in the path's first parameter; NotFound if it is none.
[[nodiscard]] Result<Id> pathId(const Call& call);
/// A whole number of the query, `absent` where it is not given. ValidationFailed: field.type, field.too_small,
/// field.too_large.
[[nodiscard]] Result<int> numberIn(const Call& call, const std::string& name, int least, int greatest, int absent);
/// `limit` (1..200, 50 when absent); ValidationFailed otherwise.
[[nodiscard]] Result<int> pageLimit(const Call& call);
/// `cursor` as an id; ValidationFailed if it is none.
[[nodiscard]] Result<std::optional<Id>> pageCursor(const Call& call);

/// The page of a list that is in memory whole, in the order of its ids' owners: what follows the cursor, at most
/// `limit`.
template <typename T>
[[nodiscard]] Result<contract::Page<T>> pageOf(std::vector<T> all, const Call& call) {
    const auto limit = pageLimit(call);
    const auto cursor = pageCursor(call);
    if (!limit || !cursor) return fail(limit ? cursor.error() : limit.error());
    auto first = all.begin();
    if (*cursor) {
        first = std::find_if(all.begin(), all.end(), [&](const T& item) { return item.id == **cursor; });
        if (first != all.end()) ++first;
    }
    contract::Page<T> page;
    const auto last = all.end() - first > *limit ? first + *limit : all.end();
    if (last != all.end()) page.nextCursor = (last - 1)->id.text();
    page.items.assign(std::make_move_iterator(first), std::make_move_iterator(last));
    return page;
}

}  // namespace postroom::api
