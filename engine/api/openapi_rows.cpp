// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/api/openapi.h"
#include "engine/contract/dkim.h"
#include "engine/contract/oauth.h"
#include "engine/contract/resources.h"
#include "engine/contract/templates.h"

#include <algorithm>

namespace postroom::api {

namespace {

// What the server around the routes may answer to any request, whatever it asks for.
constexpr ErrorCode ofEvery[] = {
    ErrorCode::RequestMalformed,     ErrorCode::JsonInvalid,       ErrorCode::OriginForeign,
    ErrorCode::RequestTimeout,       ErrorCode::BodyTooLarge,      ErrorCode::UriTooLong,
    ErrorCode::MediaTypeUnsupported, ErrorCode::ExpectationFailed, ErrorCode::HostUnknown,
    ErrorCode::ValidationFailed,     ErrorCode::HeadersTooLarge,   ErrorCode::Internal,
    ErrorCode::Overloaded,           ErrorCode::Stopping,          ErrorCode::Unavailable,
};

bool reads(const Route& route) {
    return route.method == http::Method::Get;
}

bool hasRevision(const Route& route) {
    if (!route.body) return false;
    const auto& fields = route.body()->fields;
    return std::any_of(fields.begin(), fields.end(), [](const auto& field) {
        return field.name == "revision" && field.need != contract::Need::ReadOnly;
    });
}

// An example need not be touched when its struct gets another member.
template <typename T>
json::Value as(const json::Value& example) {
    const auto read = contract::fromJson<T>(example);
    return read ? contract::toJson(*read) : json::Value(nullptr);
}

}  // namespace

std::set<ErrorCode> errorsOf(const Route& route) {
    std::set<ErrorCode> out(std::begin(ofEvery), std::end(ofEvery));
    if (route.access != Access::Open)
        out.insert({ErrorCode::Unauthorized, ErrorCode::Forbidden, ErrorCode::RateLimited});
    if (route.path.find('{') != route.path.npos) out.insert(ErrorCode::NotFound);
    if (route.access != Access::Open || !reads(route)) out.insert({ErrorCode::StorageFailed, ErrorCode::TimedOut});
    if (!reads(route)) out.insert(ErrorCode::StorageFull);
    if (hasRevision(route)) out.insert(ErrorCode::RevisionStale);
    if (route.takesKey) out.insert(ErrorCode::Conflict);
    for (const RouteRow& row : routeRows())
        if (row.route == route.name) out.insert(row.errors.begin(), row.errors.end());
    return out;
}

const std::vector<RouteRow>& routeRows() {
    using enum ErrorCode;
    using namespace contract;
    static const std::vector<RouteRow> rows{
        {.route = "getHealth", .example = R"({"status":"healthy"})"},
        {.route = "getReady",
         .example = R"({"status":"ready","checks":{"database":{"status":"ok","ms":1.2},"queue":{"status":"ok",
"ms":0.1},"broker":{"status":"unused","ms":0},"cache":{"status":"unused","ms":0},"disk":{"status":"ok","ms":0.0}}})",
         .alsoAnswers = 503},
        {.route = "getVersion",
         .example = R"({"version":"0.1.0","api_version":"1","capabilities":["sandbox","stats","events","raw"]})",
         .complete = as<VersionAnswer>},
        {.route = "createToken",
         .errors = {CredentialsRejected, RateLimited},
         .example = R"({"access_token":"eyJhbGciOiJIUzI1NiIs...","refresh_token":"eyJhbGciOiJIUzI1NiIs...",
"token_type":"bearer","expires_in":1800})",
         .complete = as<Tokens>},
        {.route = "sendEmail",
         .errors = {IoFailed},
         .example = R"({"message_id":"0193a5c0-7d6b-7c3e-9f21-5b0e4a8d1c77","status":"queued","recipients":[
{"recipient":"ann@example.com","id":"0193a5c0-7d6b-7d10-a1b2-9c3d4e5f6071","status":"queued","reason":""}]})",
         .complete = as<Receipt>},
        {.route = "listMessages",
         .example = R"({"items":[{"id":"0193a5c0-7d6b-7c3e-9f21-5b0e4a8d1c77","status":"sent",
"recipient_counts":{"sent":1},"waiting_for":null,"subject":"Your invoice","from":"","account":"","sandbox":false,
"on_unknown":"retry","message_id_header":"<0193a5c0@example.com>","size_bytes":1432,"key_id":null,
"created_at":"2027-01-04T09:30:00.123Z","expires_at":"2027-01-06T09:30:00.123Z","deliveries":[]}],
"next_cursor":"0193a5c0-7d6b-7c3e-9f21-5b0e4a8d1c77"})",
         .complete = as<MessagePage>},
        {.route = "getMessage",
         .example = R"({"id":"0193a5c0-7d6b-7c3e-9f21-5b0e4a8d1c77","status":"sent","recipient_counts":{"sent":1},
"waiting_for":null,"subject":"Your invoice","from":"","account":"","sandbox":false,"on_unknown":"retry",
"message_id_header":"<0193a5c0@example.com>","size_bytes":1432,"key_id":null,"created_at":"2027-01-04T09:30:00.123Z",
"expires_at":"2027-01-06T09:30:00.123Z","deliveries":[{"id":"0193a5c0-7d6b-7d10-a1b2-9c3d4e5f6071",
"recipient":"ann@example.com","kind":"to","status":"sent","attempts":1,"due_at":null,"reason":"",
"last_reply":"250 2.0.0 Ok: queued","account_id":"0193a5b8-1f00-7a00-8000-1b2c3d4e5f60","waiting_for":null,
"updated_at":"2027-01-04T09:30:01.004Z"}]})",
         .complete = as<Message>},
        {.route = "cancelMessage",
         .errors = {Conflict},
         .example = R"({"message_id":"0193a5c0-7d6b-7c3e-9f21-5b0e4a8d1c77","changed":1})",
         .complete = as<ActionResult>},
        {.route = "retryMessage",
         .errors = {Conflict},
         .example = R"({"message_id":"0193a5c0-7d6b-7c3e-9f21-5b0e4a8d1c77","changed":1})",
         .complete = as<ActionResult>},
        {.route = "getRawMessage", .errors = {IoFailed}, .alsoAs = "message/rfc822"},
        {.route = "exportMessages", .alsoAs = "text/csv"},
        {.route = "createAccount", .errors = {AlreadyExists}},
        {.route = "patchAccount", .errors = {AlreadyExists}},
        {.route = "beginAuthorization",
         .errors = {Conflict, NetworkFailed},
         .example = R"({"state":"pending","provider":"microsoft","user_code":"GTHK-QPMN",
"verification_uri":"https://microsoft.com/devicelogin","verification_uri_complete":"",
"expires_at":"2027-01-04T09:45:00.123Z","interval_ms":5000,"authorized_at":null,"reason":"","detail":""})",
         .complete = as<AccountAuthorization>},
        {.route = "createKey",
         .errors = {AlreadyExists},
         .example = R"({"id":"0193a5b8-1f00-7a00-8000-1b2c3d4e5f60","api_key":"noti_7Hq...","name":"shop",
"description":"","scopes":["send"],"is_test":false,"is_active":true,"created_at":"2027-01-04T09:00:00.000Z",
"revoked_at":null,"last_used_at":null,"api_secret":"secret_Zk3..."})",
         .complete = as<ApiKey>},
        {.route = "createDkimKey",
         .errors = {AlreadyExists},
         .example = R"key({"id":"0193a5b8-1f00-7a00-8000-1b2c3d4e5f60","domain":"example.com","selector":"pr20270104e",
"algorithm":"ed25519","is_active":false,"problem":"","record_name":"pr20270104e._domainkey.example.com",
"record_value":"v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
"record_strings":["v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="],
"zone_line":"pr20270104e._domainkey.example.com. IN TXT ( \"v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\" )",
"revision":1,"created_at":"2027-01-04T09:30:00.123Z","updated_at":"2027-01-04T09:30:00.123Z"})key",
         .complete = as<DkimKey>},
        {.route = "rotateDkimKey", .errors = {AlreadyExists}},
        {.route = "enableDkimKey", .errors = {Conflict}},
        {.route = "deleteDkimKey", .errors = {Conflict}},
        {.route = "getSandboxMail", .errors = {IoFailed}},
        {.route = "testReplyRules",
         .example =
             R"({"meaning":"deferred","level":"recipient","reason":"smtp.mailbox_full","rule":"mailbox-full-code",
"retry":"mailbox_full","wait_ms":null})",
         .complete = as<ReplyVerdict>},
        {.route = "reloadReplyRules", .errors = {IoFailed}},
        {.route = "uploadAttachment",
         .errors = {IoFailed},
         .example = R"({"id":"0193a5c0-7d6b-7c3e-9f21-5b0e4a8d1c77","filename":"invoice.pdf",
"content_type":"application/pdf","size_bytes":48213,
"sha256":"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
"created_at":"2027-01-04T09:30:00.123Z","expires_at":"2027-01-11T09:30:00.123Z"})",
         .complete = as<UploadedFile>},
        {.route = "createSuppression", .errors = {AlreadyExists}},
        {.route = "getSuppression",
         .example = R"({"id":"0193a5c0-7d6b-7c3e-9f21-5b0e4a8d1c77","address":"ann@example.com","reason":"hard_bounce",
"reply":"550 5.1.1 no such user","message_id":"0193a5c0-7d6b-7d10-a1b2-9c3d4e5f6071","note":"",
"created_at":"2027-01-04T09:30:00.123Z","expires_at":"2027-04-04T09:30:00.123Z"})",
         .complete = as<Suppression>},
        {.route = "exportSuppressions", .alsoAs = "text/csv"},
        {.route = "importSuppressions",
         .example = R"({"lines":1200,"added":1187,"known":12,"ended":1})",
         .complete = as<SuppressionImport>},
        {.route = "putSandboxFaults",
         .example = R"({"faults":[{"fault":"defer","stage":"rcpt_to","rate":0.2,
"reply":"451 4.7.1 greylisted, try again in 5 minutes","stall_ms":0}]})",
         .complete = as<SandboxFaults>},
        {.route = "refreshToken", .errors = {Unauthorized, RateLimited}},
        {.route = "releaseMessage", .errors = {Conflict}},
        {.route = "patchKey", .errors = {Conflict}},
        {.route = "rotateKey", .errors = {Conflict}},
        {.route = "endOldSecret", .errors = {Conflict}},
        {.route = "sendBatch", .errors = {IoFailed}},
        {.route = "createTemplate", .errors = {AlreadyExists}},
        {.route = "deleteTemplate", .errors = {Conflict}},
        {.route = "renderTemplate",
         .example = R"({"subject":"Your invoice 2026-17","html":"<p>Dear Ann, your invoice is attached.</p>",
"text":"Dear Ann, your invoice is attached."})",
         .complete = as<RenderedTemplate>},
    };
    return rows;
}

