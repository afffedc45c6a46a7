// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/api/preparation.h"

#include "engine/api/send_rules.h"
#include "engine/base/text.h"
#include "engine/content/header.h"

namespace postroom::api {

namespace {

constexpr std::chrono::hours lifetime{48};
// The last that four digits of a year can say.
constexpr TimePoint endOfTime{Milliseconds{253'402'300'799'999}};

std::size_t charactersIn(std::string_view utf8) {
    return static_cast<std::size_t>(
        std::count_if(utf8.begin(), utf8.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

bool isLanguageTag(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    });
}

}  // namespace

bool namesTemplate(const json::Value& request) {
    const json::Object* fields = request.if_object();
    return fields && fields->contains("template");
}

Preparation::Preparation(Services& services, const Call& call, contract::SendRequest request, const Uploads& uploads,
                         std::int64_t* steps)
    : m_services(services),
      m_principal(call.principal),
      m_inlineFiles(call.files),
      m_request(std::move(request)),
      m_uploads(uploads),
      m_steps(steps),
      m_now(services.clock.now()),
      m_dueAt(m_now),
      m_expiresAt(m_now),
      m_id(makeId(m_now)) {}

Result<queue::Submission> Preparation::compose() {
    addressees();
    route();
    texts();
    attachments();
    times();
    labels();
    if (m_failure) return fail(*m_failure);
    if (!m_faults.empty()) return fail(invalidFields(std::move(m_faults)));
    m_draft.messageId = m_id;
    // Of the day it leaves: a reader sorts by it.
    m_draft.date = m_dueAt;
    auto composition = content::compose(m_draft);
    if (!composition) return fail(renamed(composition.error()));
    if (auto fits = checkSize(*composition); !fits) return fail(fits.error());
    // Last: what is on disk stays there, whatever becomes of the request.
    if (auto kept = keepFiles(*composition); !kept) return fail(kept.error());
    return submission(std::move(*composition));
}

Result<queue::Submission> Preparation::takeOver(std::string_view bytes) {
    auto mail = content::readRawMail(bytes);
    if (!mail) return fail(mail.error());
    m_draft.from = mail->from;
    m_draft.subject = mail->subject;
    envelopeOf(*mail);
    route();
    if (m_principal.rules)
        for (const std::string& other : mail->alsoFrom)
            if (!maySendAs(*m_principal.rules, other))
                fault("mail.sender", "from.not_allowed",
                      "Sender or Resent-From is not an address this key may send as");
    times();
    labels();
    if (!m_faults.empty()) return fail(invalidFields(std::move(m_faults)));
    // The key's own, where the mail has none.
    if (!mail->from && m_draft.from) mail->head = content::fromHeader(*m_draft.from) + mail->head;
    content::Composition composition =
        content::composeRaw(std::move(*mail), '<' + m_id.text() + '@' + m_draft.messageIdDomain + '>', m_dueAt);
    if (auto fits = checkSize(composition); !fits) return fail(fits.error());
    return submission(std::move(composition));
}

void Preparation::fault(std::string field, std::string reason, std::string detail) {
    if (m_faults.size() < 50) m_faults.push_back({std::move(field), std::move(reason), std::move(detail)});
}

// The composer speaks of html and of a list of headers; on the wire they are called content and a map.
Error Preparation::renamed(Error error) const {
    for (FieldError& field : error.fields) {
        if (field.field == "html") field.field = "content";
        for (std::size_t i = 0; i < m_draft.headers.size(); ++i)
            if (field.field.starts_with("headers[" + std::to_string(i) + "]"))
                field.field = "headers." + printable(m_draft.headers[i].name, 64);
    }
    return error.fields.empty() ? error : invalidFields(std::move(error.fields));
}

std::vector<content::Mailbox> Preparation::mailboxes(const std::vector<std::string>& texts, const std::string& field) {
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

void Preparation::addRecipients(const std::vector<content::Mailbox>& mailboxes, contract::RecipientKind kind) {
    for (const content::Mailbox& mailbox : mailboxes) {
        // One mailbox gets one copy, whichever header names it again.
        const auto known = std::find_if(m_deliveries.begin(), m_deliveries.end(),
                                        [&](const auto& delivery) { return delivery.recipient == mailbox.address; });
        if (known != m_deliveries.end()) continue;
        store::DeliveryRecord delivery;
        delivery.id = makeId(m_now);
        delivery.messageId = m_id;
        delivery.recipient = mailbox.address;
        delivery.kind = kind;
        delivery.updatedAt = m_now;
        m_deliveries.push_back(std::move(delivery));
    }
}

void Preparation::addressees() {
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

void Preparation::envelopeOf(const content::RawMail& mail) {
    if (m_request.to.empty()) {
        addRecipients(mail.to, contract::RecipientKind::To);
        addRecipients(mail.cc, contract::RecipientKind::Cc);
        addRecipients(mail.bcc, contract::RecipientKind::Bcc);
    } else {
        const auto named = [](const std::vector<content::Mailbox>& in, const content::Mailbox& who) {
            return std::any_of(in.begin(), in.end(), [&](const auto& other) { return other.address == who.address; });
        };
        for (const content::Mailbox& mailbox : mailboxes(m_request.to, "to"))
            addRecipients({mailbox}, named(mail.to, mailbox)   ? contract::RecipientKind::To
                                     : named(mail.cc, mailbox) ? contract::RecipientKind::Cc
                                                               : contract::RecipientKind::Bcc);
    }
    if (m_deliveries.empty() && m_faults.empty())
        fault("to", "field.required", "neither the query nor the mail's headers name a recipient");
    if (m_deliveries.size() > contract::mostRecipients)
        fault("to", "field.too_many", "there are more than 1000 recipients");
}

// Which account may carry it, as far as the sender says.
void Preparation::route() {
    m_sandbox = m_principal.test || m_request.account == "sandbox";
    const auto accounts = m_services.accounts.get();
    if (m_principal.test && !m_request.account.empty() && m_request.account != "sandbox")
        return fault("account", "account.test_key", "a test key's messages go to the sandbox and nowhere else");
    if (!m_sandbox && !m_request.account.empty()) {
        const store::AccountRecord* account = accountNamed(*accounts, m_request.account);
        if (!account) return fault("account", "account.unknown", "there is no such account");
        m_pinned = account->id.text();
    }
    if (m_principal.rules)
        for (FieldError& refusal : applyRules(*m_principal.rules, *accounts, m_sandbox, m_pinned, m_draft.from))
            fault(std::move(refusal.field), std::move(refusal.reason), std::move(refusal.detail));
    m_draft.messageIdDomain = messageIdDomain(*accounts);
}

std::string Preparation::messageIdDomain(const std::vector<store::AccountRecord>& accounts) const {
    if (m_draft.from) return std::string(content::domainOf(m_draft.from->address));
    if (const std::string& set = m_services.settings.text("MESSAGE_ID_DOMAIN"); !set.empty()) return set;
    if (!accounts.empty()) return std::string(content::domainOf(accounts.front().email));
    return m_services.heloName;
}

// When it is due and how long it is worth trying.
void Preparation::times() {
    if (m_request.scheduledAt) {
        m_request.scheduledAt = std::min(*m_request.scheduledAt, endOfTime);
        m_dueAt = std::max(m_now, *m_request.scheduledAt);
    }
    m_expiresAt = std::min(m_request.expiresAt.value_or(m_dueAt + lifetime), endOfTime);
    if (m_request.expiresAt && m_expiresAt <= m_dueAt)
        fault("expires_at", "field.too_small", "must be after the time it is due, " + toIso(m_dueAt));
}

void Preparation::labels() {
    std::vector<std::string> tags;
    for (std::size_t i = 0; i < m_request.tags.size(); ++i) {
        std::string& tag = m_request.tags[i];
        const std::string field = "tags[" + std::to_string(i) + "]";
        if (tag.empty()) fault(field, "field.empty", "must not be empty");
        if (charactersIn(tag) > contract::longestTag) fault(field, "field.too_long", "is longer than 64 characters");
        if (std::find(tags.begin(), tags.end(), tag) == tags.end()) tags.push_back(std::move(tag));
    }
    m_request.tags = std::move(tags);
    for (const auto& [name, value] : m_request.metadata) {
        const std::string field = "metadata." + printable(name, 64);
        if (name.empty()) fault(field, "field.empty", "a name must not be empty");
        if (charactersIn(name) > contract::longestMetadataName)
            fault(field, "field.too_long", "a name is longer than 64 characters");
        if (hasControls(name)) fault(field, "field.control_character", "a name holds a control character");
    }
    if (!isLanguageTag(m_request.locale)) fault("locale", "field.not_allowed", "is not a language tag");
}

Result<void> Preparation::checkSize(const content::Composition& composition) const {
    const auto limit = static_cast<std::uint64_t>(m_services.settings.integer("EMAIL_MAX_SIZE"));
    if (composition.encodedSize_bytes <= limit) return {};
    return fail(invalidField("", "message.too_large",
                             "the encoded mail has " + std::to_string(composition.encodedSize_bytes) +
                                 " bytes; EMAIL_MAX_SIZE is " + std::to_string(limit)));
}

queue::Submission Preparation::submission(content::Composition composition) {
    queue::Submission out;
    out.message.id = m_id;
    out.message.createdAt = m_now;
    out.message.keyId = m_principal.keyId;
    out.message.subject = m_draft.subject;
    out.message.fromAddress = m_draft.from ? m_draft.from->address : std::string{};
    out.message.pinnedAccount = m_sandbox ? "sandbox" : m_pinned;
    out.message.sandbox = m_sandbox;
    out.message.onUnknown = m_request.onUnknown;
    out.message.messageIdHeader = composition.messageIdHeader;
    out.message.expiresAt = m_expiresAt;
    out.message.recipients = static_cast<int>(m_deliveries.size());
    out.message.size_bytes = static_cast<std::int64_t>(composition.encodedSize_bytes);
    out.message.priority = m_request.priority;
    out.message.scheduledAt = m_request.scheduledAt;
    out.message.tags = std::move(m_request.tags);
    out.message.metadata = std::move(m_request.metadata);
    out.message.locale = std::move(m_request.locale);
    out.message.templateName = std::move(m_request.templateName);
    out.message.status = m_dueAt > m_now ? contract::State::Scheduled : contract::State::Queued;
    const std::string lane = queue::laneName(out.message.fromAddress, out.message.pinnedAccount, m_sandbox);
    for (store::DeliveryRecord& delivery : m_deliveries) {
        delivery.lane = lane;
        delivery.dueAt = m_dueAt;
        delivery.status = out.message.status;
    }
    out.deliveries = std::move(m_deliveries);
    out.composition = std::make_shared<content::Composition>(std::move(composition));
    out.files = std::move(m_holds);
    out.uploads = std::move(m_attached);
    return out;
}

}  // namespace postroom::api
