// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/base/secret.h"

#include <openssl/crypto.h>

namespace postroom {

Secret::Secret(Secret&& other) noexcept : m_value(other.m_value) {
    other.wipe();
}

Secret& Secret::operator=(const Secret& other) {
    if (this != &other) {
        wipe();
        m_value = other.m_value;
    }
    return *this;
}

Secret& Secret::operator=(Secret&& other) noexcept {
    if (this != &other) {
        wipe();
        // Copied, not moved: a short string lives inside the object and a move would leave it behind.
        m_value = other.m_value;
        other.wipe();
    }
    return *this;
}

Secret::~Secret() {
    wipe();
}

void Secret::wipe() {
    OPENSSL_cleanse(m_value.data(), m_value.size());
    m_value.clear();
}

bool Secret::equals(std::string_view other) const {
    return equalInConstantTime(m_value, other);
}

bool equalInConstantTime(std::string_view a, std::string_view b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace postroom
