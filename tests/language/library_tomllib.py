"""TOML: every kind of value, tables of all kinds, and what is refused with its place."""

import io
import tomllib
from decimal import Decimal

GOOD = '''
# a comment
title = "TOML \\"example\\" \\u00e9 \\U0001F600 \\t."
"quoted key" = 'literal \\n'
a.b.c = 1
a.b.d = [1, 2.5, "x", [ ], [[1], {z = 1}], ] # trailing
numbers = [0, +1, -17, 1_000, 0xDEAD_beef, 0o755, 0b1101, 3.14, -0.0, 5e+22, 1e06, -2E-2, 6.626e-34, 1_0.0_1, inf, -inf, +nan]
yes = true
no = false
many = """
Roses are \\
   red\\t
Violets ""are"" blue"""
raw = \'\'\'
I 'dont' need \\d{2}\'\'\'
five = """"two quotes\"""""
odt = [1979-05-27T07:32:00Z, 1979-05-27 00:32:00-07:00, 1979-05-27t00:32:00.999999999+05:30]
ldt = 1979-05-27T07:32:00.5
ld = 1979-05-27
lt = [07:32:00, 00:32:00.1234567]
point = { x = 1, y = { z.w = "deep" }, "k" = [ ] }
array = [
  1, # one
  2,

  3
]

[server]
ip = "10.0.0.1"
[server . "alpha.beta" . 'γ']
x = 1
[[products]]
name = "Hammer"
[[products]]
[[products]]
name = "Nail"
[products.size]
w = 1
[[products.kinds]]
k = 1
[[products.kinds]]
k = 2
[a.e]
f = 1
'''

for key, value in tomllib.loads(GOOD).items():
    print(key, value)
print(tomllib.loads(GOOD.replace("\n", "\r\n")) == tomllib.loads(GOOD.replace("+nan", "1")), tomllib.loads(""))
print(tomllib.loads("x = 1.10\ny = inf", parse_float=Decimal), tomllib.load(io.BytesIO(b"a = '\xc3\xa9'")))

BAD = [
    "x", "x =", "x = 1 y = 2", "= 1", "x = 01", "x = 1__0", "x = +0x1", "x = .5", "x = 1.", "x = 1.e5", "x = tru", "x = True",
    "x = 'a", 'x = "a', 'x = "a\nb"', 'x = """a', "x = '''a", 'x = "\\q"', 'x = "\\u12"', 'x = "\\ud800"', 'x = "\\', 'x = """\\ a"""',
    "x = 1\nx = 2", "a.b = 1\na = 2", "a = 1\na.b = 2", "[a]\n[a]", "[a.b]\n[a]\n[a.b]", "[a]\nb = 1\n[a.b]", "[a", "[[a]", "[a]]", "[]", "[a.]",
    "a = [1, 2", "a = [1 2]", "a = {x = 1", "a = {x = 1,}", "a = {x = 1, x = 2}", "a = {x = 1}\na.y = 2", "a = {x = {y = 1}, x.z = 2}", "a = {x = 1}\n[a.b]",
    "a = [1]\n[[a]]", "[[a]]\n[a]", "[a]\n[[a]]", "a.b = 1\n[a]", "[a.b.c]\n[a]\nb.d = 1", "x = 2021-02-30", "x = 2021-13-01", "x = 25:00:00", "x = 2021-01-01T",
    "# \x00", "x = 'a\x01'", "?", "x = {\n}", "x = 1979-05-27T07:32:00+25:00", "é = 1", "\u3000", "a = 1 # ok\nb = é", "a = [\n1,\n2\n}\n",
    "[a]\nx = 1\n[b.c]\n[[b]]", "a = []\n[a.b]", "fruit = []\n[[fruit]]", "[fruit]\napple.color = 'red'\n[fruit.apple]", "x = nan1", "x = infinity",
]
for text in BAD:
    try:
        print("taken", repr(text), tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        print(repr(text), "|", error)
for call in (lambda: tomllib.load(io.StringIO("a = 1")), lambda: tomllib.loads("x = 1.5", parse_float=lambda text: [])):
    try:
        print(call())
    except (TypeError, ValueError) as error:
        print(type(error).__name__, error)
