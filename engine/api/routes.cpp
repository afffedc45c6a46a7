// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/api/handlers.h"
#include "engine/api/router.h"
#include "engine/contract/describe.h"
#include "engine/contract/requests.h"

namespace postroom::api {

namespace {

using http::Method;
using namespace contract;

template <typename T>
json::Object schemaOf(json::Object& components) {
    return describe<T>(components);
}

template <const Schema& (*schema)()>
const Schema* body() {
    return &schema();
}

json::Object bareObject(json::Object&) {
    return {{"type", "object"}};
}

json::Object wordOf(json::Array words) {
    return {{"type", "string"}, {"enum", std::move(words)}};
}

json::Object health(json::Object&) {
    return {{"type", "object"},
            {"required", json::Array{"status"}},
            {"properties", json::Object{{"status", json::Object{{"const", "healthy"}}}}}};
}

json::Object readiness(json::Object&) {
    const json::Object check{{"type", "object"},
                             {"required", json::Array{"status", "ms"}},
                             {"properties", json::Object{{"status", wordOf({"ok", "failed", "unused"})},
                                                         {"ms", json::Object{{"type", "number"}}},
                                                         {"detail", json::Object{{"type", "string"}}}}}};
    return {
        {"type", "object"},
        {"required", json::Array{"status", "checks"}},
        {"properties", json::Object{{"status", wordOf({"ready", "degraded", "not_ready"})},
                                    {"checks", json::Object{{"type", "object"}, {"additionalProperties", check}}}}}};
}

const std::vector<QueryParameter> paging{{"limit", "50 when absent", 1, 200},
                                         {"cursor", "`next_cursor` of the page before"}};

std::vector<std::string_view> stateNames() {
    std::vector<std::string_view> names;
    for (const State state : allStates) names.push_back(name(state));
    return names;
}

std::vector<QueryParameter> pagingAnd(QueryParameter more) {
    auto all = paging;
    all.push_back(more);
    return all;
}

}  // namespace

const std::vector<Route>& routes() {
    static const std::vector<Route> table{
        {.method = Method::Get,
         .path = "/health",
         .name = "getHealth",
         .summary = "Alive",
         .access = Access::Open,
         .handle = getHealth,
         .answer = health,
         .bareType = "application/json"},
        {.method = Method::Get,
         .path = "/health/ready",
         .name = "getReady",
         .summary = "Ready to take and deliver mail; 503 if not",
         .access = Access::Open,
         .handle = getReady,
         .answer = readiness,
         .bareType = "application/json"},
        {.method = Method::Get,
         .path = "/metrics",
         .name = "getMetrics",
         .summary = "Metrics in Prometheus text",
         .access = Access::Metrics,
         .handle = getMetrics,
         .bareType = "text/plain; version=0.0.4; charset=utf-8"},
        {.method = Method::Get,
         .path = "/openapi.json",
         .name = "getOpenApi",
         .summary = "This document",
         .access = Access::Open,
         .handle = getOpenApi,
         .answer = bareObject,
         .bareType = "application/json",
         .revalidates = true},
        {.method = Method::Get,
         .path = "/",
         .name = "getRoot",
         .summary = "Leads to the page below",
         .access = Access::Open,
         .handle = getRoot,
         .success = 302,
         .bareType = "text/plain"},
        {.method = Method::Get,
         .path = "/docs",
         .name = "getDocs",
         .summary = "This document as a page to read and try out",
         .access = Access::Open,
         .handle = getDocs,
         .bareType = "text/html; charset=utf-8",
         .revalidates = true},
        {.method = Method::Get,
         .path = "/docs/{file}",
         .name = "getDocsFile",
         .summary = "What that page is made of",
         .access = Access::Open,
         .handle = getDocsFile,
         .bareType = "*/*",
         .revalidates = true},
        {.method = Method::Get,
         .path = "/api/v1/version",
         .name = "getVersion",
         .summary = "Version and capabilities",
         .access = Access::Open,
         .handle = getVersion,
         .answer = schemaOf<VersionAnswer>},
        {.method = Method::Get,
         .path = "/api/v1/auth/local",
         .name = "getLocalProof",
         .summary = "Proves to a program on this machine that it speaks to the engine of its data folder",
         .access = Access::Open,
         .handle = getLocalProof,
         .answer = schemaOf<LocalProof>,
         .query = {{.name = "nonce",
                    .doc = "16 to 128 characters of the caller's choice",
                    .shortest = 16,
                    .longest = 128,
                    .required = true}}},
        {.method = Method::Post,
         .path = "/api/v1/auth/token",
         .name = "createToken",
         .summary = "Exchanges a key and its secret for a token",
         .access = Access::Open,
         .handle = postToken,
         .body = body<tokenSchema>,
         .answer = schemaOf<Tokens>},

        {.method = Method::Post,
         .path = "/api/v1/messages/email/send",
         .name = "sendEmail",
         .summary = "Accepts a message; when the answer leaves, it is on disk",
         .access = Access::Send,
         .handle = postSend,
         .body = body<sendSchema>,
         .answer = schemaOf<Receipt>,
         .success = 202,
         .largestBody_bytes = 40u << 20,
         .headerNotAvailable = "Idempotency-Key"},
        {.method = Method::Get,
         .path = "/api/v1/messages",
         .name = "listMessages",
         .summary = "Messages, newest first",
         .access = Access::Send,
         .handle = listMessages,
         .answer = schemaOf<Page<Message>>,
         .query = pagingAnd({.name = "status", .doc = "only messages in this state", .oneOf = stateNames()})},
        {.method = Method::Get,
         .path = "/api/v1/messages/{id}",
         .name = "getMessage",
         .summary = "A message with its deliveries",
         .access = Access::Send,
         .handle = getMessage,
         .answer = schemaOf<Message>},
        {.method = Method::Get,
         .path = "/api/v1/messages/{id}/attempts",
         .name = "listAttempts",
         .summary = "Its attempts, oldest first",
         .access = Access::Send,
         .handle = listAttempts,
         .answer = schemaOf<Page<Attempt>>},
        {.method = Method::Get,
         .path = "/api/v1/messages/{id}/explain",
         .name = "explainMessage",
         .summary = "What it waits for, account by account",
         .access = Access::Send,
         .handle = explainMessage,
         .answer = schemaOf<Explanation>},
        {.method = Method::Get,
         .path = "/api/v1/messages/{id}/raw",
         .name = "getRawMessage",
         .summary = "The mail as it leaves, and what a mail program makes of it",
         .access = Access::Send,
         .handle = getRawMessage,
         .answer = schemaOf<MailContent>},
        {.method = Method::Post,
         .path = "/api/v1/messages/{id}/cancel",
         .name = "cancelMessage",
         .summary = "Cancels what has not been sent of one's own message, or with admin of any",
         .access = Access::Send,
         .handle = cancelMessage,
         .answer = schemaOf<ActionResult>},
        {.method = Method::Post,
         .path = "/api/v1/messages/{id}/retry",
         .name = "retryMessage",
         .summary = "Tries one's own message, or with admin any, again now",
         .access = Access::Send,
         .handle = retryMessage,
         .answer = schemaOf<ActionResult>},

        {.method = Method::Get,
         .path = "/api/v1/admin/email-accounts",
         .name = "listAccounts",
         .summary = "Mail accounts",
         .handle = listAccounts,
         .answer = schemaOf<Page<Account>>,
         .query = paging},
        {.method = Method::Post,
         .path = "/api/v1/admin/email-accounts",
         .name = "createAccount",
         .summary = "Adds a mail account",
         .handle = createAccount,
         .body = body<accountCreateSchema>,
         .answer = schemaOf<Account>,
         .success = 201},
        {.method = Method::Get,
         .path = "/api/v1/admin/email-accounts/{id}",
         .name = "getAccount",
         .summary = "A mail account",
         .handle = getAccount,
         .answer = schemaOf<Account>},
        {.method = Method::Patch,
         .path = "/api/v1/admin/email-accounts/{id}",
         .name = "patchAccount",
         .summary = "Changes a mail account",
         .handle = patchAccount,
         .body = body<accountPatchSchema>,
         .answer = schemaOf<Account>},
        {.method = Method::Delete,
         .path = "/api/v1/admin/email-accounts/{id}",
         .name = "deleteAccount",
         .summary = "Removes a mail account",
         .handle = deleteAccount},
        {.method = Method::Post,
         .path = "/api/v1/admin/email-accounts/{id}/test",
         .name = "testAccount",
         .summary = "Tries its server step by step; sends nothing to anybody",
         .handle = testAccount,
         .answer = schemaOf<AccountTest>},
        {.method = Method::Post,
         .path = "/api/v1/admin/email-accounts/{id}/enable",
         .name = "enableAccount",
         .summary = "Lets it send; ends its rest",
         .handle = enableAccount,
         .answer = schemaOf<Account>},
        {.method = Method::Post,
         .path = "/api/v1/admin/email-accounts/{id}/disable",
         .name = "disableAccount",
         .summary = "Keeps it from sending",
         .handle = disableAccount,
         .answer = schemaOf<Account>},

        {.method = Method::Get,
         .path = "/api/v1/admin/api-keys",
         .name = "listKeys",
         .summary = "API keys, revoked ones too",
         .handle = listKeys,
         .answer = schemaOf<Page<ApiKey>>,
         .query = paging},
        {.method = Method::Post,
         .path = "/api/v1/admin/api-keys",
         .name = "createKey",
         .summary = "Makes a key; its secret is shown this once",
         .handle = createKey,
         .body = body<keyCreateSchema>,
         .answer = schemaOf<ApiKey>,
         .success = 201},
        {.method = Method::Post,
         .path = "/api/v1/admin/api-keys/{id}/revoke",
         .name = "revokeKey",
         .summary = "Ends a key and its tokens",
         .handle = revokeKey,
         .answer = schemaOf<ApiKey>},

        {.method = Method::Get,
         .path = "/api/v1/admin/queue",
         .name = "getQueue",
         .summary = "The queue's length, ledger and accounts",
         .handle = getQueue,
         .answer = schemaOf<QueueStatus>},
        {.method = Method::Get,
         .path = "/api/v1/admin/audit",
         .name = "listAudit",
         .summary = "Who did what, newest first",
         .handle = listAudit,
         .answer = schemaOf<Page<AuditEntry>>,
         .query = paging},
        {.method = Method::Get,
         .path = "/api/v1/admin/sandbox/mails",
         .name = "listSandbox",
         .summary = "Mail the sandbox keeps, newest first",
         .access = Access::Read,
         .handle = listSandbox,
         .answer = schemaOf<Page<SandboxMail>>,
         .query = paging},
        {.method = Method::Get,
         .path = "/api/v1/admin/sandbox/mails/{mail}",
         .name = "getSandboxMail",
         .summary = "One of them as it came, and what a mail program makes of it",
         .access = Access::Read,
         .handle = getSandboxMail,
         .answer = schemaOf<MailContent>},
        {.method = Method::Delete,
         .path = "/api/v1/admin/sandbox/mails",
         .name = "clearSandbox",
         .summary = "Empties the sandbox's inbox",
         .handle = clearSandbox},

        {.method = Method::Get,
         .path = "/api/v1/stats",
         .name = "getStats",
         .summary = "What happened in the last hour or day, for charts; -1 where the engine was not running",
         .access = Access::Read,
         .handle = getStats,
         .answer = schemaOf<Stats>,
         .query = {{.name = "range",
                    .doc = "`1h` in steps of 5 s (when absent) or `24h` in steps of a minute",
                    .oneOf = {"1h", "24h"}}}},
        {.method = Method::Get,
         .path = "/api/v1/events",
         .name = "getEvents",
         .summary = "What became stale; waits until something does",
         .access = Access::Read,
         .handle = getEvents,
         .answer = schemaOf<Events>,
         .query = {{"after", "`next` of the answer before; absent: answers at once with where things stand"},
                   {"wait", "seconds to wait for something, 25 when absent", 0, 25}}},
    };
    return table;
}

}  // namespace postroom::api
