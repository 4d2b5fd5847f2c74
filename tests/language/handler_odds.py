"""Odds and ends handlers use."""
import base64, binascii, bisect, copy, functools, gzip, heapq, inspect, io, itertools, json, operator, os, struct, sys, time, types, typing, uuid, zlib, warnings, collections, enum, numbers, abc


def t(f):
    try:
        print(f())
    except BaseException as e:
        print(type(e).__name__, e)


print(os.environ.get("NOPE", "default"), os.getenv("NOPE"), "NOPE" in os.environ, os.path.join("a", "b", "/c"), os.path.splitext("a.tar.gz"), os.path.dirname("/x/y/z"), os.sep, os.linesep == "\n")
t(lambda: os.environ["NOPE"])
u = uuid.UUID("12345678-1234-5678-1234-567812345678")
print(u, u.int, u.bytes[:3], u.urn, u.version, uuid.uuid5(uuid.NAMESPACE_DNS, "example.org"), uuid.uuid3(uuid.NAMESPACE_URL, "x"), len(str(uuid.uuid4())), uuid.uuid4() != uuid.uuid4(), repr(u), u == uuid.UUID(int=u.int), {u: 1}[u])
t(lambda: uuid.UUID("nope"))
print(gzip.decompress(base64.b64decode("H4sIAAAAAAAAA8tIzcnJVyjPL8pJAQCFEUoNCwAAAA==")), zlib.crc32(b"hello"), binascii.hexlify(b"\x01\xff"), base64.b32encode(b"hello"), base64.b16decode("FF00"), base64.b64encode(bytes(range(5)), altchars=b"-_"))
t(lambda: base64.b64decode("abc"))
t(lambda: base64.b64decode("ab$c", validate=True))
t(lambda: binascii.unhexlify("abc"))
t(lambda: base64.b64decode("YWJj\n"))
t(lambda: json.loads(base64.b64decode("e30=")))
print(struct.pack(">IhB", 1, -2, 3), struct.unpack("<f", struct.pack("<f", 1.5)), struct.calcsize("!4sQ"), list(struct.iter_unpack(">H", b"\x00\x01\x00\x02")))
t(lambda: struct.unpack(">I", b"abc"))
t(lambda: struct.pack("B", 256))


h = []
for x in (5, 1, 4): heapq.heappush(h, (x, str(x)))
print(heapq.heappop(h), heapq.nlargest(2, [3, 1, 2]), heapq.nsmallest(2, ["ccc", "a", "bb"], key=len), list(heapq.merge([1, 4], [2, 3])), bisect.bisect_left([1, 3, 5], 3), bisect.insort(l := [1, 3], 2), l)
print(list(itertools.batched("abc", 2)) if hasattr(itertools, "batched") else "no batched", list(itertools.compress("abc", [1, 0, 1])), list(itertools.takewhile(str.isdigit, "12a3")), list(itertools.dropwhile(str.isdigit, "12a3")), [list(g) for k, g in itertools.groupby("aabb")], list(itertools.filterfalse(None, [0, 1, ""])), list(itertools.permutations("abc", 2))[:3], list(itertools.combinations_with_replacement("ab", 2)), next(itertools.cycle("x")), list(itertools.chain.from_iterable(["ab", "c"])))


@functools.singledispatch
def encode(x): return f"object {x!r}"
@encode.register
def _(x: int): return f"int {x}"
@encode.register(list)
def _(x): return [encode(i) for i in x]
@encode.register
def _(x: bool): return "bool"


print(encode(1.5), encode(3), encode([1, "a", True]), encode.dispatch(bool)(True))


@functools.total_ordering
class Version:
    def __init__(self, s): self.parts = tuple(map(int, s.split(".")))
    def __eq__(self, o): return self.parts == o.parts
    def __lt__(self, o): return self.parts < o.parts


print(Version("1.10") > Version("1.9"), Version("1.0") <= Version("1.0"), max("1.2", "1.10", key=Version))
print(sorted([{"n": 2, "k": "b"}, {"n": 1, "k": "c"}, {"n": 2, "k": "a"}], key=lambda d: (-d["n"], d["k"])), sorted("banana", key=functools.cmp_to_key(lambda a, b: (a > b) - (a < b)), reverse=True))
t(lambda: abc.ABC.foo)
t(lambda: types.SimpleNamespace(a=1).b)
t(lambda: collections.namedtuple("P", "x y")(1))
t(lambda: collections.namedtuple("P", "x y")(1, 2).z)
t(lambda: collections.namedtuple("P", "x x"))
t(lambda: enum.Enum("C", "A B").D)
t(lambda: collections.Counter("abca").most_common(1))
t(lambda: collections.Counter(a=3) - collections.Counter(a=1, b=2))
t(lambda: uuid.UUID(int=2 ** 200))
t(lambda: copy.deepcopy({"a": [1, {2}]}))
t(lambda: time.strftime("%Y-%m-%d", time.gmtime(0)))
t(lambda: typing.Optional[int])
t(lambda: typing.Dict[str, typing.List[int]])
t(lambda: typing.Union[int, str, None])
t(lambda: typing.Callable[[int], str])
t(lambda: typing.get_args(typing.Dict[str, int]))
t(lambda: typing.Literal["a", 1])
t(lambda: numbers.Number.__name__)
t(lambda: isinstance(1, numbers.Integral))
s = io.StringIO("a\nb\nc"); print(s.readline(), list(s), s.tell(), s.seek(0), s.read(1))
b = io.BytesIO(); b.write(b"abc"); print(b.getvalue(), b.seek(1), b.read())
w = io.StringIO(); print("x", "y", sep="-", end="|", file=w); json.dump([1], w); print(w.getvalue())
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    warnings.warn("old", DeprecationWarning)
    print(len(caught), caught[0].category.__name__, caught[0].message)
print(sys.version_info >= (3, 8), sys.maxsize > 2 ** 32, sys.byteorder, sys.argv[1:], __name__, type(sys.stdin).__name__ != "", sys.getrecursionlimit() > 100)
