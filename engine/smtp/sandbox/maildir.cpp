// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/smtp/sandbox/maildir.h"

#include "engine/base/id.h"
#include "engine/base/platform.h"
#include "engine/base/text.h"

#include <filesystem>
#include <fstream>

namespace postroom::smtp::sandbox {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t HeadLimit_bytes = 64 * 1024;
constexpr std::size_t SubjectLimit_bytes = 4096;
constexpr std::string_view FromField = "Return-Path: <";
constexpr std::string_view ToField = "X-Envelope-To: ";

// Takes our own head lines off the file's beginning. Return-Path is the last of them, so that no line of the mail
// itself, whatever its name, is taken for one.
void takeEnvelope(std::string_view& head, Mail& mail) {
    while (true) {
        const std::size_t end = head.find("\r\n");
        if (end == head.npos) return;
        const std::string_view line = head.substr(0, end);
        head.remove_prefix(end + 2);
        if (line.starts_with(ToField)) {
            mail.to.push_back(printable(line.substr(ToField.size())));
            continue;
        }
        if (line.starts_with(FromField) && line.ends_with('>'))
            mail.from = printable(line.substr(FromField.size(), line.size() - FromField.size() - 1));
        return;
    }
}

// The first Subject above the first empty line, unfolded.
std::string subjectOf(std::string_view head) {
    std::string subject;
    bool found = false;
    while (!head.empty()) {
        const std::size_t end = std::min(head.find('\n'), head.size());
        const std::string_view line = head.substr(0, end);
        head.remove_prefix(std::min(end + 1, head.size()));
        if (trimmed(line).empty()) break;
        const bool continues = line.front() == ' ' || line.front() == '\t';
        if (found && !continues) break;
        if (found) subject.append(" ").append(trimmed(line));
        if (!found && line.size() >= 8 && equalsIgnoreCase(line.substr(0, 8), "subject:")) {
            found = true;
            subject = trimmed(line.substr(8));
        }
    }
    return printable(subject, SubjectLimit_bytes);
}

Error ioFailed(const std::string& what, const std::string& path) {
    return {.code = ErrorCode::IoFailed, .params = {{"path", path}}, .detail = what, .fields = {}};
}

}  // namespace

Maildir::Maildir(const Clock& clock, std::string folder, Limits limits)
    : m_clock(clock), m_folder(std::move(folder)), m_limits(limits) {}

Result<void> Maildir::open() {
    for (const char* part : {"/tmp", "/new", "/cur"})
        if (const Result<void> made = platform::makePrivateFolder(m_folder + part); !made) return made;
    std::error_code error;
    // What a killed process left half-written.
    for (fs::directory_iterator at(m_folder + "/tmp", error), end; !error && at != end; at.increment(error)) {
        std::error_code ignored;
        fs::remove(at->path(), ignored);
    }
    for (fs::directory_iterator at(m_folder + "/new", error), end; !error && at != end; at.increment(error)) {
        const std::string id = at->path().filename().string();
        const std::optional<Id> parsed = Id::parse(id);
        std::error_code unreadable;
        const std::uint64_t size = fs::file_size(at->path(), unreadable);
        if (!parsed || unreadable) continue;
        std::ifstream file(at->path(), std::ios::binary);
        std::string head(std::min<std::uint64_t>(size, HeadLimit_bytes), '\0');
        file.read(head.data(), static_cast<std::streamsize>(head.size()));
        Mail mail{.id = id, .receivedAt = parsed->bornAt(), .from = {}, .to = {}, .size_bytes = size, .subject = {}};
        std::string_view rest = head;
        takeEnvelope(rest, mail);
        mail.subject = subjectOf(rest);
        index(std::move(mail));
    }
    if (error) return fail(ioFailed("the sandbox's folder can't be read: " + error.message(), m_folder));
    trim();
    return {};
}

Result<void> Maildir::add(const Letter& letter) {
    std::string head;
    for (const std::string& to : letter.to) head.append(ToField).append(to).append("\r\n");
    head.append(FromField).append(letter.from).append(">\r\n");

    const TimePoint now = m_clock.now();
    const std::string id = makeId(now).text();
    const std::string written = m_folder + "/tmp/" + id;
    std::error_code error;
    {
        std::ofstream file(written, std::ios::binary | std::ios::trunc);
        file << head << letter.content << std::flush;
        if (!file) {
            fs::remove(written, error);
            return fail(ioFailed("a sandbox mail could not be written", written));
        }
    }
    fs::rename(written, path(id), error);
    if (error) return fail(ioFailed("a sandbox mail could not be moved: " + error.message(), path(id)));

    index({.id = id,
           .receivedAt = now,
           .from = letter.from,
           .to = letter.to,
           .size_bytes = head.size() + letter.content.size(),
           .subject = subjectOf(std::string_view{letter.content}.substr(0, HeadLimit_bytes))});
    trim();
    return {};
}

std::vector<Mail> Maildir::list(std::size_t limit, const std::optional<std::string>& before) const {
    std::vector<Mail> page;
    for (auto at = before ? m_mails.lower_bound(*before) : m_mails.end(); at != m_mails.begin() && page.size() < limit;)
        page.push_back((--at)->second);
    return page;
}

Result<std::string> Maildir::read(std::string_view id) const {
    // The index decides what a name is: nothing a caller writes becomes part of a path otherwise.
    const auto found = m_mails.find(id);
    if (found == m_mails.end()) return fail(ErrorCode::NotFound, "the sandbox has no such mail");
    return platform::readFile(path(found->first), m_limits.mail_bytes + HeadLimit_bytes * 16);
}

Result<void> Maildir::remove(std::string_view id) {
    const auto found = m_mails.find(id);
    if (found == m_mails.end()) return fail(ErrorCode::NotFound, "the sandbox has no such mail");
    drop(found);
    return {};
}

void Maildir::clear() {
    while (!m_mails.empty()) drop(m_mails.begin());
}

void Maildir::index(Mail mail) {
    m_total_bytes += mail.size_bytes;
    std::string id = mail.id;
    m_mails.insert_or_assign(std::move(id), std::move(mail));
}

void Maildir::drop(std::map<std::string, Mail, std::less<>>::iterator mail) {
    std::error_code gone;
    fs::remove(path(mail->first), gone);
    m_total_bytes -= mail->second.size_bytes;
    m_mails.erase(mail);
}

void Maildir::trim() {
    while (m_mails.size() > m_limits.mails || (m_total_bytes > m_limits.total_bytes && m_mails.size() > 1))
        drop(m_mails.begin());
}

}  // namespace postroom::smtp::sandbox
