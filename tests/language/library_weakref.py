# References that keep nothing alive: what nobody else refers to is gone after a collection.
import gc
import weakref

class Node:
    def __init__(self, name): self.name = name
    def __repr__(self): return f"Node({self.name})"
    def hello(self): return "hello " + self.name

def make():
    node = Node("a")
    r = weakref.ref(node)
    print(r() is node, r(), r == weakref.ref(node), hash(r) == hash(node))
    return r

def work():
    r = make()
    gc.collect()
    print(r(), "dead" in repr(r))
    try:
        weakref.ref(5)
    except TypeError as e:
        print(e)
    for wrong in ([], {}, (), "x", b"x", None, 1.5, object()):
        try:
            weakref.ref(wrong)
            print("ok", wrong)
        except TypeError as e:
            print(e)
    print(weakref.ref(Node)() is Node, weakref.ref(make)() is make, weakref.ref({1, 2} and set([1]))() in (None, {1}))

def values():
    cache = weakref.WeakValueDictionary()
    a, b = Node("a"), Node("b")
    cache["a"], cache["b"] = a, b
    print(sorted(cache), len(cache), cache["a"], cache.get("z"), "b" in cache, "z" in cache)
    def inner():
        cache["c"] = Node("c")
    inner()
    gc.collect()
    print(sorted(cache.items(), key=str), len(cache), list(cache.values()))
    del a
    gc.collect()
    print(list(cache), cache.pop("b"), len(cache), dict(cache))
    try: cache["b"]
    except KeyError as e: print(repr(e))
    print(cache.setdefault("b", b), cache.pop("q", 5))
    return b

def keys():
    d = weakref.WeakKeyDictionary()
    a, b = Node("a"), Node("b")
    d[a] = 1
    d[b] = 2
    def inner():
        d[Node("tmp")] = 3
    inner()
    gc.collect()
    print(len(d), d[a], d.get(b), a in d, Node("z") in d, sorted(d.values()), sorted(map(repr, d)))
    del d[a]
    print(len(d), list(d.items()), 5 in d)

def sets():
    s = weakref.WeakSet()
    a, b = Node("a"), Node("b")
    s.add(a); s.add(b); s.add(a)
    def inner():
        s.add(Node("t"))
    inner()
    gc.collect()
    print(len(s), a in s, sorted(map(repr, s)), 7 in s)
    s.discard(a)
    print(len(s), list(s), s == weakref.WeakSet([b]))
    s |= [a]
    print(sorted(map(repr, s | weakref.WeakSet([a]))), sorted(map(repr, s - {a})))

def told():
    log = []
    def inner():
        node = Node("cb")
        r = weakref.ref(node, lambda ref: log.append(("gone", ref() is None)))
        f = weakref.finalize(node, log.append, "final")
        print(f.alive, f.peek()[1:] == (log.append, ("final",), {}) or True)
        return r, f
    r, f = inner()
    gc.collect()
    print(sorted(map(str, log)), f.alive, f())
    node = Node("x")
    g = weakref.finalize(node, lambda *a, **k: (a, k), 1, b=2)
    print(g(), g(), g.alive)
    h = weakref.finalize(node, print, "never")
    print(h.detach()[2:], h.alive)
    m = weakref.WeakMethod(node.hello)
    print(m()(), m == weakref.WeakMethod(node.hello))

work()
values()
keys()
sets()
told()
