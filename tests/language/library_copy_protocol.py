# What a class says of how it is copied: __reduce__, __reduce_ex__, __getstate__, __setstate__, __getnewargs__.
import copy


class Named:
    known = {}

    def __init__(self, name):
        self.name, self.cache = name, ["of " + name]

    def __reduce__(self):
        return Named.find, (self.name,)

    @classmethod
    def find(cls, name):
        if name not in cls.known:
            cls.known[name] = cls(name)
        return cls.known[name]


a = Named("a")
b = copy.copy(a)
print(b is a, b.name, copy.copy(b) is b, copy.deepcopy([b, b])[1] is b, copy.deepcopy({"k": a})["k"] is b)


class Alone:
    def __reduce__(self):
        return "alone"


alone = Alone()
print(copy.copy(alone) is alone, copy.deepcopy(alone) is alone, copy.deepcopy([alone])[0] is alone)


class Versioned:
    def __init__(self, *parts):
        self.parts = parts

    def __reduce_ex__(self, protocol):
        print("protocol", protocol)
        return Versioned, tuple(self.parts), {"extra": [1]}


v = Versioned(1, [2])
shallow, deep = copy.copy(v), copy.deepcopy(v)
print(shallow.parts, shallow.parts[1] is v.parts[1], shallow.extra, deep.parts, deep.parts[1] is v.parts[1])


class Filled(list):
    def __reduce__(self):
        return Filled, (), {"note": "n"}, iter(self)


class Table(dict):
    def __reduce__(self):
        return Table, (), None, None, iter(self.items())


f = Filled([1, [2]])
g = copy.deepcopy(f)
print(g, g.note, g[1] is f[1], copy.copy(f)[1] is f[1])
t = Table(a=[1])
print(copy.copy(t), copy.copy(t)["a"] is t["a"], copy.deepcopy(t)["a"] is t["a"])


class Stateful:
    def __init__(self):
        self.kept, self.dropped = [1], "socket"

    def __getstate__(self):
        return {"kept": self.kept}

    def __setstate__(self, state):
        self.__dict__.update(state)
        self.dropped = "reopened"


s = Stateful()
print(vars(copy.copy(s)), copy.copy(s).kept is s.kept, copy.deepcopy(s).kept is s.kept)


class Restored:
    __slots__ = ("x", "y")

    def __init__(self):
        self.x = [5]

    def __setstate__(self, state):
        print("state", state)
        self.x = state[1]["x"]


print(copy.copy(Restored()).x, hasattr(copy.deepcopy(Restored()), "y"))


class OnlyState:
    def __init__(self):
        self.a = 1

    def __getstate__(self):
        return {"a": 2}


print(copy.copy(OnlyState()).a, copy.deepcopy(OnlyState()).a)


class Pair(tuple):
    def __new__(cls, a, b):
        return super().__new__(cls, (a, b))

    def __getnewargs__(self):
        return self[0], self[1]


p = Pair([1], 2)
p.note = "kept"
q = copy.deepcopy(p)
print(q, type(q).__name__, q[0] is p[0], q.note, copy.copy(p)[0] is p[0])


class Named2(str):
    def __new__(cls, text, *, upper):
        return super().__new__(cls, text.upper() if upper else text)

    def __getnewargs_ex__(self):
        return (str(self),), {"upper": False}


print(copy.copy(Named2("ab", upper=True)), copy.deepcopy(Named2("ab", upper=False)))


class Node:
    def __init__(self, name):
        self.name, self.others = name, []

    def __setstate__(self, state):
        self.__dict__.update(state)


n, m = Node("n"), Node("m")
n.others.append(m)
m.others.append(n)
c = copy.deepcopy(n)
print(c.others[0].others[0] is c, c.others[0] is m)
