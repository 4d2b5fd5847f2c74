from typing import *
import types
T = TypeVar("T")
K = TypeVar("K", covariant=True)
def show(f):
    try: print(f())
    except TypeError as e: print("TypeError", e)
for form in (Optional[int], Dict[str, List[int]], Union[int, str, None], Union[int, Union[str, int]], Union[int], Callable[[int], str],
        Callable[..., T], Literal["a", 1], Tuple[()], Tuple[int, ...], ClassVar[int], List["X"], Annotated[int, 3],
        Dict[str, T][int], List[T][Optional[str]], T, K, Optional[int] | str, int | T, T | None, Type[int]):
    print(form)
show(lambda: List[int][str]); show(lambda: Optional[int, str]); show(lambda: Union()); show(lambda: List())
print(List[int] == List[int], Union[int, str] == Union[str, int], Union[int, str] == int | str, hash(Union[int, str]) == hash(Union[str, int]))
print(get_origin(List[int]), get_args(Dict[str, int]), get_args(Callable[[int], str]), get_origin(Optional[int]), get_args(Optional[int]))
print(get_origin(int | str), get_args(int | str), get_args(Annotated[int, 3]), get_origin(int))
UserId = NewType("UserId", int)
print(UserId, UserId(3), UserId.__supertype__, UserId | None)
print(isinstance(1, Optional[int]), isinstance(None, Optional[int]), isinstance([], List), issubclass(int, Union[int, str]))
show(lambda: isinstance([], List[int])); show(lambda: isinstance(1, Any))
class L(List[int]): pass
class D(Dict[str, int]):
    def total(self): return sum(self.values())
print(L.__mro__[1], L([1]), D(a=1, b=2).total())
class Entry:
    def __init__(self, of): self.of = of
    def __mro_entries__(self, bases): return (self.of,)
print(types.new_class("N", (Entry(int),)).__mro__[1], types.resolve_bases((Entry(str), dict)))
show(lambda: types.MappingProxyType(3))
print(types.MappingProxyType({1: 2}) | {3: 4}, {3: 4} | types.MappingProxyType({1: 2}), list(reversed(types.MappingProxyType({1: 2, 3: 4}))))
