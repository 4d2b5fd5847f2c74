# tomli: documents, and what is wrong with some.
import tomli

DOCUMENT = r'''
# A comment
title = "TOML \u00e4 \"quoted\" \t"
literal = 'C:\path'
many = """
first
  second \
     joined """
raw = \'\'\'
a\b'c\'\'\'
"quoted key" = 1
dotted.key.name = true
[numbers]
ints = [0, +1, -17, 1_000, 0xDEAD_beef, 0o755, 0b1101]
floats = [3.14, -0.01, 5e+22, 1e06, -2E-2, inf, -inf, 6.626e-34, 9_224.617]
[dates]
offset = 1979-05-27T07:32:00Z
shifted = 1979-05-27T00:32:00.999999-07:00
local = 1979-05-27T07:32:00
spaced = 1979-05-27 07:32:00
day = 1979-05-27
time = 07:32:00.5
[table.sub."quoted.part"]
x = { a = 1, b.c = "d", e = [1, 2, [3]] }
[[products]]
name = "Hammer"
[[products]]
[[products]]
name = "Nail"
[[products.sizes]]
size = 1
mixed = [
  "a", # one
  1,
  {b = 2},
]
'''.replace("\\'", "'")


def walk(value, path=""):
    if isinstance(value, dict):
        for key, item in value.items():
            walk(item, f"{path}/{key}")
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for at, item in enumerate(value):
            walk(item, f"{path}[{at}]")
    else:
        print(path, repr(value), type(value).__name__)


walk(tomli.loads(DOCUMENT))
print(tomli.loads("x = 1.10", parse_float=str))
for bad in ["a", "a =", "a = 1\na = 2", "a = [1", "[a", "[a]\n[a]", "a = 'x", 'a = "\\q"', "a.b = 1\na = 2", "a = 01",
            "a = 1__0", "= 1", "a = {b = 1,}", "a = tru", "[[a]]\n[a]", "a = [1]\n[[a]]", "a = 1979-13-01", "a = \"x\ny\"",
            "a = 0x", "\x00 = 1", "a = '''x", "[a.b]\n[a]\nb.c = 1", "a = { b = 1\n}", "a = 1 b = 2"]:
    try:
        print(tomli.loads(bad))
    except (tomli.TOMLDecodeError, ValueError) as error:
        print(type(error).__name__, error)
try:
    tomli.loads(b"x = 1")
except TypeError as error:
    print(error)
