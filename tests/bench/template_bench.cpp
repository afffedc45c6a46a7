// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors

// How long a template takes to compile and to render: an order of 20 rows, as html and as text. Prints the median of
// 21 rounds, in CPU time: another program on the machine is not the template's fault.

#include "engine/content/template/template.h"

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <vector>

using namespace postroom;
using namespace postroom::content::templates;

namespace {

constexpr std::string_view Source =
    "<h1>Order {{ order.id }}</h1>\n<p>Dear {{ customer.name|default('customer') }},</p>\n<table>\n"
    "{% for item in order.items %}<tr class=\"{{ loop.cycle('odd', 'even') }}\"><td>{{ loop.index }}</td>"
    "<td>{{ item.title }}</td><td>{{ item.count }}</td><td>{{ item.price|round(2) }}</td>"
    "<td>{% if item.note %}{{ item.note|truncate(20) }}{% else %}-{% endif %}</td></tr>\n{% endfor %}</table>\n"
    "<p>Total: {{ order.total }}</p>\n";

json::Object variables() {
    json::Array items;
    for (int i = 0; i < 20; ++i)
        items.push_back(json::Object{{"title", "Product <" + std::to_string(i) + "> & more"},
                                     {"count", i % 5 + 1},
                                     {"price", 9.99 + i},
                                     {"note", i % 3 == 0 ? "to be delivered to the neighbour's door" : ""}});
    return {{"order", json::Object{{"id", "2026-1001"}, {"items", items}, {"total", 1234.5}}},
            {"customer", json::Object{{"name", "Ada Lovelace"}}}};
}

template <typename Work>
double median_us(int times, const Work& work) {
    std::vector<double> rounds;
    for (int round = 0; round < 21; ++round) {
        const std::clock_t start = std::clock();
        for (int i = 0; i < times; ++i) work();
        rounds.push_back(1e6 * static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC / times);
    }
    std::sort(rounds.begin(), rounds.end());
    return rounds[rounds.size() / 2];
}

}  // namespace

int main() {
    const json::Object given = variables();
    std::size_t size_bytes = 0;
    for (const Mode mode : {Mode::Html, Mode::Text}) {
        const auto compiled = Template::compile(Source, mode);
        const auto text = compiled ? (*compiled)->render(given) : Result<std::string>{fail(compiled.error())};
        if (!text) {
            std::fprintf(stderr, "%s\n", text.error().text().c_str());
            return 1;
        }
        const double compile_us = median_us(200, [&] { size_bytes += Template::compile(Source, mode).has_value(); });
        const double render_us = median_us(500, [&] { size_bytes += (*compiled)->render(given)->size(); });
        std::printf("%s: 20 rows, %zu bytes, compile %.1f us, render %.1f us\n", mode == Mode::Html ? "html" : "text",
                    text->size(), compile_us, render_us);
    }
    return size_bytes > 0 ? 0 : 1;
}
