# What is said where the arguments of builtin functions are too many, too few or not by name.


def show(function):
    try:
        print(function())
    except Exception as error:
        print(type(error).__name__, "|", error)


show(lambda: [].sort(1))
show(lambda: [].sort(1, 2, 3))
show(lambda: "a".split(1, 2, 3))
show(lambda: "a".splitlines(1, x=2))
show(lambda: "a".splitlines(x=2, y=3))
show(lambda: "a".encode(x=1))
show(lambda: "".find())
show(lambda: b"".count(1, 2, 3, 4))
show(lambda: (1).to_bytes(1, 2, 3))
show(lambda: (1).to_bytes(1, 2, 3, 4))
show(lambda: int.from_bytes())
show(lambda: b"".translate(delete=b""))
show(lambda: sum(start=1))
show(lambda: sum(1, 2, 3))
show(lambda: pow(base=1))
show(lambda: round())
show(lambda: sorted([], 1))
show(lambda: str(1, 2, 3, 4))
show(lambda: "".upper(x=1))
show(lambda: [].append(x=1))
show(lambda: len(x=1))
