class D(dict):
    def __missing__(self, key):
        return key * 2
d = D(a=1)
print(d["a"], d["zz"], d.get("q"), len(d), d, d == {"a": 1}, "a" in d, isinstance(d, dict))
class L(list):
    def __init__(self, *a):
        super().__init__(a)
        self.name = "n"
    def append(self, x):
        super().append(x * 10)
l = L(1, 2, 3)
l.append(4)
l += [5]
print(l, len(l), l[1:3], type(l).__name__, l.name, sorted(l, reverse=True), sum(l), 40 in l)
for x in l: print(x, end=" ")
print(l + [1], [0] + l, l * 2, l == [1,2,3,40,5], l.__dict__)
class I(int):
    def __new__(cls, v, unit):
        self = super().__new__(cls, v)
        self.unit = unit
        return self
    def __repr__(self):
        return f"I({int(self)}, {self.unit})"
i = I(5, "m")
print(i, i + 1, 2 * i, -i, i.unit, hash(i) == hash(5), {5: "x"}[i], i == 5, f"{i:03d}", "%d" % i, i.bit_length())
class S(str):
    def shout(self): return self.upper() + "!"
s = S("abc")
print(s, repr(s), s.shout(), s + "d", s[1], len(s), s == "abc", {s: 1}["abc"], "b" in s, ",".join([s, s]), s.startswith("a"), "x" + s, s.__class__)
class T(tuple):
    def __new__(cls, a, b): return tuple.__new__(cls, (a, b))
    @property
    def a(self): return self[0]
t = T(1, 2)
x, y = t
print(t, t.a, x, y, t < (1, 3), hash(t) == hash((1, 2)), "%s-%s" % t, t + (3,))
class E(set):
    pass
e = E([1, 2])
e.add(3)
print(e, e | {4}, 1 in e, len(e), e - {1})
class F(float):
    def __add__(self, o): return F(float.__add__(self, o) + 100)
print(F(1.5) + 1, F(2.5) * 2, round(F(2.7)), F(3.0).is_integer())
class C(dict):
    def __setitem__(self, k, v):
        super().__setitem__(k, v + 1)
c = C()
c["x"] = 1
c.update(y=5)
print(c, list(c.items()), dict(c), {**c}, c | {"z": 1}, sorted(c))
try:
    c["nope"]
except KeyError as err:
    print("KeyError", err)
import json
print(json.dumps([d, l, i, s, t]))
print(int.__add__(1, 2), list.__len__([1]), (5).__add__(3), "a".__eq__("b"), [].__iter__ is not None)
