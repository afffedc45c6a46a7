// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/api/handlers.h"
#include "engine/api/services.h"
#include "engine/base/text.h"
#include "engine/contract/requests.h"
#include "engine/contract/resources.h"

namespace postroom::api {

namespace {

using contract::SendRequest;

constexpr std::chrono::hours lifetime{48};

// Gathers what is wrong with a request, field by field, while it becomes a submission.
class Preparation {
public:
    Preparation(Services& services, const Principal& principal, SendRequest request)
        : m_services(services),
          m_principal(principal),
          m_request(std::move(request)),
          m_now(services.clock.now()),
          m_id(makeId(m_now)) {}

    Result<queue::Submission> run() {
        addressees();
        route();
        texts();
        attachments();
        if (!m_faults.empty()) return fail(error());
        auto composition = content::compose(m_draft);
        if (!composition) return fail(renamed(composition.error()));
        const auto limit = static_cast<std::uint64_t>(m_services.settings.integer("EMAIL_MAX_SIZE"));
        if (composition->encodedSize_bytes > limit)
            return fail(invalidField("", "message.too_large",
                                     "the encoded mail has " + std::to_string(composition->encodedSize_bytes) +
                                         " bytes; EMAIL_MAX_SIZE is " + std::to_string(limit)));
        // Last: what is on disk stays there, whatever becomes of the request.
        if (auto kept = keepFiles(*composition); !kept) return fail(kept.error());
        return submission(std::make_shared<content::Composition>(std::move(*composition)));
    }

private:
    void fault(std::string field, std::string reason, std::string detail) {
        if (m_faults.size() < 50) m_faults.push_back({std::move(field), std::move(reason), std::move(detail)});
    }
    Error error() {
        std::string first = m_faults.front().field + ": " + m_faults.front().detail;
        return {.code = ErrorCode::ValidationFailed, .detail = std::move(first), .fields = std::move(m_faults)};
    }
    // The composer speaks of html and of a list of headers; on the wire they are called content and a map.
    Error renamed(Error error) const {
        for (FieldError& field : error.fields) {
            if (field.field == "html") field.field = "content";
            for (std::size_t i = 0; i < m_draft.headers.size(); ++i)
                if (field.field.starts_with("headers[" + std::to_string(i) + "]"))
                    field.field = "headers." + printable(m_draft.headers[i].name, 64);
        }
        if (!error.fields.empty()) error.detail = error.fields.front().field + ": " + error.fields.front().detail;
        return error;
    }

    std::vector<content::Mailbox> mailboxes(const std::vector<std::string>& texts, const std::string& field) {
        std::vector<content::Mailbox> out;
        for (std::size_t i = 0; i < texts.size(); ++i) {
            auto mailbox = content::parseMailbox(texts[i]);
            if (mailbox)
                out.push_back(std::move(*mailbox));
            else
                fault(field + (texts.size() > 1 ? "[" + std::to_string(i) + "]" : ""), mailbox.error().reason,
                      mailbox.error().detail);
        }
        return out;
    }

    void addRecipients(const std::vector<content::Mailbox>& mailboxes, contract::RecipientKind kind) {
        for (const content::Mailbox& mailbox : mailboxes) {
            // One mailbox gets one copy, whichever header names it again.
            const auto known = std::find_if(m_deliveries.begin(), m_deliveries.end(), [&](const auto& delivery) {
                return delivery.recipient == mailbox.address;
            });
            if (known != m_deliveries.end() && m_deliveries.size() <= contract::mostRecipients) continue;
            store::DeliveryRecord delivery;
            delivery.id = makeId(m_now);
            delivery.messageId = m_id;
            delivery.recipient = mailbox.address;
            delivery.kind = kind;
            delivery.dueAt = delivery.updatedAt = m_now;
            m_deliveries.push_back(std::move(delivery));
        }
    }

    void addressees() {
        const std::size_t asked = m_request.to.size() + m_request.cc.size() + m_request.bcc.size();
        if (asked > contract::mostRecipients)
            return fault("to", "field.too_many", "to, cc and bcc together have more than 1000 recipients");
        m_draft.to = mailboxes(m_request.to, "to");
        m_draft.cc = mailboxes(m_request.cc, "cc");
        const auto bcc = mailboxes(m_request.bcc, "bcc");
        m_draft.replyTo = mailboxes(m_request.replyTo, "reply_to");
        addRecipients(m_draft.to, contract::RecipientKind::To);
        addRecipients(m_draft.cc, contract::RecipientKind::Cc);
        addRecipients(bcc, contract::RecipientKind::Bcc);
        if (!m_request.from.empty()) {
            auto from = content::parseMailbox(m_request.from);
            if (from)
                m_draft.from = std::move(*from);
            else
                fault("from", from.error().reason, from.error().detail);
        }
    }

