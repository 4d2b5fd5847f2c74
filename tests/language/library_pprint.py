# Values printed so that they fit into lines.
from pprint import pprint, pformat, pp, PrettyPrinter, saferepr, isreadable, isrecursive
data = {"name": "a" * 30, "list": list(range(40)), "nested": {"b": [1, 2, {"c": "x" * 60}], "a": ("t",) * 20}, 5: None, "s": {3, 1, 2}}
pprint(data)
pprint(data, width=40, compact=True, indent=4)
pp(data, depth=2)
pprint("the quick brown fox jumps over the lazy dog " * 5)
pprint(["the quick brown fox jumps over the lazy dog " * 3, "line\nline two\n" * 4], width=50)
pprint(b"abcdefghij" * 12)
pprint([bytearray(b"abc\xff" * 20), frozenset(range(50))], width=60)
l = [1]; l.append(l)
print(isrecursive(l), isreadable([1]), isreadable(l), isreadable(object))
print(saferepr({"b": 1, "a": [()]}), pformat(()), pformat({}), pformat([[]] * 30))
print(pformat(123456789, underscore_numbers=True), pformat([(1,)] * 30, width=20))
pprint({1: {2: {3: {4: 5}}}}, depth=3)
pprint([("a" * 20, "b" * 20), ("c" * 20, "d" * 30)], width=45)
class A:
    def __repr__(self): return "A" * 90
pprint([A(), A()])
pprint({"k" * 70: "v" * 70, "z": 1}, sort_dicts=False)
try: PrettyPrinter(depth=0)
except ValueError as e: print(e)
