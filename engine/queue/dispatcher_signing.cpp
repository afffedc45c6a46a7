// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/queue/dispatcher.h"
#include "engine/queue/mail_body.h"

#include <QLoggingCategory>

namespace postroom::queue {

namespace {

Q_LOGGING_CATEGORY(log, "postroom.queue")

// As if the connection had said so: what happens to the mail is decided where every outcome is.
smtp::Outcome notBegun(const smtp::Transaction& transaction, smtp::Trouble trouble, std::string detail) {
    return {.attempt = transaction.attempt,
            .account = transaction.account,
            .stage = smtp::Stage::Connect,
            .trouble = trouble,
            .detail = std::move(detail)};
}

}  // namespace

void Dispatcher::sign(std::vector<Unsigned> batch) {
    for (Unsigned& mail : batch) {
        smtp::Transaction& transaction = mail.load.transaction;
        if (m_signingEnds) {
            m_reports.push(notBegun(transaction, smtp::Trouble::Aborted, "the engine is stopping"));
            continue;
        }
        auto signatures = m_parts.signer.sign(mail.from, mail.fromLine, mail.composition, *mail.memo);
        if (!signatures) {
            const bool isFile = signatures.error().code != ErrorCode::SecretUnreadable;
            qCWarning(log, "a message from %s can't be signed: %s", mail.from.c_str(),
                      signatures.error().text().c_str());
            m_reports.push(notBegun(transaction, isFile ? smtp::Trouble::BodyUnreadable : smtp::Trouble::Unsigned,
                                    signatures.error().detail));
            continue;
        }
        transaction.body =
            std::make_unique<MailBody>(*signatures + mail.fromLine, std::move(mail.composition), m_parts.files);
        m_toCarrier.push(std::move(mail.load));
    }
}

}  // namespace postroom::queue
