// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors

// Any draft: it is refused with a field, or it leaves by the rules and GMime reads back what was put in.
//
// The input is fields parted by NUL: subject, name, text, html, a header's name and value, filename, content type, and
// the rest is the file.

#include "engine/content/compose.h"
#include "engine/content/transfer.h"
#include "tests/unit/content/gmime_oracle.h"
#include "tests/unit/content/wire_rules.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>

using namespace postroom;
using namespace postroom::content;

namespace {

void must(bool truth, const char* what) {
    if (truth) return;
    std::fprintf(stderr, "broken: %s\n", what);
    std::abort();
}

class Fields {
public:
    explicit Fields(std::string_view rest) : m_rest(rest) {}
    std::string next() {
        const std::size_t end = std::min(m_rest.find('\0'), m_rest.size());
        std::string field{m_rest.substr(0, end)};
        m_rest.remove_prefix(std::min(end + 1, m_rest.size()));
        return field;
    }
    [[nodiscard]] std::string rest() const { return std::string{m_rest}; }

private:
    std::string_view m_rest;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size_bytes) {
    Fields fields{{reinterpret_cast<const char*>(bytes), size_bytes}};
    Draft draft;
    draft.messageId = *Id::parse("018c2d7e-5b7a-7c3b-9d1e-2f3a4b5c6d7e");
    draft.messageIdDomain = "example.com";
    draft.subject = fields.next();
    const std::string name = fields.next();
    draft.from = Mailbox{.name = name, .address = "a@example.com"};
    draft.to = {{.name = name, .address = "b@example.com"}, {.name = name, .address = "c@example.com"}};
    draft.text = fields.next();
    draft.html = fields.next();
    Header header{.name = fields.next(), .value = fields.next()};
    if (!header.name.empty()) draft.headers = {header, header};
    const std::string filename = fields.next(), type = fields.next(), content = fields.rest();
    MapFiles files;
    files.files["f1"] = content;
    if (!filename.empty()) {
        draft.attachments = {
            {.filename = filename, .contentType = type, .content = content, .storedAs = {}, .size_bytes = 0},
            {.filename = filename, .contentType = {}, .content = {}, .storedAs = "f1", .size_bytes = content.size()}};
    }

    const auto composed = compose(draft);
    if (!composed) {
        must(composed.error().code == ErrorCode::ValidationFailed && !composed.error().fields.empty(),
             "refused without a field");
        return 0;
    }
    const auto wire = wireOf(*composed, files);
    must(wire.has_value(), wire ? "" : wire.error().detail.c_str());
    must(wire->size() == composed->encodedSize_bytes, "the size");
    const std::string rule = brokenRule(*wire);
    must(rule.empty(), rule.c_str());

    const oracle::Mail mail = oracle::read(*wire);
    must(mail.readable, "readable");
    must(mail.from.size() == 1 && mail.from[0].second == "a@example.com", "From");
    must(mail.to.size() == 2 && mail.to[1].second == "c@example.com", "To");
    std::size_t part = 0;
    const bool alone = draft.attachments.empty() && (draft.html.empty() || mail.parts.size() == 1);
    const auto same = [&](const std::string& text) {
        const std::string& read = mail.parts.at(part++).content;
        return read == withCrlf(text) || (alone && read == withCrlf(text) + "\r\n");
    };
    if (!draft.text.empty() || draft.html.empty())
        must(same(draft.text), "the text");
    else if (mail.parts.at(0).type == "text/plain")
        ++part;
    if (!draft.html.empty()) must(same(draft.html), "the html");
    for (std::size_t i = 0; i < draft.attachments.size(); ++i) must(mail.parts.at(part++).content == content, "a file");
    must(mail.parts.size() == part, "the number of parts");
    return 0;
}
