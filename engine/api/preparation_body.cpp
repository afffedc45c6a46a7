// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
// The texts and files of a request, on their way into its mail.
#include "engine/api/preparation.h"
#include "engine/base/text.h"

namespace postroom::api {

void Preparation::texts() {
    if (!m_request.templateName.empty())
        fromTemplate();
    else if (!m_request.variables.empty())
        fault("variables", "field.not_allowed", "is for a template, and none is named");
    else if (m_request.content.empty() && m_request.text.empty())
        fault("content", "field.required", "one of content and text is required");
    m_draft.subject = std::move(m_request.subject);
    m_draft.html = std::move(m_request.content);
    m_draft.text = std::move(m_request.text);
    for (auto& [name, value] : m_request.headers) m_draft.headers.push_back({.name = name, .value = std::move(value)});
}

void Preparation::fromTemplate() {
    const auto refuse = [this](const char* field) { fault(field, "field.not_allowed", "is said by the template"); };
    if (m_request.hasSubject) refuse("subject");
    if (!m_request.content.empty()) refuse("content");
    if (!m_request.text.empty()) refuse("text");
    const auto book = m_services.templates.get();
    const auto words = book->find(m_request.templateName);
    if (!words) return fault("template", "template.unknown", "there is no such template");
    json::Object variables;
    for (auto& [name, value] : m_request.variables) variables.emplace(name, std::move(value));
    auto rendered = book->render(*words, {.variables = variables,
                                          .locale = m_request.locale,
                                          .allowUndefined = m_request.allowUndefined,
                                          .steps = m_steps});
    if (!rendered) {
        for (const FieldError& field : rendered.error().fields) fault(field.field, field.reason, field.detail);
        return;
    }
    m_request.subject = std::move(rendered->subject);
    m_request.content = std::move(rendered->html);
    m_request.text = std::move(rendered->text);
}

bool Preparation::inlineContent(contract::SendRequest::Attachment& given, const std::string& field,
                                content::Attachment& attachment) {
    const auto limit = static_cast<std::size_t>(m_services.settings.integer("ATTACHMENT_MAX_SIZE"));
    const auto tooLarge = [&] {
        fault(field + ".content", "attachment.too_large",
              "is larger than ATTACHMENT_MAX_SIZE, " + std::to_string(limit) + " bytes");
        return false;
    };
    if (const auto arrived = m_inlineFiles.find(given.content); arrived != m_inlineFiles.end()) {
        if (!arrived->second) return tooLarge();
        standIn(arrived->second, field, attachment);
        return true;
    }
    auto bytes = fromBase64(given.content);
    given.content = {};
    if (!bytes) {
        fault(field + ".content", "attachment.not_base64", "is not base64");
        return false;
    }
    if (bytes->size() > limit) return tooLarge();
    if (bytes->size() <= queue::StoredFiles::threshold_bytes) {
        attachment.size_bytes = bytes->size();
        attachment.content = std::move(*bytes);
        return true;
    }
    // Where a body came whole.
    auto file = m_services.files.begin();
    auto added = file ? (*file)->add(*bytes) : fail(file.error());
    if (!added) {
        m_failure = added.error();
        return false;
    }
    standIn(std::move(*file), field, attachment);
    return true;
}

void Preparation::standIn(std::shared_ptr<queue::StoredFiles::Arrival> file, const std::string& field,
                          content::Attachment& attachment) {
    attachment.size_bytes = file->size_bytes();
    attachment.storedAs = field;
    m_files.emplace(field, std::move(file));
}

bool Preparation::uploadedContent(const contract::SendRequest::Attachment& given, const std::string& field,
                                  content::Attachment& attachment) {
    const auto found = m_uploads.find(given.attachmentId);
    if (!given.content.empty())
        fault(field + ".attachment_id", "field.not_allowed", "stands in place of content, not beside it");
    else if (found == m_uploads.end())
        fault(field + ".attachment_id", "attachment.unknown", "there is no such attachment");
    if (!given.content.empty() || found == m_uploads.end()) return false;
    const auto& [record, hold] = found->second;
    if (attachment.filename.empty()) attachment.filename = record.filename;
    if (attachment.contentType.empty()) attachment.contentType = record.contentType;
    attachment.storedAs = *hold;
    attachment.size_bytes = static_cast<std::uint64_t>(record.size_bytes);
    m_holds.push_back(hold);
    m_attached.push_back(record.id);
    return true;
}

void Preparation::attachments() {
    for (std::size_t i = 0; i < m_request.attachments.size(); ++i) {
        contract::SendRequest::Attachment& given = m_request.attachments[i];
        const std::string field = "attachments[" + std::to_string(i) + "]";
        content::Attachment attachment{.filename = given.filename,
                                       .contentType = std::move(given.contentType),
                                       .content = {},
                                       .storedAs = {},
                                       .size_bytes = 0,
                                       .contentId = std::move(given.contentId)};
        const bool isThere = given.attachmentId.empty() ? inlineContent(given, field, attachment)
                                                        : uploadedContent(given, field, attachment);
        if (isThere) m_draft.attachments.push_back(std::move(attachment));
    }
}

Result<void> Preparation::keepFiles(content::Composition& composition) {
    for (content::Piece& piece : composition.body) {
        const auto large = m_files.find(piece.storedAs);
        if (large == m_files.end()) continue;
        auto kept = large->second->keep();
        if (!kept) return fail(kept.error());
        piece.storedAs = **kept;
        m_holds.push_back(std::move(*kept));
    }
    return {};
}

}  // namespace postroom::api
