// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/api/document.h"

#include "engine/base/worker.h"

namespace postroom::api {

namespace {

// "name[12]" and what follows it; nothing if the path does not begin so.
std::optional<std::string_view> after(std::string_view path, std::string_view name) {
    if (!path.starts_with(name)) return std::nullopt;
    path.remove_prefix(name.size());
    const auto end = path.find(']');
    const bool isIndex = path.starts_with('[') && end != path.npos && end > 1 &&
                         path.substr(1, end - 1).find_first_not_of("0123456789") == path.npos;
    if (!isIndex) return std::nullopt;
    return path.substr(end + 1);
}

}  // namespace

bool InlineFileReader::wants(std::string_view path) {
    if (auto rest = after(path, "messages"); rest && rest->starts_with('.')) path = rest->substr(1);
    return after(path, "attachments") == ".content";
}

// What is wrong with it is said when the message is judged, with all the rest.
Result<void> InlineFileReader::take(std::string_view piece) {
    m_taken_bytes += piece.size();
    if (!m_isBase64 || m_size_bytes > m_largest_bytes) return {};
    const auto bytes = m_base64.read(piece);
    m_isBase64 = bytes.has_value();
    m_size_bytes += bytes ? bytes->size() : 0;
    if (!m_isBase64 || m_size_bytes > m_largest_bytes) return m_file.reset(), Result<void>{};
    if (!m_file) {
        auto begun = m_files.begin();
        if (!begun) return fail(begun.error());
        m_file = std::move(*begun);
    }
    return m_file->add(*bytes);
}

Result<std::string> InlineFileReader::end() {
    const auto size_bytes = std::exchange(m_size_bytes, 0);
    const bool isBase64 = std::exchange(m_isBase64, true) && m_base64.isComplete();
    m_base64 = {};
    auto file = std::move(m_file);
    if (!isBase64) return std::string("not base64");
    std::string word = size_bytes > m_largest_bytes ? "too large" : "sha256:" + file->sha256();
    m_found.emplace(word, std::move(file));
    return word;
}

DocumentSink::DocumentSink(queue::StoredFiles& files, std::uint64_t largestFile_bytes, Worker& heavy, Worker& api)
    : m_heavy(heavy), m_api(api), m_arriving(std::make_shared<Arriving>(files, largestFile_bytes)) {}

void DocumentSink::take(std::string piece, std::function<void(Result<void>)> taken) {
    const bool posted = m_heavy.post([arriving = m_arriving, &api = m_api, piece = std::move(piece), taken] {
        // What is wrong is answered when all has come, so that the connection can be used again.
        if (arriving->result) arriving->result = arriving->reading.add(piece);
        if (arriving->result) {
            arriving->read_bytes += piece.size();
            arriving->held_bytes = arriving->read_bytes - arriving->fileReader.taken_bytes();
        }
        api.post([taken] { taken({}); });
    });
    if (!posted) taken(fail(ErrorCode::Stopping));
}

std::uint64_t DocumentSink::held_bytes() const {
    return m_arriving->held_bytes;
}

Result<DocumentSink::Document> DocumentSink::finish() {
    if (!m_arriving->result) return fail(m_arriving->result.error());
    auto body = m_arriving->reading.finish();
    if (!body) return fail(body.error());
    return Document{.body = std::move(*body), .files = m_arriving->fileReader.files()};
}

}  // namespace postroom::api
