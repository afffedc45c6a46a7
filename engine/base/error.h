// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The one way to fail: a code from a closed list, parameters for whoever translates, an English detail for the log.
//
// Any thread. A new code is one row of POSTROOM_ERROR_CODES; the OpenAPI document lists them from it.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace postroom {

// X(enumerator, wire name, HTTP status, English title)
#define POSTROOM_ERROR_CODES(X)                                                                          \
    X(Internal, "internal", 500, "Something went wrong inside the engine")                               \
    X(Stopping, "stopping", 503, "The engine is stopping")                                               \
    X(Unavailable, "unavailable", 503, "The engine can't take this now")                                 \
    X(StorageFailed, "storage.failed", 503, "The database did not take the write")                       \
    X(StorageFull, "storage.full", 507, "The disk is full")                                              \
    X(StorageCorrupt, "storage.corrupt", 500, "The database is damaged")                                 \
    X(StorageForeign, "storage.foreign", 500, "The database belongs to another version")                 \
    X(StorageOwned, "storage.owned", 409, "Another engine owns this data folder")                        \
    X(IoFailed, "io.failed", 500, "A file could not be read or written")                                 \
    X(ConfigInvalid, "config.invalid", 500, "A setting is not valid")                                    \
    X(RequestMalformed, "request.malformed", 400, "The request is not well-formed")                      \
    X(JsonInvalid, "json.invalid", 400, "The body is not valid JSON")                                    \
    X(ValidationFailed, "validation.failed", 422, "The request did not pass validation")                 \
    X(HeadersTooLarge, "request.headers_too_large", 431, "The request's headers are too large")          \
    X(UriTooLong, "request.uri_too_long", 414, "The request's target is too long")                       \
    X(BodyTooLarge, "request.body_too_large", 413, "The request's body is too large")                    \
    X(MediaTypeUnsupported, "request.media_type", 415, "The body must be application/json")              \
    X(RequestTimeout, "request.timeout", 408, "The request took too long to arrive")                     \
    X(HostUnknown, "request.host", 421, "This host name is not served here")                             \
    X(OriginForeign, "request.origin", 403, "Requests from other sites are refused")                     \
    X(MethodNotAllowed, "request.method", 405, "This method is not allowed here")                        \
    X(ExpectationFailed, "request.expectation", 417, "This expectation can't be met")                    \
    X(RouteUnknown, "route.unknown", 404, "There is no such path")                                       \
    X(Overloaded, "overloaded", 503, "Too many connections or bodies at once")                           \
    X(Unauthorized, "auth.required", 401, "A valid token is required")                                   \
    X(CredentialsRejected, "auth.rejected", 401, "The key or its secret is not valid")                   \
    X(Forbidden, "auth.scope", 403, "The key lacks the scope for this")                                  \
    X(RateLimited, "rate.limited", 429, "Too many requests")                                             \
    X(NotFound, "not_found", 404, "There is no such object")                                             \
    X(Conflict, "conflict", 409, "The object's state does not allow this")                               \
    X(RevisionStale, "revision.stale", 409, "The object was changed meanwhile")                          \
    X(AlreadyExists, "already_exists", 409, "An object of this name exists")                             \
    X(SecretUnreadable, "secret.unreadable", 500, "A stored secret can't be decrypted")                  \
    X(NetworkFailed, "network.failed", 502, "The other side could not be reached")                       \
    X(TlsFailed, "tls.failed", 502, "The TLS connection could not be made")                              \
    X(ProtocolViolated, "protocol.violated", 502, "The other side broke the protocol")                   \
    X(SmtpRefused, "smtp.refused", 502, "The mail server refused")                                       \
    X(SmtpAuthRejected, "smtp.auth_rejected", 502, "The mail server rejected the user name or password") \
    X(SmtpTlsMissing, "smtp.tls_missing", 502, "The mail server offers no STARTTLS")                     \
    X(TimedOut, "timed_out", 504, "The other side did not answer in time")

enum class ErrorCode {
#define POSTROOM_ENUMERATOR(name, wire, status, title) name,
    POSTROOM_ERROR_CODES(POSTROOM_ENUMERATOR)
#undef POSTROOM_ENUMERATOR
};

/// The name on the wire, "smtp.auth_rejected".
[[nodiscard]] std::string_view wireName(ErrorCode code);
/// The HTTP status this code answers with.
[[nodiscard]] int httpStatus(ErrorCode code);
/// One English sentence without a full stop.
[[nodiscard]] std::string_view title(ErrorCode code);
/// Every code, in the list's order.
[[nodiscard]] const std::vector<ErrorCode>& allErrorCodes();

/// What is wrong with one field of a request. `field` is a path like "to[3]" or "attachments[0].content";
/// `reason` is a closed word like "field.unknown" or "address.invalid", with an English `detail`.
struct FieldError {
    std::string field;
    std::string reason;
    std::string detail;
};

struct Error {
    ErrorCode code = ErrorCode::Internal;
    std::vector<std::pair<std::string, std::string>> params = {};  ///< for the translator: {"account", id}
    std::string detail = {};                                       ///< English, for logs and the API; never a secret
    std::vector<FieldError> fields = {};                           ///< only with ValidationFailed

    /// "smtp.auth_rejected: 535 5.7.8 ... (account=...)", for logs.
    [[nodiscard]] std::string text() const;
};

/// A failed validation of one field.
[[nodiscard]] Error invalidField(std::string field, std::string reason, std::string detail);
/// Of at least one field; the first is told in the detail.
[[nodiscard]] Error invalidFields(std::vector<FieldError> fields);

}  // namespace postroom
