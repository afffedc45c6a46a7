// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// What callers ask for, as plain structs, and the schemas their bodies are held against.

#include "engine/contract/codec.h"
#include "engine/contract/schema.h"
#include "engine/contract/suppressions.h"

namespace postroom::contract {

inline constexpr std::size_t mostRecipients = 1000;
inline constexpr std::size_t mostAttachments = 100;
/// Of all messages of a batch together: more in one commit would hold up everybody else's.
inline constexpr std::size_t mostRecipientsInBatch = 10'000;
inline constexpr std::size_t mostInBatch = 1000;
inline constexpr std::size_t longestTag = 64;           ///< characters
inline constexpr std::size_t longestMetadataName = 64;  ///< characters

/// POST /api/v1/messages/email/send. The manual's three fields are to, subject and content (HTML).
struct SendRequest {
    struct Attachment {
        std::string filename;
        std::string contentType;
        std::string content;            ///< base64
        std::string attachmentId = {};  ///< of a file that was uploaded, in place of the content
        std::string contentId = {};     ///< what the HTML shows as `cid:...`; empty: an ordinary attachment
        static void fields(auto& self, auto&& visit) {
            visit("filename", self.filename), visit("content_type", self.contentType), visit("content", self.content);
            visit("attachment_id", self.attachmentId), visit("content_id", self.contentId);
        }
    };
    std::vector<std::string> to, cc, bcc, replyTo;
    std::string from, subject, content, text;
    std::map<std::string, std::string> headers;
    std::vector<Attachment> attachments;
    std::string account;
    OnUnknown onUnknown = OnUnknown::Retry;
    std::vector<std::string> tags;
    std::map<std::string, std::string> metadata;
    int priority = 0;                      ///< 0 to 9, greater goes first
    std::optional<TimePoint> scheduledAt;  ///< none: now
    std::optional<TimePoint> expiresAt;    ///< none: 48 hours after it is due
    std::string locale;
    std::string templateName;                      ///< says subject, content and text in their place
    std::map<std::string, json::Value> variables;  ///< of the template
    bool allowUndefined = false;                   ///< undefined variables are empty instead of an error
    bool hasSubject = false;                       ///< set by read(): an empty one counts

    static void fields(auto& self, auto&& visit) {
        visit("to", self.to), visit("cc", self.cc), visit("bcc", self.bcc), visit("reply_to", self.replyTo);
        visit("from", self.from), visit("subject", self.subject), visit("content", self.content);
        visit("text", self.text), visit("headers", self.headers), visit("attachments", self.attachments);
        visit("account", self.account), visit("on_unknown", self.onUnknown);
        visit("tags", self.tags), visit("metadata", self.metadata), visit("priority", self.priority);
        visit("scheduled_at", self.scheduledAt), visit("expires_at", self.expiresAt), visit("locale", self.locale);
        visit("template", self.templateName), visit("variables", self.variables);
        visit("allow_undefined", self.allowUndefined);
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
    std::string cursor;  ///< `next_cursor` of the answer before, or `start_cursor` of the dry run
    static void fields(auto& self, auto&& visit) {
        visit("action", self.action), visit("q", self.q), visit("ids", self.ids), visit("dry_run", self.dryRun);
        visit("cursor", self.cursor);
    }
    [[nodiscard]] json::Value body() const;
};

[[nodiscard]] const Schema& sendSchema();
/// {messages: [...]}; each of them is held against sendSchema() by itself.
[[nodiscard]] const Schema& batchSchema();
/// What may be said in the query of a mail that comes as it is; a SendRequest without the mail.
[[nodiscard]] const Schema& rawSchema();
[[nodiscard]] const Schema& tokenSchema();
[[nodiscard]] const Schema& accountCreateSchema();
/// `revision` is required; every other field is optional.
[[nodiscard]] const Schema& accountPatchSchema();
[[nodiscard]] const Schema& keyCreateSchema();
/// `revision` is required; every other field is optional.
[[nodiscard]] const Schema& keyPatchSchema();
[[nodiscard]] const Schema& keyRotateSchema();
[[nodiscard]] const Schema& refreshSchema();
[[nodiscard]] const Schema& revokeTokenSchema();
[[nodiscard]] const Schema& releaseSchema();
[[nodiscard]] const Schema& pauseSchema();
[[nodiscard]] const Schema& resumeSchema();
[[nodiscard]] const Schema& replyTestSchema();
[[nodiscard]] const Schema& bulkSchema();
[[nodiscard]] const Schema& suppressionSchema();
[[nodiscard]] const Schema& sandboxFaultsSchema();
[[nodiscard]] const Schema& emptySchema();

}  // namespace postroom::contract
