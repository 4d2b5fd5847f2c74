# Which of the abstract classes each container of the library is.
from collections import deque, OrderedDict, Counter, defaultdict, ChainMap, UserDict, UserList, UserString, namedtuple
import collections.abc as abc
import array
P = namedtuple("P", "x")
for v in (deque(), OrderedDict(), Counter(), defaultdict(int), ChainMap(), P(1), [], (), "", b"", bytearray(), range(3), {}, set(), frozenset(), {}.keys(), {}.values(), {}.items(), array.array("i"), memoryview(b""), iter([]), (i for i in ()), len, lambda: 0, 5, type, UserDict(), UserList(), UserString("")):
    print(type(v).__name__, "".join("1" if isinstance(v, getattr(abc, n)) else "0" for n in "Container Hashable Iterable Iterator Reversible Generator Sized Callable Collection Sequence MutableSequence Set MutableSet Mapping MutableMapping MappingView KeysView ItemsView ValuesView".split()))
class Equal:
    def __eq__(self, other): return True
class Hashed(Equal):
    def __hash__(self): return 1
print(isinstance(Equal(), abc.Hashable), isinstance(Hashed(), abc.Hashable), isinstance(5, abc.Hashable), issubclass(Equal, abc.Hashable))
class Own(abc.Sequence):
    def __len__(self): return 1
    def __getitem__(self, index): return [7][index]
    def insert(self, at, value): pass
print(isinstance(Own(), abc.MutableSequence), isinstance(Own(), abc.Sequence), isinstance(Own(), abc.Mapping), isinstance(Own(), abc.Set))
