# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: Postroom contributors
"""What template_differential.py compares: (source, variables, stored templates). A difference that was found is a row."""

import itertools

VARIABLES = {
    "i": 7, "n": -3, "zero": 0, "big": 1000000007, "f": 2.5, "g": -0.75, "tiny": 1e-07, "huge": 1e16, "t": True, "no": False,
    "nothing": None, "s": "Hello World", "empty": "", "markup": "<b>&\"'</b>", "han": "\u4f60\u597d\uff0c\u4e16\u754c", "digits": "42",
    "real": "3.75", "blank": "  a b \n", "words": "the quick brown-fox (jumps) over", "lines": "one\ntwo\r\nthree",
    "list": [3, 1, 2], "names": ["ada", "Bob", "<c>"], "none_list": [], "pairs": [["a", 1], ["b", 2]],
    "map": {"a": 1, "b": "<x>", "c d": [1, 2]}, "no_map": {},
    "users": [{"name": "Ada", "age": 36, "tags": ["x", "y"]}, {"name": "Bob & Co", "age": 17, "tags": []},
              {"name": "\u5f20\u4e09", "age": 52, "tags": ["z"]}],
    "order": {"id": 1001, "items": [{"sku": "A-1", "price": 9.5, "count": 2}, {"sku": "B-2", "price": 0.1, "count": 3}]},
    "flag": "\U0001f4e7 caf\u00e9 na\u00efve \u00df",
}

