"""exec, eval and compile in what runs at build: the top level, and what it calls."""

names = {}
exec("x = 1\ny = [x + i for i in range(3)]\n", names)
print(names["x"], names["y"])
exec("z = x + 1\ndel x", names)
print(sorted(name for name in names if not name.startswith("__")))
print(eval("z * 2", names), eval("  len('abc')", {}), eval(b"1 + 1", {}))
print(exec("1 + 1", {}), eval(compile("a = 3", "<a>", "exec"), names), names["a"])

# Names are looked for in the locals, the globals, the builtins.
outer, inner = {"a": 1, "b": 2}, {"b": 3}
print(eval("a, b, len", outer, inner)[:2])
exec("c = a + b\nglobal d\nd = 5\nlen = 7\nprint(len, d)", outer, inner)
print(inner, outer["d"], "len" in outer)
try: exec("def f(): return b2\nb2 = 1\nf()", {}, {})
except NameError as e: print(e)
try: exec("[b2 for i in range(2)]", {}, {"b2": 1})
except NameError as e: print(e)
try: eval("nothing", {})
except NameError as e: print(e)
try: exec("del nothing", {})
except NameError as e: print(e)

# Functions keep the dict they are made in, and see what becomes of it.
space = {"factor": 2}
exec("""
def scale(x, *, by=1):
    return x * factor * by

def counter():
    total = 0
    def add(n):
        nonlocal total
        global last
        total += n
        last = n
        return total
    return add

def both():
    for item in items():
        yield item, [factor * i for i in range(item)], {k: factor for k in "ab"}, (lambda: factor)()

def items():
    return range(3)
""", space)
scale, counter = space["scale"], space["counter"]
print(scale(3), scale(3, by=10))
space["factor"] = 5
print(scale(3), list(space["both"]()))
add = counter()
print(add(2), add(3), space["last"])
exec("factor += 1", space)
print(scale(1), scale.__name__, scale.__qualname__)


def make(name, fields):
    """What dataclasses and attrs do."""
    lines = [f"def __init__(self, {', '.join(fields)}):"]
    lines += [f"    self.{field} = {field}" for field in fields]
    lines += ["def __repr__(self):", f"    return {name + '('!r} + ', '.join([" +
              ", ".join(f"f'{field}={{self.{field}!r}}'" for field in fields) + "]) + ')'"]
    made = {}
    exec(compile("\n".join(lines), f"<made {name}>", "exec"), {"__name__": __name__}, made)
    return type(name, (), made)


Point, Line = make("Point", ["x", "y"]), make("Line", ["start", "end"])
print(Line(Point(1, 2), Point(x=3, y=4)))
try: Point(1)
except TypeError as e: print(e)

# Classes, imports, errors, and what is in them.
space = {"__name__": "here", "start": 10}
exec("""
import math, json as j
from collections import OrderedDict, namedtuple
class Base:
    start = start + 1
    def who(self): return type(self).__name__, start, self.start
class Child(Base):
    def who(self): return ("child",) + super().who()
    @property
    def kind(self): return __class__.__name__
    @staticmethod
    def four(): return four
four = math.floor(4.5)
text = j.dumps({"four": four})
try:
    1 / 0
except ZeroDivisionError as error:
    caught = str(error)
with_error = "error" in globals_of
P = namedtuple("P", "x y")
match P(1, 2):
    case P(x=1, y=second): matched = second
while True:
    if (walrus := 3): break
assert walrus == 3, "no"
for letter in "ab": pass
a, (b, *c) = 1, (2, 3, 4)
""".replace("globals_of", "dict(x=1)"), space)
Child = space["Child"]
print(Child().who(), Child().kind, Child.four(), Child.__module__, space["text"], space["caught"], space["with_error"])
print(space["P"](1, 2), space["matched"], space["walrus"], space["letter"], space["c"], "error" in space)
print(space["math"].floor(1.5), Child.__mro__[1].__name__)

code = compile("n * 2", "<n>", "eval")
print([eval(code, {"n": n}) for n in range(3)], type(code).__name__, code.co_filename, code.co_name)
print([eval(f"{n} + {n}", {}) for n in range(4)])

# What is no Python is a SyntaxError where it is made.
for text in ("x = = 1", "return 1", "x = (1\n", "x = 1\ndef f(a, a): pass", "for"):
    try: exec(text, {})
    except SyntaxError as e: print(type(e).__name__, e.filename, e.lineno)
try: compile("a = 1", "<a>", "eval")
except SyntaxError as e: print("no expression")
for wrong in (lambda: exec(5, {}), lambda: exec("1", 5), lambda: eval("1", 5), lambda: eval("1", {}, 5),
              lambda: compile("1", "<a>", "other"), lambda: exec("a\0", {}), lambda: compile(5, "", "exec")):
    try: wrong()
    except (TypeError, ValueError, SyntaxError) as e: print(type(e).__name__, e)
try: exec("raise KeyError('made')", {})
except KeyError as e: print(repr(e))

class Table:
    rows = {}
    exec("a = 1\nb = a + 1", {}, rows)
    total = eval("a + b", rows)

print(Table.total, "é".join(eval("['ü', '\\n', \"'\"]", {})))
exec("exec = 5", {})
print(callable(exec), [f(3) for f in (eval("lambda n: n + k", {"k": 1}), eval("lambda n, k=2: n * k", {}))])
