# What sort compares, and when: __lt__ may print, count, raise or change its mind.


class Noted:
    def __init__(self, value):
        self.value = value

    def __lt__(self, other):
        said.append((self.value, other.value))
        if len(said) == limit:
            raise ValueError("enough")
        return self.value < other.value

    def __repr__(self):
        return str(self.value)


def sort(values, until=0, **options):
    global limit
    limit = until
    said.clear()
    items = [Noted(value) for value in values]
    try:
        items.sort(**options)
    except ValueError as error:
        print(error, end=" ")
    print(items, len(said), said[:8], hash(tuple(said)) % 1000)


said, limit = [], 0
sort([3, 1, 2])
sort([5, 4, 3, 2, 1])
sort([1, 2, 3, 1, 2, 3])
sort([2, 2, 1, 1, 0, 0], reverse=True)
sort([4, 1, 3, 2, 5], key=lambda item: item)
for until in (2, 5, 7):
    sort([6, 1, 5, 2, 4, 3], until)
    sort([6, 1, 5, 2, 4, 3], until, reverse=True)

# Longer lists have runs, which are merged.
number, scattered = 7, []
for _ in range(70):
    number = (number * 75 + 74) % 65537
    scattered.append(number % 100)
sort(scattered)
sort(sorted(scattered)[:66] + [50, 1])
sort(list(range(40)) + list(range(20, 60)))
sort(list(range(80, 0, -1)), reverse=True)
sort(scattered, 200)

nan = float("nan")
print(sorted([3.0, nan, 1.0, nan, 2.0]), sorted([nan, 2.0, 1.0], reverse=True))
print(sorted([(nan, 1), (1.0, 0), (0.5, nan)]), max([nan, 1.0]), min([1.0, nan]))
