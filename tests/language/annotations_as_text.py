# With the future import annotations are text, and are never evaluated.
from __future__ import annotations


class Point:
    x: int
    y: list[missing]
    z: "str" = ""


def f(a: undefined, b: dict[str,  int] = None) -> Point: pass


total: int = 0
print(Point.__annotations__)
print(f.__annotations__)
print(__annotations__)
