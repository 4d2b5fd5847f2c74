"""attrs makes its methods of text, which is compiled while the top level runs."""

import functools

import attr
import attrs
from attrs import Factory, asdict, astuple, define, evolve, field, fields, frozen, has, make_class, mutable, validators


@attr.s
class Point:
    x = attr.ib()
    y = attr.ib(default=2)


print(Point(1), Point(1) == Point(1, 2), Point(1) != Point(2), Point(x=3, y=4).y)
try:
    Point()
except TypeError as error:
    print(str(error).rpartition(".")[2])


@attr.s(auto_attribs=True, order=True)
class Version:
    major: int
    minor: int = 0
    tags: list = attr.Factory(list)


print(Version(1) < Version(1, 2) <= Version(1, 2), sorted([Version(2), Version(1, 5), Version(1)]))
a, b = Version(1), Version(1)
a.tags.append("x")
print(a, b, a == b)
print(Version(1).__lt__(5))


@define
class Sensor:
    name: str = field(validator=validators.instance_of(str))
    value: float = field(default=0.0, converter=float)
    unit: str = field(default="C", validator=validators.in_(["C", "F"]), repr=False)
    history: list = field(factory=list, eq=False)
    _secret: int = 7

    def warm(self):
        return self.value > 20

    @property
    def label(self):
        return f"{self.name}:{self.value:.1f}"


s = Sensor("roof", "21.5")
print(s, s.warm(), s.label, s._secret, Sensor("x", secret=8)._secret)
s.value = "3"
print(repr(s.value), s.warm())
for wrong in (lambda: Sensor(5), lambda: Sensor("x", unit="K"), lambda: setattr(s, "unit", "K"), lambda: Sensor("x", "y")):
    try:
        wrong()
    except (TypeError, ValueError) as error:
        print(type(error).__name__, str(error.args[0])[:50])
try:
    s.other = 1
except AttributeError as error:
    print("no such attribute")


@frozen
class Key:
    group: str
    number: int = field(default=1, validator=[validators.ge(0), validators.lt(100)])


k = Key("a", 5)
print(k, hash(k) == hash(Key("a", 5)), {k: "found"}[Key("a", 5)], k == Key("a", 6))
try:
    k.number = 6
except attrs.exceptions.FrozenInstanceError as error:
    print(type(error).__name__, error)
try:
    del k.group
except AttributeError as error:
    print(type(error).__name__)
print(evolve(k, number=9), evolve(k, group="z"))
try:
    Key("a", 100)
except ValueError as error:
    print(error)


@define
class Base:
    a: int
    b: int = 2

    def name(self):
        return "base"


@define
class Derived(Base):
    c: int = 3

    def total(self):
        return self.a + self.b + self.c

    def name(self):
        return "derived from " + super().name()

    @functools.cached_property
    def twice(self):
        return self.total() * 2


print(Derived(1), Derived(1, c=5).total(), Derived(1) == Derived(1), Base(1) == Derived(1), Derived(1).name(), Derived(1).twice)


@define(kw_only=True)
class Options:
    host: str
    port: int = field(default=80)
    extra: dict = Factory(dict)
    address: str = field(init=False)

    def __attrs_post_init__(self):
        self.address = f"{self.host}:{self.port}"

    @port.validator
    def _check(self, attribute, value):
        if not 0 < value < 65536:
            raise ValueError(f"{attribute.name} is {value}")


print(Options(host="h"), Options(port=1, host="g").address)
for wrong in (lambda: Options("h"), lambda: Options(host="h", port=70000)):
    try:
        wrong()
    except (TypeError, ValueError) as error:
        print(type(error).__name__, str(error).rpartition(".")[2])


@define
class Tree:
    name: str
    children: list = Factory(list)
    depth: int = field(default=Factory(lambda self: len(self.name), takes_self=True))


tree = Tree("root", [Tree("left"), Tree("right", [Tree("leaf")])])
print(asdict(tree))
print(astuple(tree), asdict(tree, filter=lambda attribute, value: attribute.name != "depth")["children"][0])
print(has(Tree), has(int), [attribute.name for attribute in fields(Tree)], fields(Tree).name.default is attrs.NOTHING)
print(attr.fields_dict(Tree)["children"].inherited, fields(Key).number.default)

Made = make_class("Made", ["x", "y"])
print(Made(1, 2), make_class("Made", {"z": attr.ib(default=4)})(), Made(1, 2) == Made(1, 2))


@attr.s(auto_exc=True, auto_attribs=True)
class Failure(Exception):
    code: int
    why: str = "unknown"


try:
    raise Failure(5)
except Failure as error:
    print(repr(error), str(error), error.code, error.args)


@attr.s(hash=True, cmp=False, str=True, repr=True)
class Plain:
    n = attr.ib(metadata={"kind": "count"}, converter=attr.converters.optional(int))


print(Plain(None), str(Plain("5")), fields(Plain).n.metadata["kind"], Plain(1) == Plain(1))
text = attr.ib(validator=validators.optional(validators.matches_re(r"[a-z]+")))
Checked = attr.make_class("Checked", {"text": text, "items": attr.ib(default=(), converter=tuple)})
print(Checked("abc", [1]), Checked(None))
try:
    Checked("ABC")
except ValueError as error:
    print(error.args[0])


@mutable(slots=False)
class Loose:
    a: int = 1

    def doubled(self):
        return Loose(self.a * 2)


loose = Loose()
loose.b = 5
print(loose, loose.b, loose.doubled(), attr.asdict(loose), loose.__dict__)


@define(eq=False)
class Identity:
    a: int = 1


print(Identity() == Identity(), Identity() in {Identity()})


@define(order=True)
class Ranked:
    rank: int
    name: str = field(order=False, eq=str.lower)


print(Ranked(1, "b") < Ranked(2, "a"), max(Ranked(1, "x"), Ranked(3, "y")), Ranked(1, "A") == Ranked(1, "a"))


@define
class Hooked:
    x: int = field(default=0, on_setattr=attrs.setters.pipe(attrs.setters.convert, attrs.setters.validate),
                   converter=int, validator=validators.le(10))
    y: int = field(default=1, on_setattr=attrs.setters.frozen)


h = Hooked()
h.x = "7"
print(h)
for name, value in (("x", 11), ("y", 2)):
    try:
        setattr(h, name, value)
    except (ValueError, AttributeError) as error:
        print(type(error).__name__)
match Key("m", 3):
    case Key(group, number):
        print(group, number)
print(validators.deep_iterable(validators.instance_of(int))(None, fields(Tree).children, [1, 2]))
print(Sensor.__init__.__qualname__, Sensor.__eq__.__name__, Sensor.__slots__)


def handler(event, context):
    return asdict(Sensor(**event))
