import math
from math import sqrt as root


def f(a, b=2, /, c=[], *args, d, e=5, **rest):
    return a


def calls(o, items, **options):
    f(1, 2)
    f(1, c=3, d=4)
    f(*items, d=1, **options)
    o.method(o.value, len(items))
    max(o, items)
    print(*items, sep="")
    return math.sqrt(root(2.0)) + math.pi
