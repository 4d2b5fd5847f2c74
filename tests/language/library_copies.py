import copy


class Money(int):
    def __getnewargs__(self): return int(self), self.unit
    def __new__(cls, amount, unit="EUR"):
        self = int.__new__(cls, amount)
        self.unit = unit
        return self


m = Money(5, "USD")
for made in (copy.copy(m), copy.deepcopy(m)):
    print(made is m, made == m, type(made).__name__, made.unit)


class Link:
    def __init__(self, to): self.to = to
    def __reduce__(self): return Link, (self.to,)


link = Link([1])
print(copy.copy(link).to is link.to, copy.deepcopy(link).to is link.to, copy.deepcopy(link).to)


class Kept:
    def __reduce__(self): return "kept"


kept = Kept()
print(copy.copy(kept) is kept, copy.deepcopy(kept) is kept)


class State:
    def __init__(self): self.a, self.lock = [1], "lock"
    def __getstate__(self): return {"a": self.a}
    def __setstate__(self, state):
        self.__dict__.update(state)
        self.lock = "new"


s = copy.deepcopy(State())
print(s.a, s.lock)


class Node:
    def __init__(self, name): self.name, self.next = name, None
    def __deepcopy__(self, memo):
        made = Node(self.name)
        memo[id(self)] = made
        made.next = copy.deepcopy(self.next, memo)
        return made

    def hello(self): return self.name


a, b = Node("a"), Node("b")
a.next = b
c = copy.deepcopy(a, {})
print(c is a, c.next is b, c.next.name, type(copy.deepcopy([a])[0]).__name__)
inside = []
pair = (inside,)
inside.append(pair)
made = copy.deepcopy(pair)
print(made is pair, made[0][0] is made)
held = copy.deepcopy({"call": a.hello})
print(held["call"](), held["call"].__self__ is a)
