from dataclasses import dataclass, field, asdict, astuple, replace, fields, FrozenInstanceError
from typing import NamedTuple, List, Optional, Dict, Any, TypeVar, Generic, Protocol, runtime_checkable, Union, Callable, ClassVar
@dataclass
class P:
    x: int
    y: int = 5
    tags: List[str] = field(default_factory=list)
    K: ClassVar[int] = 3
p = P(1); q = P(1, 5, [])
print(p, p == q, asdict(p), astuple(p), replace(p, x=9), [f.name for f in fields(p)], P.K)
p.tags.append("a"); print(p, q)
for a, k in [((), {}), ((1, 2, 3, 4), {}), ((1,), {"z": 1}), ((1,), {"x": 1})]:
    try: P(*a, **k)
    except TypeError as e: print(e)
@dataclass(order=True, frozen=True)
class V:
    a: int
    b: str = "x"
print(V(1) < V(2), sorted([V(3), V(1)]), hash(V(1)) == hash(V(1)), {V(1): 2}[V(1)])
try: V(1).a = 5
except FrozenInstanceError as e: print(e)
@dataclass
class D(P):
    z: float = 1.5
    def __post_init__(self): self.total = self.x + self.y
print(D(1, 2, z=3.0), D(1).total)
try: hash(P(1))
except TypeError as e: print(e)
class NT(NamedTuple):
    a: int
    b: str = "q"
    def both(self): return f"{self.a}{self.b}"
print(NT(1), NT(1, "z").both(), NT(a=3), NT(1)._asdict(), NT(1) == (1, "q"), NT._fields)
a, b = NT(5)
T = TypeVar("T")
class Box(Generic[T]):
    def __init__(self, v: T) -> None: self.v = v
print(Box[int](5).v, Box("a").v)
@runtime_checkable
class HasLen(Protocol):
    def __len__(self) -> int: ...
print(isinstance([], HasLen), isinstance(5, HasLen))
Alias = Dict[str, Optional[List[int]]]
def f(x: Union[int, str], *, cb: Callable[[int], Any] = None) -> Optional[int]: return x
print(f(1))
match P(1, 2):
    case P(x, y): print("matched", x, y)
import statistics as st
d = [1, 2, 2, 3, 9.5]
print(st.mean(d), st.mean([1, 2, 3]), st.median(d), st.mode(d), st.stdev(d), st.pstdev(d), st.variance(d), st.pvariance([1, 2, 3, 4]), st.quantiles(d), st.fmean(d), st.harmonic_mean([1, 2, 4]), st.geometric_mean([1, 2, 4]), st.median_low([1, 2, 3, 4]), st.median_high([1, 2, 3, 4]), st.multimode("aabb"), st.correlation([1, 2, 3], [2, 4, 7]), st.linear_regression([1, 2, 3], [2, 4, 7]), st.NormalDist(1, 2).cdf(2))
try: st.mean([])
except st.StatisticsError as e: print(e)
import io, uuid, array
s = io.StringIO(); s.write("hello\nworld"); print(s.getvalue(), s.tell(), s.seek(0), s.readline(), s.read(3), list(s))
with io.StringIO("a\nb\n") as s: print([l for l in s])
b = io.BytesIO(b"abc"); print(b.read(2), b.read(), b.seek(0), b.write(b"Z"), b.getvalue())
u = uuid.UUID("12345678-1234-5678-1234-567812345678"); print(u, repr(u), u.hex, u.version, u.int, uuid.uuid5(uuid.NAMESPACE_DNS, "python.org"), uuid.uuid3(uuid.NAMESPACE_DNS, "python.org"), len(str(uuid.uuid4())))
A = array.array("i", [1, 2, 3]); A.append(4); print(A, A[1], A[1:3], len(A), sum(A), A.tobytes(), A.itemsize, A.tolist(), A == array.array("i", [1, 2, 3, 4]))
try: A.append("x")
except TypeError as e: print(e)
try: array.array("b", [200])
except OverflowError as e: print(e)
import types
print(types.SimpleNamespace(a=1, b="x"), types.MappingProxyType({"a": 1})["a"], isinstance(f, types.FunctionType))
