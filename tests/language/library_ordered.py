"""OrderedDict and its subclasses: whose methods are asked for what."""

from collections import OrderedDict


class Told(OrderedDict):
    def __getitem__(self, key):
        print("get", key)
        return super().__getitem__(key)

    def __setitem__(self, key, value):
        print("set", key)
        super().__setitem__(key, value)

    def __delitem__(self, key):
        print("del", key)
        super().__delitem__(key)


class Recent(OrderedDict):
    def __init__(self, most, *args, **kwargs):
        self.most = most
        super().__init__(*args, **kwargs)

    def __setitem__(self, key, value):
        super().__setitem__(key, value)
        self.move_to_end(key)
        if len(self) > self.most:
            self.popitem(last=False)

    def __getitem__(self, key):
        value = super().__getitem__(key)
        self.move_to_end(key)
        return value


class Lower(OrderedDict):
    def __setitem__(self, key, value):
        super().__setitem__(key.lower(), value)


told = Told(a=1, b=2)
told["c"] = 3
told.move_to_end("a")
print(list(told))
told.move_to_end("c", last=False)
print(list(told))
print(told.popitem(last=False), told.popitem(), told.pop("b", None), told)
told.setdefault("z", 1)
told.setdefault("z", 2)
told.update(q=2)
copied = told.copy()
print(type(copied).__name__, list(copied))
for attempt in (lambda: told.move_to_end("nope"), Told().popitem, lambda: Told().popitem(last=False)):
    try:
        attempt()
    except KeyError as error:
        print(repr(error))
print(told.get("z"), "z" in told, list(told.items()), list(told.values()))
print(Told.fromkeys("ab", 0))
print(told | {"m": 1})
told |= {"w": 2}
print(list(told), {"r": 1} | told)

recent = Recent(2, {"a": 1}, b=2)
recent["c"] = 3
recent["b"]
recent["d"] = 4
print(recent)
print(Lower([("A", 1), ("B", 2)], C=3), Lower({"X": 1}), Lower())

for wrong in ([1], 5, [(1, 2, 3)]):
    try:
        OrderedDict(wrong)
    except (TypeError, ValueError) as error:
        print(type(error).__name__, error)
plain = OrderedDict([("a", 1)], b=2)
plain.update({"c": 3})
plain.update([("d", 4)])
plain.update()
plain.setdefault("e")
plain.move_to_end("a", False)
plain.move_to_end("b")
print(plain, OrderedDict(plain) == plain, plain == dict(plain), plain.copy(), OrderedDict())

# Their order counts in != as in ==; dict's own knows nothing of it.
one, other = OrderedDict([(1, 2), (3, 4)]), OrderedDict([(3, 4), (1, 2)])
print(one == other, one != other, one != dict(other), one == 1, one != 1)