EXPRESSIONS = """
i | n | zero | f | g | tiny | huge | t | no | nothing | s | empty | markup | han | list | names | map | users | order | flag
1 + 2 * 3 | (1 + 2) * 3 | 2 ** 3 ** 2 | -2 ** 2 | - 2 ** -1 | 7 // 2 | -7 // 2 | 7 // -2 | 7 % 3 | -7 % 3 | 7 % -3 | 7 / 2 | 6 / 2
5000000000000000000|round(-19) | -5000000000000000000|round(-19) | 4999999999999999999|round(-18) | 9|round(-20) | 5|round(-1) | 15|round(-1) | -15|round(-1) | -16|round(-1)
1 / 2731 | 17 / 2435 | 23 / 2207 | 33 / 2711 | -1 / 2731 | 1 / 3 | 0 / -5 | 0 / 9223372036854775807 | 0 / -9223372036854775807 | 9007199254740993 / 1 | 9007199254740995 / -1 | 9007199254740993 / 9007199254740991 | 9223372036854775807 / 3
9223372036854775807 / 9007199254740993 | 1 / 9223372036854775807 | 7 / -9223372036854775807 | (-9223372036854775807 - 1) / 3 | (-9223372036854775807 - 1) / (-9223372036854775807 - 1) | 9223372036854775807 / -1 | 9223372036854775296 / 1 | 9223372036854774784 / 1
9223372036854775295 / 1 | 4611686018427388160 / 1 | 4611686018427388161 / 1 | 4611686018427388159 / 1 | 13835058055282163 / 3 | 27021597764222979 / 3 | 9007199254740993 / 2 | 18014398509481983 / 2 | 123456789012345678 / 987654321
1 / 0 | 1 // 0 | 1 % 0 | 1.5 // 0 | 0 ** 0 | 0 ** -1 | 2 ** 0.5 | 1_000 + 1 | 0x1f | 0o17 | 0b101 | 1e3 | 1E-7 | 1.5e300 * 1e10 | 1e308 * 10
-1e308 * 10 | 1.0 | 100.0 | 123456789.123 | 1e15 | 1e16 | 1e17 | 1.5e-5 | 0.0001 | 0.00001 | 3.0 * 2 | 0.1 + 0.2 | 7.5 % 2 | -7.5 % 2 | -7.5 // 2
9007199254740993 | 9007199254740993 + 0.0 | 9223372036854775807 | true + true | true * 3 | 1 == 1.0 | 1 == true | "1" == 1 | none == false
'a' 'b' "c" | 'a' ~ 1 ~ none ~ 1.5 | 'a' + 'b' | 'a' * 3 | 3 * 'ab' | 'a' * -1 | [1] * 2 | [1] + [2] | (1,) + (2,) | [1] + (2,) | 'a' + 1
'\\n\\t\\x41\\u00e9\\101' | "it's" | 'say "x"' | 'back\\\\slash' | '\\q' | '' | "\U0001f4e7" | 'a\\
b'
[] | [1, 'a', none, true, 1.0] | [1, 2,] | () | (1,) | (1, 2) | 1, 2 | {} | {'a': 1} | {'a': 1, 'b': [1, {'c': none}]} | {1: 2, 'x': 3.5} | {'a': 1, 'a': 2}
(1, 2) in {(1, 2): 3} | (1, [2]) in map | {(1, (2, 'a')): 'x'}[(1, (2, 'a'))] | {(1, [2]): 'x'} | {[1]: 'x'} | map[(1, [2])] | (range(2), {}) in map | {range(2): 1}[range(2)]
{true: 'x', 1: 'y'} | {'a': 1}['a'] | {'a': 1}.a | {1: 'one'}[1] | {1: 'one'}[1.0] | [[1, 2], [3]] [0][1] | ['it\\'s', "a\\"b", "both'\\""] | ['\\n', '\\x00', '\u00e9', '\u3000']
list[0] | list[-1] | list[3] | list[-4] | list['a'] | list[none] | list[true] | list.0 | list.1 | s[0] | s[-1] | s[99] | han[1] | han[-1] | map.a | map['a'] | map.b | map['c d'][1]
map.zzz | map['zzz'] | map[1] | map[[1]] | order.id | users[0].name | users[1]['name'] | users[2].tags[0] | users[0].tags[5] | users[9].name | nothing.a | i.a | missing | missing.a
missing[0] | map.zzz.y
list[1:] | list[:2] | list[:] | list[::2] | list[::-1] | list[-2:] | list[5:] | list[2:1] | s[1:4] | s[::-1] | han[:2] | han[::2] | flag[0:3] | list[::0] | list['a':] | map[1:2] | s[-5:-2]
list[None:2] | i[1:2] | range(10)[2:8:3] | range(5)[::-1] | (1, 2, 3)[1:] | markup[:4] | list[0:9:2]
1 < 2 | 1 < 2 < 3 | 1 < 3 < 2 | 3 > 2 >= 2 == 2 | 1 < 2 > 0 != 1 | 'a' < 'b' | 'a' < 'B' | [1, 2] < [1, 3] | [1] < [1, 0] | (1, 2) < (1, 2) | 'a' < 1 | none < 1 | map < map | 1 <= 1.0 | [] < []
1 in [1, 2] | 1 not in [1, 2] | 1.0 in [1] | 'a' in 'abc' | '' in '' | 'x' not in s | 'a' in map | 'z' in map | 1 in map | [1] in map | 1 in 'a' | 1 in 1 | 'a' in none | 3 in range(5) | 1 in range(0, 10, 2)
not true | not not 1 | not empty | 1 and 2 | 0 and 2 | 1 or 2 | 0 or '' | none or 'x' | 1 and 0 or 3 | not 1 == 2 | not (1 and 0) | s and list | empty or no_map
'a' if true else 'b' | 'a' if no else 'b' | 'a' if no | 'a' if t | 1 if no else 2 if no else 3 | ('a' if no) | default if no else 'x' | (1 if t) if t else 2 | 'a' if no if no else 'c' | [1 if t]
missing | missing or 'x' | missing and 'x' | not missing | missing == 1 | missing == missing | missing != missing | missing < 1 | missing + 1 | missing ~ 'x' | 'x' in missing | missing in [1] | missing in []
missing in 'abc' | missing in map | -missing | missing is defined | missing is undefined | missing is none | missing is string | missing is iterable | missing is number | missing is even | missing is mapping
map.zzz is defined | map.a is defined | missing.a is defined | map.zzz | default('x') | missing|default('x') | missing|default | missing|d(1) | missing.x|default(1) | [missing] | {'a': missing} | [missing]|length
missing|upper | missing|length | missing|join | missing|first | missing|last | missing|int | missing|float | missing|round | missing|replace('a', 'b') | missing|e | missing|safe | missing|trim | missing|title
missing|urlencode | missing|json | missing|truncate | missing|default(missing) | missing|default(none) | s|default(missing) | map[missing] | list[missing] | s|replace(missing, 'x') | missing if no | (missing if no) is defined
('a' if no)|default('dflt') | ('a' if no) ~ 'x' | ('a' if no) == 1 | ('a' if no)|upper | ('a' if no).x
i is number | f is number | t is number | s is number | s is string | i is string | markup|safe is string | map is mapping | list is mapping | list is iterable | s is iterable | map is iterable | i is iterable
none is none | nothing is none | i is none | i is odd | i is even | zero is even | f is even | 4.0 is even | s is even | i is divisibleby 7 | i is divisibleby(2) | i is divisibleby zero | i is not divisibleby 2
i is not none | i is not defined | not i is defined | i is defined and s is defined | i is defined == true | range(3) is iterable | range(3) is mapping | n is odd | t is odd | i is divisibleby 3 or t
range(3) | range(1, 4) | range(10, 0, -3) | range(0) | range(2, 2) | range(1, 2, 0) | range('a') | range(1.5) | range(true) | range(3)|length | range(3)|join(',') | range(5)[1] | range(5)[-1] | range(5)[9] | range(3) == [0, 1, 2]
range(3) + range(2) | range(0, 9, 2)|last | range(3)|first | [range(2)] | range() | range(1, 2, 3, 4) | range(3)|json | range(-3, 3)|join
-i | +i | -f | +t | -t | -s | -none | - - 3 | -(-3) | -list[0] | -i|int | -i ** 2 | 2 - -3 | 2--3 | not -1 | -digits|int
(1).a | 1.a | 'x'.y | [1].a | map|length | users|length | users[0] | (users|first).name | users|first.name | (s|upper)[0] | s|upper|lower|title
i if i > 5 else n | s if s in names else names[0] | (i, n)[1] | [i, n]|join('/') | {'k': i}.k + 1 | order['items'][0].price * order['items'][0].count | order['items']|length * 2
1 +  | 1 1 | (1 | [1 | {1: | 1) | a b | | | . | 1 is | 1 is nope | 1|nope | {{ | 1 ++ | == 1 | 'abc | "a' | @ | 1 $ 2 | not | x.  | x[] | x[1, 2] | x[1:2:3:4]
{1, 2} | [1, , 2] | (,) | f(1) | s|upper() | s|upper(1) | s|replace('a') | s|default(1, 2, 3) | s|default(foo=1) | s|default('a', default_value='b') | i is even() | i is divisibleby
1 if | if 1 | 1 else 2 | is defined | in x | i is defined is defined | 1 < | ** 2 | a.1.2 | list.0.1 | 1.5.5 | 0777 | 1__0 | 0x | 1e | \u00e9t\u00e9 | _x | x1
""".replace("\n", " | ").split(" | ")

