# Annotations are objects where a program asks for them.
import inspect
from typing import Optional, get_type_hints

limit: int = 5
name: "str"
(other): float = 1.5


def show(f):
    try:
        print(f())
    except Exception as error:
        print(type(error).__name__, error)


class Point:
    """A place."""

    x: int
    y: float = 0.0
    __hidden: list[int] = []
    (loose): str = ""

    def moved(self, dx: int, /, dy: "float" = 1.0, *more: str, by: Optional[int] = None, **rest: dict[str, int]) -> "Point":
        local: missing = 1
        return self

    def plain(self, a, b):
        return a


class Child(Point):
    if limit:
        z: tuple[int, ...] = ()


class Bare(Point):
    pass


async def later(a: int) -> None: pass
def steps(a: int): yield a


print(__annotations__)
print(Point.__annotations__, Child.__annotations__, Bare.__annotations__)
print(Point.moved.__annotations__)
print(Point.plain.__annotations__, later.__annotations__, steps.__annotations__)
print(get_type_hints(Child), get_type_hints(later))
print(inspect.signature(Point.moved))
print(inspect.signature(Point().plain), inspect.signature(later))


def made(count):
    def inner(a: count) -> count * 2: pass
    return inner


print(made(3).__annotations__, made(4).__annotations__)


def wrong():
    def inner(a: limit.nowhere): pass


show(wrong)
