from typing import NamedTuple, NotRequired, Protocol, Required, SupportsRound, TypedDict, runtime_checkable


class Movie(TypedDict):
    name: str
    year: NotRequired[int]


class Long(Movie, total=False):
    length: int
    id: Required[int]


print(Movie(name="x", year=1), type(Movie(name="x")), Movie.__total__, Long.__total__)
print(sorted(Movie.__required_keys__), sorted(Long.__required_keys__), sorted(Long.__optional_keys__))
print(list(Long.__annotations__))
try:
    isinstance({}, Movie)
except TypeError as error:
    print(error)

Point = NamedTuple("Point", [("x", int), ("y", int)])
print(Point(1, 2), Point.__annotations__, Point.x.__doc__)


class Closing(Protocol):
    def close(self): ...


@runtime_checkable
class Open(Protocol):
    def open(self): ...


class Door:
    def open(self): ...


print(isinstance(Door(), Open), isinstance(3, Open), issubclass(Door, Open), isinstance(3, SupportsRound))
try:
    isinstance(Door(), Closing)
except TypeError as error:
    print(error)
