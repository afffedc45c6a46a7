// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Stored templates and their versions.

#include "engine/store/writer.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace postroom::store {

struct TemplateRecord {
    std::string name;
    int published = 1;  ///< the version that mail is made from
    int latest = 1;     ///< the highest there is
    std::int64_t revision = 1;
    TimePoint createdAt{};
    TimePoint updatedAt{};
};

/// What a template says; never changed once it is written.
struct TemplateVersionRecord {
    std::string name;
    int version = 1;
    std::string subject;
    std::string html;
    std::string text;           ///< empty: made from the HTML
    std::string sample = "{}";  ///< JSON object: variables to try it with
    TimePoint createdAt{};
    std::string createdBy;  ///< as AuditRecord::actor
};

namespace templates {

/// Version 1, published. AlreadyExists if the name is taken.
[[nodiscard]] Result<void> create(Transaction& transaction, const TemplateVersionRecord& first);
/// Numbers `next` after the latest and keeps it; returns the number. `seen`: RevisionStale if the template has another
/// revision. NotFound if there is no such template.
[[nodiscard]] Result<int> addVersion(Transaction& transaction, const TemplateVersionRecord& next, bool publish,
                                     std::optional<std::int64_t> seen);
/// Makes a version, older or newer, the one that mail is made from. NotFound if there is no such version.
[[nodiscard]] Result<void> publish(Transaction& transaction, std::string_view name, int version, TimePoint now);
/// All versions with it. NotFound if there is none.
[[nodiscard]] Result<void> remove(Transaction& transaction, std::string_view name);

[[nodiscard]] Result<std::optional<TemplateRecord>> find(Connection& connection, std::string_view name);
/// In the order of their names (by byte), those after `after`.
[[nodiscard]] Result<std::vector<TemplateRecord>> list(Connection& connection, std::string_view after, int limit);
[[nodiscard]] Result<std::optional<TemplateVersionRecord>> version(Connection& connection, std::string_view name,
                                                                   int version);
/// Newest first, those below `before`.
[[nodiscard]] Result<std::vector<TemplateVersionRecord>> versions(Connection& connection, std::string_view name,
                                                                  int before, int limit);
/// The published version of every template, by name.
[[nodiscard]] Result<std::vector<TemplateVersionRecord>> published(Connection& connection);

}  // namespace templates
}  // namespace postroom::store
