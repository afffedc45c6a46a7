// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
// How fast a full store is read: search_bench [messages] [DATABASE_URL]
//
// Writes a history into a fresh database, then times what people and programs ask most: one message by its id, a page
// and a count of each kind of search. Each figure is of runs one after the other on one reader's connection.

#include "engine/store/messages.h"
#include "engine/store/search.h"
#include "tests/bench/history.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <QCoreApplication>
#include <QTemporaryDir>

using namespace postroom;
using namespace postroom::store;
using namespace std::chrono_literals;
using bench::person;

namespace {

using Steady = std::chrono::steady_clock;

double millisecondsSince(Steady::time_point begin) {
    return std::chrono::duration<double, std::milli>(Steady::now() - begin).count();
}

template <typename Act>
void time(const char* what, int runs, Act act) {
    std::vector<double> took;
    std::string said;
    for (int run = 0; run < runs; ++run) {
        const auto begin = Steady::now();
        said = act(run);
        took.push_back(millisecondsSince(begin));
    }
    std::sort(took.begin(), took.end());
    std::printf("%-48s p50 %8.3f ms, p99 %8.3f ms   %s\n", what, took[took.size() / 2], took[took.size() * 99 / 100],
                said.c_str());
}

std::string pageText(const Result<MessagePage>& page) {
    if (!page) return page.error().text();
    return std::to_string(page->rows.size()) + " rows" + (page->searchedBackTo ? ", ran out of time" : "");
}

void measure(Connection& connection) {
    std::vector<Id> ids;
    for (MessageFilter filter; ids.size() < 1000;) {
        filter.search.before = SystemClock{}.now() - 24h * (ids.size() / 10);
        const auto page = search::page(connection, filter, 1);
        if (!page || page->rows.empty()) break;
        ids.push_back(page->rows[0].message.id);
    }
    time("a message by its id, with its deliveries", 1000, [&](int run) {
        const Id& id = ids[static_cast<std::size_t>(run) * 7 % ids.size()];
        const auto message = messages::find(connection, id);
        const auto deliveries = messages::deliveries(connection, id);
        return message && *message && deliveries ? std::string("found") : std::string("not found");
    });
    for (const char* text : {"", "status:failed", "tag:statement", "template:statement", "from:shop3@example.org",
                             "before:2000-01-01", "status:failed subject:order", "order", "statement",
                             "to:*@house7.example.net", "subject:\"no such thing\""}) {
        const auto parsed = contract::Search::parse(text);
        if (!parsed) continue;
        const std::string name = std::string("a page of 50, q=") + text;
        time(name.c_str(), 50, [&](int) { return pageText(search::page(connection, {.search = *parsed}, 50)); });
    }
    time("a page of 50, q=to:ADDRESS", 1000, [&](int run) {
        const auto parsed = contract::Search::parse("to:" + person(run * 37 % bench::historyPeople));
        return pageText(search::page(connection, {.search = *parsed}, 50));
    });
    time("a page of 50 in the middle", 200, [&](int run) {
        return pageText(search::page(connection, {.before = ids[static_cast<std::size_t>(run) * 5 % ids.size()]}, 50));
    });
    for (const char* text : {"", "status:failed", "tag:statement", "status:failed subject:order"}) {
        const auto parsed = contract::Search::parse(text);
        const std::string name = std::string("a count, q=") + text;
        time(name.c_str(), 20, [&](int) {
            const auto total = search::count(connection, {.search = *parsed});
            return total ? std::to_string(total->count) + (total->more ? " and more" : "") : total.error().text();
        });
    }
}

}  // namespace

int main(int argc, char** argv) {
    const QCoreApplication application(argc, argv);
    const int count = argc > 1 ? std::atoi(argv[1]) : 1'000'000;
    const QTemporaryDir folder;
    const Location location = Location::parse(argc > 2 ? argv[2] : "", folder.path().toStdString()).value();
    Worker worker("writer");
    Writer writer(worker, location);
    auto ready = writer.open();
    const auto begin = Steady::now();
    if (ready) ready = bench::writeHistory(writer, count);
    if (!ready) {
        std::fprintf(stderr, "%s\n", ready.error().text().c_str());
        return 1;
    }
    std::printf("%d messages written in %.0f s\n", count, millisecondsSince(begin) / 1000);
    const auto connection = Connection::open(location, Access::Read);
    if (connection) measure(**connection);
    writer.stop();
    return connection ? 0 : 1;
}
