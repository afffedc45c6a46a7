// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/content/template/names.h"

namespace postroom::content::templates {

namespace {

/// Behind the last binding of this name in [from, to); `from` if there is none. `seen` counts those looked at.
std::size_t behindLast(const std::vector<Names::Binding>& bindings, std::size_t from, std::size_t to,
                       std::string_view name, std::size_t& seen) {
    std::size_t i = to;
    while (i > from && bindings[i - 1].name != name) --i;
    seen += to - i;
    return i;
}

std::int64_t cost(std::size_t seen, std::string_view name) {
    return static_cast<std::int64_t>(seen * (1 + name.size() / 16) / 8);
}

}  // namespace

bool Names::find(std::string_view name, Value& found, std::int64_t& steps) const {
    std::size_t seen = 0;
    const auto findIn = [&](const std::vector<Binding>& bindings, std::size_t from, std::size_t to) {
        const std::size_t behind = behindLast(bindings, from, to, name, seen);
        return behind > from ? &bindings[behind - 1].value : nullptr;
    };
    const Value* value = findIn(m_local, m_base, m_local.size());
    bool isSealed = false;
    for (const Scene* scene = m_scene; scene && !value && !isSealed; scene = scene->m_outer) {
        value = findIn(scene->m_set, 0, scene->m_set.size());
        isSealed = scene->m_isSealed;
        if (!value && !isSealed) value = findIn(m_local, scene->m_outerBase, scene->m_outerEnd);
    }
    steps -= cost(seen, name) + static_cast<std::int64_t>(name.size() / 16);
    if (value) return found = *value, true;
    const json::Value* variable = isSealed ? nullptr : m_variables.if_contains(name);
    if (variable) found = Value::of(*variable);
    return variable != nullptr;
}

void Names::set(std::string_view name, Value value, std::int64_t& steps) {
    std::vector<Binding>& bindings = m_isTop ? m_scene->m_set : m_local;
    const std::size_t start = m_isTop ? 0 : m_start;
    std::size_t seen = 0;
    const std::size_t behind = behindLast(bindings, start, bindings.size(), name, seen);
    steps -= cost(seen, name);
    if (behind > start)
        bindings[behind - 1].value = std::move(value);
    else
        bindings.push_back({name, std::move(value)});
}

Names::Frame::Frame(Names& names)
    : m_names(names), m_size(names.m_local.size()), m_start(names.m_start), m_isTop(names.m_isTop) {
    m_names.m_start = m_size;
    m_names.m_isTop = false;
}

Names::Frame::~Frame() {
    m_names.m_local.erase(m_names.m_local.begin() + static_cast<std::ptrdiff_t>(m_size), m_names.m_local.end());
    m_names.m_start = m_start;
    m_names.m_isTop = m_isTop;
}

Names::Room::Room(Names& names, std::size_t keptFrom, std::size_t keptTo)
    : m_names(names), m_frame(names), m_base(names.m_base) {
    m_names.m_base = m_names.m_local.size();
    for (std::size_t i = keptFrom; i < keptTo; ++i) {
        Binding kept = m_names.m_local[i];
        m_names.m_local.push_back(std::move(kept));
    }
    m_names.m_start = m_names.m_local.size();
}

Names::Scene::Scene(Names& names, bool isSealed)
    : m_names(names),
      m_isSealed(isSealed),
      m_outer(names.m_scene),
      m_outerBase(names.m_base),
      m_outerEnd(names.m_local.size()),
      m_outerStart(names.m_start),
      m_wasTop(names.m_isTop) {
    m_names.m_scene = this;
    m_names.m_base = m_names.m_start = m_outerEnd;
    m_names.m_isTop = true;
}

Names::Scene::~Scene() {
    m_names.m_scene = m_outer;
    m_names.m_base = m_outerBase;
    m_names.m_start = m_outerStart;
    m_names.m_isTop = m_wasTop;
}

}  // namespace postroom::content::templates
