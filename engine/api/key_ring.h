// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The keys as requests are judged by them: read from the database when one changes, found by a hash, asked by every
// request without SQL.
//
// Any thread; nothing in a ring changes once it is made.

#include "engine/api/send_rules.h"
#include "engine/http/networks.h"
#include "engine/security/api_key.h"
#include "engine/security/scopes.h"
#include "engine/store/records.h"

#include <map>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <unordered_set>

namespace postroom::api {

struct LiveKey {
    store::ApiKeyRecord record;
    security::Scopes scopes;
    http::Networks networks;                 ///< it may be used from; empty: any
    std::shared_ptr<const SendRules> rules;  ///< null: any From, any account. Shared: a call keeps what it began with

    /// Neither revoked nor expired.
    [[nodiscard]] bool isUsable(TimePoint now) const;
    [[nodiscard]] bool mayComeFrom(std::string_view client) const;
    /// The secret before the last rotation, while it is still good; empty otherwise.
    [[nodiscard]] std::string_view oldHash(TimePoint now) const;
    /// True if tokens got with the key's secret of this version are still good; 0 is a token that does not say.
    [[nodiscard]] bool honours(std::int64_t secretVersion, TimePoint now) const;
};

class KeyRing {
public:
    KeyRing() = default;
    explicit KeyRing(std::vector<store::ApiKeyRecord> records);
    KeyRing(KeyRing&&) = default;  // what the views below look at does not move with a vector

    [[nodiscard]] const LiveKey* byKey(std::string_view key) const;
    [[nodiscard]] const LiveKey* byId(const Id& id) const;

private:
    std::vector<LiveKey> m_keys;
    std::unordered_map<std::string_view, const LiveKey*> m_byKey;
    std::unordered_map<Id, const LiveKey*> m_byId;
};

/// The families of tokens that were ended before their time, until their access tokens have ended by themselves.
class EndedFamilies {
public:
    void add(const Id& family, TimePoint until, TimePoint now);
    [[nodiscard]] bool has(const Id& family) const;

private:
    mutable std::mutex m_mutex;
    std::unordered_set<Id> m_ended;
    std::multimap<TimePoint, Id> m_byEnd;
};

/// When each key's use was last written down: a row is not written for every request.
class LastUses {
public:
    /// True if this use should be written: the first, and one a minute after that.
    [[nodiscard]] bool due(const Id& key, SteadyPoint now);

private:
    std::mutex m_mutex;
    std::unordered_map<Id, SteadyPoint> m_written;  // of known keys only, so never more than there are
};

}  // namespace postroom::api
