# A dict whose keys change while it is walked, at the same size.
def show(f):
    try:
        print(f())
    except Exception as error:
        print(type(error).__name__, error)


def moved(walk):
    table = dict.fromkeys(range(9), "a")
    for _ in walk(table):
        first = next(iter(table))
        del table[first]
        table[first] = "b"
    return "never"


show(lambda: moved(lambda table: table))
show(lambda: moved(dict.values))
show(lambda: moved(dict.items))


def renamed():
    table = {"a": 1, "b": 2}
    seen = []
    for key in table:
        seen.append(key)
        if len(seen) == 2:
            table["c"] = table.pop("a")
            break
    return seen, table


def grown():
    table = {"a": 1}
    for key in table:
        table[key + "x"] = 1


def replaced():
    table = {"a": 1, "b": 2, "c": 3}
    del table["a"]
    for key in table:
        table[key] = 0
    return table, list(reversed(table)), list(table.items())


show(renamed)
show(grown)
show(replaced)
