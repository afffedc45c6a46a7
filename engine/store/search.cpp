// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/store/search.h"

#include "engine/base/text.h"
#include "engine/store/delivery_status.h"
#include "engine/store/dialect.h"
#include "engine/store/ledger.h"
#include "engine/store/rows.h"

#include <algorithm>

namespace postroom::store::search {

using contract::AddressPattern;
using contract::Search;

namespace {

constexpr int firstChunk = 64, largestChunk = 1024;
constexpr std::string_view afterAll = "ffffffff-ffff-ffff-ffff-ffffffffffff";
constexpr std::string_view beforeAll = "00000000-0000-0000-0000-000000000000";

// A message with what a search asks beside its record.
#define POSTROOM_FOUND_COLUMNS POSTROOM_MESSAGE_COLUMNS ", m.tags, m.template"
#define POSTROOM_NEWEST_FIRST " AND m.id < ? AND m.id >= ? ORDER BY m.id DESC LIMIT ?"

// Which index a search walks along, the most telling first.
enum class Drive { Single, Recipient, Tag, Template, Sender, Key, Status, All };

struct Walk {
    std::string_view name, sql;
};

// The driving value, where there is one, then the upper and the lower id and the limit.
Walk walkOf(Drive drive) {
    switch (drive) {
        case Drive::Single:
            return {"messages.search_id",
                    "SELECT " POSTROOM_FOUND_COLUMNS " FROM message_records m WHERE m.id = ?" POSTROOM_NEWEST_FIRST};
        case Drive::Recipient:
            return {"messages.search_recipient",
                    "SELECT " POSTROOM_FOUND_COLUMNS
                    " FROM (SELECT DISTINCT d.message_id FROM deliveries d WHERE lower(d.recipient) = ? AND "
                    "d.message_id < ? AND d.message_id >= ? ORDER BY d.message_id DESC LIMIT ?) f "
                    "CROSS JOIN message_records m WHERE m.id = f.message_id ORDER BY f.message_id DESC"};
        case Drive::Tag:
            return {"messages.search_tag",
                    "SELECT " POSTROOM_FOUND_COLUMNS
                    " FROM message_tags t CROSS JOIN message_records m WHERE t.tag = ? AND t.message_id < ? AND "
                    "t.message_id >= ? AND m.id = t.message_id ORDER BY t.message_id DESC LIMIT ?"};
        case Drive::Template:
            return {"messages.search_template",
                    "SELECT " POSTROOM_FOUND_COLUMNS
                    " FROM message_records m WHERE m.template <> '' AND m.template = ?" POSTROOM_NEWEST_FIRST};
        case Drive::Sender:
            return {"messages.search_sender", "SELECT " POSTROOM_FOUND_COLUMNS
                                              " FROM message_records m WHERE m.from_address <> '' AND "
                                              "lower(m.from_address) = ?" POSTROOM_NEWEST_FIRST};
        case Drive::Key:
            return {"messages.search_key", "SELECT " POSTROOM_FOUND_COLUMNS
                                           " FROM message_records m WHERE m.key_id = ?" POSTROOM_NEWEST_FIRST};
        case Drive::Status:
            return {"messages.search_status", "SELECT " POSTROOM_FOUND_COLUMNS
                                              " FROM message_records m WHERE m.status = ?" POSTROOM_NEWEST_FIRST};
        case Drive::All: break;
    }
    return {"messages.search", "SELECT " POSTROOM_FOUND_COLUMNS
                               " FROM message_records m WHERE m.id < ? AND m.id >= ? ORDER BY m.id DESC LIMIT ?"};
}

// The first id a message of this moment can have.
std::string firstIdOf(TimePoint at) {
    Id id;
    const auto millis = static_cast<std::uint64_t>(at.time_since_epoch().count());
    for (std::size_t i = 0; i < 6; ++i) id.bytes[i] = static_cast<std::uint8_t>(millis >> (40 - 8 * i));
    return id.text();
}

// Recipients and accounts of a message's deliveries.
struct Carried {
    std::vector<std::string> recipients;
    std::vector<Id> accounts;
};

// What the terms of a search ask of one message, beyond the index that drives it.
class Terms {
public:
    Terms(const MessageFilter& filter, Drive drive) : m_filter(filter), m_to(filter.search.to) {
        for (const std::string& text : filter.search.subject) m_subject.push_back(toQString(text));
        for (const std::string& text : filter.search.words) {
            m_words.push_back(toQString(text));
            m_wordPatterns.push_back({.text = toLowerAscii(text), .anyBefore = true, .anyAfter = true});
        }
        if (drive == Drive::Recipient) m_to.erase(std::find_if(m_to.begin(), m_to.end(), isExact));
        const Search& search = filter.search;
        const std::size_t terms = m_to.size() + search.from.size() + m_subject.size() + m_words.size() +
                                  search.tags.size() + (search.account ? 1 : 0) + (search.templateName ? 1 : 0) +
                                  (search.status ? 1 : 0) + (filter.keyId ? 1 : 0) + (search.id ? 1 : 0);
        const bool isCovered = drive != Drive::All && drive != Drive::Recipient;
        m_areAllCovered = terms == (isCovered ? 1U : 0U);
    }