VALUES = ["i", "n", "f", "g", "t", "nothing", "s", "digits", "markup", "(markup|safe)", "list", "names", "map", "(1, 'a')", "missing"]
OPERATORS = ["+", "-", "*", "/", "//", "%", "==", "!=", "<", ">=", "in", "not in", "and", "or", "~"]

FILTERS = """upper|lower|title|trim|trim('a ')|length|count|e|escape|safe|first|last|json|tojson|json(2)|urlencode|nl2br|string_end
default('x')|default('x', true)|default(boolean=true)|d|int|int(5)|int(base=16)|int(-1, 2)|float|float(1.5)|round|round(1)|round(-1)|round(2, 'ceil')|round(method='floor')
round(0, 'up')|join|join(', ')|join('<br>')|join('<br>'|safe)|join(markup)|join(d='-')|join(', ', attribute='name')|join(attribute=0)|join(1)
replace('a', 'b')|replace('l', '<l>')|replace('<', '[')|replace('&', '&amp;'|safe)|replace('o', '0', 1)|replace('', '-')|replace('', '-', 2)|replace('b'|e, 'x')|replace(1, 2)|replace('a', 'b', 0)
truncate(5)|truncate(9, true)|truncate(8, false, '..')|truncate(5, true, '', 0)|truncate(7, leeway=0)|truncate(2)|truncate(length=6, end='<')|truncate(255)|truncate(12, true, '>'|e, 0)|truncate(6, end='')
upper|e|lower|safe|replace('B', 'x')|title|e|trim|truncate(4, true, '', 0)|default(nothing)|int|string_end""".replace("string_end|", "").replace(
    "|string_end", "")


