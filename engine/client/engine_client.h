// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Every call a window or a command line can make, typed. Knows neither sockets nor the engine: a Transport carries it.
//
// Any thread. Errors are the engine's own (openEnvelope) or the transport's; an answer whose data does not have the
// promised form is ProtocolViolated. Changed together with: engine/contract/resources.h, the handlers in engine/api.

#include "engine/base/secret.h"
#include "engine/base/task.h"
#include "engine/client/transport.h"
#include "engine/contract/dkim.h"
#include "engine/contract/oauth.h"
#include "engine/contract/requests.h"
#include "engine/contract/resources.h"
#include "engine/contract/templates.h"

#include <memory>

namespace postroom::client {

/// Which page of a list; limit 0 leaves it to the engine.
struct PageQuery {
    int limit = 0;
    std::string cursor = {};
};

struct MessageQuery {
    std::optional<contract::State> status = std::nullopt;
    int limit = 0;
    std::string cursor = {};
    std::string q = {};  ///< see contract::Search
    bool counted = false;
};

struct ExportQuery {
    std::string q = {};
    int limit = 0;
    std::string cursor = {};
    bool byteOrderMark = false;  ///< CSV: the first page begins with one
};

struct SuppressionQuery {
    std::string q = {};  ///< a part of the address
    std::string reason = {};
    int limit = 0;
    std::string cursor = {};
    bool byteOrderMark = false;  ///< of an export
};

/// What a pause is about, one thing at most; nothing named is everything.
struct QueuePart {
    std::optional<Id> account = {};
    std::string domain = {};  ///< of recipients
    std::string templateName = {};
};

/// A page of lines, and where the next one begins.
struct CsvPage {
    std::string lines;
    std::optional<std::string> nextCursor;
};

/// What is said of a finished mail: {"to", "a@b"}, {"tag", "x"}, ...
using RawQuery = std::vector<std::pair<std::string, std::string>>;

class EngineClient {
public:
    explicit EngineClient(std::unique_ptr<Transport> transport);
    ~EngineClient();
    EngineClient(EngineClient&&) noexcept = default;

    /// Where the calls go, for people.
    [[nodiscard]] std::string describe() const { return m_transport->describe(); }

    Task<contract::VersionAnswer> version();
    /// The bare body of /health/ready, also when it says 503.
    Task<json::Value> readiness();
    /// The bare body of /openapi.json.
    Task<json::Value> openApi();
    /// The text of /metrics.
    Task<std::string> metrics();

    /// Safe on the engine's disk when it succeeds. Repeated under the same key it is the same message, whose first
    /// answer comes again: whoever lost an answer asks once more. Without a key it is a second message.
    Task<contract::Receipt> send(const contract::SendRequest& request, const std::string& idempotencyKey = {});
    Task<contract::Receipt> sendBody(json::Value body, const std::string& idempotencyKey = {});
    /// Up to 1000, each judged alone; one key for all.
    Task<contract::BatchReceipt> sendBatch(const std::vector<contract::SendRequest>& requests,
                                           const std::string& idempotencyKey = {});
    /// A finished mail (RFC 5322); the options are the parameters of the route.
    Task<contract::Receipt> sendRaw(std::string mail, const RawQuery& options = {},
                                    const std::string& idempotencyKey = {});
    Task<contract::MessagePage> messages(const MessageQuery& query = {});
    Task<contract::ExportPage> exportMessages(const ExportQuery& query = {});
    /// The first page has the header row.
    Task<CsvPage> exportCsv(const ExportQuery& query = {});
    Task<contract::Message> message(const Id& id);
    Task<std::vector<contract::Attempt>> attempts(const Id& id);
    Task<contract::Explanation> explain(const Id& id);
    Task<contract::ActionResult> cancel(const Id& id);
    Task<contract::ActionResult> retry(const Id& id);
    /// Its held recipients are sent again.
    Task<contract::ActionResult> release(const Id& id);
    /// Its held recipients are cancelled.
    Task<contract::ActionResult> drop(const Id& id);
    /// One act on many; where the answer has a cursor it stopped early, and the same request with it goes on.
    Task<contract::BulkResult> actOnMessages(const contract::BulkRequest& request);
    /// The mail as it leaves, and what is in it.
    Task<contract::MailContent> rawMessage(const Id& id);
    /// Its bytes as they leave, attachments and all.
    Task<std::string> messageSource(const Id& id);

    /// Without their texts.
    Task<contract::Page<contract::Template>> templates(const PageQuery& query = {});
    Task<contract::Template> storedTemplate(const std::string& name);
    Task<contract::Template> createTemplate(json::Value body);
    /// Adds a version; NotFound where there is no template of this name yet.
    Task<contract::Template> putTemplate(const std::string& name, json::Value body);
    Task<contract::Template> publishTemplate(const std::string& name, int version);
    Task<contract::Page<contract::TemplateVersion>> templateVersions(const std::string& name,
                                                                     const PageQuery& query = {});
    Task<contract::RenderedTemplate> renderTemplate(const std::string& name, json::Value body);
    Task<contract::Receipt> testTemplate(const std::string& name, json::Value body);
    Task<void> removeTemplate(const std::string& name);