    [[nodiscard]] static bool isExact(const AddressPattern& pattern) { return pattern.isExact(); }
    /// The index alone decides.
    [[nodiscard]] bool areAllCovered() const { return m_areAllCovered; }
    [[nodiscard]] bool needCarried() const { return !m_to.empty() || !m_words.empty() || m_filter.search.account; }

    [[nodiscard]] bool fits(const FoundMessage& found) const {
        const Search& search = m_filter.search;
        const MessageRecord& message = found.message;
        if (search.status && message.status != *search.status) return false;
        if (m_filter.keyId && message.keyId != m_filter.keyId) return false;
        if (search.id && message.id != *search.id) return false;
        if (search.templateName && found.templateName != *search.templateName) return false;
        for (const AddressPattern& pattern : search.from)
            if (!pattern.matches(message.fromAddress)) return false;
        for (const std::string& tag : search.tags)
            if (std::find(found.tags.begin(), found.tags.end(), tag) == found.tags.end()) return false;
        if (m_subject.empty()) return true;
        const QString subject = toQString(message.subject);
        return std::all_of(m_subject.begin(), m_subject.end(),
                           [&](const QString& text) { return subject.contains(text, Qt::CaseInsensitive); });
    }

    [[nodiscard]] bool fits(const FoundMessage& found, const Carried& carried) const {
        return hasRecipients(carried) && hasAccount(found.message, carried) && hasWords(found, carried);
    }

private:
    static bool anyOf(const std::vector<std::string>& addresses, const AddressPattern& pattern) {
        return std::any_of(addresses.begin(), addresses.end(),
                           [&](const std::string& address) { return pattern.matches(address); });
    }
    [[nodiscard]] bool hasRecipients(const Carried& carried) const {
        return std::all_of(m_to.begin(), m_to.end(),
                           [&](const AddressPattern& pattern) { return anyOf(carried.recipients, pattern); });
    }
    [[nodiscard]] bool hasAccount(const MessageRecord& message, const Carried& carried) const {
        const auto& account = m_filter.search.account;
        if (!account) return true;
        if (*account == "sandbox") return message.sandbox;
        const auto& id = m_filter.accountId;
        if (!id) return false;
        return message.pinnedAccount == id->text() ||
               std::find(carried.accounts.begin(), carried.accounts.end(), *id) != carried.accounts.end();
    }
    [[nodiscard]] bool hasWords(const FoundMessage& found, const Carried& carried) const {
        if (m_words.empty()) return true;
        const QString subject = toQString(found.message.subject);
        for (std::size_t i = 0; i < m_words.size(); ++i) {
            const auto isIn = [&](const QString& text) { return text.contains(m_words[i], Qt::CaseInsensitive); };
            const bool is = isIn(subject) || m_wordPatterns[i].matches(found.message.fromAddress) ||
                            anyOf(carried.recipients, m_wordPatterns[i]) ||
                            std::any_of(found.tags.begin(), found.tags.end(),
                                        [&](const std::string& tag) { return isIn(toQString(tag)); });
            if (!is) return false;
        }
        return true;
    }

