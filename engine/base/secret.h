// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// A string that must not be seen: wiped when it goes, and without a stream operator or implicit conversion, so that no
// log line, error or metric gets it by accident.

#include <string>
#include <string_view>

namespace postroom {

class Secret {
public:
    Secret() = default;
    explicit Secret(std::string value) : m_value(std::move(value)) {}
    Secret(const Secret&) = default;
    Secret(Secret&& other) noexcept;
    Secret& operator=(const Secret& other);
    Secret& operator=(Secret&& other) noexcept;
    ~Secret();

    [[nodiscard]] bool empty() const { return m_value.empty(); }
    [[nodiscard]] std::size_t size() const { return m_value.size(); }
    /// The bytes themselves. Whoever copies them answers for the copy.
    [[nodiscard]] std::string_view reveal() const { return m_value; }
    /// Compares in a time that depends on the lengths only.
    [[nodiscard]] bool equals(std::string_view other) const;

private:
    void wipe();
    std::string m_value;
};

/// Compares in a time that depends on the lengths only.
[[nodiscard]] bool equalInConstantTime(std::string_view a, std::string_view b);

}  // namespace postroom
