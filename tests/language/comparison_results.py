# What a comparison of sequences gives is what the first items that differ say, whatever it is.


class Odd:
    def __init__(self, name):
        self.name = name

    def __eq__(self, other):
        return self is other

    def __lt__(self, other):
        return f"{self.name} < {other.name}"

    def __ge__(self, other):
        return []

    def __gt__(self, other):
        return NotImplemented

    def __le__(self, other):
        return None


a, b = Odd("a"), Odd("b")
print([a] < [b], (a, 1) < (b, 0), [1, [a, 2]] < [1, [b]], [[a]] >= [[b]], (a,) <= (b,))
print([a] < [a], [a] <= [a], [a, 1] > [a], [a] == [b], [a] != [b])
print([a] > [b], (b,) > (a,), bool([a] >= [b]), not [a] < [b])
print("yes" if [a] < [b] else "no", "yes" if [a] >= [b] else "no")
print(sorted([[b], [a]]) == [[b], [a]], max([a], [b]) is not None)


class Array:
    def __init__(self, *items):
        self.items = items

    def __lt__(self, other):
        return Array(*[x < y for x, y in zip(self.items, other.items)])

    def __repr__(self):
        return f"Array{self.items}"


print((Array(1, 5) < Array(2, 4)), [0, Array(1, 5)] < [0, Array(2, 4)])
try:
    print([Array(1)] <= [Array(2)])
except TypeError as error:
    print(error)


class Row(list):
    pass


print(Row([a]) < Row([b]), Row([a]) < [b], [a] < Row([b]))
