def t(f):
    try: print(f())
    except Exception as e: print(type(e).__name__, e)
for spec, v in [("5", 3), ("<5", 3), ("^7", 3), ("+", 3), (" ", 3), ("05", -3), ("x", 255), ("#x", 255), ("#010x", 255), ("b", 5), ("#b", 5), ("o", 8), ("c", 65), ("n", 5), (",", 1234567), ("_", 1234567), ("_x", 0x12345678), (",x", 5), ("e", 5), (".2f", 5), ("%", 5), ("d", 2.5), (".3", 2.5), ("s", 5), (".2", 5), ("g", 1e10), ("G", 1e-10), (".3g", 12345.678), (",.2f", 1234567.891), ("%", .256), (".1%", .256), ("e", 0.0), ("", 1e16), ("", 1e-7), ("n", 1.5), ("*^10.2f", 2.5), ("=+8.1f", 2.5), ("0=8", -2.5), ("z.1f", -0.01), ("5s", "ab"), (">5", "ab"), (".1", "abc"), ("05", "ab"), ("=5", "ab"), ("+", "ab"), ("d", "ab"), ("", None), ("5", None), ("", [1]), ("5", [1]), ("x", True), ("5", True), ("", 1+2j), (".2f", 1+2j), (">12", 1+2j), ("{", 1), ("10.", 1.0), ("#.0f", 1.0), ("#g", 1.0), (",d", 10**20), ("020,", 1234567), ("_b", 1023), ("\u00e9>5", 1), ("s", b"x"), ("<<5", 3), ("nan", 1)]:
    t(lambda: f"{spec!r} [{format(v, spec)}]")
t(lambda: "{} {}".format(1)); t(lambda: "{0} {}".format(1, 2)); t(lambda: "{a.b}".format(a=1)); t(lambda: "{0[1]} {0[x]}".format({"x": 1, 1: 2})); t(lambda: "{0[a]}".format([1])); t(lambda: "{!r:>5} {!s} {!a}".format("a", "b", "é")); t(lambda: "{!z}".format(1)); t(lambda: "{".format(1)); t(lambda: "}".format(1)); t(lambda: "{{}}".format()); t(lambda: "{:{}}".format("a", 5)); t(lambda: "{:{w}.{p}f}".format(2.5, w=8, p=2)); t(lambda: "{x}".format()); t(lambda: "{0.real}".format(5)); t(lambda: "{}".format_map({})); t(lambda: "{a}".format_map({"a": 1}))
x = 5; w = 10; t(lambda: f"{x=} {x = } {x=:>5} {x!r:^{w}} {'a' 'b'} {{}} {x:0{w}b}")
t(lambda: [1, 2, 3][5]); t(lambda: [1, 2][1.0]); t(lambda: [1].index(2)); t(lambda: [].pop()); t(lambda: [1].pop(5)); t(lambda: [1].remove(2)); t(lambda: [3, "a"].sort()); t(lambda: sorted([3, 1, 2], key=lambda v: -v, reverse=True)); t(lambda: [1, 2] + (3,)); t(lambda: (1,) + [2]); t(lambda: [1] * 1.5); t(lambda: [0] * -1); t(lambda: [1, 2, 3][::0]); t(lambda: list(range(10))[8:2:-2]); t(lambda: list(range(10))[-100:100:3])
def sl():
    a = list(range(10)); a[2:5] = [1]; print(a); a[::2] = [0] * 4; print(a); del a[::3]; print(a); a[1:1] = "xy"; print(a); a[::2] = [1]
t(sl)
def sl2():
    a = [1, 2]; a[5] = 1
t(sl2)
def sl3():
    a = [1, 2]; a[0:1] = 5
t(sl3)
def sl4():
    a = (1, 2); a[0] = 1
t(sl4)
def sl5():
    a = "ab"; del a[0]
t(sl5)
t(lambda: {}["a"]); t(lambda: {[]: 1}); t(lambda: {1: 2}.pop(5)); t(lambda: {}.popitem()); t(lambda: dict([(1, 2, 3)])); t(lambda: dict([1])); t(lambda: dict(5)); t(lambda: {"a": 1} | {"b": 2}); t(lambda: {"a": 1} | [("b", 2)]); t(lambda: {1: 1}.keys() & {1, 2}); t(lambda: {1: 1, 2: 2}.items() - {(1, 1)}); t(lambda: {1: 2}.keys() == {1}); t(lambda: {1: 2}.values() == {1: 2}.values()); t(lambda: list(reversed({1: 2, 3: 4}.items()))); t(lambda: {1, 2} <= {1, 2, 3}); t(lambda: {1} < {1}); t(lambda: {1, 2} ^ {2, 3}); t(lambda: {1} | [2]); t(lambda: {1}.union([2], (3,))); t(lambda: {1}.remove(5)); t(lambda: set().pop()); t(lambda: {[1]}); t(lambda: frozenset([1]) == {1}); t(lambda: {1}.issubset([1, 2])); t(lambda: {frozenset([1]): 2}[frozenset([1])]); t(lambda: {1, 2} < [1])
def mut():
    d = {1: 1}
    for k in d: d[k + 1] = 1
t(mut)
def mut2():
    s = {1}
    for k in s: s.add(k + 1)
t(mut2)
def mut3():
    d = {1: 1, 2: 2}
    for k in d: del d[k]
