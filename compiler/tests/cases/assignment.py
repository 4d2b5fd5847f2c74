def assignment(a, b, points):
    a, b = b, a + b
    x = y = [1, 2, 3, 4]
    (p, q), *rest = points
    points[0], points[1] = points[1], points[0]
    first, second = points
    del points[0], a.attribute
    count: int = 1
    unused: str
    return x, y, p, q, rest, first, second, count, b


value, other = 1, "two"
