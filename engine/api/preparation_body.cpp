// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
// The texts and files of a request, on their way into its mail.
#include "engine/api/preparation.h"
#include "engine/base/text.h"

namespace postroom::api {

void Preparation::texts() {
    if (m_request.content.empty() && m_request.text.empty())
        fault("content", "field.required", "one of content and text is required");
    m_draft.subject = std::move(m_request.subject);
    m_draft.html = std::move(m_request.content);
    m_draft.text = std::move(m_request.text);
    for (auto& [name, value] : m_request.headers) m_draft.headers.push_back({.name = name, .value = std::move(value)});
}

void Preparation::attachments() {
    const auto limit = static_cast<std::size_t>(m_services.settings.integer("ATTACHMENT_MAX_SIZE"));
    for (std::size_t i = 0; i < m_request.attachments.size(); ++i) {
        contract::SendRequest::Attachment& given = m_request.attachments[i];
        const std::string field = "attachments[" + std::to_string(i) + "].content";
        auto bytes = fromBase64(given.content);
        given.content = {};
        if (!bytes) {
            fault(field, "attachment.not_base64", "is not base64");
            continue;
        }
        if (bytes->size() > limit) {
            fault(field, "attachment.too_large",
                  "is larger than ATTACHMENT_MAX_SIZE, " + std::to_string(limit) + " bytes");
            continue;
        }
        content::Attachment attachment{.filename = std::move(given.filename),
                                       .contentType = std::move(given.contentType),
                                       .content = {},
                                       .storedAs = {},
                                       .size_bytes = bytes->size(),
                                       .contentId = std::move(given.contentId)};
        if (bytes->size() <= queue::StoredFiles::threshold_bytes) {
            attachment.content = std::move(*bytes);
        } else {
            attachment.storedAs = field;
            m_files.emplace(field, std::move(*bytes));
        }
        m_draft.attachments.push_back(std::move(attachment));
    }
}

Result<void> Preparation::keepFiles(content::Composition& composition) {
    for (content::Piece& piece : composition.body) {
        if (piece.storedAs.empty()) continue;
        auto kept = m_services.files.keep(m_files.at(piece.storedAs));
        if (!kept) return fail(kept.error());
        piece.storedAs = std::move(*kept);
    }
    return {};
}

}  // namespace postroom::api
