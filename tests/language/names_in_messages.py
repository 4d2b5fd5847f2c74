import re, json, functools, itertools, collections, operator
from datetime import *
from decimal import Decimal
from array import array
def t(f):
    try: print(f())
    except Exception as e: print(type(e).__name__, e)
d = datetime(2024, 1, 1)
D = Decimal("1.5")
t(lambda: D + 1.5); t(lambda: 1.5 * D); t(lambda: D < "x"); t(lambda: D.nope); t(lambda: Decimal.nope); t(lambda: D + None)
t(lambda: d + 1); t(lambda: d - "x"); t(lambda: d < 5); t(lambda: d.nope); t(lambda: date(2024,1,1) + date(2024,1,1)); t(lambda: timedelta(1) + 1); t(lambda: timedelta(1) * "x"); t(lambda: timedelta(1) < 3)
t(lambda: collections.deque([1]) + [1]); t(lambda: collections.deque() < 3); t(lambda: collections.OrderedDict() + 1); t(lambda: collections.defaultdict(int) - 1); t(lambda: collections.Counter() + 1)
t(lambda: re.compile("a") + 1); t(lambda: re.match("a", "a").nope); t(lambda: len(re.match("a", "a")))
t(lambda: json.dumps(d)); t(lambda: json.dumps(D)); t(lambda: json.dumps(collections.deque()))
t(lambda: len(D)); t(lambda: D[0]); t(lambda: iter(d)); t(lambda: [] + D); t(lambda: "a" + d); t(lambda: int(d)); t(lambda: float(timedelta(1)) ); t(lambda: "x"[D]); t(lambda: [1][d]); t(lambda: hash(collections.deque()))
t(lambda: functools.partial(print) + 1); t(lambda: len(itertools.count())); t(lambda: next(iter(itertools.chain())) ); t(lambda: operator.itemgetter(1)(5)); t(lambda: sum([D, "x"])); t(lambda: sorted([d, 3])); t(lambda: max(D, "a"))
print(Decimal.__name__, type(d).__name__, type(d).__qualname__, type(d).__module__, type(d), repr(Decimal), collections.deque.__name__, f"{type(D).__name__}", timezone.utc.__class__.__name__)
class E(datetime): pass
class M(Decimal): pass
t(lambda: E(2024, 1, 1) + 1); t(lambda: M(1) + 1.5); print(M.__name__, repr(M(1)), E(2024,1,1), repr(E(2024,1,1)))
t(lambda: d()); t(lambda: D()); t(lambda: datetime()); t(lambda: datetime(1));
t(lambda: Decimal("abc")); t(lambda: Decimal([])); t(lambda: Decimal({})); t(lambda: "%d" % d); t(lambda: "{:d}".format(d)); t(lambda: f"{D:d}"); t(lambda: "%d" % D); t(lambda: "%.2f" % D); t(lambda: round(D)); t(lambda: divmod(D, 1)); t(lambda: "%s %r" % (D, d)); t(lambda: ",".join([D])); t(lambda: isinstance(1, D)); t(lambda: {}[D]); t(lambda: d in 5); t(lambda: 5 in d); t(lambda: print(*D)); t(lambda: (lambda **k: k)(**D)); 
