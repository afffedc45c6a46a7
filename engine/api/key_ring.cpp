// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/api/key_ring.h"

namespace postroom::api {

bool LiveKey::isUsable(TimePoint now) const {
    return record.isActive && !(record.expiresAt && now >= *record.expiresAt);
}

bool LiveKey::mayComeFrom(std::string_view client) const {
    return record.allowedIps.empty() || networks.contains(client);
}

std::string_view LiveKey::oldHash(TimePoint now) const {
    const bool isGood = record.oldSecretUntil && now < *record.oldSecretUntil;
    return isGood ? std::string_view(record.oldSecretHash) : std::string_view{};
}

bool LiveKey::honours(std::int64_t secretVersion, TimePoint now) const {
    if (secretVersion == 0 || secretVersion == record.secretVersion) return true;
    return secretVersion == record.secretVersion - 1 && !oldHash(now).empty();
}

KeyRing::KeyRing(std::vector<store::ApiKeyRecord> records) {
    m_keys.reserve(records.size());
    for (store::ApiKeyRecord& record : records) {
        LiveKey& key = m_keys.emplace_back();
        key.record = std::move(record);
        // A row with a scope nobody knows may do nothing.
        if (const auto scopes = security::Scopes::fromNames(key.record.scopes)) key.scopes = *scopes;
        key.networks = http::Networks(key.record.allowedIps);
        if (!key.record.allowedFrom.empty() || !key.record.allowedAccounts.empty())
            key.rules = std::make_shared<const SendRules>(
                SendRules{.from = key.record.allowedFrom, .accounts = key.record.allowedAccounts});
        m_byKey.emplace(key.record.key, &key);
        m_byId.emplace(key.record.id, &key);
    }
}

const LiveKey* KeyRing::byKey(std::string_view key) const {
    const auto at = m_byKey.find(key);
    return at == m_byKey.end() ? nullptr : at->second;
}

const LiveKey* KeyRing::byId(const Id& id) const {
    const auto at = m_byId.find(id);
    return at == m_byId.end() ? nullptr : at->second;
}

void EndedFamilies::add(const Id& family, TimePoint until, TimePoint now) {
    const std::lock_guard lock{m_mutex};
    while (!m_byEnd.empty() && m_byEnd.begin()->first <= now) {
        m_ended.erase(m_byEnd.begin()->second);
        m_byEnd.erase(m_byEnd.begin());
    }
    if (until > now && m_ended.insert(family).second) m_byEnd.emplace(until, family);
}

bool EndedFamilies::has(const Id& family) const {
    const std::lock_guard lock{m_mutex};
    return m_ended.contains(family);
}

bool LastUses::due(const Id& key, SteadyPoint now) {
    const std::lock_guard lock{m_mutex};
    const auto [at, isFirst] = m_written.try_emplace(key, now);
    if (!isFirst && now - at->second < std::chrono::minutes{1}) return false;
    at->second = now;
    return true;
}

}  // namespace postroom::api
