from collections import namedtuple, OrderedDict, defaultdict, Counter, deque, ChainMap, UserDict
import collections
P = namedtuple("P", "x y", defaults=[5])
p = P(1)
print(p, p.x, p.y, p._asdict(), p._replace(x=9), P._fields, P._make([3, 4]), p == (1, 5), len(p), list(p))
try: P()
except TypeError as e: print(e)
try: P(1, 2, 3)
except TypeError as e: print(e)
a, b = p
print(a, b, hash(p) == hash((1, 5)), isinstance(p, tuple), P.__name__)
class Q(namedtuple("Q", ["a", "b"])):
    def total(self): return self.a + self.b
print(Q(1, 2), Q(1, 2).total(), Q(b=1, a=2))
od = OrderedDict(a=1, b=2, c=3)
od.move_to_end("a")
print(od, od.popitem(last=False), od, od == OrderedDict([("c", 3), ("a", 1)]))
dd = defaultdict(list)
dd["x"].append(1); dd["x"].append(2); dd["y"]
print(dd, dict(dd), "z" in dd, dd.get("z"))
c = Counter("abracadabra")
print(c, c.most_common(2), c["q"], sorted(c.elements()), c + Counter("aaz"), c - Counter("aaaa"), c & Counter("ab"), c | Counter("zz"), c.total())
c.update("zzz"); c.subtract("a"); print(c)
d = deque([1, 2, 3], maxlen=4)
d.append(4); d.append(5); d.appendleft(0)
print(d, d[0], d[-1], len(d), list(reversed(d)), 2 in d, d.popleft(), d.pop(), d)
d.rotate(1); print(d); d.extendleft([7, 8]); print(d, d.index(7), d.count(7))
try: deque().pop()
except IndexError as e: print(e)
cm = ChainMap({"a": 1}, {"a": 2, "b": 3})
print(cm["a"], cm["b"], dict(cm), cm)
import functools, operator, itertools, heapq, bisect, string, copy, contextlib
print(functools.reduce(operator.add, [1, 2, 3], 10))
@functools.lru_cache(maxsize=None)
def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)
print(fib(50), fib.cache_info())
@functools.wraps(fib)
def w(*a): return 1
print(w.__name__)
print(functools.partial(pow, 2)(5), functools.partial(int, base=2)("101"))
@functools.total_ordering
class V:
    def __init__(self, v): self.v = v
    def __eq__(self, o): return self.v == o.v
    def __lt__(self, o): return self.v < o.v
print(V(1) <= V(2), V(3) > V(2), V(1) >= V(1), sorted([V(3), V(1)])[0].v)
print(sorted([3, 1, 2], key=functools.cmp_to_key(lambda a, b: b - a)))
class CP:
    @functools.cached_property
    def x(self):
        print("computed"); return 5
cp = CP(); print(cp.x, cp.x)
@functools.singledispatch
def sd(a): return "obj"
@sd.register(int)
def _(a): return "int"
print(sd(1), sd("s"))
print(list(itertools.islice(itertools.count(5, 2), 4)), list(itertools.chain([1], "ab")), list(itertools.accumulate([1, 2, 3])), list(itertools.zip_longest([1, 2], "a", fillvalue="-")))
print(list(itertools.product("ab", [1, 2])), list(itertools.permutations([1, 2, 3], 2)), list(itertools.combinations("abcd", 2)), list(itertools.combinations_with_replacement("ab", 2)))
print([(k, list(g)) for k, g in itertools.groupby("aabbbc")], list(itertools.takewhile(lambda x: x < 3, [1, 2, 3, 1])), list(itertools.dropwhile(lambda x: x < 3, [1, 2, 3, 1])), list(itertools.pairwise("abc")), list(itertools.starmap(pow, [(2, 3), (3, 2)])))
t1, t2 = itertools.tee([1, 2, 3]); print(list(t1), list(t2), list(itertools.compress("abc", [1, 0, 1])), list(itertools.repeat(1, 3)), list(itertools.filterfalse(None, [0, 1, 2])))
h = [5, 3, 8, 1]; heapq.heapify(h); heapq.heappush(h, 0); print([heapq.heappop(h) for _ in range(5)], heapq.nlargest(2, [1, 5, 3]), list(heapq.merge([1, 4], [2, 3])))
print(bisect.bisect([1, 2, 2, 3], 2), bisect.bisect_left([1, 2, 2, 3], 2)); l = [1, 3]; bisect.insort(l, 2); print(l)
print(operator.itemgetter(1, 2)([1, 2, 3]), operator.attrgetter("real")(5), operator.methodcaller("upper")("a"))
print(string.ascii_letters, string.capwords("hello world"), string.Template("$a ${b} $$").substitute(a=1, b=2))
x = [1, [2, 3], {"a": (4, [5])}]; y = copy.deepcopy(x); y[1].append(9); y[2]["a"][1].append(1); print(x, y, copy.copy(x)[1] is x[1])
class N:
    def __init__(self): self.items = [1]
n = N(); m = copy.deepcopy(n); m.items.append(2); print(n.items, m.items)
@contextlib.contextmanager
def cmgr():
    print("in")
    try: yield 5
    except ValueError as e: print("caught", e)
    finally: print("out")
with cmgr() as v:
    print(v); raise ValueError("boo")
with contextlib.suppress(KeyError): {}["a"]
with contextlib.ExitStack() as st:
    st.callback(print, "cb"); st.enter_context(cmgr())
from collections.abc import Sequence, Mapping, Iterable, Callable, MutableMapping
print(isinstance([], Sequence), isinstance({}, Mapping), isinstance("a", Iterable), isinstance(5, Iterable), isinstance(len, Callable), issubclass(list, Sequence), isinstance(d, Iterable))
class MM(MutableMapping):
    def __init__(self): self.d = {}
    def __getitem__(self, k): return self.d[k]
    def __setitem__(self, k, v): self.d[k] = v
    def __delitem__(self, k): del self.d[k]
    def __iter__(self): return iter(self.d)
    def __len__(self): return len(self.d)
mm = MM(); mm.update(a=1, b=2); print(dict(mm), mm.pop("a"), mm.get("zz"), "b" in mm, list(mm.items()), mm.setdefault("q", 4))
from abc import ABC, abstractmethod, ABCMeta
class A(ABC):
    @abstractmethod
    def f(self): ...
    @property
    @abstractmethod
    def g(self): ...
try: A()
except TypeError as e: print(e)
class B(A):
    def f(self): return 1
    g = 5
print(B().f(), isinstance(B(), A), issubclass(B, A))
class C2(metaclass=ABCMeta):
    @abstractmethod
    def q(self): pass
try: C2()
except TypeError as e: print(e)
print(collections.OrderedDict, P, Counter, deque)

from collections.abc import MutableMapping as _MutableMapping
class Nothing(_MutableMapping):
    def __getitem__(self, key): raise KeyError(key)
    def __setitem__(self, key, value): pass
    def __delitem__(self, key): pass
    def __iter__(self): return iter([])
    def __len__(self): return 0
try: Nothing().popitem()
except KeyError as e: print(repr(e), e.__cause__, e.__suppress_context__)