    const MessageFilter& m_filter;
    std::vector<AddressPattern> m_to;
    std::vector<QString> m_subject, m_words;
    std::vector<AddressPattern> m_wordPatterns;
    bool m_areAllCovered = false;
};

Drive driveOf(const MessageFilter& filter) {
    const Search& search = filter.search;
    if (search.id) return Drive::Single;
    if (std::any_of(search.to.begin(), search.to.end(), Terms::isExact)) return Drive::Recipient;
    if (!search.tags.empty()) return Drive::Tag;
    if (search.templateName) return Drive::Template;
    if (std::any_of(search.from.begin(), search.from.end(), Terms::isExact)) return Drive::Sender;
    if (filter.keyId) return Drive::Key;
    return search.status ? Drive::Status : Drive::All;
}

// A search under way: chunk after chunk down its index.
class Scan {
public:
    Scan(Connection& connection, const MessageFilter& filter)
        : m_connection(connection), m_filter(filter), m_drive(driveOf(filter)), m_terms(filter, m_drive) {
        m_upper = filter.search.before ? firstIdOf(*filter.search.before) : std::string(afterAll);
        if (filter.before) m_upper = std::min(m_upper, filter.before->text());
        m_lower = filter.search.after ? firstIdOf(*filter.search.after) : std::string(beforeAll);
    }

    /// Nothing is left.
    [[nodiscard]] bool isOver() const { return m_isOver; }
    /// The last message that was looked at.
    [[nodiscard]] const std::optional<Id>& last() const { return m_last; }
    [[nodiscard]] bool decidesByIndex() const { return m_terms.areAllCovered(); }

    /// Looks at the next `size` messages; those that fit.
    Result<std::vector<FoundMessage>> next(int size) {
        const Walk walk = walkOf(m_drive);
        auto query = m_connection.query(walk.name, walk.sql);
        if (!query) return fail(query.error());
        bindDriver(*query);
        query->bind(m_upper).bind(m_lower).bind(size);
        auto rows = collect<FoundMessage>(*query, [](const Query& row) {
            return FoundMessage{.message = readMessage(row, 0),
                                .tags = fromJsonList(row.text(messageColumns)),
                                .templateName = row.text(messageColumns + 1)};
        });
        if (!rows) return rows;
        m_isOver = static_cast<int>(rows->size()) < size;
        if (rows->empty()) return rows;
        m_last = rows->back().message.id;
        m_upper = m_last->text();
        if (m_terms.areAllCovered()) return rows;
        std::erase_if(*rows, [this](const FoundMessage& found) { return !m_terms.fits(found); });
        if (!m_terms.needCarried() || rows->empty()) return rows;
        const auto carried = carriedOf(*rows);
        if (!carried) return fail(carried.error());
        std::erase_if(*rows, [&](const FoundMessage& found) {
            const auto at = carried->find(found.message.id);
            return !m_terms.fits(found, at == carried->end() ? Carried{} : at->second);
        });
        return rows;
    }

private:
    void bindDriver(Query& query) const {
        const Search& search = m_filter.search;
        switch (m_drive) {
            case Drive::Single: query.bind(*search.id); break;
            case Drive::Recipient:
                query.bind(std::find_if(search.to.begin(), search.to.end(), Terms::isExact)->text);
                break;
            case Drive::Tag: query.bind(search.tags.front()); break;
            case Drive::Template: query.bind(*search.templateName); break;
            case Drive::Sender:
                query.bind(std::find_if(search.from.begin(), search.from.end(), Terms::isExact)->text);
                break;
            case Drive::Key: query.bind(*m_filter.keyId); break;
            case Drive::Status: query.bind(name(*search.status)); break;
            case Drive::All: break;
        }
    }

