// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// A request on its way to a submission: judged field by field, routed, composed. One for each request.
//
// The thread of whoever asks; the api thread for small bodies, the heavy one for large.

#include "engine/api/services.h"
#include "engine/api/uploads.h"
#include "engine/content/raw_mail.h"
#include "engine/contract/requests.h"

namespace postroom::api {

/// True if the request of a message, good or not, asks for a template: rendering one may take its time.
[[nodiscard]] bool namesTemplate(const json::Value& request);

class Preparation {
public:
    /// Of a request, in that call, that passed its schema. Services and call outlive it. `steps`: what rendering has
    /// left if this is one of many.
    Preparation(Services& services, const Call& call, contract::SendRequest request, const Uploads& uploads,
                std::int64_t* steps = nullptr);

    /// The mail that the request describes. ValidationFailed with every fault; then nothing was kept on disk.
    [[nodiscard]] Result<queue::Submission> compose();
    /// A mail that comes as it is; the request says the rest, and who gets it where its headers don't.
    [[nodiscard]] Result<queue::Submission> takeOver(std::string_view mail);

private:
    void fault(std::string field, std::string reason, std::string detail);
    [[nodiscard]] Error renamed(Error error) const;
    [[nodiscard]] std::vector<content::Mailbox> mailboxes(const std::vector<std::string>& texts,
                                                          const std::string& field);
    void addRecipients(const std::vector<content::Mailbox>& mailboxes, contract::RecipientKind kind);
    void addressees();
    void envelopeOf(const content::RawMail& mail);
    void route();
    [[nodiscard]] std::string messageIdDomain(const std::vector<store::AccountRecord>& accounts) const;
    void texts();
    void fromTemplate();
    void attachments();
    [[nodiscard]] bool inlineContent(contract::SendRequest::Attachment& given, const std::string& field,
                                     content::Attachment& attachment);
    void standIn(std::shared_ptr<queue::StoredFiles::Arrival> file, const std::string& field,
                 content::Attachment& attachment);
    [[nodiscard]] bool uploadedContent(const contract::SendRequest::Attachment& given, const std::string& field,
                                       content::Attachment& attachment);
    void times();
    void labels();
    [[nodiscard]] Result<void> checkSize(const content::Composition& composition) const;
    [[nodiscard]] Result<void> keepFiles(content::Composition& composition);
    [[nodiscard]] queue::Submission submission(content::Composition composition);

    Services& m_services;
    const Principal& m_principal;
    const InlineFiles& m_inlineFiles;
    contract::SendRequest m_request;
    const Uploads& m_uploads;
    std::int64_t* const m_steps;
    TimePoint m_now;
    TimePoint m_dueAt;
    TimePoint m_expiresAt;
    Id m_id;
    content::Draft m_draft;
    std::vector<store::DeliveryRecord> m_deliveries;
    std::string m_pinned;
    bool m_sandbox = false;
    std::vector<FieldError> m_faults;
    std::optional<Error> m_failure;  // of ours, not of the request
    InlineFiles m_files;             // by the name that stands in until they are kept
    std::vector<queue::StoredFiles::Hold> m_holds;
    std::vector<Id> m_attached;  // uploads
};

}  // namespace postroom::api
