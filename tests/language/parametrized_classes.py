# `list[int]` is a class with parameters, and no class.
from collections import deque
from types import GenericAlias


def show(f):
    try:
        print(repr(f()))
    except Exception as error:
        print(type(error).__name__, error)


Rows = list[dict[str, int]]
print(Rows, dict[str, list[int]], tuple[int, ...], tuple[()], set["Later"], frozenset[None], type[int])
print(Rows.__origin__, Rows.__args__, type(Rows), isinstance(Rows, type), type(Rows) is GenericAlias)
print(list[int] == list[int], list[int] == list[str], list[int] == list, hash(list[int]) == hash(list[int]))
print(list[int]("ab"), dict[str, int](a=1), list[int].__name__, dict[str, int].fromkeys("ab"))
print(list[int] | None, None | dict[str, int], list[int] | int | list[int], int | list[str])
print((list[int] | None) == (None | list[int]), {list[int]: 1}[list[int]])
show(lambda: isinstance([], list[int]))
show(lambda: issubclass(list, list[int]))
show(lambda: list[int][str])
show(lambda: deque[int]([1]))


class Table(dict[str, int]):
    pass


print(Table(a=1), Table.__bases__)


def rows(list, type):
    return list[0], type["a"]


print(rows([1], {"a": 2}))
