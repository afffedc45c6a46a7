// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Which name means what while a template is rendered: the variables of the caller, what the template has set at its
// top, and what loops, blocks and bodies have set inside. One rendering.

#include "engine/content/template/value.h"

#include <vector>

namespace postroom::content::templates {

class Names {
public:
    struct Binding {
        std::string_view name;  ///< into a tree
        Value value;
    };

    explicit Names(const json::Object& variables) : m_variables(variables) {}

    // Looked through from the last to the first: a template has few names, and the newest are asked for most. Many
    // names and long ones take steps.
    [[nodiscard]] bool find(std::string_view name, Value& found, std::int64_t& steps) const;
    /// Gives the name a value where the template stands: until the end of this turn, block or body; at its top, from
    /// here on for its blocks and parents too.
    void set(std::string_view name, Value value, std::int64_t& steps);

    /// What is set while it lives ends with it: a turn of a loop, a body that is given to a name.
    class Frame {
    public:
        explicit Frame(Names& names);
        ~Frame();
        Frame(const Frame&) = delete;
        Frame& operator=(const Frame&) = delete;

    private:
        Names& m_names;
        const std::size_t m_size, m_start;
        const bool m_isTop;
    };

    /// A frame from which the names around it can't be seen, but for those of [keptFrom, keptTo): a block.
    class Room {
    public:
        Room(Names& names, std::size_t keptFrom, std::size_t keptTo);
        ~Room() { m_names.m_base = m_base; }
        Room(const Room&) = delete;
        Room& operator=(const Room&) = delete;

    private:
        Names& m_names;
        const Frame m_frame;
        const std::size_t m_base;
    };

    /// One template with its parents: an include opens another one, which sees what its includer sees unless it is
    /// sealed.
    class Scene {
    public:
        Scene(Names& names, bool isSealed);
        ~Scene();
        Scene(const Scene&) = delete;
        Scene& operator=(const Scene&) = delete;

    private:
        friend class Names;
        Names& m_names;
        const bool m_isSealed;
        Scene* const m_outer;
        const std::size_t m_outerBase, m_outerEnd, m_outerStart;
        const bool m_wasTop;
        std::vector<Binding> m_set;
    };

    /// Of the names set inside: those from base() to size() can be seen.
    [[nodiscard]] std::size_t base() const { return m_base; }
    [[nodiscard]] std::size_t size() const { return m_local.size(); }

private:
    const json::Object& m_variables;
    std::vector<Binding> m_local;
    std::size_t m_base = 0;   // the first local that can be seen
    std::size_t m_start = 0;  // the first local of this frame
    bool m_isTop = true;
    Scene* m_scene = nullptr;
};

}  // namespace postroom::content::templates
