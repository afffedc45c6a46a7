// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/contract/requests.h"

namespace postroom::contract {

namespace {

constexpr std::size_t bodyLimit_bytes = 40u << 20;

std::vector<std::string> oneOrMany(const json::Value& value) {
    std::vector<std::string> out;
    if (value.is_string()) out.emplace_back(value.get_string());
    if (value.is_array())
        for (const json::Value& item : value.get_array()) out.emplace_back(item.get_string());
    return out;
}

Field addresses(std::string_view name, Need need, std::string_view doc) {
    return {.name = name,
            .type = FieldType::TextOrList,
            .need = need,
            .doc = doc,
            .blankAllowed = false,
            .longest = 1000,
            .most = mostRecipients,
            .example = "\"Ann <ann@example.com>\""};
}

std::vector<Field> accountFields(Need required) {
    static const Schema step{"WarmupStepForm",
                             {{.name = "from",
                               .need = Need::Required,
                               .doc = "A date, in the account's zone.",
                               .blankAllowed = false,
                               .longest = 10,
                               .example = "\"2026-12-01\""},
                              {.name = "daily_limit",
                               .type = FieldType::Integer,
                               .doc = "Recipients a day from then on; null ends the plan.",
                               .nullable = true,
                               .least = 0,
                               .greatest = 1'000'000'000}}};
    static const Schema hours{"SendHoursForm",
                              {{.name = "days",
                                .type = FieldType::List,
                                .doc = "Of `mon tue wed thu fri sat sun`; every day where empty.",
                                .longest = 3,
                                .most = 7,
                                .example = "[\"mon\"]"},
                               {.name = "from",
                                .need = Need::Required,
                                .doc = "On the clocks of the account's zone.",
                                .blankAllowed = false,
                                .longest = 5,
                                .example = "\"08:00\""},
                               {.name = "to",
                                .need = Need::Required,
                                .doc = "Up to `24:00`; of the next day where it is not after `from`.",
                                .blankAllowed = false,
                                .longest = 5,
                                .example = "\"18:30\""}}};
    return {
        {.name = "email",
         .need = required,
         .doc = "The account's address; also its return path.",
         .blankAllowed = false,
         .longest = 320,
         .example = "\"noreply@example.com\""},
        {.name = "smtp_host",
         .need = required,
         .doc = "Host name or address of the submission server.",
         .blankAllowed = false,
         .longest = 255,
         .example = "\"smtp.example.com\""},
        {.name = "smtp_port",
         .type = FieldType::Integer,
         .need = required,
         .doc = "465 for implicit TLS, 587 for STARTTLS.",
         .least = 1,
         .greatest = 65535,
         .example = "465"},
        {.name = "smtp_username", .doc = "Absent with `auth: none`.", .nullable = true, .longest = 320},
        {.name = "smtp_password", .doc = "Kept encrypted; never given back.", .nullable = true, .longest = 1024},
        {.name = "display_name",
         .doc = "The name beside the address in From.",
         .longest = 200,
         .example = "\"Notifications\""},
        {.name = "daily_limit",
         .type = FieldType::Integer,
         .doc = "Recipients a day; null for none.",
         .nullable = true,
         .least = 0,
         .greatest = 1'000'000'000},
        {.name = "limit_window",
         .doc = "What the day of `daily_limit` is: that of the calendar, or any 24 hours.",
         .oneOf = {"calendar", "rolling"}},
        {.name = "time_zone",
         .doc = "IANA name of the zone of its days and hours; the setting TZ where empty.",
         .longest = 100,
         .example = "\"Asia/Shanghai\""},
        {.name = "hourly_limit",
         .type = FieldType::Integer,
         .doc = "Recipients an hour of the clock; null for none.",
         .nullable = true,
         .least = 0,
         .greatest = 1'000'000'000},
        {.name = "rate_per_minute",
         .type = FieldType::Integer,
         .doc = "Recipients a minute, evenly spread; null for any.",
         .nullable = true,
         .least = 1,
         .greatest = 1'000'000},
        {.name = "warmup",
         .type = FieldType::List,
         .doc = "From which day on it may send how much a day, where that is less than `daily_limit`.",
         .most = 100,
         .of = &step,
         .example = "[{\"from\": \"2026-12-01\", \"daily_limit\": 50}, {\"from\": \"2026-12-08\", "
                    "\"daily_limit\": 200}, {\"from\": \"2026-12-15\", \"daily_limit\": null}]"},
        {.name = "send_hours",
         .type = FieldType::List,
         .doc = "The hours in which it sends; always where empty.",
         .most = 50,
         .of = &hours,
         .example = "[{\"days\": [\"mon\", \"tue\", \"wed\", \"thu\", \"fri\"], \"from\": \"08:00\", "
                    "\"to\": \"18:30\"}]"},
        {.name = "priority",
         .type = FieldType::Integer,
         .doc = "Greater goes first.",
         .least = -1000,
         .greatest = 1000},
        {.name = "security",
         .doc = "Defaults to tls, to starttls on ports 25, 587 and 2525.",
         .oneOf = {"tls", "starttls", "none"}},
        {.name = "auth",
         .doc = "Defaults to password where a user name is given. With xoauth2 the account sends once it is "
                "authorized; its user name is its address unless told.",
         .oneOf = {"password", "xoauth2", "none"}},
        {.name = "oauth_provider",
         .doc =
             "Who gives access with `auth: xoauth2`; known for the servers of Google and Microsoft. Another one than "
             "before has to be asked anew.",
         .oneOf = {"google", "microsoft", "generic"}},
        {.name = "max_connections",
         .type = FieldType::Integer,
         .doc = "Connections at once.",
         .least = 1,
         .greatest = 1000},
        {.name = "max_recipients",
         .type = FieldType::Integer,
         .doc = "Recipients in one transaction.",
         .least = 1,
         .greatest = 1000},
        {.name = "max_messages",
         .type = FieldType::Integer,
         .doc = "Messages on one connection, which then is closed.",
         .least = 1,
         .greatest = 100'000},
        {.name = "from_addresses",
         .type = FieldType::List,
         .doc = "Patterns `a@b` or `*@b` it may send as; its own address where empty.",
         .longest = 320,
         .most = 200},
        {.name = "ca_certificate",
         .doc = "PEM of a private CA; then only it is trusted.",
         .nullable = true,
         .multiline = true,
         .longest = 65536},
        {.name = "fingerprint",
         .doc = "SHA-256 of the server's certificate in hex; then only that certificate is trusted.",
         .nullable = true,
         .longest = 95},
    };
}

// What is said of a message beside the mail itself.
std::vector<Field> deliveryFields() {
    return {{.name = "tags",
             .type = FieldType::List,
             .doc = "Words to find it by, each up to 64 characters.",
             .longest = 4 * longestTag,
             .most = 10,
             .example = "[\"invoice\"]"},
            {.name = "metadata",
             .type = FieldType::Map,
             .doc = "Your own texts, given back with the message and never sent; names up to 64 characters.",
             .longest = 500,
             .most = 50,
             .example = "{\"order\": \"1234\"}"},
            {.name = "priority",
             .type = FieldType::Integer,
             .doc = "Greater goes first among those the same accounts may carry; 0 when absent.",
             .least = 0,
             .greatest = greatestPriority},
            {.name = "scheduled_at",
             .doc = "ISO 8601 with `Z` or an offset; not before then. A time in the past means now.",
             .blankAllowed = false,
             .longest = 40,
             .example = "\"2027-01-31T08:00:00Z\""},
            {.name = "expires_at",
             .doc = "Not tried after this; 48 hours after it is due when absent.",
             .blankAllowed = false,
             .longest = 40},
            {.name = "locale", .doc = "A language tag.", .longest = 35, .example = "\"zh-CN\""}};
}

void addReadOnly(std::vector<Field>& fields, std::initializer_list<std::string_view> names) {
    for (const auto name : names) fields.push_back({.name = name, .need = Need::ReadOnly});
}

std::vector<Field> keyFields(Need required) {
    std::vector<Field> fields{
        {.name = "name", .need = required, .doc = "What it is for, in a word.", .blankAllowed = false, .longest = 100},
        {.name = "description", .doc = "More about it.", .longest = 500},
        {.name = "scopes",
         .type = FieldType::List,
         .doc = "When not said, the first key of an engine gets all three, later ones `send`.",
         .blankAllowed = false,
         .most = 3,
         .oneOf = {"send", "read", "admin"}},
        {.name = "expires_at",
         .doc = "When it ends by itself; null for never.",
         .nullable = true,
         .blankAllowed = false,
         .longest = 40,
         .example = "\"2027-01-31T23:59:59Z\""},
        {.name = "allowed_ips",
         .type = FieldType::List,
         .doc = "Addresses and networks it may be used from; any where empty.",
         .longest = 64,
         .most = 100,
         .example = "[\"10.0.0.0/8\"]"},
        {.name = "allowed_from",
         .type = FieldType::List,
         .doc = "Patterns `a@b` or `*@b` it may send as; any where empty.",
         .longest = 320,
         .most = 100,
         .example = "[\"*@example.com\"]"},
        {.name = "allowed_accounts",
         .type = FieldType::List,
         .doc = "Ids or addresses of the accounts that may carry its mail; any where empty.",
         .longest = 320,
         .most = 100,
         .example = "[\"noreply@example.com\"]"},
    };
    addReadOnly(fields, {"id", "api_key", "api_secret", "is_active", "created_at", "revoked_at", "last_used_at",
                         "old_secret_until"});
    return fields;
}

}  // namespace

const Schema& sendSchema() {
    static const Schema attachment{
        "Attachment",
        {{.name = "filename",
          .need = Need::Required,
          .unless = "attachment_id",
          .doc = "Any UTF-8 name without path parts; required with content, else that of the upload where absent.",
          .blankAllowed = false,
          .longest = 255},
         {.name = "content_type",
          .doc = "Where absent that of the upload, else application/octet-stream.",
          .longest = 255},
         {.name = "content",
          .need = Need::Required,
          .unless = "attachment_id",
          .doc = "Base64. One of content and attachment_id is required.",
          .multiline = true,
          .longest = bodyLimit_bytes},
         {.name = "attachment_id",
          .doc = "Of a file that was uploaded to `/api/v1/attachments`.",
          .blankAllowed = false,
          .longest = 36},
         {.name = "content_id",
          .doc = "Shown inside the HTML, where that says `cid:` and this.",
          .longest = 200,
          .example = "\"logo\""}}};
    static const Schema schema = [] {
        Schema made{"SendRequest",
                    {addresses("to", Need::Required, "One address or a list: `a@b`, `Name <a@b>` or `\"Name\" <a@b>`."),
                     addresses("cc", Need::Optional, "Copies, visible to all."),
                     addresses("bcc", Need::Optional, "Copies nobody sees."),
                     addresses("reply_to", Need::Optional, "Where answers go."),
                     {.name = "from",
                      .doc = "Goes only through accounts that may send as it; absent: the account's own.",
                      .blankAllowed = false},
                     {.name = "subject",
                      .need = Need::Required,
                      .unless = "template",
                      .doc = "One line. A template has its own.",
                      .longest = 2000,
                      .example = "\"Your invoice\""},
                     {.name = "content",
                      .doc = "The HTML body. One of content, text and template is required.",
                      .multiline = true,
                      .longest = bodyLimit_bytes,
                      .example = "\"<h1>Invoice</h1>\""},
                     {.name = "text",
                      .doc = "The plain text; made from the HTML where absent.",
                      .multiline = true,
                      .longest = bodyLimit_bytes},
                     {.name = "headers",
                      .type = FieldType::Map,
                      .doc = "More header lines; those the engine sets are refused.",
                      .longest = 2000,
                      .most = 50},
                     {.name = "attachments",
                      .type = FieldType::List,
                      .doc = "Files, inline as base64 or uploaded before.",
                      .most = mostAttachments,
                      .of = &attachment},
                     {.name = "account",
                      .doc = "An account's id or address, or `sandbox`.",
                      .blankAllowed = false,
                      .longest = 320},
                     {.name = "on_unknown",
                      .doc = "What to do when the server's last reply was lost: send again, or hold for a person.",
                      .oneOf = {"retry", "hold"}},
                     {.name = "template",
                      .doc = "The name of a stored template, which says subject, content and text.",
                      .blankAllowed = false,
                      .longest = 100},
                     {.name = "variables", .type = FieldType::Object, .doc = "What the template puts in."},
                     {.name = "allow_undefined",
                      .type = FieldType::Boolean,
                      .doc = "Variables that are not given are empty instead of an error."}}};
        for (Field& field : deliveryFields()) made.fields.push_back(std::move(field));
        return made;
    }();
    return schema;
}

const Schema& batchSchema() {
    static const Schema schema{"BatchRequest",
                               {{.name = "messages",
                                 .type = FieldType::Objects,
                                 .need = Need::Required,
                                 .doc = "Up to 1000, each judged alone, with up to 10,000 recipients together.",
                                 .blankAllowed = false,
                                 .most = mostInBatch,
                                 .of = &sendSchema()}}};
    return schema;
}

const Schema& rawSchema() {
    static const Schema schema = [] {
        Schema made{"RawOptions", deliveryFields()};
        made.fields.push_back(addresses("to", Need::Optional, "Who gets it, instead of those its headers name."));
        made.fields.push_back({.name = "account",
                               .doc = "An account's id or address, or `sandbox`.",
                               .blankAllowed = false,
                               .longest = 320});
        made.fields.push_back({.name = "on_unknown",
                               .doc = "What to do when the server's last reply was lost.",
                               .oneOf = {"retry", "hold"}});
        return made;
    }();
    return schema;
}

const Schema& tokenSchema() {
    static const Schema schema{
        "TokenRequest",
        {{.name = "api_key", .need = Need::Required, .doc = "`noti_...`", .blankAllowed = false, .longest = 200},
         {.name = "api_secret", .need = Need::Required, .doc = "`secret_...`", .blankAllowed = false, .longest = 200}}};
    return schema;
}

const Schema& accountCreateSchema() {
    static const Schema schema = [] {
        Schema made{"AccountCreate", accountFields(Need::Required)};
        addReadOnly(made.fields,
                    {"id", "revision", "created_at", "updated_at", "state", "daily_sent_count", "has_password",
                     "is_active", "waiting_for", "problem_detail", "problem_at", "authorized_at"});
        return made;
    }();
    return schema;
}

const Schema& accountPatchSchema() {
    static const Schema schema = [] {
        Schema made{"AccountPatch", accountFields(Need::Optional)};
        made.fields.push_back({.name = "revision",
                               .type = FieldType::Integer,
                               .need = Need::Required,
                               .doc = "The revision this change was made on.",
                               .least = 1});
        addReadOnly(made.fields, {"id", "created_at", "updated_at", "state", "daily_sent_count", "has_password",
                                  "is_active", "waiting_for", "problem_detail", "problem_at", "authorized_at"});
        return made;
    }();
    return schema;
}

const Schema& keyCreateSchema() {
    static const Schema schema = [] {
        Schema made{"ApiKeyCreate", keyFields(Need::Required)};
        made.fields.push_back(
            {.name = "is_test", .type = FieldType::Boolean, .doc = "Its messages go to the sandbox and nowhere else."});
        made.fields.push_back({.name = "revision", .need = Need::ReadOnly});
        return made;
    }();
    return schema;
}

const Schema& keyPatchSchema() {
    static const Schema schema = [] {
        Schema made{"ApiKeyPatch", keyFields(Need::Optional)};
        made.fields.push_back({.name = "revision",
                               .type = FieldType::Integer,
                               .need = Need::Required,
                               .doc = "The revision this change was made on.",
                               .least = 1});
        made.fields.push_back({.name = "is_test", .need = Need::ReadOnly});
        return made;
    }();
    return schema;
}

const Schema& keyRotateSchema() {
    static const Schema schema{
        "ApiKeyRotate",
        {{.name = "overlap_ms",
          .type = FieldType::Integer,
          .doc = "How long the old secret stays good beside the new one; a day when absent, 0 ends it at once.",
          .least = 0,
          .greatest = 90ll * 24 * 3600 * 1000,
          .example = "86400000"}}};
    return schema;
}

const Schema& refreshSchema() {
    static const Schema schema{"RefreshRequest",
                               {{.name = "refresh_token",
                                 .need = Need::Required,
                                 .doc = "Good for one use: the answer has the next one.",
                                 .blankAllowed = false,
                                 .longest = 2048}}};
    return schema;
}

const Schema& revokeTokenSchema() {
    static const Schema schema{"RevokeRequest",
                               {{.name = "token",
                                 .need = Need::Required,
                                 .doc = "An access or a refresh token; it ends with all that came from the same login.",
                                 .blankAllowed = false,
                                 .longest = 2048},
                                {.name = "token_type_hint", .doc = "Of RFC 7009; not needed.", .longest = 100}}};
    return schema;
}

const Schema& releaseSchema() {
    static const Schema schema{"Release",
                               {{.name = "to",
                                 .doc = "`send`, also when absent: they are sent again; `drop`: they are cancelled.",
                                 .oneOf = {"send", "drop"},
                                 .example = "\"send\""}}};
    return schema;
}

const Schema& replyTestSchema() {
    static const Schema schema{
        "ReplyTest",
        {{.name = "stage",
          .need = Need::Required,
          .doc = "What it answers: `dot` is the end of the message.",
          .oneOf = {"greeting", "ehlo", "starttls", "auth", "mail_from", "rcpt_to", "data", "dot"},
          .example = "\"rcpt_to\""},
         {.name = "reply",
          .need = Need::Required,
          .doc = "A reply as it stands on the wire.",
          .blankAllowed = false,
          .multiline = true,
          .longest = 8192,
          .example = "\"552 5.2.2 mailbox full\""}}};
    return schema;
}

namespace {

// What a pause is about, at most one of them.
std::vector<Field> pausedPart() {
    return {{.name = "account",
             .doc = "An account's id or address. Where nothing is named: everything.",
             .blankAllowed = false,
             .longest = 320},
            {.name = "domain", .doc = "Of recipients; not those below it.", .blankAllowed = false, .longest = 253},
            {.name = "template",
             .doc = "A template's name: mail that was made from it, whatever its version.",
             .blankAllowed = false,
             .longest = 100}};
}

}  // namespace

const Schema& pauseSchema() {
    static const Schema schema = [] {
        Schema made{"PauseRequest", pausedPart()};
        made.fields.push_back({.name = "note",
                               .doc = "Why, for whoever finds it paused.",
                               .longest = 500,
                               .example = "\"the provider is moving its servers\""});
        return made;
    }();
    return schema;
}

const Schema& resumeSchema() {
    static const Schema schema{"ResumeRequest", pausedPart()};
    return schema;
}

const Schema& bulkSchema() {
    static const Schema schema{
        "MessageActions",
        {{.name = "action",
          .need = Need::Required,
          .doc = "What is done with each message.",
          .oneOf = {"cancel", "retry", "release"},
          .example = "\"retry\""},
         {.name = "q",
          .doc = "A search; all that it finds. Either this or `ids`.",
          .longest = 1000,
          .example = "\"status:failed after:2026-01-31\""},
         {.name = "ids",
          .type = FieldType::List,
          .doc = "Messages by id.",
          .longest = 36,
          .most = BulkRequest::mostIds},
         {.name = "dry_run", .type = FieldType::Boolean, .doc = "Counts what it would change, and changes nothing."},
         {.name = "cursor",
          .doc = "`next_cursor` of an answer that stopped before the end; or `start_cursor` of a dry run, to act on "
                 "what it counted and leave alone what was accepted since.",
          .longest = 36}}};
    return schema;
}

const Schema& suppressionSchema() {
    static const Schema schema = [] {
        Schema made{"SuppressionCreate",
                    {{.name = "address",
                      .need = Need::Required,
                      .doc = "Who gets no mail: an address, or a whole domain as `*@example.com`.",
                      .blankAllowed = false,
                      .longest = 320,
                      .example = "\"ann@example.com\""},
                     {.name = "reason",
                      .doc = "`manual` when absent.",
                      .oneOf = {suppressionReasons.begin(), suppressionReasons.end()}},
                     {.name = "note", .doc = "A word to whoever looks at it later.", .longest = 500},
                     {.name = "expires_at",
                      .doc = "When mail goes there again; null for never.",
                      .nullable = true,
                      .blankAllowed = false,
                      .longest = 40,
                      .example = "\"2027-06-30T00:00:00Z\""}}};
        addReadOnly(made.fields, {"id", "reply", "message_id", "created_at"});
        return made;
    }();
    return schema;
}

const Schema& sandboxFaultsSchema() {
    static const Schema fault{
        "SandboxFaultRow",
        {{.name = "fault",
          .need = Need::Required,
          .doc = "`reject` and `defer` reply, `drop` ends the connection without a word, `stall` replies late.",
          .oneOf = {"reject", "defer", "drop", "stall"}},
         {.name = "stage",
          .doc = "What it answers, `rcpt_to` when absent: `dot` is the end of the message.",
          .oneOf = {"connect", "mail_from", "rcpt_to", "data", "dot"}},
         {.name = "rate",
          .type = FieldType::Number,
          .need = Need::Required,
          .doc = "Of all that come to the stage, 0.1 is a tenth; those of one stage make 1 at most together.",
          .least = 0,
          .greatest = 1},
         {.name = "reply",
          .doc = "Of `reject` (5xx) and `defer` (4xx), as it stands on the wire.",
          .blankAllowed = false,
          .longest = 500,
          .example = "\"550 5.1.1 no such user\""},
         {.name = "stall_ms",
          .type = FieldType::Integer,
          .doc = "Of `stall`; 10 s when absent.",
          .least = 1,
          .greatest = 900'000}}};
    static const Schema schema{"SandboxFaultsPut",
                               {{.name = "faults",
                                 .type = FieldType::List,
                                 .need = Need::Required,
                                 .doc = "In place of those before; until the engine ends.",
                                 .most = 20,
                                 .of = &fault}}};
    return schema;
}

const Schema& emptySchema() {
    static const Schema schema{"Empty", {}};
    return schema;
}

json::Value BulkRequest::body() const {
    json::Object out{{"action", action}, {"dry_run", dryRun}};
    if (ids.empty())
        out["q"] = q;
    else
        out["ids"] = toJson(ids);
    if (!cursor.empty()) out["cursor"] = cursor;
    return out;
}

Result<SendRequest> SendRequest::read(const json::Object& body) {
    SendRequest request;
    std::string where;
    const char* wrong = nullptr;
    fields(request, [&](const char* name, auto& member) {
        const json::Value* value = json::present(body, name);
        if (!value || wrong) return;
        if constexpr (std::is_same_v<std::remove_cvref_t<decltype(member)>, std::vector<std::string>>)
            member = oneOrMany(*value);
        else if (!contract::read(*value, member, where))
            wrong = name;
    });
    request.hasSubject = json::present(body, "subject") != nullptr;
    if (wrong) return fail(invalidField(wrong + where, "field.type", "has the wrong type or form"));
    return request;
}

json::Value SendRequest::body() const {
    json::Object out;
    fields(const_cast<SendRequest&>(*this), [&](const char* name, auto& member) {
        if constexpr (std::is_same_v<std::remove_cvref_t<decltype(member)>, std::vector<Attachment>>) {
            json::Array files;
            for (const Attachment& attachment : member) {
                files.push_back(toJson(attachment));
                json::Object& file = files.back().get_object();
                if (attachment.contentId.empty()) file.erase("content_id");
                file.erase(attachment.attachmentId.empty() ? "attachment_id" : "content");
            }
            if (!files.empty()) out.emplace(name, std::move(files));
        } else if constexpr (requires { member.empty(); }) {
            if (!member.empty()) out.emplace(name, toJson(member));
        } else if constexpr (requires { member.has_value(); }) {
            if (member.has_value()) out.emplace(name, toJson(member));
        } else if constexpr (std::is_arithmetic_v<std::remove_cvref_t<decltype(member)>>) {
            if (member) out.emplace(name, toJson(member));
        } else {
            out.emplace(name, toJson(member));
        }
    });
    return out;
}

}  // namespace postroom::contract
