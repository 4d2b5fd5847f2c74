# What stands in brackets, in a program that looks there.
from typing import Annotated, Callable, Dict, Generic, List, Literal, Optional, TypeVar, Union, get_args, get_origin
from typing import get_type_hints

T = TypeVar("T")
print(Union[str, None].__args__, Optional[int].__args__, List[int].__args__, Dict[str, int].__origin__)
print(get_origin(Callable[[int], str]), get_args(Callable[[int], str]))
print(Literal[1, 2, 1], Literal[Literal[1], 2], Literal[1] == Literal[True], Literal[1, 2] == Literal[2, 1])


class Stack(Generic[T]):
    def __init__(self):
        self.items = []


print(Stack[int], Stack[int].__args__, get_origin(Stack[int]), type(Stack[int]()).__name__, Stack[int]().items)


class Whole(Stack[int]):
    pass


print(Whole().items, [base.__name__ for base in Whole.__mro__])


def noted(a: Annotated[int, "unit"], b: Optional[Annotated[str, 1]] = None): ...


print(get_type_hints(noted), get_type_hints(noted, include_extras=True))
