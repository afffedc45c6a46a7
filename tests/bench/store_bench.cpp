// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
// How fast the store takes messages and their results: store_bench [messages a run] [DATABASE_URL]
//
// Each of N runners inserts a message, waits until it is durable, records its delivery, waits again, and goes on: what
// the engine does, without its network. So a group commit holds about N writes.

#include "engine/base/platform.h"
#include "engine/store/attempts.h"
#include "engine/store/messages.h"
#include "engine/store/writer.h"

#include <cstdio>
#include <cstdlib>
#include <QCoreApplication>
#include <QTemporaryDir>
#include <semaphore>

using namespace postroom;
using namespace postroom::store;

namespace {

struct Run {
    Writer& writer;
    int left;
    int running;
    int failed = 0;
    std::counting_semaphore<> done{0};
};

struct Mail {
    MessageRecord message;
    BodyRecord body;
    std::vector<DeliveryRecord> deliveries;
    AttemptRecord attempt;
};

std::shared_ptr<Mail> makeMail() {
    const TimePoint now = SystemClock{}.now();
    auto mail = std::make_shared<Mail>();
    mail->message.id = makeId(now);
    mail->message.createdAt = now;
    mail->message.keyId = makeId(now);
    mail->message.subject = "Your order 1234567 has left our house";
    mail->message.messageIdHeader = "<0190a0a0-0000-7000-8000-000000000000@example.org>";
    mail->message.expiresAt = now + std::chrono::hours{48};
    mail->body.content = std::string(1500, 'x');
    mail->body.layout = R"({"version":1,"pieces":[[0,1500]]})";
    DeliveryRecord delivery;
    delivery.id = makeId(now);
    delivery.messageId = mail->message.id;
    delivery.recipient = "somebody.somewhere@example.net";
    delivery.lane = "any";
    delivery.dueAt = now;
    delivery.updatedAt = now;
    mail->deliveries.push_back(delivery);
    mail->attempt.id = makeId(now);
    mail->attempt.messageId = mail->message.id;
    mail->attempt.accountId = makeId(now);
    mail->attempt.accountEmail = "sender@example.org";
    mail->attempt.startedAt = now;
    mail->attempt.outcome = "sent";
    mail->attempt.stage = "dot";
    mail->attempt.code = 250;
    mail->attempt.reply = "250 2.0.0 Ok: queued as 4WfXyz1234";
    mail->attempt.peer = "127.0.0.1:2525";
    return mail;
}

void next(Run& run);

void record(Run& run, const std::shared_ptr<Mail>& mail) {
    run.writer.submit(Write{.apply =
                                [mail](Transaction& transaction) {
                                    const DeliveryUpdate update{.delivery = mail->deliveries[0].id,
                                                                .status = contract::State::Sent,
                                                                .countAttempt = true,
                                                                .dueAt = mail->attempt.startedAt,
                                                                .reason = "sent",
                                                                .lastReply = mail->attempt.reply,
                                                                .accountId = mail->attempt.accountId};
                                    return attempts::record(transaction, mail->attempt, {update},
                                                            mail->attempt.startedAt);
                                },
                            .done =
                                [&run](const Result<void>& result) {
                                    run.failed += result ? 0 : 1;
                                    next(run);
                                }});
}

// In the writer's thread: the next message of this runner, or its end.
void next(Run& run) {
    if (run.left == 0) {
        if (--run.running == 0) run.done.release();
        return;
    }
    --run.left;
    const auto mail = makeMail();
    run.writer.submit(Write{.apply =
                                [mail](Transaction& transaction) {
                                    return messages::insert(transaction, mail->message, mail->body, mail->deliveries);
                                },
                            .done =
                                [&run, mail](const Result<void>& result) {
                                    run.failed += result ? 0 : 1;
                                    record(run, mail);
                                }});
}

}  // namespace

int main(int argc, char** argv) {
    const QCoreApplication application(argc, argv);
    const int messages = argc > 1 ? std::atoi(argv[1]) : 20'000;
    const std::string url = argc > 2 ? argv[2] : "";
    for (const int runners : {1, 16, 256, 1024}) {
        const QTemporaryDir folder;
        Worker worker("writer");
        std::size_t commits = 0;
        Writer writer(worker, Location::parse(url, folder.path().toStdString()).value(),
                      WriterSettings{.batchLimit = 1024,
                                     .committed = [&](std::chrono::microseconds, std::size_t) { ++commits; },
                                     .failed = {}});
        if (const auto opened = writer.open(); !opened) {
            std::fprintf(stderr, "%s\n", opened.error().text().c_str());
            return 1;
        }
        const int count = runners == 1 ? messages / 20 : messages;
        Run run{.writer = writer, .left = count, .running = runners};
        std::chrono::nanoseconds cpu{};
        worker.call([&] { cpu = platform::threadCpuTime(); });
        const auto begin = std::chrono::steady_clock::now();
        worker.post([&] {
            for (int i = 0; i < runners; ++i) next(run);
        });
        run.done.acquire();
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
        worker.call([&] { cpu = platform::threadCpuTime() - cpu; });
        std::printf("%4d at once: %8.0f messages/s, %6.1f us CPU a message in the writer, %zu commits, %d failed\n",
                    runners, count / took.count(), static_cast<double>(cpu.count()) / 1000 / count, commits,
                    run.failed);
        writer.stop();
    }
    return 0;
}
