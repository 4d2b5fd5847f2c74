import io
import json
import string
import traceback
from collections import OrderedDict, deque, namedtuple
from collections.abc import MutableMapping
from contextlib import contextmanager
from enum import Enum, IntEnum


class Number(IntEnum):
    A = 1
    B = 2**70


class Mine(int):
    def __repr__(self):
        return "mine"


class Text(str, Enum):
    R = "r"


print(json.dumps({Number.A: 1, Number.B: Number.B}), json.dumps({Mine(5): Mine(2**80)}), json.dumps({Text.R: Text.R}))
try:
    json.dumps({(1, 2): 3})
except TypeError as error:
    print(error)


class Held(dict, Enum):
    A = {"x": 1}


print(Held.A["x"], Held.A, Held.A.value, len(Held.A))


class Point:
    def __init__(self, x):
        self.x = x

    def __eq__(self, other):
        return self.x == other.x


print(Point.__hash__, "__hash__" in Point.__dict__)
Pair = namedtuple("Pair", "a b")
print(Pair.a.__doc__, Pair.__doc__, property(lambda self: 1, doc="said").__doc__)


class Folded(MutableMapping):
    def __init__(self): self.held = {}
    def __getitem__(self, key): return self.held[key]
    def __setitem__(self, key, value): self.held[key] = value
    def __delitem__(self, key): del self.held[key]
    def __iter__(self): return iter(self.held)
    def __len__(self): return len(self.held)


folded = Folded()
folded["a"] = 1
print(folded.keys() & {"a", "b"}, folded.keys() | {"b"} == {"a", "b"}, folded.items() - {("a", 1)})
Waiting = deque[int]
print(Waiting([1], 3))
reader = io.TextIOWrapper(io.BytesIO("é\r\nb\n".encode()), encoding="utf-8")
print(list(reader), reader.read(), reader.encoding)
inside = io.BytesIO()
writer = io.TextIOWrapper(inside, encoding="utf-8", write_through=True)
print(writer.write("é"), inside.getvalue())


class Percent(string.Template):
    delimiter = "%"
    idpattern = "[a-z]+_[a-z]+"


print(Percent("%with_under %plain").safe_substitute(with_under=1, plain=2))


@contextmanager
def around():
    try:
        yield
    finally:
        print("left")


def fail():
    raise KeyError("k")


try:
    with around():
        fail()
except KeyError as error:
    print([frame.name for frame in traceback.extract_tb(error.__traceback__)])
