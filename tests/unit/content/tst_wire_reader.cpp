// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/base/text.h"
#include "engine/content/wire_reader.h"
#include "tests/unit/content/show_strings.h"
#include "tests/unit/content/wire_rules.h"

using namespace postroom;
using namespace postroom::content;
using namespace std::string_literals;

namespace {

Draft draftWith(std::string storedAs, std::uint64_t size) {
    Draft draft;
    draft.to = {{.name = "Ada", .address = "ada@example.com"}};
    draft.subject = "Files";
    draft.text = "see below";
    draft.messageId = *Id::parse("018c2d7e-5b7a-7c3b-9d1e-2f3a4b5c6d7e");
    draft.messageIdDomain = "example.com";
    if (!storedAs.empty())
        draft.attachments = {
            {.filename = "a.bin", .contentType = {}, .content = {}, .storedAs = storedAs, .size_bytes = size}};
    return draft;
}

std::string bytesOf(std::size_t size) {
    std::string bytes(size, '\0');
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * 31 >> 3);
    return bytes;
}

}  // namespace

class TestWireReader : public QObject {
    Q_OBJECT

private slots:
    void aStoredFileLeavesAsItsBytesWould_data() {
        QTest::addColumn<int>("size");
        for (const int size : {0, 1, 2, 3, 56, 57, 58, 171, 14591, 14592, 14593, 47880, 47881, 200000})
            QTest::addRow("%d bytes", size) << size;
    }
    void aStoredFileLeavesAsItsBytesWould() {
        QFETCH(int, size);
        MapFiles files;
        files.files["f1"] = bytesOf(static_cast<std::size_t>(size));
        Draft inlined = draftWith("f1", static_cast<std::uint64_t>(size));
        const auto stored = compose(inlined);
        QVERIFY(stored);
        inlined.attachments[0].content = files.files["f1"];
        inlined.attachments[0].storedAs.clear();
        const auto literal = compose(inlined);
        QVERIFY(literal);
        QCOMPARE(stored->encodedSize_bytes, literal->encodedSize_bytes);
        for (const std::size_t chunk : {std::size_t{1}, std::size_t{1000}, std::size_t{1} << 20}) {
            if (chunk == 1 && size > 60'000) continue;
            files.chunk = chunk;
            const auto wire = wireOf(*stored, files);
            QVERIFY(wire);
            QCOMPARE(wire->size(), stored->encodedSize_bytes);
            QVERIFY(*wire == *wireOf(*literal, files));
            QCOMPARE(brokenRule(*wire), ""s);
        }
    }

    void aSmallMailComesInOnePiece() {
        MapFiles files;
        files.files["f1"] = bytesOf(20'000);
        const auto composed = compose(draftWith("f1", 20'000));
        WireReader reader{"From: a@b.com\r\n", std::make_shared<const Composition>(*composed), files};
        const auto piece = reader.next();
        QVERIFY(piece);
        QCOMPARE(piece->size(), reader.size_bytes());
        QVERIFY(piece->starts_with("From: a@b.com\r\nMessage-ID: "));
        QVERIFY(reader.next()->empty());
        QVERIFY(reader.next()->empty());
    }

    void noPieceIsAboveTheLimit() {
        MapFiles files;
        files.files["f1"] = bytesOf(300'000);
        Draft draft = draftWith("f1", 300'000);
        draft.attachments.push_back(
            {.filename = "b.bin", .contentType = {}, .content = bytesOf(100'000), .storedAs = {}, .size_bytes = 0});
        const auto composed = compose(draft);
        WireReader reader{{}, std::make_shared<const Composition>(*composed), files};
        std::uint64_t total = 0;
        int pieces = 0;
        for (auto piece = reader.next(); piece && !piece->empty(); piece = reader.next(), ++pieces) {
            QVERIFY(piece->size() <= WireReader::pieceLimit_bytes);
            total += piece->size();
        }
        QCOMPARE(total, reader.size_bytes());
        QVERIFY(pieces <= static_cast<int>(total / WireReader::pieceLimit_bytes) + 2);
    }

    void aFileThatChangedStopsTheMail_data() {
        QTest::addColumn<int>("kept");
        QTest::addColumn<int>("announced");
        QTest::newRow("shorter") << 99'999 << 100'000;
        QTest::newRow("longer") << 100'001 << 100'000;
        QTest::newRow("empty") << 0 << 1;
    }
    void aFileThatChangedStopsTheMail() {
        QFETCH(int, kept);
        QFETCH(int, announced);
        MapFiles files;
        files.files["f1"] = bytesOf(static_cast<std::size_t>(kept));
        const auto composed = compose(draftWith("f1", static_cast<std::uint64_t>(announced)));
        const auto wire = wireOf(*composed, files);
        QVERIFY(!wire);
        QVERIFY(wire.error().code == ErrorCode::IoFailed);
    }

    void aFileThatIsGoneStopsTheMailForGood() {
        MapFiles files;
        const auto composed = compose(draftWith("f1", 10));
        WireReader reader{{}, std::make_shared<const Composition>(*composed), files};
        QVERIFY(reader.next().error().code == ErrorCode::NotFound);
        files.files["f1"] = bytesOf(10);
        QVERIFY(reader.next().error().code == ErrorCode::NotFound);
    }

    void twoFilesBesideEachOther() {
        MapFiles files;
        files.files["f1"] = bytesOf(100);
        files.files["f2"] = bytesOf(200);
        Draft draft = draftWith("f1", 100);
        draft.attachments.push_back(
            {.filename = "b", .contentType = {}, .content = {}, .storedAs = "f2", .size_bytes = 200});
        const auto wire = wireOf(*compose(draft), files);
        QVERIFY(wire);
        QVERIFY(wire->find(toBase64(bytesOf(57)) + "\r\n") != wire->npos);
        QCOMPARE(brokenRule(*wire), ""s);
    }
};

QTEST_APPLESS_MAIN(TestWireReader)
#include "tst_wire_reader.moc"
