"""Generators, iterators, comprehension scoping, tracebacks of uncaught errors with chains."""
import collections, functools, itertools, json, re, sys
from contextlib import contextmanager


class ParseError(Exception):
    def __init__(self, line, message):
        self.line = line
        super().__init__(f"line {line}: {message}")


def read(text):
    for n, line in enumerate(text.splitlines(), 1):
        line = line.partition("#")[0].strip()
        if line:
            yield n, line


def parse(lines):
    section = None
    for n, line in lines:
        if m := re.fullmatch(r"\[(\w+)\]", line):
            section = m[1]
        elif "=" in line:
            key, value = (part.strip() for part in line.split("=", 1))
            try:
                yield section, key, json.loads(value)
            except json.JSONDecodeError as e:
                raise ParseError(n, e.msg) from e
        else:
            raise ParseError(n, f"unexpected {line!r}")


def group(triples):
    out = collections.defaultdict(dict)
    for section, key, value in triples:
        out[section][key] = value
    return {k: dict(v) for k, v in out.items()}


def averager():
    total = count = 0
    average = None
    while True:
        try:
            value = yield average
        except ValueError as e:
            print("reset", e)
            total = count = 0
            continue
        if value is None:
            return total, count
        total += value
        count += 1
        average = total / count


def delegate():
    result = yield from averager()
    print("result", result)
    yield "done"


class Countdown:
    def __init__(self, n): self.n = n
    def __iter__(self): return self
    def __next__(self):
        if self.n <= 0:
            raise StopIteration
        self.n -= 1
        return self.n


def chunks(it, n):
    it = iter(it)
    while chunk := tuple(itertools.islice(it, n)):
        yield chunk


def pipeline(*stages):
    return functools.reduce(lambda acc, stage: stage(acc), stages)


print(group(parse(read("[a]\nx = 1 # c\ny = [1, 2]\n\n[b]\nz = {\"k\": null}\n"))))
g = delegate(); next(g)
print(g.send(10), g.send(20), g.throw(ValueError("bad")), g.send(5), g.send(None))
try:
    next(g)
except StopIteration as e:
    print("stopped", e.value)
print(list(Countdown(3)), list(chunks(range(7), 3)), sum(Countdown(4)), dict(zip("abc", Countdown(3))), [*Countdown(2)], max(Countdown(5)))
print(pipeline(range(20), lambda xs: (x * x for x in xs), lambda xs: filter(lambda x: x % 2, xs), lambda xs: itertools.takewhile(lambda x: x < 200, xs), list))
words = "the quick brown the lazy dog the end".split()
index = {w: [i for i, x in enumerate(words) if x == w] for w in dict.fromkeys(words)}
print(index, {len(w) for w in words} == {3, 4, 5}, [(x, y) for x in range(3) if x for y in "ab"], [[c for c in r] for r in ("ab", "cd")])
matrix = [[1, 2, 3], [4, 5, 6]]
print([list(r) for r in zip(*matrix)], [x for row in matrix for x in row], sum(map(sum, matrix)), any(x > 5 for r in matrix for x in r), all([]))
first, *middle, last = range(5); (a, b), c = (1, 2), 3; d = e = []; d.append(1)
print(first, middle, last, a, b, c, e, *"xy", sep="/")
def fib():
    a, b = 0, 1
    while True:
        yield a
        a, b = b, a + b
print(list(itertools.islice(fib(), 10)), next(x for x in fib() if x > 100), list(map(lambda a, b: a + b, [1, 2], [3, 4])), list(enumerate("ab", 1)), list(filter(None, [0, 1, "", "a"])))
try:
    list(x / 0 for x in [1])
except ZeroDivisionError as e:
    print(e)
def bad():
    yield 1
    raise StopIteration("inner")
try:
    list(bad())
except RuntimeError as e:
    print(e, repr(e.__cause__))
d = {i: i for i in range(3)}
try:
    for k in d: d[k + 10] = 1
except RuntimeError as e:
    print(e)
try:
    for x in (l := [1, 2, 3]): l.remove(x) if x == 1 else None
    print(l)
    s = {1, 2}
    for x in s: s.add(x + 10)
except RuntimeError as e:
    print(e)
for i in range(5):
    if i == 2: continue
    if i == 4: break
else:
    print("never")
print(i, [y := 5, y + 1], (lambda: (yield))().__class__.__name__)
def early():
    for i in range(3):
        try:
            if i == 1:
                return i
        finally:
            print("cleanup", i)
print(early())
@contextmanager
def managed():
    print("enter")
    try:
        yield "res"
    finally:
        print("exit")
with managed() as r, managed():
    print(r)
def process(event):
    try:
        return group(parse(read(event["body"])))
    except ParseError as e:
        raise RuntimeError(f"cannot process {event['id']}") from e
def handler(event, context=None):
    results = []
    for record in event["Records"]:
        try:
            results.append(process(record))
        except RuntimeError:
            if record.get("optional"):
                print("skipping", sys.exc_info()[1])
                continue
            raise
    return results
print(handler({"Records": [{"id": 1, "body": "[a]\nx=1"}, {"id": 2, "body": "nonsense", "optional": True}]}))
try:
    handler({"Records": [{"id": 3, "body": "[a]\nx = {bad}"}]})
except RuntimeError as e:
    print(repr(e), repr(e.__cause__), repr(e.__cause__.__cause__))