    Result<std::unordered_map<Id, Carried>> carriedOf(const std::vector<FoundMessage>& rows) {
        std::vector<Id> messages;
        messages.reserve(rows.size());
        for (const FoundMessage& found : rows) messages.push_back(found.message.id);
        const std::string ids = toJsonList(messages);
        auto query = m_connection.query("deliveries.carried", m_connection.dialect().carriedOfMany);
        if (!query) return fail(query.error());
        if (auto ran = query->bind(ids).run(); !ran) return fail(ran.error());
        std::unordered_map<Id, Carried> all;
        while (query->next()) {
            Carried& carried = all[query->id(0)];
            carried.recipients.push_back(query->text(1));
            if (const auto account = query->optionalId(2)) carried.accounts.push_back(*account);
        }
        if (query->failure()) return fail(*query->failure());
        return all;
    }

    Connection& m_connection;
    const MessageFilter& m_filter;
    const Drive m_drive;
    const Terms m_terms;
    std::string m_upper, m_lower;
    std::optional<Id> m_last;
    bool m_isOver = false;
};

}  // namespace

Result<MessagePage> page(Connection& connection, const MessageFilter& filter, int limit, Milliseconds time) {
    const SystemClock clock;
    const SteadyPoint end = clock.steady() + time;
    Scan scan(connection, filter);
    MessagePage page;
    const auto wanted = static_cast<std::size_t>(limit);
    // One beyond the page tells whether there is another.
    int chunk = scan.decidesByIndex() ? limit + 1 : firstChunk;
    while (!scan.isOver() && page.rows.size() <= wanted) {
        if (scan.last() && clock.steady() >= end) {
            page.next = scan.last();
            page.searchedBackTo = scan.last()->bornAt();
            return page;
        }
        auto rows = scan.next(chunk);
        if (!rows) return fail(rows.error());
        std::move(rows->begin(), rows->end(), std::back_inserter(page.rows));
        chunk = std::min(2 * chunk, largestChunk);
    }
    if (page.rows.size() <= wanted) return page;
    page.rows.resize(wanted);
    page.next = page.rows.back().message.id;
    return page;
}

Result<MessageCount> count(Connection& connection, const MessageFilter& filter, Milliseconds time) {
    if (!filter.keyId && filter.search.isStatusAlone()) {
        const auto counters = ledger::readCounters(connection);
        if (!counters) return fail(counters.error());
        MessageCount all;
        for (const contract::State state : contract::allStates)
            if (!filter.search.status || state == *filter.search.status)
                if (const auto at = counters->find(std::string(messageCounter(state))); at != counters->end())
                    all.count += at->second;
        return all;
    }
    const SystemClock clock;
    const SteadyPoint end = clock.steady() + time;
    MessageFilter whole = filter;
    whole.before.reset();
    Scan scan(connection, whole);
    MessageCount counted;
    // Small at first, as a page is: the deliveries of a thousand messages may be a million.
    int chunk = scan.decidesByIndex() ? largestChunk : firstChunk;
    while (!scan.isOver()) {
        const auto rows = scan.next(chunk);
        if (!rows) return fail(rows.error());
        chunk = std::min(2 * chunk, largestChunk);
        counted.count += static_cast<std::int64_t>(rows->size());
        counted.more = counted.count > mostCounted || (!scan.isOver() && clock.steady() >= end);
        if (counted.more) break;
    }
    counted.count = std::min(counted.count, mostCounted);
    return counted;
}

Result<std::unordered_map<Id, std::vector<DeliveryRecord>>> deliveriesOf(Connection& connection,
                                                                         const std::vector<Id>& messageIds) {
    const std::string ids = toJsonList(messageIds);
    auto query = connection.query("deliveries.list_of_many", connection.dialect().deliveriesOfMany);
    if (!query) return fail(query.error());
    query->bind(ids);
    const auto rows = collect<DeliveryRecord>(*query, [](const Query& row) { return readDelivery(row, 0); });
    if (!rows) return fail(rows.error());
    std::unordered_map<Id, std::vector<DeliveryRecord>> all;
    for (const DeliveryRecord& delivery : *rows) all[delivery.messageId].push_back(delivery);
    return all;
}

}  // namespace postroom::store::search
