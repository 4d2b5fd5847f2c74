# repr, str and ascii of everything.


def show(f):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)


values = [
    None, True, False, Ellipsis, NotImplemented, 0, -1, 2**31, -(2**31), 2**63, -(2**64), 10**50, -(7**100), 1.0, -0.0,
    "", "a'b", 'a"b', "a'b\"c", "tab\tnl\ncr\rbs\\", "\x00\x1f\x7f\x80\xa0\xad", "é€😀", "\u200b\u2028\ue000\uffff", b"x\x80'",
    [], [1], [1, [2, [3]]], (), (1,), (1, 2), ((),), {}, {1: 2}, {"a": [1], (1, 2): {"b": None}}, set(), {1}, frozenset(),
    frozenset([1]), range(5), range(1, 5), range(0, 10, 3), range(5, 0, -1), slice(1, 2), slice(None, "a", 3),
    bytearray(b"x"), int, str, type, object, ValueError, KeyError, len, print, ValueError("x"), ValueError(),
    ValueError("a", 1), KeyError("k"), KeyError(), OSError("No such file"), FileNotFoundError(2, "No such file"), IndexError("i"), StopIteration(3),
    {}.keys(), {1: 2}.keys(), {1: 2, 3: 4}.values(), {1: 2, 3: 4}.items(), {1: 2}.items(), [1.5, "x", b"y", None],
    NameError("n"), Exception(Exception("in")), Exception([1]), RuntimeError("é"), type(None), type(len), type(iter([])),
]
for value in values:
    print(repr(value), "|", str(value), "|", ascii(value), "|", f"{value}", f"{value!r}", f"{value!a}", "%s %r %a" % (value, value, value) if type(value) is not tuple else "")

l = [1]
l.append(l)
d = {1: l}
d[2] = d
l.append(d)
print(l, d)
l = []
l.append((l,))
print(l, [l])
d = {}
d["v"] = d.values()
d["i"] = [d.items()]
print(d["i"])


class A:
    pass


class B:
    def __repr__(self):
        return "B!"


class C:
    def __str__(self):
        return "C!"


class D:
    def __repr__(self):
        return 5

    def __str__(self):
        return None

    def __format__(self, spec):
        return 7


class E(Exception):
    pass


class F(Exception):
    def __str__(self):
        return "F!"


class G(ValueError):
    def __repr__(self):
        return "G?"


class H:
    def __init__(self):
        self.children = []

    def __repr__(self):
        return "H" + repr(self.children)


class I:
    def __format__(self, spec):
        return "<" + spec + ">"


class J:
    def __repr__(self):
        raise ValueError("no repr")


def f():
    yield 1


def head(text):
    return text.split(" at 0x")[0]


print(head(repr(A())), head(str(A())), A, [A], str(A), head(repr([A()])))
print(B(), [B()], repr(B()), f"{B()}", "%s" % B(), {B(): B()}, ascii(B()))
print(C(), head(repr(C())), str(C()), f"{C()}", "%s" % C())
show(lambda: repr(D()))
show(lambda: str(D()))
show(lambda: format(D(), "x"))
show(lambda: [D()])
show(lambda: "%r" % D())
print(repr(E("x")), str(E("x")), repr(E()), repr(E(1, 2)), F(1), repr(F(1)), [F("a")], repr(G(1)), G(1), [G()])
h = H()
h.children.append(h.children)
h.children.append(H())
print(h)
print(f"{I():abc}", f"{I()}", format(I()), format(I(), "q"), "{:zz}".format(I()))
show(lambda: [1, J()])
show(lambda: str(J()))
print(head(repr(f)), head(repr(f())), head(repr(A().__init__)) != "", head(repr(lambda: 1)), head(repr(iter([]))))
print(head(repr("x".upper)), repr(str.upper), repr([].append).split(" of ")[0])
m = H().__repr__
print(repr(m))


class K:
    def method(self):
        pass

    @staticmethod
    def s():
        pass

    @property
    def p(self):
        return 1


print(head(repr(K().method)), head(repr(K.method)), head(repr(K.s)), head(repr(K.p)))
deep = []
for _ in range(200):
    deep = [deep]
print(repr(deep) == "[" * 201 + "]" * 201)
