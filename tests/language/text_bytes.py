# bytes and bytearray.


def show(f):
    try:
        print(repr(f()))
    except Exception as e:
        print(type(e).__name__, e)


print(bytes(), bytes(3), bytes([1, 2, 255]), bytes((65, 66)), bytes(range(5)), bytes("aé", "utf-8"), bytes(b"x"))
print(bytes(i * 2 for i in range(4)), bytes(bytearray(b"q")), bytes("é", "latin-1"), bytes(True), bytes({1: 2}))
print(bytearray(), bytearray(3), bytearray(b"abc"), bytearray("aé", "utf-8"), bytearray([1, 2]))
samples = [b"", b"abc", b"a,b,,c", b"  a b ", b"\x00\xff\n'", b'it\'s "q"', b"'", b'"', b"ABCabc"]
for s in samples:
    for kind in (bytes, bytearray):
        d = kind(s)
        print(d, repr(d), str(d), len(d), d.hex(), list(d), d[1:], d[::-1], d[-2:])
        print(d.find(b"b"), d.find(98), d.rfind(b","), d.count(b""), d.count(b"a"), d.index(b""), 97 in d, b"bc" in d)
        print(d.split(), d.split(b","), d.rsplit(b",", 1), d.strip(), d.strip(b"ac"), d.partition(b","), d.rpartition(b","))
        print(d.replace(b"a", b"xx"), d.replace(b"", b"-"), d.upper(), d.lower(), d.title(), d.swapcase(), d.capitalize())
        print(d.startswith(b"a"), d.endswith((b"c", b"x")), d.isalpha(), d.isdigit(), d.isspace(), d.isupper(), d.islower())
        print(d.center(7, b"*"), d.ljust(7), d.rjust(7, b"."), d.zfill(7), d.expandtabs(), d.splitlines())
        print(d.removeprefix(b"a"), d.removesuffix(b"c"), d.translate(None, b"a"), d + b"!", b"!" + d, d * 2)
        print(d == s, d < b"b", d == bytearray(s), d != b"abc", d.isascii())
    print(hash(s) == hash(bytes(s)), {s: 1})
print(b",".join([b"a", bytearray(b"b")]), bytearray(b",").join([b"a", b"b"]), b"".join([]))
print(b"abcdef".hex(":"), b"abcdef".hex(":", 2), b"abcde".hex("-", -2), b"abcde".hex("-", 2), b"ab".hex(b"_", 0))
print(bytes.fromhex("01 aBff"), bytearray.fromhex("0a0b"), bytes.fromhex(""), bytes.maketrans(b"ab", b"xy")[95:100])
print(b"hello".translate(bytes.maketrans(b"lo", b"01")), b"abc"[0], b"abc"[-1], b"abc"[0:1], b"aXbX".split(b"X"))
print(b"\t\n\r\\\x7f\x80~", b"a\x00".isascii(), b"caf\xc3\xa9".decode(), str(b"caf\xc3\xa9", "utf-8"))

a = bytearray(b"hello")
a[0] = 72
a[-1] = ord("O")
print(a, len(a), a[1])
a.append(33)
a.extend(b"??")
a.extend([1, 2])
a.extend(range(3))
print(a)
a.insert(0, 60)
a.insert(100, 62)
a.insert(-1, 61)
print(a, a.pop(), a.pop(0), a)
a.remove(33)
print(a)
del a[0]
del a[-1]
del a[1:3]
print(a)
a[1:2] = b"XYZ"
print(a)
a[::2] = b"." * len(a[::2])
print(a)
del a[::3]
print(a)
del a[::-2]
print(a)
a[2:2] = [7, 8]
a[:0] = a
print(a)
a.reverse()
print(a, a.copy(), a.copy() == a)
a += b"end"
print(a)
a *= 2
print(a)
b = a
b += b"!"
print(a is b)
a.clear()
print(a, len(a), bool(a), bool(bytearray(b"x")))
for i in range(1000):
    a.append(i % 256)
print(len(a), sum(a), a[999], a.count(5), a.find(b"\x05\x06", 10))
show(lambda: a.append(256))
show(lambda: a.append("a"))
show(lambda: a.extend("a"))
show(lambda: a.extend(1))
show(lambda: a.extend([300]))
show(lambda: a.pop(7000))
show(lambda: bytearray().pop())
show(lambda: a.insert("a", 1))
show(lambda: a.remove(300))
show(lambda: bytearray().remove(0))


def put(key, value):
    a[key] = value


def drop(key):
    del a[key]


a = bytearray(b"abc")
show(lambda: put(0, 300))
show(lambda: put(0, "a"))
show(lambda: put(5, 1))
show(lambda: put("a", 1))
show(lambda: put(0, 1.5))
show(lambda: put(slice(0, 1), 5))
show(lambda: put(slice(0, 1), "a"))
show(lambda: put(slice(0, 3, 2), b"a"))
show(lambda: put(slice(0, 1), [300]))
show(lambda: drop(7))
show(lambda: drop("a"))
print(a, [x for x in a], b"%d %s %r|%5s|%-5b|%c%c|%x" % (5, b"x", "é", b"ab", b"ab", 65, b"B", 255))
show(lambda: b"%s" % "a")
show(lambda: b"%d" % b"a")
show(lambda: b"%c" % 256)
show(lambda: b"%s %s" % (b"a",))
show(lambda: b"%s" % (b"a", b"b"))
print(b"%(k)s" % {b"k": b"v"}, bytearray(b"%d") % 5, b"%.2f|%5.1e|%g" % (1.005, 123.0, 0.1))