const std::vector<BodyRow>& bodyRows() {
    static const std::vector<BodyRow> rows{
        {"SendRequest", "manual", "The least", R"({"to":"ann@example.com","subject":"Your invoice",
"content":"<h1>Invoice</h1><p>Thank you.</p>"})"},
        {"SendRequest", "sandbox", "Into the sandbox: nothing leaves this machine", R"({"to":"ann@example.com",
"subject":"A trial","content":"<p>This stays here.</p>","account":"sandbox"})"},
        {"SendRequest", "full", "Copies, both bodies, a header of one's own and a file", R"({
"to":["Ann <ann@example.com>","\"Bob B.\" <bob@example.com>"],"cc":"office@example.com","reply_to":"desk@example.com",
"subject":"Your invoice","content":"<h1>Invoice</h1>","text":"Invoice","headers":{"X-Invoice":"2027-0104"},
"attachments":[{"filename":"invoice.txt","content_type":"text/plain","content":"SGVsbG8="}],"on_unknown":"hold"})"},
        {"TokenRequest", "key", "A key and its secret", R"({"api_key":"noti_7Hq...","api_secret":"secret_Zk3..."})"},
        {"AccountCreate", "manual", "An account of a mail provider", R"({"email":"noreply@example.com",
"smtp_host":"smtp.example.com","smtp_port":465,"smtp_username":"noreply@example.com","smtp_password":"its password",
"display_name":"Notifications","daily_limit":2000,"priority":10})"},
        {"AccountCreate", "local", "A server on this machine, without login", R"({"email":"noreply@example.com",
"smtp_host":"127.0.0.1","smtp_port":25,"security":"none","auth":"none"})"},
        {"AccountCreate", "token", "An account that logs in with an access token, once it is authorized", R"({
"email":"noreply@example.com","smtp_host":"smtp.office365.com","smtp_port":587,"auth":"xoauth2",
"oauth_provider":"microsoft"})"},
        {"AuthorizeRequest", "code", "With a code that a person types at the provider", R"({})"},
        {"AuthorizeRequest", "token", "With a refresh token that was got elsewhere", R"({"provider":"google",
"refresh_token":"1//0g..."})"},
        {"AccountPatch", "limit", "Another limit", R"({"revision":1,"daily_limit":500})"},
        {"ApiKeyCreate", "sender", "For a program that sends", R"({"name":"shop","description":"The web shop",
"scopes":["send"]})"},
        {"ApiKeyCreate", "test", "For trying out: its mail goes to the sandbox and nowhere else", R"({
"name":"shop-test","is_test":true})"},
        {"SendRequest", "template", "From a stored template", R"({"to":"ann@example.com","template":"invoice",
"variables":{"name":"Ann","number":"2026-17"},"locale":"en"})"},
        {"SendRequest", "later", "At a time, to be found by a tag", R"({"to":"ann@example.com","subject":"A reminder",
"text":"The meeting is in an hour.","scheduled_at":"2027-01-04T08:00:00Z","tags":["reminder"],"priority":5})"},
        {"BatchRequest", "two", "Two, each judged alone", R"({"messages":[{"to":"ann@example.com","subject":"One",
"text":"For Ann."},{"to":"bob@example.com","subject":"Two","text":"For Bob."}]})"},
        {"RefreshRequest", "token", "A refresh token, good for one use",
         R"({"refresh_token":"eyJhbGciOiJIUzI1NiIs..."})"},
        {"RevokeRequest", "token", "Either token of a login", R"({"token":"eyJhbGciOiJIUzI1NiIs..."})"},
        {"ApiKeyPatch", "networks", "From one network only", R"({"revision":1,"allowed_ips":["10.0.0.0/8"]})"},
        {"ApiKeyRotate", "day", "The old secret stays good for a day", R"({"overlap_ms":86400000})"},
        {"Release", "send", "Send it again", R"({"to":"send"})"},
        {"PauseRequest", "account", "One account", R"({"account":"noreply@example.com","note":"the provider moves"})"},
        {"PauseRequest", "domain", "What goes to one domain",
         R"({"domain":"example.com","note":"its servers are down"})"},
        {"PauseRequest", "template", "What was made from one template", R"({"template":"invoice"})"},
        {"ResumeRequest", "everything", "Everything that is not paused by its own name", "{}"},
        {"ResumeRequest", "domain", "One domain", R"({"domain":"example.com"})"},
        {"MessageActions", "count", "What a retry would touch; nothing is done", R"({"action":"retry",
"q":"status:failed tag:invoice","dry_run":true})"},
        {"TemplateCreate", "invoice", "With a sample to try it with", R"({"name":"invoice",
"subject":"Your invoice {{ number }}","html":"<p>Dear {{ name }}, your invoice is attached.</p>",
"sample":{"name":"Ann","number":"2026-17"}})"},
        {"TemplatePut", "next", "The next version, published", R"({"subject":"Invoice {{ number }}",
"html":"<p>Dear {{ name }}</p>"})"},
        {"TemplatePublish", "back", "Back to the first", R"({"version":1})"},
        {"TemplateRender", "variables", "Of these variables", R"({"variables":{"name":"Ann","number":"2026-17"}})"},
        {"DkimKeyCreate", "rsa", "What every receiver can check", R"({"domain":"example.com"})"},
        {"DkimKeyCreate", "both", "A second signature beside it", R"({"domain":"example.com","algorithm":"ed25519"})"},
        {"ReplyTest", "full", "A mailbox that is full", R"({"stage":"rcpt_to","reply":"552 5.2.2 mailbox full"})"},
        {"SuppressionCreate", "address", "Somebody who asked for no more mail", R"({"address":"ann@example.com",
"reason":"unsubscribed","note":"Ticket 4711"})"},
        {"SuppressionCreate", "domain", "A whole domain, until summer", R"({"address":"*@example.com",
"expires_at":"2027-06-30T00:00:00Z"})"},
        {"SandboxFaultsPut", "greylisting", "One recipient of five is to be tried later", R"({"faults":[
{"fault":"defer","rate":0.2,"reply":"451 4.7.1 greylisted, try again in 5 minutes"}]})"},
        {"SandboxFaultsPut", "lost_reply", "Half of all connections end after the message, and nobody knows", R"({
"faults":[{"fault":"drop","stage":"dot","rate":0.5}]})"},
        {"TemplateTest", "sandbox", "Into the sandbox", R"({"to":"you@example.com","account":"sandbox"})"},
    };
    return rows;
}

}  // namespace postroom::api
