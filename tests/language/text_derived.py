# Text of derived classes, members of enumerations of str too, is text wherever text is asked for.
from enum import Enum


class Text(str):
    pass


class Octets(bytes):
    pass


class Unit(str, Enum):
    CELSIUS = "c"
    LITER = "l"


def show(function):
    try:
        print(function())
    except Exception as error:
        print(type(error).__name__, "|", error)


b = Text("b")
show(lambda: ["abc".find(b), "abc".rindex(b), "abc".count(b), "abc".replace(b, Text("x")), b in "abc"])
show(lambda: ["bab".strip(b), "bab".lstrip(b), "abc".split(b), "abc".rsplit(b), "abc".partition(b)])
show(lambda: ["abc".startswith(Text("a")), "abc".endswith((Text("c"),)), "abc".removeprefix(Text("a"))])
show(lambda: ["a".center(5, Text("*")), "a".ljust(3, b), "abc".translate({97: Text("xy")}), Text("-").join([b, "c"])])
show(lambda: [int(Text("12"), 16), float(Text("1.5")), int(Text("7")), format(1.5, Text(".3f")), f"{b:>{Text('3')}}"])
show(lambda: [str.maketrans(Text("a"), b), bytes.fromhex(Text("ff")), getattr("", Text("join"))([b]), "%s" % b])
show(lambda: [b"abc".find(Octets(b"b")), b"abc".replace(Octets(b"a"), b""), b"a,b".split(Octets(b","))])
show(lambda: ["21c".endswith(Unit.CELSIUS), "21c".find(Unit.CELSIUS), Unit.LITER in "liter", "1l".split(Unit.LITER)])
show(lambda: "abc".find(1))
show(lambda: Octets(b"b") in "abc")
show(lambda: "abc".center(9, Text("ab")))
show(lambda: "abc" % Text("x"))
show(lambda: "abc" % [1])
show(lambda: "abc".find(1, "x"))