def split_filters(text):
    """At the | that stand outside of brackets."""
    found, depth, start = [], 0, 0
    for at, letter in enumerate(text + "|"):
        depth += (letter == "(") - (letter == ")")
        if letter in "|\n" and depth == 0:
            found.append(text[start:at])
            start = at + 1
    return [piece for piece in found if piece]


FILTER_INPUTS = ["i", "n", "zero", "f", "g", "huge", "tiny", "t", "nothing", "s", "empty", "markup", "(markup|safe)", "han", "digits", "real", "blank",
                 "words", "lines", "list", "names", "none_list", "pairs", "map", "no_map", "users", "flag", "missing", "(1, '<')"]

STATEMENTS = [
    "plain", "", "a\nb\n", "a\n\n", "\n", "a\r\nb\rc", "{", "{ {", "}}", "%}", "{{ '}}' }}", "{{ {'a': {'b': 1}} }}", "{{ {'a': {'b': 1}}}}", "{{{'a': 1}}}",
    "{# comment #}x", "a {# c -#}  b", "a {#- c #} b", "{# {{ x }} {% if %} #}", "{# open", "{#}#}", "{##}x", "{#-#}", "a {#- -#} b", "{# a #} {# b #}",
    "{% raw %}{{ x }}{% endraw %}", "a {%- raw -%}  {{ x }}  {%- endraw -%} b", "{% raw %}{% if %}{% endraw %}", "{% raw %}open", "{%raw%}x{%endraw%}", "{% raw -%} x {% endraw %}",
    "{% raw %}{% endrawx %}{% endraw %}", "{%+ raw %} x {%+ endraw %}",
    "{{ i }}", "{{i}}", "{{- i -}}", " {{- i }} ", " {{ i -}} x", "a  {{- i -}}\n\n b", "{{ i}}\n", "{{ i }}\n\n", "{{+ i }}", "{{-1 }}", "{{ -1 }}", "{{ - 1 -}} x", "{{ i + }}", "{{ i", "{{ i }", "{{",
    "\u3000{{- i -}}\u3000x", "\u00a0{%- if t -%}\u2003y{%- endif -%}\u2028z", "a{{ '\n' }}b",
    "{% if t %}a{% endif %}", "{% if no %}a{% else %}b{% endif %}", "{% if no %}a{% elif i == 7 %}b{% else %}c{% endif %}", "{% if no %}a{% elif no %}b{% endif %}",
    "{% if missing %}a{% endif %}", "{% if missing is defined %}a{% else %}b{% endif %}", "{% if list %}a{% endif %}{% if none_list %}b{% endif %}",
    " {%- if t %} a {% endif -%} b", "{% if t -%}\n a\n{%- endif %}\nb\n", "{%if t%}x{%endif%}", "{% if t and no or t %}x{% endif %}", "{% if t, no %}x{% endif %}", "{% if %}x{% endif %}",
    "{% if t %}", "{% endif %}", "{% else %}", "{% if t %}{% endfor %}", "{% if t %}{% else %}{% else %}{% endif %}", "{% if t %}a{% else %}b{% elif t %}c{% endif %}", "{% if 1 if t else 0 %}x{% endif %}",
    "{% for x in list %}{{ x }},{% endfor %}", "{% for x in none_list %}a{% else %}none{% endfor %}", "{% for x in list %}a{% else %}none{% endfor %}", "{% for c in han %}{{ c }}.{% endfor %}",
    "{% for k in map %}{{ k }}={{ map[k] }};{% endfor %}", "{% for a, b in pairs %}{{ a }}{{ b }};{% endfor %}", "{% for a, b in list %}x{% endfor %}", "{% for (a, b) in pairs %}{{ a }}{% endfor %}",
    "{% for a, (b, c) in [[1, [2, 3]]] %}{{ a + b + c }}{% endfor %}", "{% for a, b in ['xy', 'zw'] %}{{ b }}{{ a }}{% endfor %}", "{% for a, b in [[1, 2, 3]] %}x{% endfor %}",
    "{% for x in i %}x{% endfor %}", "{% for x in nothing %}x{% endfor %}", "{% for x in missing %}x{% else %}e{% endfor %}", "{% for x in map.zzz %}x{% else %}e{% endfor %}",
    "{% for x in list if x > 1 %}{{ loop.index }}/{{ loop.length }}:{{ x }} {% endfor %}", "{% for x in list if x > 9 %}a{% else %}none{% endfor %}", "{% for x in list if loop.index > 1 %}{{ x }}{% endfor %}",
    "{% for u in users if u.age >= 18 %}{{ u.name }}{% if not loop.last %}, {% endif %}{% endfor %}", "{% for x in 1, 2, 3 %}{{ x }}{% endfor %}", "{% for x in (1, 2) if t %}{{ x }}{% endfor %}",
    "{% for x in list %}{{ loop.index }}{{ loop.index0 }}{{ loop.revindex }}{{ loop.revindex0 }}{{ loop.first }}{{ loop.last }}{{ loop.length }};{% endfor %}",
    "{% for x in list %}{{ loop.previtem if not loop.first else '-' }}{{ x }}{{ loop.nextitem if not loop.last else '-' }};{% endfor %}", "{% for x in list %}{{ loop.previtem }}{% endfor %}",
    "{% for x in list %}{{ loop.previtem is defined }}{{ loop.nextitem is defined }}{{ loop.nextitem|default('end') }};{% endfor %}", "{% for x in list %}{{ loop.nothing }}{% endfor %}",
    "{% for x in list %}{{ loop.cycle('odd', 'even') }}{% endfor %}", "{% for x in list %}{{ loop.cycle() }}{% endfor %}", "{% for x in list %}{{ loop.depth }}{{ loop.depth0 }}{% endfor %}", "{{ loop }}", "{{ loop.index }}",
    "{% for x in list %}{% for y in names %}{{ loop.index }}{% endfor %}{{ loop.index }};{% endfor %}", "{% for x in list %}{% set outer = loop %}{% for y in names %}{{ outer.index }}{{ loop.index }} {% endfor %}{% endfor %}",
    "{% for x in list %}{% for x in names %}{{ x }}{% endfor %}{{ x }}{% endfor %}{{ x }}", "{% for x in x %}{% endfor %}", "{% for list in list %}{{ list }}{% endfor %}{{ list }}", "{% for i in list %}{{ i }}{% endfor %}{{ i }}",
    "{% for x in list %}{{ x }}{% else %}{{ loop.index }}{% endfor %}", "{% for y in list %}{% for x in none_list %}{% else %}{{ loop.index }}{% endfor %}{% endfor %}", "{% for x in range(3) %}{{ x }}{% endfor %}", "{% for x in list[::-1] %}{{ x }}{% endfor %}",
    "{% for x in [1, 2] + [3] %}{{ x }}{% endfor %}", "{% for x in 'a' if t %}{{ x }}{% endfor %}", "{% for x in list|join %}{{ x }}.{% endfor %}", "{% for x in (list if t else names) %}{{ x }}{% endfor %}",
    "{% for c in markup|safe %}{{ c }}{% endfor %}", "{% for x in list -%}  {{ x }}  {%- endfor %}", "\n{%- for x in list %}\n  {{ x }}\n{%- endfor %}\n", "{% for x in list %}{{ x }}{{ '\n' if not loop.last }}{% endfor %}",
    "{% for x in %}{% endfor %}", "{% for in list %}{% endfor %}", "{% for x list %}{% endfor %}", "{% for x in list %}", "{% for 1 in list %}{% endfor %}", "{% for true in list %}{% endfor %}", "{% for loop in list %}{% endfor %}",
    "{% for x.y in list %}{% endfor %}", "{% for x in list %}{% endfor x %}", "{% break %}", "{% for x in list %}{{ loop['index'] }}{% endfor %}", "{% for x in list %}{{ loop.first and 'F' or loop.index }}{% endfor %}",
    "{% set x = 1 %}{{ x }}", "{% set x = i + 1 %}{% set x = x * 2 %}{{ x }}", "{% set a, b = 1, 2 %}{{ a }}{{ b }}", "{% set a, b = pairs[0] %}{{ a }}{{ b }}", "{% set a, b = 1 %}", "{% set a, b = list %}", "{% set x = %}", "{% set 1 = 2 %}", "{% set x 1 %}",
    "{% set x = 1, 2 %}{{ x }}", "{% set i = 1 %}{{ i }}", "{{ i }}{% set i = 1 %}{{ i }}", "{% set x = missing %}{{ x is defined }}", "{% set x = missing %}{{ x }}", "{% set x = markup %}{{ x }}", "{% set x = missing %}{{ x.y }}",
    "{% if t %}{% set x = 1 %}{% endif %}{{ x }}", "{% if no %}{% set x = 1 %}{% endif %}{{ x }}", "{% if no %}{% set i = 1 %}{% endif %}{{ i }}", "{% set x = 0 %}{% for y in list %}{% set x = x + y %}{{ x }}{% endfor %}{{ x }}",
    "{% for y in list %}{{ x is defined }}{% set x = y %}{{ x }}{% endfor %}{{ x is defined }}", "{% for y in list %}{{ i }}{% set i = y %}{{ i }}{% endfor %}{{ i }}", "{% for y in list %}{% if y == 1 %}{% set i = 'new' %}{% endif %}{{ i }}{% endfor %}",
    "{% set x %}a{{ i }}<b>{% endset %}{{ x }}", "{% set x %}{{ markup }}{% endset %}{{ x }}{{ x|length }}", "{% set x | upper %}a{{ i }}<b>{% endset %}{{ x }}", "{% set x|trim|title %}  ab cd {% endset %}[{{ x }}]", "{% set x %}{% set y = 1 %}{{ y }}{% endset %}{{ x }}{{ y }}",
    "{% set x %}{% endset %}[{{ x }}]", "{% set x %}a", "{% set a, b %}x{% endset %}", "{% set x %}<i>{% endset %}{{ x ~ '<' }}{{ x + '<' }}{{ '<' + x }}{{ x * 2 }}{{ [x] }}", "{% set x = [1] %}{% set y = x + [2] %}{{ x }}{{ y }}",
    "{% set ns = {'a': 1} %}{% set ns.a = 2 %}", "{% set true = 1 %}", "{% set x = 'a' if no else 'b' %}{{ x }}",
    "{{ markup }}{{ markup|safe }}{{ markup|e }}{{ markup|e|e }}{{ (markup|e)|upper }}", "{{ markup|upper|safe }}{{ markup|safe|upper }}{{ markup|safe|title }}", "{{ markup ~ (markup|safe) }}", "{{ markup + (markup|safe) }}", "{{ (markup|safe) + markup }}",
    "{{ (markup|safe) ~ 1 ~ markup }}", "{{ ('<'|e) + '<' }}{{ '<' + ('<'|e) }}{{ (markup|e) ~ '<' }}", "{{ ('<'|safe) * 3 }}{{ 2 * ('<'|safe) }}", "{{ ['<'|safe, '<'] }}", "{{ ['<'|safe, '<']|join('&') }}", "{{ ['<', '<']|join('&'|safe) }}", "{{ ['<'|safe]|join('&') }}",
    "{{ '<'|safe == '<' }}{{ ('<'|safe) in '<' }}{{ ('<'|safe)|length }}", "{{ (markup|safe)[1:3] }}{{ (markup|safe)[0] }}", "{{ (markup|safe)|replace('<', '[') }}{{ markup|replace('<', '['|safe) }}{{ markup|replace('<'|safe, '[') }}",
    "{{ '%s' }}", "{{ 1 }}{{ 1.0 }}{{ none }}{{ true }}", "{{ [1.0, none, true, 'a'] }}", "{{ {'a': '<'} }}", "{{ '<'|e|safe|e }}", "{{ none|e }}{{ 1|safe }}{{ [1, '<']|safe }}{{ ['<']|e }}",
    "{{ users|join(', ', attribute='name') }}", "{{ users|join(', ', attribute='tags.0') }}", "{{ pairs|join('', attribute=1) }}", "{{ order['items']|join('/', 'sku') }}", "{{ list|join(list) }}",
    "{% unknown %}", "{% %}", "{% 1 %}", "{% macro m() %}{% endmacro %}x{{ m( }}", "{% if t }}", "{{ i %}", "{% if t %}{{ i }}{% endif %", "{%- -%}", "{% if t %}{% if t %}a{% endif %}",
    "{% block a %}x{% endblock %}", "{% block a %}x{% endblock a %}", "{% block a %}x{% endblock b %}", "{% block a %}{% block b %}y{% endblock %}{% endblock %}", "{% block a %}{% endblock %}{% block a %}{% endblock %}", "{% block %}{% endblock %}",
    "{% set x = 1 %}{% block a %}{{ x }}{% endblock %}", "{% for x in list %}{% block a scoped %}{{ x }}{% endblock %}{% endfor %}", "{% for x in list %}{% block a %}{{ x }}{% endblock %}{% endfor %}", "{% block a %}{% set x = 1 %}{{ x }}{% endblock %}{{ x }}", "{% block a required %}{% endblock %}",
    "{% block a required %}x{% endblock %}", "{% block a %}{{ super() }}{% endblock %}", "{{ super() }}", "{% for x in list %}{% block a scoped %}{{ x }}{% for x in names %}{% block b scoped %}{{ x }}{% endblock %}{% endfor %}{% endblock %}{% endfor %}",
    "Dear {{ order.customer|default('customer') }},\n{% for item in order['items'] %}\n- {{ item.sku }}: {{ '%d' if no else item.count }} x {{ item.price|round(2) }}\n{%- endfor %}\n\nTotal: {{ order['items'][0].price * 2 }}\n",
]