    Task<contract::UploadedFile> upload(std::string bytes, const std::string& filename,
                                        const std::string& contentType = {});
    Task<contract::Page<contract::UploadedFile>> uploads(const PageQuery& query = {});
    Task<void> removeUpload(const Id& id);

    Task<contract::Page<contract::Account>> accounts(const PageQuery& query = {});
    Task<contract::Account> account(const Id& id);
    Task<contract::Account> createAccount(json::Value body);
    /// `body` carries the revision that was seen; RevisionStale when it is not the last.
    Task<contract::Account> patchAccount(const Id& id, json::Value body);
    Task<void> removeAccount(const Id& id);
    Task<contract::AccountTest> testAccount(const Id& id);
    Task<contract::Account> enableAccount(const Id& id);
    Task<contract::Account> disableAccount(const Id& id);
    /// Asks the account's provider for a code that a person types there, or, given one, tries a refresh token. An empty
    /// `provider` is the account's own.
    Task<contract::AccountAuthorization> beginAuthorization(const Id& id, const std::string& provider = {},
                                                            const Secret& refreshToken = Secret());
    Task<contract::AccountAuthorization> authorization(const Id& id);
    Task<contract::AccountAuthorization> cancelAuthorization(const Id& id);

    Task<contract::Page<contract::ApiKey>> keys(const PageQuery& query = {});
    Task<contract::ApiKey> key(const Id& id);
    /// This answer and rotateKey()'s are the only ones that hold the secret.
    Task<contract::ApiKey> createKey(json::Value body);
    /// `body` carries the revision that was seen; RevisionStale when it is not the last.
    Task<contract::ApiKey> patchKey(const Id& id, json::Value body);
    /// A new secret; the old one stays good for `overlap`, a day when it is not said.
    Task<contract::ApiKey> rotateKey(const Id& id, std::optional<Milliseconds> overlap = std::nullopt);
    /// Ends the secret before the last rotation.
    Task<contract::ApiKey> endOldSecret(const Id& id);
    Task<contract::ApiKey> revokeKey(const Id& id);

    /// By domain.
    Task<contract::Page<contract::DkimKey>> dkimKeys(const PageQuery& query = {});
    Task<contract::DkimKey> dkimKey(const Id& id);
    /// It does not sign before it is enabled.
    Task<contract::DkimKey> createDkimKey(json::Value body);
    /// A new one beside it, which takes its place when it is enabled.
    Task<contract::DkimKey> rotateDkimKey(const Id& id);
    Task<contract::DkimKey> enableDkimKey(const Id& id);
    Task<contract::DkimKey> disableDkimKey(const Id& id);
    Task<void> removeDkimKey(const Id& id);

    Task<contract::QueueStatus> queueStatus();
    /// `note` says why.
    Task<contract::QueueStatus> pauseQueue(const QueuePart& part = {}, const std::string& note = {});
    Task<contract::QueueStatus> resumeQueue(const QueuePart& part = {});
    Task<contract::ReplyRulesInForce> replyRules();
    /// What a reply would mean at a stage, "rcpt_to".
    Task<contract::ReplyVerdict> testReply(const std::string& stage, const std::string& reply);
    /// A file that is not right is an error that says where, and those before stay in force.
    Task<contract::ReplyRulesInForce> reloadReplyRules();
    Task<contract::Page<contract::SandboxMail>> sandboxMails(const PageQuery& query = {});
    Task<contract::MailContent> sandboxMail(const std::string& id);
    /// Empties the sandbox's inbox.
    Task<void> clearSandbox();
    Task<contract::SandboxFaults> sandboxFaults();
    /// In place of those before: {"faults": [...]}.
    Task<contract::SandboxFaults> putSandboxFaults(json::Value body);
    Task<contract::SandboxFaults> clearSandboxFaults();

    Task<contract::Page<contract::Suppression>> suppressions(const SuppressionQuery& query = {});
    /// The first page has the header row.
    Task<CsvPage> exportSuppressions(const SuppressionQuery& query = {});
    Task<contract::Suppression> createSuppression(json::Value body);
    /// By its id or its address.
    Task<contract::Suppression> suppression(const std::string& named);
    Task<void> removeSuppression(const std::string& named);
    /// All lines of a CSV file, or none and an error that names the wrong ones.
    Task<contract::SuppressionImport> importSuppressions(std::string csv);
    Task<contract::Page<json::Value>> audit(const PageQuery& query = {});

    /// "1h" or "24h".
    Task<contract::Stats> stats(const std::string& range);
    /// What became stale since `after`, the `next` of an earlier answer; waits up to `wait` (25 s at most) for
    /// something to happen. Empty: answers at once with where things stand now.
    Task<contract::Events> events(const std::string& after = {}, std::chrono::seconds wait = std::chrono::seconds{25});

private:
    std::unique_ptr<Transport> m_transport;
};

}  // namespace postroom::client
