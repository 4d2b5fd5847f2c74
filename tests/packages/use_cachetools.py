# cachetools: every kind of cache and decorator, with a clock of our own.
import functools
import random
import threading

import cachetools
from cachetools import Cache, FIFOCache, LFUCache, LRUCache, RRCache, TLRUCache, TTLCache, cached, cachedmethod
from cachetools.keys import hashkey, methodkey, typedkey


class Clock:
    def __init__(self): self.now = 0

    def __call__(self): return self.now


def fails(function, *args, **kwargs):
    try:
        print("no error", function(*args, **kwargs))
    except Exception as error:
        print(type(error).__name__, error)


def fill(cache):
    for key in range(1, 6):
        cache[key] = key * 10
        cache.get(1)
    print(cache, len(cache), cache.maxsize, cache.currsize, sorted(cache), 1 in cache, cache.get(9), cache.get(9, "none"))
    cache.update({7: 70, 8: 80})
    print(sorted(cache.items()), cache.pop(8), cache.pop(99, None), cache.setdefault(3, 33), cache.setdefault(3, 34), cache.getsizeof(3))
    fails(cache.__getitem__, "missing")
    fails(cache.pop, "missing")
    del cache[3]
    fails(cache.__delitem__, 3)
    print(len(cache), cache.popitem(), dict(cache))
    cache.clear()
    print(cache, cache.currsize)
    fails(cache.popitem)


print(cachetools.__version__, sorted(cachetools.__all__))
for kind in (FIFOCache, LFUCache, LRUCache):
    fill(kind(maxsize=3))
random.seed(3)
rr = RRCache(maxsize=2, choice=min)
rr.update({1: 1, 2: 2, 3: 3})
print(sorted(rr), rr.choice is min, len(RRCache(maxsize=1)))

sized = LRUCache(maxsize=10, getsizeof=len)
sized["a"] = "four"
sized["b"] = "fives"
print(sized, sized.currsize, sized.getsizeof("xyz"))
sized["c"] = "xx"
print(sorted(sized), sized.currsize)
fails(sized.__setitem__, "d", "x" * 11)
sized["b"] = "y"
print(sized.currsize)
fails(Cache, -1)
fails(Cache(0).__setitem__, 1, 1)

clock = Clock()
ttl = TTLCache(maxsize=3, ttl=10, timer=clock)
ttl["a"] = 1
clock.now = 4
ttl["b"] = 2
print(sorted(ttl), len(ttl), ttl.ttl, ttl.currsize, "a" in ttl)
clock.now = 10
print(sorted(ttl), len(ttl), "a" in ttl, ttl.get("a"), ttl["b"])
print(ttl.expire(), ttl.expire(14), len(ttl))
for key in "cdef":
    ttl[key] = key
print(sorted(ttl), ttl.popitem(), ttl)
clock.now = 99
print(len(ttl), list(ttl))
fails(ttl.popitem)

tlru = TLRUCache(maxsize=4, ttu=lambda key, value, now: now + value, timer=clock)
tlru["short"] = 1
tlru["long"] = 50
print(sorted(tlru))
clock.now += 5
print(sorted(tlru), tlru.ttu("k", 3, 4), "short" in tlru)


class Counting(LRUCache):
    def __missing__(self, key):
        self[key] = key * 2
        return self[key]

    def popitem(self):
        key, value = super().popitem()
        print("evicted", key, value)
        return key, value


counting = Counting(maxsize=2)
print(counting[1], counting[2], counting[3], counting)

calls = []


@cached(cache={})
def fib(n):
    calls.append(n)
    return n if n < 2 else fib(n - 1) + fib(n - 2)


print(fib(20), len(calls), fib.cache_key(3) == hashkey(3), fib.cache[hashkey(20)], fib.cache_lock)


@cached(cache=LRUCache(maxsize=2), info=True)
def squared(x):
    return x * x


print([squared(x) for x in (1, 2, 1, 3, 2)], squared.cache_info())
squared.cache_clear()
print(squared.cache_info(), squared.__name__, squared.__wrapped__(5))


@cached(cache=TTLCache(maxsize=5, ttl=1, timer=clock), key=functools.partial(hashkey, "tag"), lock=threading.Lock())
def locked(x, **named):
    calls.append(x)
    return x, named


before = len(calls)
print(locked(1), locked(1), locked(1, a=2), len(calls) - before, sorted(len(key) for key in locked.cache))


@cached(cache=LRUCache(maxsize=3), condition=threading.Condition(), info=True)
def waited(x):
    return -x


print(waited(1), waited(1), waited.cache_info())


fails(cached, cache=None)


class Thing:
    def __init__(self, size):
        self.cache = LRUCache(maxsize=size)
        self.lock = threading.RLock()
        self.count = 0

    @cachedmethod(lambda self: self.cache)
    def plain(self, n):
        self.count += 1
        return n + self.count

    @cachedmethod(lambda self: self.cache, key=functools.partial(methodkey, method="keyed"), lock=lambda self: self.lock)
    def keyed(self, n):
        self.count += 1
        return n * self.count


thing = Thing(4)
print(thing.plain(1), thing.plain(1), thing.keyed(2), thing.keyed(2), thing.plain(2), thing.count, len(thing.cache))
other = Thing(4)
print(other.plain(1), other.count, thing.count)
print(hashkey(1, 2, a=3) == hashkey(1, 2, a=3), hashkey(1) == hashkey(1.0), typedkey(1) == typedkey(1.0), hash(hashkey("a")) == hash(hashkey("a")))
