# A little of everything that code and snapshots are made of: the seed of mutated modules.
import math


class Base:
    kind = 'base'
    table = {'a': 1, 'b': [1, 2.5, 'x'], 3: (4, None)}

    def __init__(self, first, *rest, scale=2.0, **more):
        self.first = first
        self.rest = rest
        self.scale = scale
        self.more = more

    @property
    def size(self):
        return len(self.rest) + 1

    @staticmethod
    def twice(x):
        return x * 2

    @classmethod
    def make(cls, *items):
        return cls(*items)

    def __add__(self, other):
        return Base(self.first + other, *self.rest)


class Derived(Base):
    def __init__(self, first):
        super().__init__(first, first, first)
        self.extra = {first: first}


class Odd(ValueError):
    pass


def counter(limit):
    total = 0
    for number in range(limit):
        sent = yield number * 1.5
        total += sent or 1
    yield from [total, str(total)]


def outer(start):
    def inner(step=2, *, again=True):
        nonlocal start
        start += step
        return start if again else -start
    return inner


WORDS = ['one', 'two', 'three', '\u2603'] * 3
NUMBERS = {n: n * n for n in range(20)}
SEEN = {1, 'two', (3, 4)}
FROZEN = frozenset('abcdef')
BYTES = bytearray(b'hello')
BIG = 1 << 100
RUNNING = counter(5)
next(RUNNING)
STEP = outer(1)
STEP()
OBJECT = Derived(7)
METHOD = OBJECT.make
RANGE = range(3, 30, 4)
PART = slice(1, None, 2)
KEYS = NUMBERS.keys()
ITERATOR = iter(WORDS)
next(ITERATOR)


def bench():
    out = []
    text = ''
    for word in WORDS:
        text += word
        out.append((word.upper(), f'{len(text):>4}'))
    for key, value in NUMBERS.items():
        if key in SEEN or value % 3 == 0:
            out.append(math.sqrt(key) * 2.0 - value / 7.0)
    try:
        out.append(OBJECT.first + [1][key])
    except (IndexError, Odd) as error:
        out.append(repr(error))
    finally:
        out.append(next(RUNNING, None))
    with_more = Base(1, 2, 3, scale=4, **{'x': 5}) + 1
    out += [with_more.size, with_more.twice(3), METHOD(1).first, STEP(again=False), list(RANGE[PART])]
    out += sorted(FROZEN) + [BYTES.decode(), BIG // 3, *KEYS][:5] + [next(ITERATOR)]
    NUMBERS[len(out)] = len(out)
    NUMBERS.pop(0, None)
    return len(out)
