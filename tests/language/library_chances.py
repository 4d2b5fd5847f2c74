import fnmatch, queue, random, uuid
from collections import ChainMap
from configparser import RawConfigParser


def t(f):
    try: print(repr(f()))
    except Exception as e: print(type(e).__name__, e)


r = random.Random(1)
for seed in ("nofar", b"nofar", "", "ab\xe9"):
    r.seed(seed, version=1)
    print(r.random())
for f in (lambda: r.choices([1, 2], weights=[float("inf"), 1]), lambda: r.choices([1], weights=[0]), lambda: r.sample([1, 2], counts=[1], k=1),
        lambda: r.sample([1, 2], counts=[0, 0], k=1), lambda: r.sample([1], counts=[1.5], k=1), lambda: r.randrange(10, step=2),
        lambda: r.setstate((1, (), None)), lambda: r.setstate((3, (1, 2), None)), lambda: r.setstate((3, None, None))): t(f)
q = queue.Queue()
q.put(1)
t(lambda: q.get(timeout=-1)); t(lambda: queue.SimpleQueue().get(timeout=-1)); t(lambda: q.get(block=False, timeout=-1))
print(fnmatch.filter([b"a.py", b"b.txt"], b"*.py"), fnmatch.fnmatchcase(b"ab", b"a[!c]")); t(lambda: fnmatch.fnmatch("a", b"*"))
c, d = ChainMap({"a": 1}, {"b": 2, "a": 9}), ChainMap({"b": 5})
print(c | d, c | {"z": 1}, {"z": 1} | c, list(c), len(c), c.maps)
c |= {"n": 0}
print(c); t(lambda: c | 5)
u = uuid.UUID("{12345678-1234-1678-9234-567812345678}")
print(u.time, u.clock_seq, u.fields, u.version)
one, two = uuid.uuid1(), uuid.uuid1(node=5, clock_seq=9)
print(one.version, one.variant, two.node, two.clock_seq, one.time < two.time, uuid.uuid1(node=5) != two)
t(lambda: uuid.UUID(fields=(0, 0, 0, 256, 0, 0))); t(lambda: uuid.UUID(fields=(0, 0)))
p = RawConfigParser(interpolation=None)
p.read_string("[s]\na = %(b)s")
print(p["s"]["a"])
