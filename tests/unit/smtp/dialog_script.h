// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// A dialogue written down as rows, run against a Dialog.
//
//   endpoint none|starttls|tls [auth|token|longtoken] [remote]    to a@b c@d    ask    body TEXT    (before the first
//   turn) S: line          the server says this; S+: in one segment with the next S; raw TEXT: bytes, \r \n \0 escaped
//   C: line          the client has written this line, and it is the next one; silent: it has written nothing more
//   tls              TLS was wanted, and is made         close | timeout | abort     what may happen
//   asked            leave for the dot was asked         permit                      it is given
//   holddot, dot     "." is held back until `dot`        release, mail               the next mail on the connection
//   reset | closed | stale                               what became of the connection
//   outcome STAGE TROUBLE CODE [dot]                     recipients CODE CODE ...

#include <string>
#include <string_view>

/// Empty if all went as written, else what did not.
[[nodiscard]] std::string runScript(std::string_view script);
