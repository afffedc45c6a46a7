// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Who needs the files beside the database: uploads that may still be attached, and messages that carry one.
//
// A file is called by the SHA-256 of its content. Nothing here touches it: whoever removes a file asks isNeeded() in
// the transaction in whose apply() it removes it, so that no message can be committed in between.

#include "engine/store/writer.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace postroom::store {

/// A file that was uploaded once, to be attached by its id.
struct UploadRecord {
    Id id;
    std::string storedAs;
    std::string filename;
    std::string contentType;
    std::int64_t size_bytes = 0;
    std::optional<Id> keyId;  ///< the API key it came by; none for local-admin
    TimePoint createdAt{};
    TimePoint usedAt{};  ///< when it was last attached to a message; at first when it came
};

/// A message that needs a file.
struct FileUse {
    std::string storedAs;
    Id messageId;
};

/// Some uses that were looked at.
struct FileUsePage {
    std::vector<FileUse> spent;   ///< whose message does not need the file any more
    std::optional<FileUse> next;  ///< where the page after it begins; none: that was all
};

namespace files {

[[nodiscard]] Result<void> addUpload(Transaction& transaction, const UploadRecord& upload);
[[nodiscard]] Result<std::optional<UploadRecord>> findUpload(Connection& connection, const Id& id);
/// Newest first, those below `before`; of one key where it is given.
[[nodiscard]] Result<std::vector<UploadRecord>> uploads(Connection& connection, const std::optional<Id>& keyId,
                                                        const std::optional<Id>& before, int limit);
/// A message attached it. NotFound if it was removed meanwhile.
[[nodiscard]] Result<void> touchUpload(Transaction& transaction, const Id& id, TimePoint now);
/// NotFound if there is none.
[[nodiscard]] Result<void> removeUpload(Transaction& transaction, const Id& id);
/// Removes uploads that nobody attached since `before`, those left alone longest first, at most `limit`; returns how
/// many.
[[nodiscard]] Result<int> expireUploads(Transaction& transaction, TimePoint before, int limit);

/// In the transaction that inserts the message.
[[nodiscard]] Result<void> use(Transaction& transaction, const Id& messageId, const std::vector<std::string>& names);
/// Looks at `limit` uses in the order of (name, message), those behind `after`. Spent are those whose message is gone,
/// or terminal and has not changed since `before`.
[[nodiscard]] Result<FileUsePage> spent(Connection& connection, const FileUse& after, TimePoint before, int limit);
/// Forgets that the message needs the file, unless it is there and not terminal any more.
[[nodiscard]] Result<void> release(Transaction& transaction, const FileUse& use);
/// True while an upload or a message names the file.
[[nodiscard]] Result<bool> isNeeded(Connection& connection, std::string_view storedAs);

}  // namespace files
}  // namespace postroom::store
