# A special method that is None: the class says that it has none.
class A:
    __bool__ = None
for f in (lambda: bool(A()), lambda: not A(), lambda: 1 if A() else 2, lambda: A() and 1):
    try: print(f())
    except TypeError as e: print(e)
class B:
    __bool__ = None
    def __len__(self): return 1
try: print(bool(B()))
except TypeError as e: print(e)
class C:
    __len__ = None
    __iter__ = None
    __contains__ = None
    __hash__ = None
    __add__ = None
    __call__ = None
    __getitem__ = None
    __index__ = None
    __int__ = None
    __eq__ = None
    __lt__ = None
    __repr__ = None
    __str__ = None
    __neg__ = None
    __next__ = None
    __enter__ = None
    __float__ = None
    __setitem__ = None
    __delitem__ = None
    __reversed__ = None
    __format__ = None
    __round__ = None
    __abs__ = None
    __divmod__ = None
    __iadd__ = None
c = C()
def iadd():
    global c
    c += 1
for f in (lambda: len(c), lambda: iter(c), lambda: 1 in c, lambda: hash(c), lambda: c + 1, lambda: c(), lambda: c[0], lambda: [1][c], lambda: int(c), lambda: c == 1, lambda: c < 1, lambda: repr(c), lambda: str(c), lambda: -c, lambda: next(c), lambda: float(c), lambda: reversed(c), lambda: format(c), lambda: round(c), lambda: abs(c), lambda: divmod(c, 1), lambda: bool(c), iadd, lambda: 1 + c, lambda: c != 1, lambda: list(c), lambda: [*c], lambda: range(c)):
    try: print(f())
    except Exception as e: print(type(e).__name__, e)
