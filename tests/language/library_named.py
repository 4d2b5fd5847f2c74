# What named tuples refuse, and how they say so.
from collections import namedtuple
P = namedtuple("P", "x y")
for f in (lambda: P(1), lambda: P(1,2,3), lambda: P(x=1), lambda: P(1, z=2), lambda: P(1, 2, y=3), lambda: P._make([1]), lambda: P(1,2)._replace(z=1), lambda: namedtuple("a b", "x"), lambda: namedtuple("P", "x x"), lambda: namedtuple("P", "_x"), lambda: namedtuple("P", "class"), lambda: namedtuple("P", ["1a"]), lambda: namedtuple("P", "x", defaults=(1,2)), lambda: P(1, 2).z, lambda: setattr(P(1,2), "x", 3), lambda: setattr(P(1,2), "q", 3), lambda: P(**{"x": 1, "y": 2, "z": 3}), lambda: namedtuple("class", "x")):
    try: print(f())
    except Exception as e: print(type(e).__name__, e)
D = namedtuple("D", "a b c", defaults=[1])
for f in (lambda: D(), lambda: D(1,2), lambda: D(1), lambda: D(c=3)):
    try: print(f())
    except Exception as e: print(type(e).__name__, e)
print(P.__doc__, P._fields, D._field_defaults, P.__new__.__name__ if 0 else "", P.x.__doc__ if 0 else "")
import typing
class T(typing.NamedTuple):
    a: int
    b: str = "x"
for f in (lambda: T(), lambda: T(1), lambda: T(1,2,3), lambda: T(1, c=2)):
    try: print(f())
    except Exception as e: print(type(e).__name__, e)
try:
    del P(1, 2).x
except AttributeError as e:
    print(e)
