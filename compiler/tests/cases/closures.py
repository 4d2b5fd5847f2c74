def counter(start):
    step = 1

    def increase():
        nonlocal start
        start += step
        return start

    def walk(n):
        return n and walk(n - 1)

    late = lambda: later
    later = 2
    return increase, walk, late


def numbers(n):
    received = yield n
    yield from range(received)
    return (x * n for x in range(3) if x)


@first
@second(1)
def decorated():
    pass
