// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// A large JSON body on its way in: read as it comes, and the files in it decoded straight to the disk.

#include "engine/api/call.h"
#include "engine/base/text.h"
#include "engine/http/message.h"

#include <atomic>

namespace postroom {
class Worker;
}

namespace postroom::api {

/// Takes `content` out of the attachments of a message, or of a batch's messages, as a document is read.
class InlineFileReader final : public json::LongTexts {
public:
    InlineFileReader(queue::StoredFiles& files, std::uint64_t largest_bytes)
        : m_files(files), m_largest_bytes(largest_bytes) {}

    [[nodiscard]] bool wants(std::string_view path) override;
    [[nodiscard]] Result<void> take(std::string_view piece) override;
    [[nodiscard]] Result<std::string> end() override;

    [[nodiscard]] std::uint64_t taken_bytes() const { return m_taken_bytes; }
    [[nodiscard]] InlineFiles files() { return std::move(m_found); }

private:
    queue::StoredFiles& m_files;
    const std::uint64_t m_largest_bytes;
    std::uint64_t m_taken_bytes = 0;
    InlineFiles m_found;
    // Of the text that is being read.
    std::shared_ptr<queue::StoredFiles::Arrival> m_file;  // null: it is no good
    Base64Reader m_base64;
    std::uint64_t m_size_bytes = 0;
    bool m_isBase64 = true;
};

/// Reads the body in the heavy thread, piece by piece. Lives in the api thread.
class DocumentSink final : public http::BodySink {
public:
    DocumentSink(queue::StoredFiles& files, std::uint64_t largestFile_bytes, Worker& heavy, Worker& api);

    void take(std::string piece, std::function<void(Result<void>)> taken) override;
    [[nodiscard]] std::uint64_t held_bytes() const override;

    /// What came, with its files. For the heavy thread, once, after the last piece was taken.
    struct Document {
        json::Value body;
        InlineFiles files;
    };
    [[nodiscard]] Result<Document> finish();

private:
    // With the piece that is being read: the client may go meanwhile.
    struct Arriving {
        Arriving(queue::StoredFiles& files, std::uint64_t largest_bytes) : fileReader(files, largest_bytes) {}
        InlineFileReader fileReader;
        json::Reading reading{32, &fileReader};
        Result<void> result;
        std::uint64_t read_bytes = 0;
        std::atomic<std::uint64_t> held_bytes = 0;
    };
    Worker& m_heavy;
    Worker& m_api;
    std::shared_ptr<Arriving> m_arriving;
};

}  // namespace postroom::api
