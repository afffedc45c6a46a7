// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// One rendering of one template: statements to text. Used once.

#include "engine/content/template/evaluator.h"
#include "engine/content/template/template.h"

namespace postroom::content::templates {

class Renderer : private Evaluator::Port {
public:
    Renderer(const Template& root, const json::Object& variables, const Options& options);

    [[nodiscard]] Result<std::string> render();

private:
    /// A template with what it extends, the nearest first, and the name each is stored under.
    struct Link {
        const Template* source;
        std::string name;
    };
    using Chain = std::vector<Link>;
    /// The block that is being rendered: of the chain's template `level`, with the names it was given.
    struct Current {
        std::string_view name;
        std::size_t level = 0;
        std::size_t keptFrom = 0, keptTo = 0;
    };
    /// While it lives, what is rendered goes into a text of its own, and whatever `m_chain`, `m_block` and `m_stored`
    /// are set to is put back after it. Counts what is inside each other.
    class Inside;
    class Capture;

    void renderChain(Chain& chain);
    void run(const Body& body, std::size_t from, std::size_t to);
    void run(const Body& body) { run(body, 0, body.size()); }
    void run(const Statement& statement);
    /// What stands behind `extends`: only names are set.
    void runQuietly(const Body& body, std::size_t from = 0);
    /// The body of the first condition that is true; null if there is none.
    [[nodiscard]] const Body* chosen(const Statement& statement);
    void output(const Value& value);
    void write(std::string_view text);
    void loop(const Statement& statement);
    void setBody(const Statement& statement);
    void assign(const Target& target, const Value& value);
    void include(const Statement& statement);
    void block(const Statement& statement);
    void renderBlock(const Current& block);
    /// The stored template; null without one of this name, or after a failure.
    [[nodiscard]] const Template* find(std::string_view name);
    [[nodiscard]] const Template* findAny(const Value& names, std::string& found);

    [[nodiscard]] Value renderSuper() override;
    [[nodiscard]] std::string_view storedName() const override { return m_stored; }

    const Template& m_root;
    const Options& m_options;
    Work m_work;
    Names m_names;
    Evaluator m_evaluator;
    std::string m_text;
    std::string* m_out = &m_text;
    Chain* m_chain = nullptr;
    const Current* m_block = nullptr;
    std::string_view m_stored;
    int m_depth = 0;
    std::vector<std::shared_ptr<const Template>> m_kept;  // what values may point into
};

}  // namespace postroom::content::templates
