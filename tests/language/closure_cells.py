"""The cells of functions: to look into, and to set."""


def outer(a, b):
    def inner():
        return a, b

    def later():
        return unset

    try: later.__closure__[0].cell_contents
    except ValueError as e: print(e)
    unset = 1
    return inner, later


inner, later = outer(1, 2)
print(len(inner.__closure__), sorted(cell.cell_contents for cell in inner.__closure__), outer.__closure__)
for cell in inner.__closure__:
    cell.cell_contents = cell.cell_contents * 10
print(inner(), later(), type(inner.__closure__[0]).__name__)
try: inner.__closure__[0].other = 1
except AttributeError as e: print(type(e).__name__)


class Slotted:
    __slots__ = ("a", "b")


class Derived(Slotted):
    __slots__ = ("c",)


print(hasattr(Slotted, "a"), hasattr(Derived, "b"), hasattr(Derived, "c"), hasattr(Slotted, "c"), hasattr(Slotted, "d"))
d = Derived(); d.a = 1; d.c = 2; print(d.a, d.c)
print("__eq__" in object.__dict__, object.__dict__.get("nothing"))

# Functions and builtin types are copied as they are.
import copy

held = {"function": inner, "builtin": len, "type": dict, "method": "a".upper}
print(copy.deepcopy(held) == held, copy.copy(inner) is inner, copy.deepcopy(d).a)
