// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// What is wrong with what stands in the form of an account, said before the engine is asked. Pure.
//
// While somebody types, only what no further letter can put right is wrong; what is missing is wrong once it is to be
// saved. The engine has the last word (engine/contract/requests.cpp, engine/api/account_form.cpp): a rule here must not
// refuse what it takes.

#include "engine/contract/states.h"

#include <optional>
#include <QString>

namespace postroom::ui {

enum class Moment { Typing, Saving };

/// Each says what is wrong, without a full stop; empty: nothing.
[[nodiscard]] QString addressFault(const QString& typed, Moment moment);
[[nodiscard]] QString hostFault(const QString& typed, Moment moment);
[[nodiscard]] QString portFault(const QString& typed, Moment moment);
/// Recipients a day; empty is no limit.
[[nodiscard]] QString limitFault(const QString& typed, Moment moment);
[[nodiscard]] QString rateFault(const QString& typed, Moment moment);
[[nodiscard]] QString priorityFault(const QString& typed, Moment moment);
/// Empty leaves it to the engine.
[[nodiscard]] QString connectionsFault(const QString& typed, Moment moment);
/// One `a@b` or `*@b` a line.
[[nodiscard]] QString fromAddressesFault(const QString& typed, Moment moment);
[[nodiscard]] QString certificateFault(const QString& typed, Moment moment);
[[nodiscard]] QString fingerprintFault(const QString& typed, Moment moment);
/// A password goes over a network only encrypted.
[[nodiscard]] QString securityFault(contract::Security security, const QString& host, const QString& userName,
                                    Moment moment);

/// 465, 587 or 25.
[[nodiscard]] int usualPort(contract::Security security);

/// How a provider's server is reached.
struct Provider {
    const char* host;
    contract::Security security;
    QString passwordHint;  ///< what goes into the field of the password there; may be empty
};
/// By the domain of an address.
[[nodiscard]] std::optional<Provider> providerOf(const QString& address);

}  // namespace postroom::ui
