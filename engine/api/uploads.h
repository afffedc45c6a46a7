// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Files on their way in, and those that a request attaches by their ids.

#include "engine/api/call.h"
#include "engine/http/message.h"
#include "engine/store/files.h"

#include <map>
#include <memory>
#include <string>

namespace postroom {
class Worker;
}

namespace postroom::api {

struct Services;

/// Writes a body to a file, piece by piece in the heavy thread. Lives in the api thread.
class FileSink final : public http::BodySink {
public:
    FileSink(queue::StoredFiles& files, Worker& heavy, Worker& api)
        : m_files(files), m_heavy(heavy), m_api(api), m_arriving(std::make_shared<Arriving>()) {}
    void take(std::string piece, std::function<void(Result<void>)> taken) override;
    /// What came, after the last piece was taken; null if nothing did.
    [[nodiscard]] std::shared_ptr<queue::StoredFiles::Arrival> arrived() const { return m_arriving->file; }

private:
    struct Arriving {
        std::shared_ptr<queue::StoredFiles::Arrival> file;  // shared with the call it becomes part of
    };
    queue::StoredFiles& m_files;
    Worker& m_heavy;
    Worker& m_api;
    std::shared_ptr<Arriving> m_arriving;  // with the piece that is being written: the client may go meanwhile
};

/// An uploaded file that a request attaches, held so that no sweep takes it before the message is committed.
struct Upload {
    store::UploadRecord record;
    queue::StoredFiles::Hold hold;
};
/// By the id as the request says it.
using Uploads = std::map<std::string, Upload>;

/// Looks up every `attachment_id` in the body, of one message or of a batch, that the principal may use, and goes on
/// with those there are: at once where the body names none, else in the heavy thread.
void withUploads(Services& services, Call call, Reply reply,
                 std::function<void(Services&, Call, Reply, const Uploads&)> then);

}  // namespace postroom::api
