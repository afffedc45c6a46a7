// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Messages of a fake engine, listed by keyset as the real one lists them. The ui thread.

#include "engine/base/text.h"
#include "engine/contract/envelope.h"
#include "engine/contract/search.h"
#include "tests/ui/fake_engine.h"

#include <algorithm>
#include <QUrl>
#include <QUrlQuery>

namespace postroom::ui {

class FakeMessages {
public:
    /// Answers GET /api/v1/messages of `engine` with what is here, which must outlive it.
    explicit FakeMessages(FakeEngine& engine) {
        engine.answer("GET /api/v1/messages", [this](const client::ClientRequest& request) { return list(request); });
    }

    /// A message newer than all there are.
    contract::Message& add(const std::string& subject, contract::State status = contract::State::Queued,
                           std::int64_t recipients = 1) {
        const TimePoint at{Milliseconds{1'795'000'000'000 + 1000 * ++m_born}};
        contract::Message message;
        message.id = makeId(at);
        message.status = status;
        message.subject = subject;
        message.from = "shop@example.com";
        message.recipientCounts[std::string(contract::name(status))] = recipients;
        message.messageIdHeader = "<" + message.id.text() + "@example.com>";
        message.size_bytes = 2345;
        message.createdAt = at;
        message.expiresAt = at + std::chrono::hours{48};
        all.insert(all.begin(), message);
        return all.front();
    }
    void addMany(int count, contract::State status = contract::State::Queued) {
        for (int i = 0; i < count; ++i) add("Message " + std::to_string(m_born + 1), status);
    }
    [[nodiscard]] QString idAt(std::size_t index) const { return toQString(all[index].id.text()); }

    std::vector<contract::Message> all;  ///< newest first
    std::size_t slice = 0;               ///< messages that one request looks at; 0: all

private:
    client::ClientReply list(const client::ClientRequest& request) const {
        const QUrlQuery query(QUrl(toQString(request.path)));
        const std::string cursor = toUtf8(query.queryItemValue(QStringLiteral("cursor")));
        const auto search =
            contract::Search::parse(toUtf8(query.queryItemValue(QStringLiteral("q"), QUrl::FullyDecoded)));
        auto status = contract::stateNamed(toUtf8(query.queryItemValue(QStringLiteral("status"))));
        if (search && search->status) status = search->status;
        const auto limit = static_cast<std::size_t>(query.queryItemValue(QStringLiteral("limit")).toInt());
        contract::MessagePage page;
        std::size_t looked = 0;
        Id lastLooked;
        for (const contract::Message& message : all) {
            if (!cursor.empty() && message.id.text() >= cursor) continue;
            // As an engine that has looked at so many and no more.
            if (slice > 0 && ++looked > slice) {
                page.searchedBackTo = lastLooked.bornAt();
                page.nextCursor = lastLooked.text();
                break;
            }
            lastLooked = message.id;
            if (status && message.status != *status) continue;
            if (search && !search->words.empty() && message.subject.find(search->words.front()) == std::string::npos)
                continue;
            page.items.push_back(message);
            if (page.items.size() < limit) continue;
            page.nextCursor = message.id.text();
            break;
        }
        return {.status = 200,
                .contentType = "application/json",
                .body = contract::successBody(contract::toJson(page), "test")};
    }

    int m_born = 0;
};

}  // namespace postroom::ui
