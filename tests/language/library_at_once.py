# What iterators are made of is looked at when they are made; containers in themselves; small parts of modules.
import bisect
import collections
import hmac
import itertools
import string
import sys


def show(f):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)


for make in (
    itertools.cycle, itertools.pairwise, itertools.accumulate, itertools.zip_longest,
    lambda x: itertools.compress(x, []), lambda x: itertools.dropwhile(bool, x), lambda x: itertools.takewhile(bool, x),
    lambda x: itertools.filterfalse(bool, x), lambda x: itertools.starmap(pow, x),
):
    show(lambda: make(5))
print(list(itertools.pairwise("abc")), list(itertools.filterfalse(None, [0, 1])), list(itertools.accumulate([1, 2], initial=5)))
d = collections.deque([1])
it = iter(d)
d.append(2)
show(lambda: next(it))
d.append(d)
print(d, collections.deque([d], 1))
o = collections.OrderedDict(a=1)
o["o"] = o
print(o, o.pop("z", default=5), o.pop("a"))
show(lambda: o.pop("z"))
f = collections.defaultdict(list)
f |= [("k", 1)]
f["f"] = f
print(f)
print(collections.UserDict.fromkeys("ab", 0), collections.UserList([1]) * 2)
show(lambda: bisect.insort(5, 10))
show(lambda: hmac.compare_digest("é", "é"))
t = string.Template("$who has ${what} for $$5, $who")
print(t.get_identifiers(), t.is_valid(), string.Template("$5").is_valid())
print(sys.hash_info.modulus == 2**61 - 1, sys.int_info.default_max_str_digits, sys.get_int_max_str_digits())
