// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "app/ctl/arguments.h"
#include "app/ctl/reasons.h"
#include "engine/base/platform.h"
#include "engine/base/text.h"

#include <filesystem>
#include <QMimeDatabase>
#include <thread>

namespace postroom::ctl {

namespace {

using contract::Message;
using contract::SendRequest;
using contract::State;

constexpr std::size_t longestBody_bytes = 40u << 20;
constexpr auto stateCheckEvery = std::chrono::milliseconds(200);

struct SendOptions {
    std::vector<std::string> to, cc, bcc, replyTo, headers, attachments;
    std::vector<std::string> tags, metadata;
    std::string from, subject, text, htmlFile, account, onUnknown, scheduledAt, expiresAt, locale, idempotencyKey;
    std::string templateName, data;
    int priority = 0;
    int wait_seconds = 0;
};

Result<SendRequest::Attachment> readAttachment(const std::string& file) {
    const auto bytes = platform::readFile(file, longestBody_bytes);
    if (!bytes) return fail(bytes.error());
    return SendRequest::Attachment{
        .filename = std::filesystem::path(file).filename().string(),
        .contentType = toUtf8(QMimeDatabase().mimeTypeForFile(toQString(file), QMimeDatabase::MatchExtension).name()),
        .content = toBase64(*bytes)};
}

Result<void> readTime(const std::string& given, const char* option, std::optional<TimePoint>& into) {
    if (given.empty()) return {};
    const auto at = fromIso(given);
    if (!at)
        return fail(ErrorCode::ConfigInvalid,
                    std::string(option) + " wants a time with its zone, as 2027-01-31T08:00:00Z");
    into = *at;
    return {};
}

// What is said of the message beside the mail.
Result<void> readLabels(const SendOptions& options, SendRequest& request) {
    request.tags = options.tags;
    request.priority = options.priority;
    request.locale = options.locale;
    for (const std::string& entry : options.metadata) {
        const auto equals = entry.find('=');
        if (equals == 0 || equals == entry.npos)
            return fail(ErrorCode::ConfigInvalid, "--metadata wants 'name=value', not \"" + text(entry, 100) + "\"");
        if (!request.metadata.emplace(entry.substr(0, equals), entry.substr(equals + 1)).second)
            return fail(ErrorCode::ConfigInvalid,
                        "--metadata " + text(entry.substr(0, equals), 100) + " is given twice");
    }
    if (auto read = readTime(options.scheduledAt, "--at", request.scheduledAt); !read) return read;
    return readTime(options.expiresAt, "--expires", request.expiresAt);
}

Result<SendRequest> requestOf(const SendOptions& options) {
    SendRequest request;
    request.to = options.to;
    request.cc = options.cc;
    request.bcc = options.bcc;
    request.replyTo = options.replyTo;
    request.from = options.from;
    request.subject = options.subject;
    request.text = options.text;
    request.account = options.account;
    request.templateName = options.templateName;
    if (!options.data.empty()) {
        const auto variables = json::parse(options.data);
        if (!variables || !variables->is_object()) return fail(ErrorCode::ConfigInvalid, "--data wants a JSON object");
        for (const auto& variable : variables->get_object())
            request.variables.emplace(variable.key(), variable.value());
    }
    if (auto read = readLabels(options, request); !read) return fail(read.error());
    if (!options.onUnknown.empty()) request.onUnknown = *contract::onUnknownNamed(options.onUnknown);
    if (!options.htmlFile.empty()) {
        auto html = readContent(options.htmlFile);
        if (!html) return fail(html.error());
        request.content = std::move(*html);
    }
    for (const std::string& header : options.headers) {
        const auto colon = header.find(':');
        if (colon == 0 || colon == header.npos)
            return fail(ErrorCode::ConfigInvalid, "--header wants 'Name: value', not \"" + text(header, 100) + "\"");
        const std::string name{trimmed(std::string_view(header).substr(0, colon))};
        if (!request.headers.emplace(name, trimmed(std::string_view(header).substr(colon + 1))).second)
            return fail(ErrorCode::ConfigInvalid, "--header " + text(name, 100) + " is given twice");
    }
    for (const std::string& file : options.attachments) {
        auto attachment = readAttachment(file);
        if (!attachment) return fail(attachment.error());
        request.attachments.push_back(std::move(*attachment));
    }
    return request;
}

std::string countsText(const Message& message) {
    std::string out;
    for (const auto& [state, count] : message.recipientCounts)
        if (count > 0) out += (out.empty() ? "" : ", ") + std::to_string(count) + " " + text(state, 20);
    return out;
}

Exit exitFor(const Message& message) {
    const auto sent = message.recipientCounts.find(std::string(contract::name(State::Sent)));
    std::int64_t all = 0;
    for (const auto& [state, count] : message.recipientCounts) all += count;
    const std::int64_t done = sent == message.recipientCounts.end() ? 0 : sent->second;
    if (done == all) return Exit::Ok;
    // Accepted and still under way is not failed: who repeats the call would send twice.
    return done == 0 && contract::isTerminal(message.status) ? Exit::Failed : Exit::Partly;
}

Result<Message> settled(client::EngineClient& engine, const Id& id, std::chrono::seconds patience) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    for (;;) {
        auto message = Console::wait(engine.message(id));
        if (!message || contract::isTerminal(message->status) || message->status == State::Held) return message;
        if (std::chrono::steady_clock::now() >= deadline) return message;
        std::this_thread::sleep_for(stateCheckEvery);
    }
}

Exit send(Console& console, const SendOptions& options) {
    if (options.templateName.empty() && options.text.empty() && options.htmlFile.empty())
        return console.unread(
            {.code = ErrorCode::ConfigInvalid, .detail = "give a --text, a --html file or a --template"});
    const auto request = requestOf(options);
    if (!request) return console.unread(request.error());
    const auto engine = console.engine();
    if (!engine) return console.failed(engine.error());
    const auto receipt = Console::wait((*engine)->send(*request, options.idempotencyKey));
    if (!receipt) return console.failed(receipt.error());
    if (options.wait_seconds == 0) {
        console.output().document(contract::toJson(*receipt));
        console.output().line("Accepted " + receipt->messageId.text() + " (" +
                              std::string(contract::name(receipt->status)) + ", " +
                              counted(static_cast<std::int64_t>(receipt->recipients.size()), "recipient") + ").");
        return Exit::Ok;
    }
    const auto message = settled(**engine, receipt->messageId, std::chrono::seconds(options.wait_seconds));
    if (!message) return console.failed(message.error());
    console.output().document(contract::toJson(*message));
    console.output().line(message->id.text() + ": " + countsText(*message));
    for (const auto& delivery : message->deliveries)
        if (delivery.status != State::Sent)
            console.output().line("  " + text(delivery.recipient) + " " + std::string(contract::name(delivery.status)) +
                                  (delivery.reason.empty() ? "" : ": " + reasonText(delivery.reason)) +
                                  (delivery.lastReply.empty() ? "" : " (" + text(delivery.lastReply, 200) + ")"));
    if (message->waitingFor) console.output().line("It waits: " + sentence(*message->waitingFor) + ".");
    return exitFor(*message);
}

}  // namespace