STORED = {
    "footer": "-- {{ i }} {{ x }}", "plain": "<p>plain</p>", "sets": "{% set x = 'inner' %}{{ x }}", "loop": "{{ loop.index }}", "broken": "{% if %}", "names": "{{ x|default('no x') }}",
    "base": "<h>{% block title %}Base {{ i }}{% endblock %}</h>{% block body %}body{% endblock %}{% block end %}{% endblock %}",
    "middle": "{% extends 'base' %}{% block title %}Middle + {{ super() }}{% endblock %}{% block body %}<m>{% block inner %}inner{% endblock %}</m>{% endblock %}",
    "self": "{% include 'self' %}", "needs": "{% block must required %}{% endblock %}!", "scoped": "{% for x in list %}{% block row scoped %}{{ x }}{% endblock %},{% endfor %}",
    "unscoped": "{% for x in list %}{% block row %}{{ x|default('?') }}{% endblock %},{% endfor %}", "sees": "{{ set_above|default('-') }}{% block b %}{{ set_above|default('-') }}{% endblock %}", "with block": "{% block title %}own{% endblock %}",
    "includes": "{% include 'footer' %}{% set y = 1 %}", "newline": "line\n", "from child": "{% extends 'sees' %}{% set set_above = 'middle' %}",
}
STORED_STATEMENTS = [
    "{% include 'footer' %}", "a{% include 'plain' %}b", "{% include 'missing' %}", "{% include 'missing' ignore missing %}x", "{% include ['missing', 'plain'] %}", "{% include ['missing', 'gone'] ignore missing %}x", "{% include 'broken' %}", "{% include 'broken' ignore missing %}",
    "{% set x = 5 %}{% include 'names' %}", "{% set x = 5 %}{% include 'names' without context %}", "{% set x = 5 %}{% include 'names' with context %}", "{% for x in list %}{% include 'names' %}{% endfor %}", "{% for x in list %}{% include 'names' without context %}{% endfor %}",
    "{% include 'sets' %}{{ x|default('unset') }}", "{% set x = 'outer' %}{% include 'sets' %}{{ x }}", "{% include s %}", "{% set f = 'plain' %}{% include f %}", "{% include 'pl' ~ 'ain' %}", "{% include i %}", "{% include nothing %}", "{% include missing %}", "{% include %}", "{% include 'includes' %}{{ y }}",
    "{% include 'with block' %}{% block title %}mine{% endblock %}", "a{% include 'newline' %}b", "{% if no %}{% include 'missing' %}{% endif %}ok", "{% set c %}{% include 'plain' %}{% endset %}{{ c }}", "{% include 'middle' %}", "{% include 'plain' if t else 'footer' %}", "{% include 'sees' %}",
    "{% extends 'base' %}", "{% extends 'base' %}{% block title %}Mine{% endblock %}", "{% extends 'base' %}{% block title %}[{{ super() }}]{% endblock %}", "{% extends 'middle' %}{% block title %}Leaf, {{ super() }}{% endblock %}", "{% extends 'middle' %}{% block inner %}({{ super() }}){% endblock %}",
    "{% extends 'middle' %}{% block inner %}{{ super()|upper }}{{ super() }}{% endblock %}", "{% extends 'middle' %}{% block body %}no more{% endblock %}", "{% extends 'base' %}text {{ missing }}{% block body %}b{% endblock %} more", "before {% extends 'base' %}after", "{% extends 'base' %}{% block other %}x{% endblock %}",
    "{% extends 'missing' %}", "{% extends 'broken' %}", "{% extends %}", "{% extends 'base' %}{% extends 'base' %}", "{% extends 'bas' ~ 'e' %}{% block body %}x{% endblock %}", "{% set p = 'base' %}{% extends p %}", "{% extends nothing %}", "{% extends 'needs' %}", "{% extends 'needs' %}{% block must %}y{% endblock %}",
    "{% extends 'scoped' %}{% block row %}<{{ x }}>{% endblock %}", "{% extends 'unscoped' %}{% block row %}<{{ x|default('?') }}>{% endblock %}", "{% extends 'scoped' %}{% block row %}<{{ super() }}>{% endblock %}", "{% extends 'sees' %}{% set set_above = 'child' %}", "{% set set_above = 'first' %}{% extends 'sees' %}",
    "{% extends 'sees' %}{% if t %}{% set set_above = 'if' %}{% endif %}", "{% extends 'from child' %}", "{% extends 'base' %}{% block title %}{% set z = 1 %}{{ z }}{% endblock %}{% block body %}{{ z|default('gone') }}{% endblock %}", "{% extends 'base' %}{% block body %}{% include 'plain' %}{% endblock %}",
    "{% extends 'base' %}{% block body %}{% for x in list %}{{ x }}{% endfor %}{{ super() }}{% endblock %}", "{% extends 'base' %}{% block end %}{% block deep %}d{% endblock %}{% endblock %}", "{% extends 'middle' %}{% block end %}{{ super() }}e{% endblock %}", "{% include 'self' %}",
    "{% extends 'base' %}{% block title %}{{ markup }}{{ super()|length }}{% endblock %}", "{% extends 'base' %}{% set x %}{{ markup }}{% endset %}{% block body %}{{ x }}{% endblock %}",
]


def cases():
    for expression in EXPRESSIONS:
        yield "{{ %s }}" % expression.strip()
    for left, sign, right in itertools.product(VALUES, OPERATORS, VALUES):
        # A text before % formats in Python; ours refuses.
        if sign == "%" and left in ("s", "digits", "markup", "(markup|safe)"):
            continue
        yield "{{ %s %s %s }}" % (left, sign, right)
    for filtering, value in itertools.product(split_filters(FILTERS), FILTER_INPUTS):
        yield "{{ %s|%s }}" % (value, filtering)
    for start, stop, step in itertools.product(("", "0", "1", "-2", "9", "-9"), ("", "0", "2", "-1", "9"), ("", "1", "2", "-1", "-2")):
        yield "{{ list[%s:%s:%s] }}{{ han[%s:%s:%s] }}" % (start, stop, step, start, stop, step)
    yield from STATEMENTS


CASES = [(source, VARIABLES, {}) for source in dict.fromkeys(cases())]
CASES += [(source, VARIABLES, STORED) for source in STORED_STATEMENTS]
