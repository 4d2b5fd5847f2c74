"""Frames of a sensor, running medians, a calculator."""
import re, json, math, statistics, struct, functools, heapq, bisect, itertools, collections
# sensor pipeline / binary protocol / moving statistics / LRU / priority queue / trie / dijkstra / text parser (calculator)
def frames(data):
    view = memoryview(data); at = 0
    while at < len(view):
        kind, n = struct.unpack_from(">BH", view, at); at += 3
        body = bytes(view[at:at + n]); at += n
        match kind:
            case 1: yield "temp", struct.unpack(">" + "h" * (n // 2), body)
            case 2: yield "text", body.decode("utf-8", "replace")
            case 3: yield "float", struct.unpack("<d", body)[0]
            case k: yield f"unknown {k:#x}", body.hex(" ")
msg = struct.pack(">BH3h", 1, 6, -40, 0, 125) + struct.pack(">BH", 2, 6) + "né".encode() + b"\xff!x" + struct.pack("<B", 3) + b"\x00\x08" + struct.pack("<d", math.pi) + bytes([9, 0, 2, 0xde, 0xad])
for k, v in frames(msg): print(k, v)
print(struct.calcsize("<bhiqfd?3s"), struct.pack("<bhi3s?", -1, -2, -3, b"ab", True).hex())
try: struct.unpack(">I", b"abc")
except struct.error as e: print(e)
class Window:
    def __init__(s, n): s.q = collections.deque(maxlen=n); s.sorted = []
    def push(s, x):
        if len(s.q) == s.q.maxlen: s.sorted.pop(bisect.bisect_left(s.sorted, s.q[0]))
        s.q.append(x); bisect.insort(s.sorted, x); return s
    @property
    def median(s): n = len(s.sorted); return s.sorted[n // 2] if n % 2 else sum(s.sorted[n // 2 - 1:n // 2 + 1]) / 2
w = Window(4)
print([w.push(x).median for x in [5, 1, 4, 2, 8, 1, 9]], list(w.q))
print(statistics.fmean([1, 2, 4]), statistics.stdev([1, 2, 4, 4.5]), statistics.mode("aabbb"), statistics.multimode("aabb"), statistics.linear_regression([1, 2, 3], [2, 4.1, 6]), statistics.correlation([1, 2, 3], [3, 1, 2]), statistics.NormalDist(0, 1).cdf(1.96))
def dijkstra(g, s):
    dist, q, prev = {s: 0}, [(0, s)], {}
    while q:
        d, u = heapq.heappop(q)
        if d > dist[u]: continue
        for v, c in g.get(u, {}).items():
            if (nd := d + c) < dist.get(v, math.inf): dist[v] = nd; prev[v] = u; heapq.heappush(q, (nd, v))
    return dist, prev
print(dijkstra({"a": {"b": 7, "c": 3}, "c": {"b": 1, "d": 8}, "b": {"d": 2}}, "a"))
class Calc:
    TOK = re.compile(r"\s*(?:(?P<num>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?)|(?P<name>[a-z_]\w*)|(?P<op>\*\*|//|[-+*/%()^,=]))")
    def __init__(s): s.env = {"pi": math.pi}; s.fn = {"max": max, "sqrt": math.sqrt, "hyp": math.hypot}
    def tokens(s, text):
        at = 0
        while at < len(text.rstrip()):
            if not (m := s.TOK.match(text, at)): raise SyntaxError(f"at {at}: {text[at:at+3]!r}")
            at = m.end(); yield m.lastgroup, m[m.lastgroup]
        yield "end", ""
    def run(s, text):
        s.t = list(s.tokens(text)); s.i = 0
        if len(s.t) > 2 and s.t[0][0] == "name" and s.t[1][1] == "=":
            n = s.t[0][1]; s.i = 2; s.env[n] = v = s.expr(); return v
        v = s.expr()
        if s.t[s.i][0] != "end": raise SyntaxError(f"extra {s.t[s.i][1]!r}")
        return v
    def take(s, *ops):
        if s.t[s.i][0] == "op" and s.t[s.i][1] in ops: s.i += 1; return s.t[s.i - 1][1]
    def expr(s):
        v = s.term()
        while op := s.take("+", "-"): v = v + s.term() if op == "+" else v - s.term()
        return v
    def term(s):
        v = s.factor()
        while op := s.take("*", "/", "//", "%"): v = {"*": lambda a, b: a * b, "/": lambda a, b: a / b, "//": lambda a, b: a // b, "%": lambda a, b: a % b}[op](v, s.factor())
        return v
    def factor(s):
        if s.take("-"): return -s.factor()
        v = s.atom()
        return v ** s.factor() if s.take("**", "^") else v
    def atom(s):
        k, x = s.t[s.i]; s.i += 1
        if k == "num": return float(x) if set(x) & set(".eE") else int(x)
        if k == "name":
            if s.take("("):
                args = []
                while not s.take(")"): args.append(s.expr()); s.take(",")
                return s.fn[x](*args)
            return s.env[x]
        if x == "(":
            v = s.expr()
            if not s.take(")"): raise SyntaxError("missing )")
            return v
        raise SyntaxError(f"unexpected {x or 'end'!r}")
c = Calc()
for e in ("1 + 2 * 3", "-2 ** 2", "2 ^ 3 ^ 2", "x = (1 + 2) * 4.5", "x // 2 % 4", "max(1, x, 3) + sqrt(16)", "hyp(3,4)", "1 / 0", "(1", "2 $ 3", "y", "1 2", "2**100", "7 // -2", "-7 % 3", "1e3 + .5", "10 ** -2", ""):
    try: r = c.run(e); print(e, "=", r, type(r).__name__)
    except (SyntaxError, ArithmeticError, KeyError) as x: print(e, "!", type(x).__name__, x)
class Trie:
    def __init__(s): s.kids, s.end = {}, False
    def add(s, w):
        for ch in w: s = s.kids.setdefault(ch, Trie())
        s.end = True
    def __iter__(s):
        def walk(n, p):
            if n.end: yield p
            for ch in sorted(n.kids): yield from walk(n.kids[ch], p + ch)
        return walk(s, "")
    def __contains__(s, w): return any(w == x for x in s)
t = Trie(); [t.add(x) for x in "tea ten to inn in".split()]; print(list(t), "ten" in t, "te" in t)
m = [[1, 2], [3, 4]]; print(list(zip(*m)), [sum(a * b for a, b in zip(r, col)) for r in m for col in zip(*m)], sum(m, []), [*map(list, zip(*m[::-1]))])
print(math.isclose(0.1 + 0.2, 0.3), round(2.5), round(-0.5), round(2.675, 2), math.fsum([.1] * 10), 0.1 + 0.2, 1e16 + 1, int(1e25), float("1e-320"), 10 ** 20 // 3, -7 // 2, divmod(-7, 2), pow(3, -1, 11), math.comb(50, 25), (1 << 70) ^ 5, bin(-10), f"{10**18:_}", (255).to_bytes(2, "little"), int.from_bytes(b"\xff\x00", "big", signed=True), (0.1).as_integer_ratio(), float.fromhex("0x1.8p3"), (12.5).hex())
@functools.lru_cache(None)
def ways(n, coins=(1, 2, 5)): return 1 if n == 0 else sum(ways(n - c, coins) for c in coins if c <= n)
print(ways(30), ways.cache_info())
print([f"{n:>3}:{'Fizz' * (n % 3 == 0) + 'Buzz' * (n % 5 == 0) or n}" for n in (3, 5, 7, 15)], sorted({"b": 2, "a": 1}.items(), key=lambda kv: kv[1]), {k: v for k, v in sorted(zip("ba", (1, 2)))}, [x for x in range(20) if all(x % y for y in range(2, x)) and x > 1])
