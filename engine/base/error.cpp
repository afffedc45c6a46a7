// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/base/error.h"

#include <array>

namespace postroom {

namespace {
struct Row {
    std::string_view wire;
    int status;
    std::string_view title;
};
constexpr std::array rows{
#define POSTROOM_ROW(name, wire, status, title) Row{wire, status, title},
    POSTROOM_ERROR_CODES(POSTROOM_ROW)
#undef POSTROOM_ROW
};
}  // namespace

std::string_view wireName(ErrorCode code) {
    return rows[static_cast<std::size_t>(code)].wire;
}
int httpStatus(ErrorCode code) {
    return rows[static_cast<std::size_t>(code)].status;
}
std::string_view title(ErrorCode code) {
    return rows[static_cast<std::size_t>(code)].title;
}

const std::vector<ErrorCode>& allErrorCodes() {
    static const std::vector<ErrorCode> all = [] {
        std::vector<ErrorCode> codes;
        for (std::size_t i = 0; i < rows.size(); ++i) codes.push_back(static_cast<ErrorCode>(i));
        return codes;
    }();
    return all;
}

std::string Error::text() const {
    std::string out{wireName(code)};
    if (!detail.empty()) out.append(": ").append(detail);
    for (const FieldError& field : fields) {
        out.append("; ").append(field.field).append(" ").append(field.reason);
        if (!field.detail.empty()) out.append(" (").append(field.detail).append(")");
    }
    for (const auto& [name, value] : params) out.append(" [").append(name).append("=").append(value).append("]");
    return out;
}

Error invalidField(std::string field, std::string reason, std::string detail) {
    return invalidFields({{std::move(field), std::move(reason), std::move(detail)}});
}

Error invalidFields(std::vector<FieldError> fields) {
    const FieldError& first = fields.front();
    std::string detail = first.field.empty() ? first.detail : first.field + ": " + first.detail;
    return {
        .code = ErrorCode::ValidationFailed, .params = {}, .detail = std::move(detail), .fields = std::move(fields)};
}

}  // namespace postroom
