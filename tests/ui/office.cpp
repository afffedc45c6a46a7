// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "tests/ui/office.h"

#include <array>
#include <cmath>

namespace postroom::ui {

namespace {

using namespace std::chrono_literals;
using namespace contract;

constexpr int messageCount = 3000;

// Today at the same minute of the day: times read as they do for somebody who looks now.
TimePoint now() {
    const auto today = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
    return std::chrono::time_point_cast<std::chrono::milliseconds>(today + 9h + 41min);
}

Id idOf(int kind, int number) {
    Id id;
    id.bytes[0] = 0x01;
    id.bytes[1] = 0x93;
    id.bytes[5] = static_cast<std::uint8_t>(number >> 16);
    id.bytes[6] = 0x70 | static_cast<std::uint8_t>(kind);
    id.bytes[7] = static_cast<std::uint8_t>(number >> 8);
    id.bytes[8] = 0x80;
    id.bytes[9] = static_cast<std::uint8_t>(number);
    // The number leads, so that ids sort by it.
    id.bytes[2] = static_cast<std::uint8_t>(number >> 16);
    id.bytes[3] = static_cast<std::uint8_t>(number >> 8);
    id.bytes[4] = static_cast<std::uint8_t>(number);
    return id;
}

Account account(int number, const char* email, const char* name, const char* host, const char* state) {
    Account made;
    made.id = idOf(1, number);
    made.email = email;
    made.displayName = name;
    made.smtpHost = host;
    made.smtpPort = 465;
    made.smtpUsername = email;
    made.hasPassword = true;
    made.auth = Auth::Password;
    made.state = state;
    made.isActive = std::string_view(state) != "disabled";
    made.priority = 10 - number;
    made.maxConnections = 4;
    made.maxRecipients = 50;
    made.fromAddresses = {email};
    made.revision = 3;
    made.createdAt = now() - 200h;
    made.updatedAt = now() - std::chrono::hours(number * 5);
    return made;
}

std::vector<Account> accounts() {
    std::vector<Account> all{
        account(1, "notice@corp.example.com", "公司通知", "smtp.exmail.qq.com", "active"),
        account(2, "no-reply@shop.example.com", "Shop", "smtp.gmail.com", "active"),
        account(3, "billing@corp.example.com", "财务部", "smtp.163.com", "limited"),
        account(4, "alerts@ops.example.net", "Operations alerts", "smtp.office365.com", "resting"),
        account(5, "newsletter-with-a-rather-long-name@marketing.department.example.org", "Newsletter",
                "mail-relay-7.marketing.department.example.org", "resting"),
        account(6, "old@corp.example.com", "", "smtp.126.com", "disabled"),
    };
    all[0].dailyLimit = 2000, all[0].dailySentCount = 1312, all[0].hourlyLimit = 300, all[0].ratePerMinute = 60;
    all[1].dailyLimit = 500, all[1].dailySentCount = 431;
    all[2].dailyLimit = 1000, all[2].dailySentCount = 1000;
    all[2].waitingFor =
        WaitingFor{.code = "account.daily_limit", .params = {{"email", all[2].email}}, .until = now() + 14h};
    all[3].dailySentCount = 87;
    all[3].waitingFor = WaitingFor{.code = "account.resting",
                                   .params = {{"email", all[3].email}, {"problem", "smtp.auth_rejected"}},
                                   .until = now() + 12min};
    all[3].problemDetail = "535 5.7.8 Error: authentication failed: the authorisation code has expired";
    all[3].problemAt = now() - 22min;
    all[4].waitingFor = WaitingFor{.code = "account.resting",
                                   .params = {{"email", all[4].email}, {"problem", "smtp.rate_limited"}},
                                   .until = now() + 3min};
    all[4].problemDetail = "421 4.7.28 Our system has detected an unusual rate of mail";
    all[4].problemAt = now() - 2min;
    return all;
}

AccountTest brokenTest() {
    const std::string said = "535 5.7.8 Error: authentication failed: the authorisation code has expired";
    return {.ok = false,
            .steps = {{.stage = "connect", .ok = true, .took_ms = 38, .detail = "192.0.2.25:587"},
                      {.stage = "ehlo", .ok = true, .took_ms = 12, .detail = "smtp.office365.com"},
                      {.stage = "tls",
                       .ok = true,
                       .took_ms = 71,
                       .detail = "TLSv1.3, CN=outlook.com, valid until 2027-06-12"},
                      {.stage = "auth", .ok = false, .took_ms = 412, .detail = said}},
            .transcript = {"S: 220 smtp.office365.com ESMTP ready", "C: EHLO mail.corp.example.com",
                           "S: 250-smtp.office365.com", "S: 250-SIZE 157286400", "S: 250-STARTTLS",
                           "S: 250 ENHANCEDSTATUSCODES", "C: STARTTLS", "S: 220 2.0.0 SMTP server ready",
                           "C: EHLO mail.corp.example.com", "S: 250 AUTH LOGIN PLAIN", "C: AUTH PLAIN ********",
                           "S: " + said}};
}

constexpr std::array subjects{"您的订单已发货",
                              "Your invoice for November",
                              "Password reset",
                              "会议提醒：周三下午三点",
                              "Backup finished with warnings on db-04",
                              "发票 2026-1187",
                              "Welcome to the shop",
                              "Disk usage above 85 % on web-17 in the second data centre, please have a look today",
                              "验证码 482913",
                              "Weekly report"};

// Without a pattern the eye finds, and the same at every run.
int scattered(int number) {
    return static_cast<int>((static_cast<unsigned>(number) * 2654435761U) >> 12);
}

State stateOf(int number) {
    if (number < 40 && scattered(number) % 3 == 0) return State::Sending;
    if (number < 600 && scattered(number) % 3 == 1) return State::Queued;
    switch (number % 47) {
        case 5: return State::Failed;
        case 11: return State::Held;
        case 17: return State::Scheduled;
        case 23: return State::Cancelled;
        case 29: return State::Expired;
        default: return State::Sent;
    }
}

// 0 is the newest.
Message message(int number) {
    Message made;
    made.id = idOf(2, messageCount - number);
    made.status = stateOf(number);
    made.recipientCounts = {{std::string(name(made.status)), number % 9 == 0 ? 3 : 1}};
    made.subject = subjects[static_cast<std::size_t>(number) % subjects.size()];
    made.from = number % 3 == 0 ? "notice@corp.example.com" : "";
    made.sandbox = number % 31 == 0;
    made.messageIdHeader = "<" + made.id.text() + "@corp.example.com>";
    made.size_bytes = 1800 + scattered(number) % (number % 6 == 5 ? 400000 : 9000);
    made.createdAt = now() - std::chrono::seconds(number * 11);
    made.expiresAt = made.createdAt + 48h;
    if (made.status == State::Queued)
        made.waitingFor = WaitingFor{
            .code = "account.daily_limit", .params = {{"email", "billing@corp.example.com"}}, .until = now() + 14h};
    return made;
}

constexpr int story = 7 * 9;

Message storyTold() {
    Message made = message(story);
    made.status = State::Queued;
    made.subject = "会议提醒：周三下午三点 / Meeting on Wednesday at three";
    made.recipientCounts = {{"sent", 1}, {"queued", 1}};
    made.waitingFor =
        WaitingFor{.code = "retry.scheduled", .params = {{"reason", "smtp.greylisted"}}, .until = now() + 4min};
    Delivery done;
    done.id = idOf(3, 1);
    done.recipient = "li.wei@partner.example.cn";
    done.status = State::Sent;
    done.attempts = 1;
    done.lastReply = "250 2.0.0 Ok: queued as 4XkT2c1Z5mz";
    done.accountId = idOf(1, 1);
    done.updatedAt = made.createdAt + 2s;
    Delivery waits;
    waits.id = idOf(3, 2);
    waits.recipient = "somebody@strict.example.org";
    waits.attempts = 2;
    waits.dueAt = now() + 4min;
    waits.reason = "smtp.greylisted";
    waits.lastReply = "450 4.2.0 Greylisted, see http://postgrey.schweikert.ch/help/strict.example.org.html";
    waits.accountId = idOf(1, 1);
    waits.waitingFor = made.waitingFor;
    waits.updatedAt = now() - 1min;
    made.deliveries = {done, waits};
    return made;
}

std::vector<Attempt> storyAttempts() {
    Attempt first;
    first.id = idOf(4, 1);
    first.accountId = idOf(1, 1);
    first.accountEmail = "notice@corp.example.com";
    first.startedAt = storyTold().createdAt + 1s;
    first.took_ms = 842;
    first.outcome = "sent";
    first.stage = "dot";
    first.code = 250;
    first.enhanced = "2.0.0";
    first.reply = "250 2.0.0 Ok: queued as 4XkT2c1Z5mz";
    first.peer = "203.0.113.25:465";
    first.tls = "TLSv1.3 TLS_AES_256_GCM_SHA384";
    first.results = {{.delivery = idOf(3, 1),
                      .recipient = "li.wei@partner.example.cn",
                      .outcome = "sent",
                      .reason = "smtp.sent",
                      .reply = first.reply},
                     {.delivery = idOf(3, 2),
                      .recipient = "somebody@strict.example.org",
                      .outcome = "deferred",
                      .reason = "smtp.greylisted",
                      .reply = "450 4.2.0 Greylisted"}};
    first.transcript = {"S: 220 mx.example.com ESMTP",
                        "C: EHLO corp.example.com",
                        "S: 250-mx.example.com",
                        "S: 250-SIZE 52428800",
                        "S: 250 AUTH PLAIN LOGIN",
                        "C: AUTH PLAIN ****",
                        "S: 235 2.7.0 Ok",
                        "C: MAIL FROM:<notice@corp.example.com> SIZE=18231",
                        "S: 250 2.1.0 Ok",
                        "C: RCPT TO:<li.wei@partner.example.cn>",
                        "S: 250 2.1.5 Ok",
                        "C: RCPT TO:<somebody@strict.example.org>",
                        "S: 450 4.2.0 Greylisted",
                        "C: DATA",
                        "S: 354 End data with <CR><LF>.<CR><LF>",
                        "C: .",
                        "S: 250 2.0.0 Ok: queued as 4XkT2c1Z5mz"};
    Attempt second = first;
    second.id = idOf(4, 2);
    second.startedAt = now() - 1min;
    second.took_ms = 1240;
    second.outcome = "deferred";
    second.stage = "rcpt";
    second.code = 450;
    second.enhanced = "4.2.0";
    second.reply = storyTold().deliveries[1].lastReply;
    second.results = {first.results[1]};
    return {first, second};
}

MailContent mail(const std::string& subject) {
    MailContent made;
    made.subject = subject;
    made.from = "公司通知 <notice@corp.example.com>";
    made.to = {"li.wei@partner.example.cn", "somebody@strict.example.org"};
    made.text =
        "各位同事：\n\n周三下午三点在 3 号会议室开会，请准时参加。\n\nDear all, we meet on Wednesday at three.\n";
    made.html =
        "<h2>会议提醒</h2><p>周三下午三点在 <b>3 号会议室</b>开会，请准时参加。</p>"
        "<p>Dear all, we meet on <b>Wednesday at three</b>.</p>"
        "<p><img src=\"https://tracker.example/pixel.gif\"><a href=\"https://example.com\">Agenda</a></p>";
    made.source =
        "From: =?UTF-8?B?5YWs5Y+46YCa55+l?= <notice@corp.example.com>\nTo: li.wei@partner.example.cn\nSubject: "
        "=?UTF-8?B?5Lya6K6u5o+Q6YaS?=\nMIME-Version: 1.0\nContent-Type: multipart/alternative\n\n...";
    made.attachments = {{.filename = "议程.pdf", .contentType = "application/pdf", .size_bytes = 184320}};
    return made;
}

template <typename T>
json::Value pageOf(std::vector<T> items) {
    return toJson(Page<T>{.items = std::move(items), .nextCursor = std::nullopt});
}

client::ClientReply reply(json::Value data) {
    json::Object body{{"code", 0}, {"message", "success"}, {"data", std::move(data)}, {"request_id", "office"}};
    return {.status = 200, .contentType = "application/json", .body = json::serialise(json::Value(std::move(body)))};
}

std::string queryOf(const std::string& path, const std::string& name) {
    const std::size_t at = path.find(name + "=");
    if (at == std::string::npos) return {};
    const std::size_t from = at + name.size() + 1;
    return path.substr(from, path.find('&', from) - from);
}

// Pages by the number of the first message, as an engine's cursor would.
client::ClientReply messagesPage(const client::ClientRequest& request) {
    // What the window asks for here is a state at most: "status%3Afailed".
    const std::string search = queryOf(request.path, "q");
    const std::string status = search.substr(std::min(search.size(), std::string("status%3A").size()));
    const std::string cursor = queryOf(request.path, "cursor");
    const std::string limitText = queryOf(request.path, "limit");
    const std::size_t limit = limitText.empty() ? 50 : std::stoul(limitText);
    MessagePage page;
    int number = cursor.empty() ? 0 : std::stoi(cursor);
    for (; number < messageCount && page.items.size() < limit; ++number) {
        Message item = number == story ? storyTold() : message(number);
        item.deliveries.clear();
        if (status.empty() || name(item.status) == status) page.items.push_back(std::move(item));
    }
    if (number < messageCount) page.nextCursor = std::to_string(number);
    return reply(toJson(page));
}

constexpr double sentPerMinute = 1104;

Stats stats(const std::string& range) {
    const bool hour = range != "24h";
    Stats made;
    made.range = hour ? "1h" : "24h";
    made.step_ms = hour ? 5000 : 60000;
    const int points = hour ? 720 : 1440;
    made.fromAt = now() - std::chrono::milliseconds(made.step_ms * points);
    for (int i = 0; i < points; ++i) {
        const bool off = i < points / 20;
        const double wave = 60 + 25 * std::sin(i / 60.0) + (i % 17) + (i > points * 2 / 3 ? 30 : 0);
        made.series["accepted"].push_back(off ? -1 : std::floor(wave));
        made.series["sent"].push_back(off ? -1 : std::floor(wave * 0.93));
        made.series["deferred"].push_back(off ? -1 : std::floor(4 + 3 * std::sin(i / 30.0)));
        made.series["failed"].push_back(off ? -1 : (i % 23 == 0 ? 3 : 0));
        made.series["queued"].push_back(off ? -1 : 248);
    }
    made.ratePerMinute = sentPerMinute;
    return made;
}

std::vector<ApiKey> keys() {
    const auto key = [](int number, const char* name, const char* description, std::vector<std::string> scopes) {
        ApiKey made;
        made.id = idOf(5, number);
        made.apiKey = "noti_9f2c41d0a7b6e" + std::to_string(100 + number);
        made.name = name;
        made.description = description;
        made.scopes = std::move(scopes);
        made.createdAt = now() - std::chrono::hours(24 * number);
        return made;
    };
    std::vector<ApiKey> all{key(1, "shop", "Orders and invoices of the shop", {"send"}),
                            key(2, "monitoring", "Alerts of the operations team", {"send", "read"}),
                            key(3, "admin", "", {"send", "read", "admin"}),
                            key(4, "first", "made by setup.sh", {"send"}),
                            key(5, "old-crm", "The CRM until 2025", {"send"})};
    all[0].lastUsedAt = now() - 2s;
    all[0].expiresAt = now() + 2000h;
    all[1].lastUsedAt = now() - 3h;
    all[3].isTest = true;
    all[3].apiKey = "noti_test_9f2c41d0a7b6e104";
    all[4].isActive = false;
    all[4].revokedAt = now() - 48h;
    return all;
}

std::vector<SandboxMail> sandboxMails() {
    std::vector<SandboxMail> all;
    for (int i = 0; i < 14; ++i)
        all.push_back({.id = "mail-" + std::to_string(100 - i),
                       .receivedAt = now() - std::chrono::minutes(i * 7),
                       .from = "notice@corp.example.com",
                       .to = {"you@example.com"},
                       .subject = subjects[static_cast<std::size_t>(i) % subjects.size()],
                       .size_bytes = 2100 + scattered(i) % 9000});
    return all;
}

}  // namespace

QString storyMessage() {
    return QString::fromStdString(storyTold().id.text());
}

QString brokenAccount() {
    return QString::fromStdString(accounts()[3].id.text());
}

QString usedKey() {
    return QString::fromStdString(keys().front().id.text());
}

void furnish(FakeEngine& engine) {
    QueueStatus queue;
    queue.recipients = {{"accepted", 184223}, {"queued", 248},  {"sending", 12}, {"scheduled", 61}, {"held", 3},
                        {"failed", 412},      {"sent", 183402}, {"expired", 31}, {"cancelled", 54}, {"erased", 0}};
    queue.inMemory = 260;
    queue.inFlight = 12;
    queue.oldestAge_seconds = 95;
    queue.ratePerMinute = sentPerMinute;
    engine.answer("GET /api/v1/admin/queue", toJson(queue));
    engine.answer("GET /api/v1/stats", [](const client::ClientRequest& request) {
        return reply(toJson(stats(queryOf(request.path, "range"))));
    });
    engine.answer("GET /api/v1/admin/email-accounts", pageOf(accounts()));
    for (const Account& one : accounts())
        engine.answer("GET /api/v1/admin/email-accounts/" + one.id.text(), toJson(one));
    engine.answer("POST /api/v1/admin/email-accounts/" + accounts()[3].id.text() + "/test", toJson(brokenTest()));
    engine.answer("GET /api/v1/admin/api-keys", pageOf(keys()));
    ApiKey made = keys().front();
    made.apiSecret = "secret_6cM9gOxoQ0lVb3Jd5sYt1uZr8wKe2nHa7pLf4iXc";
    engine.answer("POST /api/v1/admin/api-keys", toJson(made), 201);
    made.oldSecretUntil = now() + 24h;
    engine.answer("POST /api/v1/admin/api-keys/" + made.id.text() + "/rotate", toJson(made));
    BulkResult bulk;
    bulk.action = "retry";
    bulk.found = bulk.messages = 1187;
    bulk.recipients = 1412;
    bulk.recipientsByState = {{"queued", 248}, {"failed", 1164}};
    engine.answer("POST /api/v1/messages/actions", toJson(bulk));
    engine.answer("GET /api/v1/messages", messagesPage);
    const Message told = storyTold();
    const std::string path = "GET /api/v1/messages/" + told.id.text();
    engine.answer(path, toJson(told));
    engine.answer(path + "/attempts", json::Value(json::Object{{"items", toJson(storyAttempts())}}));
    Explanation why;
    why.messageId = told.id;
    why.status = told.status;
    why.waitingFor = told.waitingFor;
    why.deliveries = told.deliveries;
    for (const Account& one : accounts())
        why.accounts.push_back({.account = one.id.text(),
                                .email = one.email,
                                .usable = one.state == "active",
                                .waitingFor = one.waitingFor});
    engine.answer(path + "/explain", toJson(why));
    engine.answer(path + "/raw", toJson(mail(told.subject)));
    engine.answer("GET /api/v1/admin/sandbox/mails", pageOf(sandboxMails()));
    for (const SandboxMail& one : sandboxMails()) {
        json::Object content = toJson(mail(one.subject)).as_object();
        content["id"] = one.id;
        engine.answer("GET /api/v1/admin/sandbox/mails/" + one.id, json::Value(std::move(content)));
    }
}

}  // namespace postroom::ui
