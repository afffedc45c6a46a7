// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/client/engine_client.h"

#include "engine/base/text.h"
#include "engine/contract/envelope.h"

#include <QUrl>

namespace postroom::client {

using namespace contract;

namespace {

constexpr auto messagesPath = "/api/v1/messages";
constexpr auto accountsPath = "/api/v1/admin/email-accounts";
constexpr auto keysPath = "/api/v1/admin/api-keys";
constexpr auto dkimPath = "/api/v1/admin/dkim";
constexpr auto faultsPath = "/api/v1/admin/sandbox/faults";
constexpr auto suppressionsPath = "/api/v1/admin/suppressions";
constexpr auto mailsPath = "/api/v1/admin/sandbox/mails";
constexpr auto templatesPath = "/api/v1/templates";
constexpr auto attachmentsPath = "/api/v1/attachments";

struct AttemptList {
    std::vector<Attempt> items;
    static void fields(auto& self, auto&& visit) { visit("items", self.items); }
};

std::string escaped(const std::string& text) {
    return QUrl::toPercentEncoding(toQString(text)).toStdString();
}

std::string at(const char* list, const Id& id, const char* act = "") {
    return std::string(list) + "/" + id.text() + act;
}

// Of a template.
std::string at(const std::string& name, const char* act = "") {
    return std::string(templatesPath) + "/" + escaped(name) + act;
}

std::string query(std::initializer_list<std::pair<const char*, std::string>> fields) {
    std::string out;
    for (const auto& [name, value] : fields)
        if (!value.empty()) out.append(out.empty() ? "?" : "&").append(name).append("=").append(escaped(value));
    return out;
}

json::Object toJson(const QueuePart& part) {
    json::Object body;
    if (part.account) body["account"] = part.account->text();
    if (!part.domain.empty()) body["domain"] = part.domain;
    if (!part.templateName.empty()) body["template"] = part.templateName;
    return body;
}

std::string limitText(int limit) {
    return limit > 0 ? std::to_string(limit) : std::string();
}

std::string paged(const char* list, const PageQuery& page) {
    return list + query({{"limit", limitText(page.limit)}, {"cursor", page.cursor}});
}

template <typename T>
Result<T> decoded(const Result<ClientReply>& reply) {
    if (!reply) return fail(reply.error());
    auto data = openEnvelope(reply->status, reply->body);
    if (!data) return fail(data.error());
    if constexpr (std::is_void_v<T>) {
        return {};
    } else {
        auto value = fromJson<T>(*data);
        if (!value) {
            std::string where = "the answer's data";
            const auto& fields = value.error().fields;
            if (!fields.empty() && !fields.front().field.empty()) where += "." + fields.front().field;
            return fail(ErrorCode::ProtocolViolated, where + " has an unexpected form");
        }
        return value;
    }
}

// One call whose answer is turned into T by `read`, in the transport's thread.
template <typename T, typename Read>
Task<T> called(Transport& transport, ClientRequest request, Read read) {
    const Promise<T> promise;
    Task<T> task = promise.task();
    transport.send(std::move(request),
                   [promise, read](const Result<ClientReply>& reply) { promise.finish(read(reply)); });
    return task;
}
template <typename T>
Task<T> called(Transport& transport, ClientRequest request) {
    return called<T>(transport, std::move(request), [](const Result<ClientReply>& reply) { return decoded<T>(reply); });
}
template <typename T>
Task<T> got(Transport& transport, std::string path) {
    return called<T>(transport, {.method = "GET", .path = std::move(path)});
}
template <typename T>
Task<T> posted(Transport& transport, std::string path, std::optional<json::Value> body = std::nullopt) {
    return called<T>(transport, {.method = "POST", .path = std::move(path), .body = std::move(body)});
}

std::vector<std::pair<std::string, std::string>> keyHeader(const std::string& key) {
    if (key.empty()) return {};
    return {{"Idempotency-Key", key}};
}

// The answers of the routes that programs of the field expect without our envelope.
Result<json::Value> bare(const Result<ClientReply>& reply) {
    if (!reply) return fail(reply.error());
    auto value = json::parse(reply->body, 64);
    if (!value || !value->is_object())
        return fail(ErrorCode::ProtocolViolated, "HTTP " + std::to_string(reply->status) + ": not a JSON object");
    // An error is still in its envelope: a 421, or a limit that was reached.
    if (reply->status >= 400 && value->get_object().contains("error")) {
        auto refused = openEnvelope(reply->status, reply->body);
        if (!refused) return fail(refused.error());
    }
    return std::move(*value);
}

// An answer that is a text of this type and no envelope.
Result<std::string> bareText(const Result<ClientReply>& reply, std::string_view type) {
    if (!reply) return fail(reply.error());
    if (reply->status == 200 && reply->contentType.starts_with(type)) return reply->body;
    const auto refused = openEnvelope(reply->status, reply->body);
    if (!refused) return fail(refused.error());
    return fail(ErrorCode::ProtocolViolated, "HTTP " + std::to_string(reply->status) + ": not " + std::string(type));
}

std::string exportPath(const char* format, const ExportQuery& asked) {
    return std::string(messagesPath) + "/export" +
           query({{"format", format},
                  {"q", asked.q},
                  {"limit", limitText(asked.limit)},
                  {"cursor", asked.cursor},
                  {"bom", asked.byteOrderMark ? "true" : ""}});
}

std::string queryOf(const SuppressionQuery& asked, const char* format = "") {
    return query({{"format", format},
                  {"q", asked.q},
                  {"reason", asked.reason},
                  {"limit", limitText(asked.limit)},
                  {"cursor", asked.cursor},
                  {"bom", asked.byteOrderMark ? "true" : ""}});
}

Result<CsvPage> csvPage(const Result<ClientReply>& reply) {
    auto lines = bareText(reply, "text/csv");
    if (!lines) return fail(lines.error());
    const std::string next = reply->header("X-Next-Cursor");
    return CsvPage{std::move(*lines), next.empty() ? std::nullopt : std::optional{next}};
}

}  // namespace

EngineClient::EngineClient(std::unique_ptr<Transport> transport) : m_transport(std::move(transport)) {}
EngineClient::~EngineClient() = default;

Task<VersionAnswer> EngineClient::version() {
    return got<VersionAnswer>(*m_transport, "/api/v1/version");
}

Task<json::Value> EngineClient::readiness() {
    return called<json::Value>(*m_transport, {.method = "GET", .path = "/health/ready"}, bare);
}

Task<json::Value> EngineClient::openApi() {
    return called<json::Value>(*m_transport, {.method = "GET", .path = "/openapi.json"}, bare);
}

Task<std::string> EngineClient::metrics() {
    return called<std::string>(*m_transport, {.method = "GET", .path = "/metrics"},
                               [](const Result<ClientReply>& reply) -> Result<std::string> {
                                   if (!reply) return fail(reply.error());
                                   if (reply->status == 200) return reply->body;
                                   const auto refused = openEnvelope(reply->status, reply->body);
                                   if (!refused) return fail(refused.error());
                                   return fail(ErrorCode::ProtocolViolated, "HTTP " + std::to_string(reply->status));
                               });
}

Task<Receipt> EngineClient::send(const SendRequest& request, const std::string& idempotencyKey) {
    return sendBody(request.body(), idempotencyKey);
}

Task<Receipt> EngineClient::sendBody(json::Value body, const std::string& idempotencyKey) {
    return called<Receipt>(*m_transport, {.method = "POST",
                                          .path = "/api/v1/messages/email/send",
                                          .body = std::move(body),
                                          .headers = keyHeader(idempotencyKey)});
}

Task<BatchReceipt> EngineClient::sendBatch(const std::vector<SendRequest>& requests,
                                           const std::string& idempotencyKey) {
    json::Array messages;
    for (const SendRequest& request : requests) messages.push_back(request.body());
    return called<BatchReceipt>(*m_transport, {.method = "POST",
                                               .path = "/api/v1/messages/email/batch",
                                               .body = json::Object{{"messages", std::move(messages)}},
                                               .headers = keyHeader(idempotencyKey)});
}

Task<Receipt> EngineClient::sendRaw(std::string mail, const RawQuery& options, const std::string& idempotencyKey) {
    std::string path = "/api/v1/messages/email/raw";
    for (const auto& [name, value] : options)
        path.append(path.find('?') == path.npos ? "?" : "&").append(name).append("=").append(escaped(value));
    return called<Receipt>(*m_transport, {.method = "POST",
                                          .path = std::move(path),
                                          .headers = keyHeader(idempotencyKey),
                                          .bytes = std::move(mail),
                                          .bytesType = "message/rfc822"});
}

Task<MessagePage> EngineClient::messages(const MessageQuery& asked) {
    const std::string status{asked.status ? name(*asked.status) : std::string_view()};
    return got<MessagePage>(*m_transport, messagesPath + query({{"limit", limitText(asked.limit)},
                                                                {"cursor", asked.cursor},
                                                                {"status", status},
                                                                {"q", asked.q},
                                                                {"count", asked.counted ? "true" : ""}}));
}

Task<ExportPage> EngineClient::exportMessages(const ExportQuery& asked) {
    return got<ExportPage>(*m_transport, exportPath("json", asked));
}
Task<CsvPage> EngineClient::exportCsv(const ExportQuery& asked) {
    return called<CsvPage>(*m_transport, {.method = "GET", .path = exportPath("csv", asked)}, csvPage);
}
Task<Message> EngineClient::message(const Id& id) {
    return got<Message>(*m_transport, at(messagesPath, id));
}

Task<std::vector<Attempt>> EngineClient::attempts(const Id& id) {
    return called<std::vector<Attempt>>(*m_transport, {.method = "GET", .path = at(messagesPath, id, "/attempts")},
                                        [](const Result<ClientReply>& reply) -> Result<std::vector<Attempt>> {
                                            auto list = decoded<AttemptList>(reply);
                                            if (!list) return fail(list.error());
                                            return std::move(list->items);
                                        });
}
Task<Explanation> EngineClient::explain(const Id& id) {
    return got<Explanation>(*m_transport, at(messagesPath, id, "/explain"));
}
Task<ActionResult> EngineClient::cancel(const Id& id) {
    return posted<ActionResult>(*m_transport, at(messagesPath, id, "/cancel"));
}
Task<ActionResult> EngineClient::retry(const Id& id) {
    return posted<ActionResult>(*m_transport, at(messagesPath, id, "/retry"));
}
Task<ActionResult> EngineClient::release(const Id& id) {
    return posted<ActionResult>(*m_transport, at(messagesPath, id, "/release"));
}
Task<ActionResult> EngineClient::drop(const Id& id) {
    return posted<ActionResult>(*m_transport, at(messagesPath, id, "/release"), json::Object{{"to", "drop"}});
}
Task<BulkResult> EngineClient::actOnMessages(const BulkRequest& request) {
    return posted<BulkResult>(*m_transport, std::string(messagesPath) + "/actions", request.body());
}
Task<std::string> EngineClient::messageSource(const Id& id) {
    return called<std::string>(*m_transport, {.method = "GET", .path = at(messagesPath, id, "/raw?format=eml")},
                               [](const Result<ClientReply>& reply) { return bareText(reply, "message/rfc822"); });
}
Task<MailContent> EngineClient::rawMessage(const Id& id) {
    return got<MailContent>(*m_transport, at(messagesPath, id, "/raw"));
}

Task<Page<Template>> EngineClient::templates(const PageQuery& asked) {
    return got<Page<Template>>(*m_transport, paged(templatesPath, asked));
}
Task<Template> EngineClient::storedTemplate(const std::string& name) {
    return got<Template>(*m_transport, at(name));
}
Task<Template> EngineClient::createTemplate(json::Value body) {
    return posted<Template>(*m_transport, templatesPath, std::move(body));
}
Task<Template> EngineClient::putTemplate(const std::string& name, json::Value body) {
    return called<Template>(*m_transport, {.method = "PUT", .path = at(name), .body = std::move(body)});
}
Task<Template> EngineClient::publishTemplate(const std::string& name, int version) {
    return posted<Template>(*m_transport, at(name, "/publish"), json::Object{{"version", version}});
}
Task<Page<TemplateVersion>> EngineClient::templateVersions(const std::string& name, const PageQuery& asked) {
    return got<Page<TemplateVersion>>(*m_transport, paged(at(name, "/versions").c_str(), asked));
}
Task<RenderedTemplate> EngineClient::renderTemplate(const std::string& name, json::Value body) {
    return posted<RenderedTemplate>(*m_transport, at(name, "/render"), std::move(body));
}
Task<Receipt> EngineClient::testTemplate(const std::string& name, json::Value body) {
    return posted<Receipt>(*m_transport, at(name, "/test"), std::move(body));
}
Task<void> EngineClient::removeTemplate(const std::string& name) {
    return called<void>(*m_transport, {.method = "DELETE", .path = at(name)});
}

Task<UploadedFile> EngineClient::upload(std::string bytes, const std::string& filename,
                                        const std::string& contentType) {
    return called<UploadedFile>(
        *m_transport, {.method = "POST",
                       .path = attachmentsPath + query({{"filename", filename}, {"content_type", contentType}}),
                       .bytes = std::move(bytes),
                       .bytesType = "application/octet-stream"});
}
Task<Page<UploadedFile>> EngineClient::uploads(const PageQuery& asked) {
    return got<Page<UploadedFile>>(*m_transport, paged(attachmentsPath, asked));
}
Task<void> EngineClient::removeUpload(const Id& id) {
    return called<void>(*m_transport, {.method = "DELETE", .path = at(attachmentsPath, id)});
}

Task<Page<Account>> EngineClient::accounts(const PageQuery& page) {
    return got<Page<Account>>(*m_transport, paged(accountsPath, page));
}
Task<Account> EngineClient::account(const Id& id) {
    return got<Account>(*m_transport, at(accountsPath, id));
}
Task<Account> EngineClient::createAccount(json::Value body) {
    return posted<Account>(*m_transport, accountsPath, std::move(body));
}
Task<Account> EngineClient::patchAccount(const Id& id, json::Value body) {
    return called<Account>(*m_transport, {.method = "PATCH", .path = at(accountsPath, id), .body = std::move(body)});
}
Task<void> EngineClient::removeAccount(const Id& id) {
    return called<void>(*m_transport, {.method = "DELETE", .path = at(accountsPath, id)});
}
Task<AccountTest> EngineClient::testAccount(const Id& id) {
    return posted<AccountTest>(*m_transport, at(accountsPath, id, "/test"));
}
Task<Account> EngineClient::enableAccount(const Id& id) {
    return posted<Account>(*m_transport, at(accountsPath, id, "/enable"));
}
Task<Account> EngineClient::disableAccount(const Id& id) {
    return posted<Account>(*m_transport, at(accountsPath, id, "/disable"));
}
Task<AccountAuthorization> EngineClient::beginAuthorization(const Id& id, const std::string& provider,
                                                            const Secret& refreshToken) {
    json::Object body;
    if (!provider.empty()) body["provider"] = provider;
    if (!refreshToken.empty()) body["refresh_token"] = refreshToken.reveal();
    return posted<AccountAuthorization>(*m_transport, at(accountsPath, id, "/authorize"), std::move(body));
}
Task<AccountAuthorization> EngineClient::authorization(const Id& id) {
    return got<AccountAuthorization>(*m_transport, at(accountsPath, id, "/authorize"));
}
Task<AccountAuthorization> EngineClient::cancelAuthorization(const Id& id) {
    return called<AccountAuthorization>(*m_transport, {.method = "DELETE", .path = at(accountsPath, id, "/authorize")});
}

Task<Page<ApiKey>> EngineClient::keys(const PageQuery& page) {
    return got<Page<ApiKey>>(*m_transport, paged(keysPath, page));
}
Task<ApiKey> EngineClient::key(const Id& id) {
    return got<ApiKey>(*m_transport, at(keysPath, id));
}
Task<ApiKey> EngineClient::createKey(json::Value body) {
    return posted<ApiKey>(*m_transport, keysPath, std::move(body));
}
Task<ApiKey> EngineClient::patchKey(const Id& id, json::Value body) {
    return called<ApiKey>(*m_transport, {.method = "PATCH", .path = at(keysPath, id), .body = std::move(body)});
}
Task<ApiKey> EngineClient::rotateKey(const Id& id, std::optional<Milliseconds> overlap) {
    json::Object body;
    if (overlap) body["overlap_ms"] = overlap->count();
    return posted<ApiKey>(*m_transport, at(keysPath, id, "/rotate"), std::move(body));
}
Task<ApiKey> EngineClient::endOldSecret(const Id& id) {
    return posted<ApiKey>(*m_transport, at(keysPath, id, "/end-old-secret"));
}
Task<ApiKey> EngineClient::revokeKey(const Id& id) {
    return posted<ApiKey>(*m_transport, at(keysPath, id, "/revoke"));
}

Task<Page<DkimKey>> EngineClient::dkimKeys(const PageQuery& page) {
    return got<Page<DkimKey>>(*m_transport, paged(dkimPath, page));
}
Task<DkimKey> EngineClient::dkimKey(const Id& id) {
    return got<DkimKey>(*m_transport, at(dkimPath, id));
}
Task<DkimKey> EngineClient::createDkimKey(json::Value body) {
    return posted<DkimKey>(*m_transport, dkimPath, std::move(body));
}
Task<DkimKey> EngineClient::rotateDkimKey(const Id& id) {
    return posted<DkimKey>(*m_transport, at(dkimPath, id, "/rotate"));
}
Task<DkimKey> EngineClient::enableDkimKey(const Id& id) {
    return posted<DkimKey>(*m_transport, at(dkimPath, id, "/enable"));
}
Task<DkimKey> EngineClient::disableDkimKey(const Id& id) {
    return posted<DkimKey>(*m_transport, at(dkimPath, id, "/disable"));
}
Task<void> EngineClient::removeDkimKey(const Id& id) {
    return called<void>(*m_transport, {.method = "DELETE", .path = at(dkimPath, id)});
}

Task<QueueStatus> EngineClient::queueStatus() {
    return got<QueueStatus>(*m_transport, "/api/v1/admin/queue");
}
Task<QueueStatus> EngineClient::pauseQueue(const QueuePart& part, const std::string& note) {
    json::Object body = toJson(part);
    if (!note.empty()) body["note"] = note;
    return posted<QueueStatus>(*m_transport, "/api/v1/admin/queue/pause", std::move(body));
}
Task<QueueStatus> EngineClient::resumeQueue(const QueuePart& part) {
    return posted<QueueStatus>(*m_transport, "/api/v1/admin/queue/resume", toJson(part));
}
Task<ReplyRulesInForce> EngineClient::replyRules() {
    return got<ReplyRulesInForce>(*m_transport, "/api/v1/admin/reply-rules");
}
Task<ReplyVerdict> EngineClient::testReply(const std::string& stage, const std::string& reply) {
    return posted<ReplyVerdict>(*m_transport, "/api/v1/admin/reply-rules/test",
                                json::Object{{"stage", stage}, {"reply", reply}});
}
Task<ReplyRulesInForce> EngineClient::reloadReplyRules() {
    return posted<ReplyRulesInForce>(*m_transport, "/api/v1/admin/reply-rules/reload");
}
Task<Page<SandboxMail>> EngineClient::sandboxMails(const PageQuery& page) {
    return got<Page<SandboxMail>>(*m_transport, paged(mailsPath, page));
}
Task<MailContent> EngineClient::sandboxMail(const std::string& id) {
    return got<MailContent>(*m_transport, std::string(mailsPath) + "/" + escaped(id));
}
Task<void> EngineClient::clearSandbox() {
    return called<void>(*m_transport, {.method = "DELETE", .path = mailsPath});
}
Task<SandboxFaults> EngineClient::sandboxFaults() {
    return got<SandboxFaults>(*m_transport, faultsPath);
}
Task<SandboxFaults> EngineClient::putSandboxFaults(json::Value body) {
    return called<SandboxFaults>(*m_transport, {.method = "PUT", .path = faultsPath, .body = std::move(body)});
}
Task<SandboxFaults> EngineClient::clearSandboxFaults() {
    return called<SandboxFaults>(*m_transport, {.method = "DELETE", .path = faultsPath});
}

Task<Page<Suppression>> EngineClient::suppressions(const SuppressionQuery& asked) {
    return got<Page<Suppression>>(*m_transport, suppressionsPath + queryOf(asked));
}
Task<CsvPage> EngineClient::exportSuppressions(const SuppressionQuery& asked) {
    return called<CsvPage>(*m_transport,
                           {.method = "GET", .path = std::string(suppressionsPath) + "/export" + queryOf(asked, "csv")},
                           csvPage);
}
Task<Suppression> EngineClient::createSuppression(json::Value body) {
    return posted<Suppression>(*m_transport, suppressionsPath, std::move(body));
}
Task<Suppression> EngineClient::suppression(const std::string& named) {
    return got<Suppression>(*m_transport, std::string(suppressionsPath) + "/" + escaped(named));
}
Task<void> EngineClient::removeSuppression(const std::string& named) {
    return called<void>(*m_transport,
                        {.method = "DELETE", .path = std::string(suppressionsPath) + "/" + escaped(named)});
}
Task<SuppressionImport> EngineClient::importSuppressions(std::string csv) {
    return called<SuppressionImport>(*m_transport, {.method = "POST",
                                                    .path = std::string(suppressionsPath) + "/import",
                                                    .bytes = std::move(csv),
                                                    .bytesType = "text/csv"});
}
Task<Page<json::Value>> EngineClient::audit(const PageQuery& page) {
    return got<Page<json::Value>>(*m_transport, paged("/api/v1/admin/audit", page));
}

Task<Stats> EngineClient::stats(const std::string& range) {
    return got<Stats>(*m_transport, "/api/v1/stats" + query({{"range", range}}));
}
Task<Events> EngineClient::events(const std::string& after, std::chrono::seconds wait) {
    const std::string seconds = after.empty() ? std::string() : std::to_string(wait.count());
    return got<Events>(*m_transport, "/api/v1/events" + query({{"after", after}, {"wait", seconds}}));
}

}  // namespace postroom::client
