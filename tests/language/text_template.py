# str.format and str.format_map.


def show(f):
    try:
        print(repr(f()))
    except Exception as e:
        print(type(e).__name__, e)


class P:
    def __init__(self):
        self.x = 5
        self.items = [1, {"k": "v"}]

    def __getitem__(self, key):
        return "item:" + repr(key)


p = P()
print("{} {}".format(1, 2), "{1} {0} {1}".format("a", "b"), "{a} {b!r}".format(a=1, b="x"), "{0} {a}".format(1, a=2))
print("{0.x} {0.items[0]} {0.items[1][k]} {0[z]} {0[3]} {0[-1]}".format(p), "{p.x:>5}|{p.x:<{w}}|".format(p=p, w=4))
print("{:>5}|{:<5}|{:^5}|{:05d}|{:.2f}|{:,}|{!r}|{!s:>4}|{!a}".format("a", "b", "c", 42, 3.14159, 1234567, "q", "s", "é"))
print("{{}} {{{}}} }}{{".format("x"), "".format(), "plain".format(1), "{:{}}|{:{}{}}|{:{a}{b}}".format(1, 5, 2, ">", 6, 3, a="^", b=7))
print("{0:{1}.{2}f}".format(3.14159, 10, 2), "{0[a:b]} {0[a!b]}".format({"a:b": 1, "a!b": 2}), "{:%}".format(0.5))
print("{a}-{b}".format_map({"a": 1, "b": [2]}), "{x}".format_map({"x": None}), "é{}€{}😀".format("ä", 1))
print("{0}{0}{0}".format("ab"), "{a[0]}{a[1]}".format(a=[1, 2]), "{:x}{:#X}{:o}".format(255, 255, 8), "{!r:^{}}".format("a", 9))
show(lambda: "{} {1}".format(1, 2))
show(lambda: "{1} {}".format(1, 2))
show(lambda: "{".format(1, 2))
show(lambda: "}".format(1, 2))
show(lambda: "a}b".format(1, 2))
show(lambda: "{0".format(1, 2))
show(lambda: "{0!".format(1, 2))
show(lambda: "{0!r".format(1, 2))
show(lambda: "{0!x}".format(1, 2))
show(lambda: "{0!é}".format(1, 2))
show(lambda: "{0!rr}".format(1, 2))
show(lambda: "{0!}".format(1, 2))
show(lambda: "{5}".format(1, 2))
show(lambda: "{a}".format(1, 2))
show(lambda: "{a}".format(b=2))
show(lambda: "{0[}".format(1, 2))
show(lambda: "{0[]}".format(1, 2))
show(lambda: "{0[0]}".format([1], 2))
show(lambda: "{0[a]}".format([1], 2))
show(lambda: "{0[5]}".format([1], 2))
show(lambda: "{0[0]x}".format([1], 2))
show(lambda: "{0.}".format([1], 2))
show(lambda: "{0.x}".format([1], 2))
show(lambda: "{0:{1:{2}}}".format(1, 5, 6))
show(lambda: "{:{}".format(1, 5))
show(lambda: "{0:}}".format(1, 5))
show(lambda: "{a{b}}".format(1, 5))
show(lambda: "{0[{]}".format({"{": 1}))
show(lambda: "{:}".format("x"))
show(lambda: "{-1}".format("x"))
show(lambda: "{ 0}".format("x"))
show(lambda: "{}{}".format("x"))
show(lambda: "{}".format_map([1]))
show(lambda: "{a}".format_map([1]))
show(lambda: "{99999999999999999999}".format(1))
show(lambda: "{0[99999999999999999999]}".format([1]))
show(lambda: "{:d}".format("x"))
show(lambda: "{:5}".format(None))
show(lambda: "{:5}".format([]))
show(lambda: "{x.y}".format(x=1))
show(lambda: "{:>{w}}".format(1))
