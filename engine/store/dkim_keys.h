// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Keys that sign mail.

#include "engine/base/id.h"
#include "engine/contract/dkim.h"
#include "engine/store/writer.h"

#include <optional>
#include <string>
#include <vector>

namespace postroom::store {

struct DkimKeyRecord {
    Id id;
    std::string domain;  ///< lower case, A-labels
    std::string selector;
    contract::DkimAlgorithm algorithm = contract::DkimAlgorithm::Rsa;
    std::string privateKey;  ///< vault token
    std::string publicKey;   ///< as p= says it
    bool isActive = false;
    std::int64_t revision = 1;
    TimePoint createdAt{};
    TimePoint updatedAt{};
};

}  // namespace postroom::store

namespace postroom::store::dkim_keys {

/// AlreadyExists if the domain has a key of this selector.
[[nodiscard]] Result<void> insert(Transaction& transaction, const DkimKeyRecord& key);
[[nodiscard]] Result<std::optional<DkimKeyRecord>> find(Connection& connection, const Id& id);
/// By domain, then by id.
[[nodiscard]] Result<std::vector<DkimKeyRecord>> list(Connection& connection);
/// From now on it signs, and no other one of its domain and algorithm does. NotFound.
[[nodiscard]] Result<void> enable(Transaction& transaction, const Id& id, TimePoint now);
/// NotFound.
[[nodiscard]] Result<void> disable(Transaction& transaction, const Id& id, TimePoint now);
/// NotFound.
[[nodiscard]] Result<void> remove(Transaction& transaction, const Id& id);

}  // namespace postroom::store::dkim_keys
