// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// One request of the API, whichever carrier brought it: what is asked, by whom, with which JSON.

#include "engine/api/send_rules.h"
#include "engine/contract/json.h"
#include "engine/queue/stored_files.h"
#include "engine/security/scopes.h"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace postroom::api {

struct Route;

/// Who asks. local-admin is whoever may read the data folder.
struct Principal {
    std::string actor;  ///< for the audit: "key:noti_...", "local-admin", "anonymous"
    std::optional<Id> keyId;
    security::Scopes scopes;
    bool test = false;                            ///< its messages go to the sandbox and nowhere else
    std::shared_ptr<const SendRules> rules = {};  ///< of its key; null: none. Shared with the ring the key came from

    /// May it see what this key sent?
    [[nodiscard]] bool sees(const std::optional<Id>& owner) const {
        return scopes.has(security::Scope::Read) || (keyId && keyId == owner);
    }
    /// May it cancel or retry what this key sent? Reading everybody's mail is no leave to stop it.
    [[nodiscard]] bool mayChange(const std::optional<Id>& owner) const {
        return scopes.has(security::Scope::Admin) || (keyId && keyId == owner);
    }
};

/// Files that came inside a JSON body, too large to be held in it, by the word that stands for each in `content`:
/// shared by all messages that attach the same. Null: larger than ATTACHMENT_MAX_SIZE.
using InlineFiles = std::map<std::string, std::shared_ptr<queue::StoredFiles::Arrival>>;

struct Call {
    const Route* route = nullptr;
    Principal principal;
    std::vector<std::string> params;                         ///< of the path, in order
    std::vector<std::pair<std::string, std::string>> query;  ///< decoded
    json::Value body;
    InlineFiles files = {};                             ///< of the body
    std::string bytes;                                  ///< the body of a route that takes no JSON
    std::shared_ptr<queue::StoredFiles::Arrival> file;  ///< of a route that takes a file and whose body came in pieces
    std::optional<std::string> idempotencyKey;          ///< where the route takes one
    std::string requestId;
    std::string peer;
    std::string ifNoneMatch = {};  ///< the header, of HTTP alone
    std::string accept = {};       ///< the header

    [[nodiscard]] std::string param(std::size_t index) const {
        return index < params.size() ? params[index] : std::string{};
    }
    [[nodiscard]] std::optional<std::string> queryValue(std::string_view name) const;
};

struct Answer {
    int status = 200;
    json::Value data;
    std::string bare = {};  ///< a body without the envelope, of type `contentType`
    std::string contentType = {};
    std::vector<std::pair<std::string, std::string>> headers = {};  ///< of HTTP alone
};

/// Called once, in any thread.
using Reply = std::function<void(Result<Answer>)>;

}  // namespace postroom::api
