class Point:
    __match_args__ = ("x", "y")
    def __init__(self, x, y): self.x, self.y = x, y
class Color:
    RED = 1
def f(v):
    match v:
        case 0: return "zero"
        case -1 | 2.5: return "odd ones"
        case "a" | "b" as letter: return f"letter {letter}"
        case None: return "none"
        case True: return "true"
        case []: return "empty"
        case [x]: return f"one {x}"
        case [1, *rest]: return f"one and {rest}"
        case (a, b, *_): return f"two or more {a} {b}"
        case {"k": k, **rest}: return f"k {k} {rest}"
        case {}: return "mapping"
        case Point(x=0, y=0): return "origin"
        case Point(x, y=yy) if x == yy: return f"diagonal {x}"
        case Point(x, 5): return f"five {x}"
        case Point(): return "point"
        case str(s): return "str " + s
        case int(n) if n > 100: return f"big {n}"
        case Color.RED: return "red"
        case float() | int() as num: return f"num {num}"
        case _: return "other"
for v in [0, -1, 2.5, "a", "b", "c", None, True, False, [], [5], [1, 2, 3], (7, 8), (7, 8, 9), {"k": 1, "z": 2}, {"q": 1}, Point(0, 0), Point(3, 3), Point(1, 5), Point(1, 2), 1000, 1, 3.5, 50, {1, 2}, b"xy", range(3)]:
    print(repr(v) if not isinstance(v, Point) else "P", f(v))
def g(x):
    match x:
        case (1, (2, [3, y])): return y
        case {"a": {"b": [_, z]}}: return z
        case [Point(x=px), Point(y=py)]: return px, py
        case [("go" | "walk"), ("n" | "s") as d]: return d
        case x if x: return "truthy", x
    return "none"
print(g((1, (2, [3, 4]))), g({"a": {"b": [0, 9]}}), g([Point(1, 2), Point(3, 4)]), g(["go", "n"]), g([]), g("z"))
try:
    match Point(1, 2):
        case Point(1, 2, 3): pass
except TypeError as e: print(e)
match 5, 6:
    case a, b:
        print(a, b)
for cmd in ["quit", "load x", "bad"]:
    match cmd.split():
        case ["quit"]:
            print("q"); continue
        case ["load", name]:
            print("load", name)
        case other:
            print("?", other)
            break
