// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/api/handlers.h"
#include "engine/api/openapi.h"
#include "engine/api/services.h"
#include "engine/base/text.h"

#include <QCryptographicHash>
#include <QFile>
#include <QFileInfo>

// Outside of any namespace, as Qt asks.
static void initResources() {
    Q_INIT_RESOURCE(docs);
}

namespace postroom::api {

namespace {

// The page runs the scripts and styles of this engine and speaks to this engine alone. Images within a style sheet are
// what `data:` is for.
constexpr std::string_view policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'none'; frame-ancestors 'none'; base-uri 'none'";

struct Type {
    std::string_view suffix;
    std::string_view media;
};
constexpr Type types[] = {
    {".html", "text/html; charset=utf-8"},     {".css", "text/css; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"}, {".svg", "image/svg+xml"},
    {".txt", "text/plain; charset=utf-8"},
};

std::string_view typeOf(std::string_view name) {
    for (const Type& type : types)
        if (name.ends_with(type.suffix)) return type.media;
    return "application/octet-stream";
}

struct Asset {
    std::string body;
    std::string tag;
};

std::string entityTag(std::string_view body) {
    const QByteArray hash = QCryptographicHash::hash(viewOf(body), QCryptographicHash::Sha256);
    return "\"" + toHex({hash.constData(), 16}) + "\"";
}

// Unpacked when it is first asked for; nothing where there is no such file. The names are those of docs.qrc.in.
const Asset* assetNamed(const std::string& name) {
    static std::mutex mutex;
    static std::unordered_map<std::string, Asset> read;
    const std::lock_guard lock{mutex};
    if (const auto at = read.find(name); at != read.end()) return &at->second;
    initResources();
    if (name.find('/') != name.npos) return nullptr;
    QFile file{toQString(":/docs/" + name)};
    if (!QFileInfo{file}.isFile() || !file.open(QIODevice::ReadOnly)) return nullptr;
    Asset asset{.body = file.readAll().toStdString(), .tag = {}};
    asset.tag = entityTag(asset.body);
    return &read.emplace(name, std::move(asset)).first->second;
}

bool names(std::string_view ifNoneMatch, std::string_view tag) {
    return trimmed(ifNoneMatch) == "*" || ifNoneMatch.find(tag) != ifNoneMatch.npos;
}

// Asked again each time and sent only when it changed: after an upgrade nobody sees the page of before.
Answer revalidated(const Call& call, std::string_view body, const std::string& tag, std::string_view type) {
    Answer answer{.data = nullptr,
                  .contentType = std::string(type),
                  .headers = {{"ETag", tag},
                              {"Cache-Control", "no-cache"},
                              {"Content-Security-Policy", std::string(policy)},
                              {"Referrer-Policy", "no-referrer"},
                              {"Cross-Origin-Resource-Policy", "same-origin"}}};
    if (!call.ifNoneMatch.empty() && names(call.ifNoneMatch, tag))
        answer.status = 304;
    else
        answer.bare = body;
    return answer;
}

Result<Answer> assetFor(const Call& call, const std::string& name) {
    const Asset* asset = assetNamed(name);
    if (!asset) return fail(ErrorCode::NotFound);
    return revalidated(call, asset->body, asset->tag, typeOf(name));
}

}  // namespace

void getRoot(Services&, Call, Reply reply) {
    reply(Answer{.status = 302,
                 .data = nullptr,
                 .bare = "The API is described at /docs.\n",
                 .contentType = "text/plain; charset=utf-8",
                 .headers = {{"Location", "docs"}}});
}

void getDocs(Services&, Call call, Reply reply) {
    reply(assetFor(call, assetNamed("swagger-ui-bundle.js") ? "index.html" : "plain.html"));
}

void getDocsFile(Services&, Call call, Reply reply) {
    reply(assetFor(call, call.param(0)));
}

void getOpenApi(Services& services, Call call, Reply reply) {
    const std::string& document = openApi(services.version);
    static const std::string tag = entityTag(document);
    reply(revalidated(call, document, tag, "application/json"));
}

}  // namespace postroom::api
