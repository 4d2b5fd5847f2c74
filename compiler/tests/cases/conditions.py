def conditions(a, b, c, low):
    if a and (b or not c):
        return 1
    if low <= a < 10:
        return 2
    elif a is None or b is not None:
        return 3
    elif a in (1, 2) and b not in [3, 4]:
        return 4
    else:
        return a if b else c


def values(a, b):
    a = a or b
    b = a < b < 3
    return a and b or 0


if __name__ == "__main__":
    print("not compiled in")
