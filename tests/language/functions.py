def f(a, b=2, *args, c, d=4, **kw):
    return a, b, args, c, d, kw

print(f(1, c=3))
print(f(1, 2, 3, 4, c=5, e=6))
print(f(*[1, 2, 3], **{"c": 4, "z": 5}))

def posonly(a, b, /, c=3):
    return a + b + c
print(posonly(1, 2), posonly(1, 2, c=10))
for call in (lambda: posonly(1), lambda: posonly(1, b=2), lambda: posonly(1, 2, 3, 4), lambda: f(1), lambda: f(c=1),
             lambda: posonly(1, 2, d=3), lambda: posonly(1, 2, 3, c=4)):
    try:
        print(call())
    except TypeError as e:
        print("TypeError:", e)

def counter():
    n = 0
    def inc(by=1):
        nonlocal n
        n += by
        return n
    return inc

c = counter()
print(c(), c(5), c())
fs = [lambda x, i=i: x * i for i in range(4)]
print([g(10) for g in fs])
fs = [lambda: i for i in range(3)]
print([g() for g in fs])

def defaults(x=[]):
    x.append(len(x))
    return x
print(defaults(), defaults(), defaults([9]))

def fact(n):
    return 1 if n < 2 else n * fact(n - 1)
print(fact(30))

def deep(n):
    return 0 if n == 0 else 1 + deep(n - 1)
print(deep(900))
try:
    deep(5000)
except RecursionError as e:
    print("RecursionError", e)

def deco(tag):
    def wrap(fn):
        def inner(*a, **k):
            return (tag, fn(*a, **k))
        return inner
    return wrap

@deco("x")
@deco("y")
def add(a, b):
    return a + b
print(add(1, b=2))
print((lambda *a, **k: (a, sorted(k)))(1, 2, z=1, y=2))
a, *b, c = 1, 2, 3, 4
print(a, b, c)
(a, b), c = [(1, 2), 3]
print(a, b, c)
x = y = [1]
x.append(2)
print(y)
print(f.__name__, fact.__qualname__)
if (n := 10) > 5:
    print(n)
def outer():
    x = 1
    def middle():
        def inner():
            return x
        return inner
    return middle()()
print(outer())
def unbound():
    if False:
        v = 1
    return v
try:
    unbound()
except UnboundLocalError as e:
    print(e)
try:
    undefined_name
except NameError as e:
    print(e)
for i in range(3):
    pass
else:
    print("else", i)
while True:
    break
else:
    print("no")
print([x for x in range(10) if x % 2], {x: x * x for x in range(3)}, {x % 3 for x in range(9)})
print([[i * j for j in range(3)] for i in range(3)])
print(sum(x * x for x in range(10)))
