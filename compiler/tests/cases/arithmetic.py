def small(x, y):
    a = x + 1 - 2 * y
    b = x // 3 % 7 << 2 >> 1 & 15
    c = 2 * x + -1.5
    return a, b, c, -x, ~y, not x


def folded():
    day = 24 * 60 * 60
    return day, 1 << 40, 0.1 + 0.2, "a" "b" + "c", (1, 2.5, None, ("x",)), -5 % 3


def in_place(total, items, o):
    total += 1
    total -= 200
    total //= 2
    items *= 2
    o.count += 1
    o.cells[3] |= 4
    return total
