"""Operators whose methods give no answer, of classes derived from builtin types."""

import collections
def show(f):
    try: print(f())
    except Exception as e: print(type(e).__name__, e if "unsupported" in str(e) else "")
class T(tuple):
    def __add__(s, o): return NotImplemented
class T2(tuple): pass
class I(int):
    def __add__(s, o): return NotImplemented
    def __sub__(s, o): return NotImplemented
    def __rsub__(s, o): return NotImplemented
class J(int): pass
class R(int):
    def __radd__(s, o): return NotImplemented
class S(str):
    def __add__(s, o): return NotImplemented
    def __mod__(s, o): return NotImplemented
class L(list):
    def __add__(s, o): return NotImplemented
    def __iadd__(s, o): return NotImplemented
    def __mul__(s, n): return NotImplemented
for a in (T((1,)), T2((1,)), (1,), I(1), J(1), R(1), 1, 1.5, S("a"), "a", L([1]), [1], None):
    for b in (T((2,)), T2((2,)), (2,), I(2), J(2), R(2), 2, S("b"), "b", L([2]), [2]):
        show(lambda: (type(a).__name__, type(b).__name__, a + b))
        show(lambda: (type(a).__name__, type(b).__name__, a - b))
def ia(a, b): a += b; return a
show(lambda: ia(L([1]), [2])); show(lambda: ia(L([1]), 5)); show(lambda: L([1]) * 2); show(lambda: 2 * L([1])); show(lambda: S("a%s") % 1); show(lambda: ia(T((1,)), (2,)))
