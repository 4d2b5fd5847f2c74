# A subclass of a builtin container is walked and searched as that is, whatever its __getitem__ does.


class Loud(list):
    def __getitem__(self, key):
        return "item", key


class Words(dict):
    def __getitem__(self, key):
        return key * 2


class Pair(tuple):
    def __getitem__(self, key):
        return -1


class Name(str):
    def __getitem__(self, key):
        return "?"


class Walked(list):
    def __iter__(self):
        yield from ("walked", "twice")


class Counted:
    def __getitem__(self, key):
        if key == 3:
            raise IndexError
        return key * key


class Number(int):
    def __getitem__(self, key):
        if key > 2:
            raise IndexError
        return self + key


print(list(Loud()), list(Loud([1, 2])), Loud([1, 2])[0], [*Loud([3])], tuple(Loud((4, 5))))
print(1 in Loud([1]), ("item", 0) in Loud([1]), sum(Loud([1, 2])), sorted(Loud([2, 1])))
print(list(Words(a=1)), "a" in Words(a=1), "aa" in Words(a=1), Words(a=1)["b"])
print(list(Pair((1, 2))), -1 in Pair((1, 2)), max(Pair((1, 2))))
print(list(Name("ab")), "?" in Name("ab"), "a" in Name("ab"), ",".join(Name("xy")))
print(list(Walked([1])), "walked" in Walked([1]), 1 in Walked([1]))
print(list(Counted()), 4 in Counted(), 5 in Counted())
print(list(Number(5)), 6 in Number(5))
first, *rest = Loud([7, 8, 9])
print(first, rest)
for item in Loud("ab"):
    print(item)