    // Which account may carry it, as far as the sender says.
    void route() {
        m_sandbox = m_principal.test || m_request.account == "sandbox";
        const auto accounts = m_services.accounts.get();
        if (m_principal.test && !m_request.account.empty() && m_request.account != "sandbox")
            return fault("account", "account.test_key", "a test key's messages go to the sandbox and nowhere else");
        if (!m_sandbox && !m_request.account.empty()) {
            const auto named = [&](auto&& isIt) { return std::find_if(accounts->begin(), accounts->end(), isIt); };
            auto at = named([&](const auto& account) {
                return account.id.text() == m_request.account || account.email == m_request.account;
            });
            // Two accounts may differ in the case of the local part alone; who types another case means the only one
            // there is.
            if (at == accounts->end())
                at = named([&](const auto& account) { return equalsIgnoreCase(account.email, m_request.account); });
            if (at == accounts->end()) return fault("account", "account.unknown", "there is no such account");
            m_pinned = at->id.text();
        }
        if (m_principal.rules)
            for (FieldError& refusal : applyRules(*m_principal.rules, *accounts, m_sandbox, m_pinned, m_draft.from))
                fault(std::move(refusal.field), std::move(refusal.reason), std::move(refusal.detail));
        m_draft.messageIdDomain = messageIdDomain(*accounts);
    }

    std::string messageIdDomain(const std::vector<store::AccountRecord>& accounts) const {
        if (m_draft.from) return std::string(content::domainOf(m_draft.from->address));
        if (const std::string& set = m_services.settings.text("MESSAGE_ID_DOMAIN"); !set.empty()) return set;
        if (!accounts.empty()) return std::string(content::domainOf(accounts.front().email));
        return m_services.heloName;
    }

    void texts() {
        if (m_request.content.empty() && m_request.text.empty())
            fault("content", "field.required", "one of content and text is required");
        m_draft.subject = std::move(m_request.subject);
        m_draft.html = std::move(m_request.content);
        m_draft.text = std::move(m_request.text);
        for (auto& [name, value] : m_request.headers)
            m_draft.headers.push_back({.name = name, .value = std::move(value)});
        m_draft.messageId = m_id;
        m_draft.date = m_now;
    }

    void attachments() {
        const auto limit = static_cast<std::size_t>(m_services.settings.integer("ATTACHMENT_MAX_SIZE"));
        for (std::size_t i = 0; i < m_request.attachments.size(); ++i) {
            SendRequest::Attachment& given = m_request.attachments[i];
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
                                           .size_bytes = bytes->size()};
            if (bytes->size() <= queue::StoredFiles::threshold_bytes) {
                attachment.content = std::move(*bytes);
            } else {
                attachment.storedAs = field;
                m_files.emplace(field, std::move(*bytes));
            }
            m_draft.attachments.push_back(std::move(attachment));
        }
    }

    Result<void> keepFiles(content::Composition& composition) {
        for (content::Piece& piece : composition.body) {
            if (piece.storedAs.empty()) continue;
            auto kept = m_services.files.keep(m_files.at(piece.storedAs));
            if (!kept) return fail(kept.error());
            piece.storedAs = std::move(*kept);
        }
        return {};
    }

    Result<queue::Submission> submission(std::shared_ptr<const content::Composition> composition) {
        queue::Submission out;
        out.message.id = m_id;
        out.message.createdAt = m_now;
        out.message.keyId = m_principal.keyId;
        out.message.subject = m_draft.subject;
        out.message.fromAddress = m_draft.from ? m_draft.from->address : std::string{};
        out.message.pinnedAccount = m_sandbox ? "sandbox" : m_pinned;
        out.message.sandbox = m_sandbox;
        out.message.onUnknown = m_request.onUnknown;
        out.message.messageIdHeader = composition->messageIdHeader;
        out.message.expiresAt = m_now + lifetime;
        out.message.recipients = static_cast<int>(m_deliveries.size());
        out.message.size_bytes = static_cast<std::int64_t>(composition->encodedSize_bytes);
        const std::string lane = queue::laneName(out.message.fromAddress, out.message.pinnedAccount, m_sandbox);
        for (store::DeliveryRecord& delivery : m_deliveries) delivery.lane = lane;
        out.deliveries = std::move(m_deliveries);
        out.composition = std::move(composition);
        return out;
    }

    Services& m_services;
    const Principal& m_principal;
    SendRequest m_request;
    TimePoint m_now;
    Id m_id;
    content::Draft m_draft;
    std::vector<store::DeliveryRecord> m_deliveries;
    std::string m_pinned;
    bool m_sandbox = false;
    std::vector<FieldError> m_faults;
    std::map<std::string, std::string> m_files;  // the large ones, by the name that stands in until they are kept
};

}  // namespace

void postSend(Services& services, Call call, Reply reply) {
    auto request = SendRequest::read(call.body.get_object());
    if (!request) return reply(fail(request.error()));
    auto submission = Preparation{services, call.principal, std::move(*request)}.run();
    if (!submission) return reply(fail(submission.error()));
    contract::Receipt receipt{.messageId = submission->message.id, .status = contract::State::Queued, .recipients = {}};
    for (const store::DeliveryRecord& delivery : submission->deliveries)
        receipt.recipients.push_back({.recipient = delivery.recipient, .id = delivery.id});
    services.intake.submit(std::move(*submission),
                           [receipt = std::move(receipt), reply = std::move(reply)](const Result<void>& result) {
                               if (!result) return reply(fail(result.error()));
                               reply(Answer{.status = 202, .data = contract::toJson(receipt)});
                           });
}

}  // namespace postroom::api
