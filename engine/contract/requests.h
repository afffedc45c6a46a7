// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// What callers ask for, as plain structs, and the schemas their bodies are held against.

#include "engine/contract/codec.h"
#include "engine/contract/schema.h"

namespace postroom::contract {

inline constexpr std::size_t mostRecipients = 1000;

/// POST /api/v1/messages/email/send. The manual's three fields are to, subject and content (HTML).
struct SendRequest {
    struct Attachment {
        std::string filename;
        std::string contentType;
        std::string content;  ///< base64
        static void fields(auto& self, auto&& visit) {
            visit("filename", self.filename), visit("content_type", self.contentType), visit("content", self.content);
        }
    };
    std::vector<std::string> to, cc, bcc, replyTo;
    std::string from, subject, content, text;
    std::map<std::string, std::string> headers;
    std::vector<Attachment> attachments;
    std::string account;
    OnUnknown onUnknown = OnUnknown::Retry;

    static void fields(auto& self, auto&& visit) {
        visit("to", self.to), visit("cc", self.cc), visit("bcc", self.bcc), visit("reply_to", self.replyTo);
        visit("from", self.from), visit("subject", self.subject), visit("content", self.content);
        visit("text", self.text), visit("headers", self.headers), visit("attachments", self.attachments);
        visit("account", self.account), visit("on_unknown", self.onUnknown);
    }
    /// Reads a body that passed sendSchema(): one address may stand where a list may.
    [[nodiscard]] static Result<SendRequest> read(const json::Object& body);
    /// Only what is not empty, as it goes into a body.
    [[nodiscard]] json::Value body() const;
};

/// POST /api/v1/messages/actions: one act on all that `q` finds, or on `ids`.
struct BulkRequest {
    static constexpr std::size_t mostIds = 1000;

    std::string action;  ///< cancel, retry, release
    std::string q;
    std::vector<Id> ids;
    bool dryRun = false;
    std::string cursor;  ///< `next_cursor` of the answer before
    static void fields(auto& self, auto&& visit) {
        visit("action", self.action), visit("q", self.q), visit("ids", self.ids), visit("dry_run", self.dryRun);
        visit("cursor", self.cursor);
    }
    [[nodiscard]] json::Value body() const;
};

[[nodiscard]] const Schema& sendSchema();
[[nodiscard]] const Schema& tokenSchema();
[[nodiscard]] const Schema& accountCreateSchema();
/// `revision` is required; every other field is optional.
[[nodiscard]] const Schema& accountPatchSchema();
[[nodiscard]] const Schema& keyCreateSchema();
[[nodiscard]] const Schema& releaseSchema();
[[nodiscard]] const Schema& bulkSchema();
[[nodiscard]] const Schema& emptySchema();

}  // namespace postroom::contract
