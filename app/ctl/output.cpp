// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "app/ctl/output.h"

#include "engine/base/text.h"

#include <array>
#include <cstdio>

namespace postroom::ctl {

namespace {

void print(FILE* to, std::string_view text) {
    // A view of nothing may have no address, which fwrite must not be given.
    if (!text.empty()) std::fwrite(text.data(), 1, text.size(), to);
}

std::string sentence(const Error& error) {
    // The engine's own message begins with the title already.
    const std::string_view title = postroom::title(error.code);
    if (error.detail.empty()) return std::string(title);
    if (error.detail.starts_with(title)) return text(error.detail, 2000);
    return std::string(title) + ": " + text(error.detail, 2000);
}

}  // namespace

Exit exitFor(ErrorCode code) {
    switch (code) {
        case ErrorCode::NetworkFailed:
        case ErrorCode::TlsFailed:
        case ErrorCode::TimedOut:
        case ErrorCode::ProtocolViolated:
        case ErrorCode::Stopping: return Exit::NoConnection;
        case ErrorCode::Unauthorized:
        case ErrorCode::CredentialsRejected:
        case ErrorCode::Forbidden:
        case ErrorCode::OriginForeign:
        case ErrorCode::HostUnknown: return Exit::NotAllowed;
        case ErrorCode::NotFound:
        case ErrorCode::RouteUnknown: return Exit::NotFound;
        case ErrorCode::Conflict:
        case ErrorCode::RevisionStale:
        case ErrorCode::AlreadyExists:
        case ErrorCode::StorageOwned: return Exit::Conflict;
        default: return Exit::Failed;
    }
}

void Output::document(const json::Value& value) const {
    if (m_json) print(stdout, json::serialisePretty(value) + "\n");
}

void Output::line(std::string_view text) const {
    if (m_json) return;
    print(stdout, text);
    print(stdout, "\n");
}

Exit Output::failed(const Error& error) const {
    json::Array details;
    print(stderr, "postroomctl: " + sentence(error) + "\n");
    for (const FieldError& field : error.fields) {
        details.push_back(json::Object{{"field", field.field}, {"reason", field.reason}, {"detail", field.detail}});
        print(stderr,
              "  " + text(field.field) + ": " + text(field.detail.empty() ? field.reason : field.detail, 1000) + "\n");
    }
    document(
        json::Object{{"error", wireName(error.code)}, {"message", sentence(error)}, {"details", std::move(details)}});
    return exitFor(error.code);
}

Exit Output::misused(const Error& error) const {
    failed(error);
    return Exit::Usage;
}

void Output::note(std::string_view sentence) const {
    print(stderr, "postroomctl: ");
    print(stderr, sentence);
    print(stderr, "\n");
}

std::string text(std::string_view anything, std::size_t limit) {
    return printable(anything, limit);
}

std::string joined(const std::vector<std::string>& words) {
    std::string out;
    for (const std::string& word : words) out += (out.empty() ? "" : ", ") + text(word);
    return out;
}

std::string counted(std::int64_t count, std::string_view noun) {
    return std::to_string(count).append(" ").append(noun).append(count == 1 ? "" : "s");
}

std::string timeText(const std::optional<TimePoint>& at) {
    if (!at) return "-";
    std::string iso = toIso(*at);  // 2026-01-31T23:59:59.123Z
    iso[10] = ' ';
    return iso.substr(0, 19) + "Z";
}

std::string sizeText(std::int64_t bytes) {
    constexpr std::array units{"B", "KiB", "MiB", "GiB", "TiB"};
    double size = static_cast<double>(bytes);
    std::size_t unit = 0;
    for (; size >= 1024 && unit + 1 < units.size(); ++unit) size /= 1024;
    std::array<char, 32> out{};
    std::snprintf(out.data(), out.size(), unit == 0 ? "%.0f %s" : "%.1f %s", size, units[unit]);
    return out.data();
}

}  // namespace postroom::ctl