t(mut3)
t(lambda: bytes([1, 256])); t(lambda: bytes(-1)); t(lambda: bytes("a")); t(lambda: bytes("a", "utf-8")); t(lambda: b"a" + "b"); t(lambda: b"abc"[0]); t(lambda: b"abc"[:2]); t(lambda: b"a,b".split(b",")); t(lambda: b"a" in b"abc"); t(lambda: 97 in b"abc"); t(lambda: 300 in b"abc"); t(lambda: "a" in b"abc"); t(lambda: b"\x00\n'\"\\".__repr__()); t(lambda: b"abc".hex("-", 2)); t(lambda: bytes.fromhex("ab c")); t(lambda: bytes.fromhex("0A ff")); t(lambda: b"ab".join([b"x", b"y"])); t(lambda: b"ab".join(["x"])); t(lambda: b"abc".translate(None, b"b")); t(lambda: bytearray(b"abc")); t(lambda: b"abc" == bytearray(b"abc")); t(lambda: b"a" < "b"); t(lambda: b"AbC".swapcase().title()); t(lambda: b"x".zfill(3)); t(lambda: b"a\tb".expandtabs(3))
def ba():
    a = bytearray(b"hello"); a[0] = 72; a[1:3] = b"EY!"; a.append(33); a.extend([1, 2]); del a[-1]; a.insert(0, 0); print(a, a.pop(), a.pop(0)); a.reverse(); print(a); a[0] = 256
t(ba)
def mv():
    m = memoryview(bytearray(b"abcdef")); print(m[1], m[1:3].tobytes(), m[::2].tolist(), len(m), m.readonly, m.format, m.itemsize, m.nbytes); m[0] = 65; print(bytes(m)); m[1:3] = b"ZZ"; print(m.obj); m[0:2] = b"abc"
t(mv)
def mv2():
    m = memoryview(b"abc"); m[0] = 1
t(mv2)
t(lambda: range(5)[10]); t(lambda: range(0, 10, 3)[-1]); t(lambda: range(10)[2:8:2]); t(lambda: range(0)); t(lambda: range(1, 2, 0)); t(lambda: range(1.5)); t(lambda: range(0, 3, 2) == range(0, 4, 2)); t(lambda: 5 in range(0, 10, 2)); t(lambda: range(10).index(11)); t(lambda: len(range(10**30))); t(lambda: slice(1, 10, 2).indices(5)); t(lambda: slice(1, 2) == slice(1, 2)); t(lambda: hash(slice(1)))
t(lambda: complex("1+2j")); t(lambda: complex("1 + 2j")); t(lambda: 1j ** 2); t(lambda: abs(3+4j)); t(lambda: (1+2j) < 1); t(lambda: int(1j)); t(lambda: complex(1, -0.0)); t(lambda: -0j); t(lambda: 1 / 0j); t(lambda: repr(1e22+1j)); t(lambda: (1+2j) == 1); t(lambda: hash(1+0j) == hash(1))
t(lambda: [repr(v) for v in (1e16, 1e15, 123456789012345678.0, 1e-4, 1e-5, 0.1 + 0.2, 5e-324, 1.7976931348623157e308, -0.0, 1e100, 2.5e-10)]); t(lambda: (0.1).hex()); t(lambda: float.fromhex("0x1.8p3")); t(lambda: (2.5).as_integer_ratio()); t(lambda: (1e300).is_integer()); t(lambda: float("nan") == float("nan")); t(lambda: (10**25 + 7) // 10**5 % 97); t(lambda: -(10**25) // 7); t(lambda: (10**25) >> 40); t(lambda: ~(10**25) & 0xffff); t(lambda: (-10**25) ^ 12345); t(lambda: (3**100).bit_length()); t(lambda: (7).bit_count()); t(lambda: str(3**200)); t(lambda: hex(-3**50)); t(lambda: 10**20 / 3); t(lambda: 10**400 / 10**399); t(lambda: 10**400 / 3); t(lambda: hash(2**61 - 1)); t(lambda: hash(10**30)); t(lambda: hash(-1)); t(lambda: hash(1.5)); t(lambda: 1 == 1.0 == True); t(lambda: sum([.1] * 10)); t(lambda: sum(["a"], "")); t(lambda: sum([[1]], [])); t(lambda: max([])); t(lambda: max([], default=3)); t(lambda: min(3, "a")); t(lambda: max("abc", key=lambda c: -ord(c))); t(lambda: chr(-1)); t(lambda: ord("ab")); t(lambda: abs("a")); t(lambda: divmod("a", 1)); t(lambda: isinstance(1, "a")); t(lambda: isinstance(1, (int, str))); t(lambda: isinstance(1, int | str)); t(lambda: issubclass(1, int)); t(lambda: callable(5)); t(lambda: iter(5)); t(lambda: next(5)); t(lambda: next(iter([]))); t(lambda: next(iter([]), 7)); t(lambda: len(5)); t(lambda: reversed({1})); t(lambda: list(zip([1, 2], [1], strict=True))); t(lambda: list(enumerate("ab", 5))); t(lambda: getattr(5, "nope")); t(lambda: getattr(5, "nope", 3)); t(lambda: hasattr(5, "real")); t(lambda: setattr(5, "x", 1)); t(lambda: object().x); t(lambda: object() < object()); t(lambda: print(1, 2, sep=5)); t(lambda: bin("a")); t(lambda: hash([])); t(lambda: 5()); t(lambda: 5[0]); t(lambda: None + 1); t(lambda: -"a"); t(lambda: ~1.5); t(lambda: 1 + "a"); t(lambda: [] < {}); t(lambda: 1 in 5); t(lambda: {}.x); t(lambda: (lambda: 0)(1))
