# Copies find what was copied before by `id`, in a memo that hooks may fill.
import copy
class A:
    def __init__(self): self.x = [1]; self.me = self
    def __deepcopy__(self, memo):
        made = A.__new__(A)
        memo[id(self)] = made
        made.x = copy.deepcopy(self.x, memo)
        made.me = copy.deepcopy(self.me, memo)
        return made
a = A()
b = copy.deepcopy([a, a, a.x])
print(b[0] is b[1], b[0].x is b[2], b[0].me is b[0], b[0] is not a)
memo = {}
l = [1, [2]]
l.append(l)
c = copy.deepcopy(l, memo)
print(c[2] is c, memo[id(l)] is c, c[1] == [2], c[1] is not l[1])
t = ([], (1, 2))
d = copy.deepcopy(t)
print(d, d[1] is t[1], d[0] is not t[0])
pre = {id(l): "known"}
print(copy.deepcopy([l, 5], pre))
class P:
    __slots__ = ("a", "b")
    def __init__(self, a): self.a = a
p = P([1]); q = copy.deepcopy(p); print(q.a, q.a is not p.a)
x = {"k": (1, [2, {3}])}
print(copy.deepcopy(x), copy.deepcopy(x)["k"][1] is not x["k"][1])
big = [[i] for i in range(50)]
big2 = copy.deepcopy(big + big)
print(all(big2[i] is big2[i + 50] for i in range(50)))
