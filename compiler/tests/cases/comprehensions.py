def inlined(points, n):
    lengths = [x * x + y * y for x, y in points]
    table = {k: [k * j for j in range(n)] for k in range(n) if k % 2}
    return lengths, table, {w.lower() for w in points}


def captured(n):
    return [lambda: i for i in range(n)]


squares = [i * i for i in range(4)]
