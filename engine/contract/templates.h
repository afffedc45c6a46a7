// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Stored templates and uploaded attachments as the API shows them, and the bodies its routes take.

#include "engine/contract/codec.h"
#include "engine/contract/schema.h"

namespace postroom::contract {

/// A template with what its published version says; in lists without the texts.
struct Template {
    std::string name;
    int version = 1;  ///< the published one: mail is made from it
    int latestVersion = 1;
    std::int64_t revision = 1;
    std::string subject;
    std::string html;
    std::string text;  ///< empty: made from the HTML
    json::Value sample = json::Object{};
    std::vector<std::string> variables;  ///< what it may ask for
    std::vector<std::string> uses;       ///< stored templates it includes or extends
    TimePoint createdAt{};
    TimePoint updatedAt{};
    static void fields(auto& self, auto&& visit) {
        visit("name", self.name), visit("version", self.version), visit("latest_version", self.latestVersion);
        visit("revision", self.revision), visit("subject", self.subject), visit("html", self.html);
        visit("text", self.text), visit("sample", self.sample), visit("variables", self.variables);
        visit("uses", self.uses), visit("created_at", self.createdAt), visit("updated_at", self.updatedAt);
    }
};

struct TemplateVersion {
    int version = 1;
    bool isPublished = false;
    std::string subject;
    std::string html;
    std::string text;
    json::Value sample = json::Object{};
    TimePoint createdAt{};
    std::string createdBy;
    static void fields(auto& self, auto&& visit) {
        visit("version", self.version), visit("is_published", self.isPublished), visit("subject", self.subject);
        visit("html", self.html), visit("text", self.text), visit("sample", self.sample);
        visit("created_at", self.createdAt), visit("created_by", self.createdBy);
    }
};

/// What a template makes of its variables.
struct RenderedTemplate {
    std::string subject;
    std::string html;
    std::string text;  ///< as it would be sent: made from the HTML where the template has none
    static void fields(auto& self, auto&& visit) {
        visit("subject", self.subject), visit("html", self.html), visit("text", self.text);
    }
};

/// A file uploaded once, to be attached by its id.
struct UploadedFile {
    Id id;
    std::string filename;
    std::string contentType;
    std::int64_t size_bytes = 0;
    std::string sha256;
    TimePoint createdAt{};
    TimePoint expiresAt{};  ///< unless a message attaches it before
    static void fields(auto& self, auto&& visit) {
        visit("id", self.id), visit("filename", self.filename), visit("content_type", self.contentType);
        visit("size_bytes", self.size_bytes), visit("sha256", self.sha256), visit("created_at", self.createdAt);
        visit("expires_at", self.expiresAt);
    }
};

/// Letters, digits, `.`, `_` and `-`, at most 100, a letter or digit first: what stands in a path and in a search.
[[nodiscard]] bool isTemplateName(std::string_view name);

[[nodiscard]] const Schema& templateCreateSchema();
/// `publish` is true where it is absent; `revision` is checked where it is given.
[[nodiscard]] const Schema& templatePutSchema();
[[nodiscard]] const Schema& templatePublishSchema();
[[nodiscard]] const Schema& templateRenderSchema();
/// As the render's, with whom to send it to.
[[nodiscard]] const Schema& templateTestSchema();

}  // namespace postroom::contract
