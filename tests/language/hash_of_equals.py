# Objects that are equal to a number, a tuple or text, and have its hash, are found by it and find it.
class N:
    def __init__(self, v): self.v = v
    def __hash__(self): return hash(self.v)
    def __eq__(self, o): return self.v == (o.v if isinstance(o, N) else o)
    def __repr__(self): return f"N({self.v!r})"
vals = [0, 1, -1, -2, 2**30, -2**30, 2**31-1, 2**61-1, 2**64, -2**70, 0.5, -0.25, 1e300, -1.0, 1.5e10, float("inf"), (1, 2), (0.5, -1), (1, (2, (3, 0.5))), "abc", True, None, "x" * 50, b"ab", frozenset({1, 2}), (N(0.5), 2), range(3)]
for v in vals:
    d = {v: "d"}
    s = {v}
    e = {N(v): "e"}
    print(v, d.get(N(v)), N(v) in s, e.get(v), N(v) in e, hash(N(v)) == hash(v), len({v, N(v)}))
big = {v: i for i, v in enumerate(vals)}
print([big[N(v)] for v in vals])
print(hash((N(0.5), N(-1))) == hash((0.5, -1)), hash((N(0.5), N(-1))))
print({-1: 1, -2: 2}, {-1, -2, -3}, {-1.0, -2}, {N((3, i)) for i in range(6)})
class T(int):
    pass
class H:
    def __hash__(self): return T(7)
print(hash(H()), H() in {7: 1})
for k in ([], {}, set(), slice(1), bytearray()):
    try: {k: 1}
    except TypeError as e: print(e)
