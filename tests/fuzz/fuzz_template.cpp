// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors

// Any template with any stored one and any variables: it is refused with a place, or it renders within the limits, the
// same way twice.
//
// The input is fields parted by NUL: the mode (one letter, h for html), variables as JSON, the stored template "s",
// and the rest is the source.

#include "engine/base/text.h"
#include "engine/content/template/limits.h"
#include "engine/content/template/template.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>

using namespace postroom;
using namespace postroom::content::templates;

namespace {

void must(bool truth, const char* what) {
    if (truth) return;
    std::fprintf(stderr, "broken: %s\n", what);
    std::abort();
}

std::string_view takeField(std::string_view& rest) {
    const std::size_t end = std::min(rest.find('\0'), rest.size());
    const std::string_view field = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return field;
}

class OnePort : public Port {
public:
    explicit OnePort(std::string_view source) : m_source(source) {}
    Result<std::shared_ptr<const Template>> find(std::string_view name, Mode mode) override {
        if (name != "s") return nullptr;
        return Template::compile(m_source, mode);
    }

private:
    std::string_view m_source;
};

void mustBeLocated(const Error& error) {
    must(error.code == ErrorCode::ValidationFailed && error.fields.size() == 1, "one field error");
    must(error.fields[0].reason.starts_with("template."), "the reason");
    must(error.params.size() >= 2 && error.params[0].first == "line" && error.params[1].first == "column", "the place");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size_bytes) {
    std::string_view rest{reinterpret_cast<const char*>(bytes), size_bytes};
    const Mode mode = takeField(rest) == "h" ? Mode::Html : Mode::Text;
    const auto variables = json::parse(takeField(rest));
    OnePort port{takeField(rest)};
    const auto compiled = Template::compile(rest, mode);
    if (!compiled) {
        mustBeLocated(compiled.error());
        return 0;
    }
    const json::Object none;
    const json::Object& names = variables && variables->is_object() ? variables->get_object() : none;
    for (const bool allowUndefined : {false, true}) {
        const Options options{"zh-CN", allowUndefined, &port};
        const auto once = (*compiled)->render(names, options);
        const auto again = (*compiled)->render(names, options);
        must(once.has_value() == again.has_value(), "the same end");
        if (!once) {
            mustBeLocated(once.error());
            must(once.error().text() == again.error().text(), "the same error");
            continue;
        }
        must(*once == *again, "the same text");
        must(once->size() <= Limits::Text_bytes, "the size");
        must(isValidUtf8(*once), "UTF-8");
    }
    return 0;
}
