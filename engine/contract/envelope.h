// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The wrapping of every answer of the API (the manual's form), and its RFC 9457 sister for who asks for it.

#include "engine/contract/json.h"

namespace postroom::contract {

/// {"code":0,"message":"success","data":...,"request_id":...}, serialised.
[[nodiscard]] std::string successBody(const json::Value& data, std::string_view requestId);
/// {"code":422,"message":...,"error":"validation.failed","details":[...],"request_id":...}, serialised.
[[nodiscard]] std::string errorBody(const Error& error, std::string_view requestId);
/// application/problem+json with the same code, details and params.
[[nodiscard]] std::string problemBody(const Error& error, std::string_view requestId);

/// The data of an answer, or the Error it carries. Anything that is no envelope is ProtocolViolated.
[[nodiscard]] Result<json::Value> openEnvelope(int status, std::string_view body);

}  // namespace postroom::contract
