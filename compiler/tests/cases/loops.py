def counted(n):
    total = 0
    for i in range(n):
        for j in range(i, n, 2):
            total += i * j
    return total


def search(items, wanted):
    for index, item in enumerate(items):
        if item == wanted:
            break
    else:
        return -1
    return index


def until(n):
    while n > 1 and n != 27:
        n = n // 2 if n % 2 == 0 else 3 * n + 1
        if n == 5:
            continue
    while True:
        n -= 1
        if n < 0:
            return n


def lines(read):
    while line := read():
        print(line)
    for word in ["a", "b"]:
        print(word)


def maybe_unbound(flag):
    if flag:
        x = 1
    for i in range(3):
        pass
    return x + x + i


def constants(flags, n):
    scale = 0.0
    for i in range(n):
        flags[i] = False
        while scale < 100.5:
            scale = scale * 2.5 + 1000
    return [f * 0.5 for f in flags]