Result<std::string> readContent(const std::string& file) {
    if (file != "-") return platform::readFile(file, longestBody_bytes);
    std::string bytes(std::istreambuf_iterator<char>(std::cin), {});
    if (bytes.size() > longestBody_bytes) return fail(ErrorCode::BodyTooLarge, "standard input is longer than 40 MiB");
    return bytes;
}

void addSend(CLI::App& root, Action& chosen) {
    auto options = std::make_shared<SendOptions>();
    CLI::App* verb = addVerb(root, chosen, "send", "Send a message",
                             [options](Console& console) { return send(console, *options); });
    const auto many = [&](const char* name, std::vector<std::string>& into, const char* description, const char* type) {
        return verb->add_option(name, into, description)->type_name(type)->allow_extra_args(false);
    };
    many("--to", options->to, "A recipient; may be repeated", "ADDRESS")->required();
    many("--cc", options->cc, "A copy, visible to all", "ADDRESS");
    many("--bcc", options->bcc, "A copy nobody sees", "ADDRESS");
    many("--reply-to", options->replyTo, "Where answers go", "ADDRESS");
    verb->add_option("--from", options->from, "The sender; else the account's own address")->type_name("ADDRESS");
    CLI::Option_group* what = verb->add_option_group("subject");
    what->add_option("--subject", options->subject, "The subject")->type_name("TEXT");
    auto* name = what->add_option("--template", options->templateName, "A stored template, which has the subject too")
                     ->type_name("NAME");
    // Whether a template's subject may be another is for the engine to say.
    what->require_option(1, 2);
    auto* plain = verb->add_option("--text", options->text, "The plain text")->type_name("TEXT");
    auto* html =
        verb->add_option("--html", options->htmlFile, "File with the HTML, - for standard input")->type_name("FILE");
    name->excludes(plain)->excludes(html);
    verb->add_option("--data", options->data, "What the template puts in")->type_name("JSON")->needs(name);
    plain->required(false);
    html->required(false);
    many("--attach", options->attachments, "A file to attach; may be repeated", "FILE");
    many("--header", options->headers, "Another header line; may be repeated", "'NAME: VALUE'");
    verb->add_option("--account", options->account, "An account's address or id, or sandbox")->type_name("ACCOUNT");
    verb->add_option("--on-unknown", options->onUnknown, "What to do when the server's last reply was lost")
        ->check(CLI::IsMember({"retry", "hold"}))
        ->type_name("retry|hold");
    many("--tag", options->tags, "A word to find it by; may be repeated", "TEXT");
    many("--metadata", options->metadata, "Your own text, given back with the message; may be repeated", "NAME=VALUE");
    verb->add_option("--priority", options->priority, "Greater goes first")
        ->check(CLI::Range(0, contract::greatestPriority))
        ->type_name("0-9");
    verb->add_option("--at", options->scheduledAt, "Not before this time")->type_name("TIME");
    verb->add_option("--expires", options->expiresAt, "Not after this time; else 48 hours after it is due")
        ->type_name("TIME");
    verb->add_option("--locale", options->locale, "A language tag")->type_name("TAG");
    verb->add_option("--idempotency-key", options->idempotencyKey, "Repeated with it, it is sent once")
        ->type_name("KEY");
    verb->add_option("--wait", options->wait_seconds, "Wait so long for what becomes of it")
        ->check(CLI::Range(0, 86400))
        ->type_name("SECONDS");
}

}  // namespace postroom::ctl
