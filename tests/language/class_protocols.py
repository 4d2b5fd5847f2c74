class Left:
    def __eq__(self, other): print("L.eq"); return NotImplemented
class Right:
    def __ne__(self, other): print("R.ne"); return NotImplemented
    def __eq__(self, other): print("R.eq"); return NotImplemented
print(Left() != Right(), Right() != Left(), Left() != 1)
class Held(int):
    def __eq__(self, other): print("H.eq"); return NotImplemented
print(Held(1) != 1, Held(1) != Held(2), Held(1) == 1)
class D(dict): pass
class I(int): pass
class F(float): pass
class B(bytes): pass
print(type(D.fromkeys("ab", 1)), D.fromkeys("ab"), type(I.from_bytes(b"ab", "big")), I.from_bytes(b"ab", "big"))
print(type(F.fromhex("0x1p3")), F.fromhex("0x1p3"), type(bytearray.fromhex("ab")))
class A:
    def __dir__(self): return super().__dir__() + ["zz"]
    def m(self): pass
print([n for n in dir(A()) if n[0] != "_"], A.mro(), [c.__name__ for c in B.mro()])
class P:
    y = property(None, lambda s, v: None)
    class Q: z = property(lambda s: 1)
def wrong(make):
    try: make()
    except AttributeError as e: print(e)
wrong(lambda: P().y); wrong(lambda: setattr(P.Q(), "z", 1)); wrong(lambda: delattr(P.Q(), "z"))
class Check:
    def __instancecheck__(self, value): return value == 3
    def __subclasscheck__(self, cls): return cls is int
c = Check()
print(isinstance(3, c), isinstance(4, c), isinstance(3, (str, c)), issubclass(int, c), issubclass(str, (str, c)))
class W:
    @classmethod
    def a(cls): pass
    @staticmethod
    def b(): pass
print(W.__dict__["a"].__wrapped__.__name__, W.__dict__["b"].__wrapped__.__name__)
import sys
print(sys.flags.optimize, sys.int_info.bits_per_digit, sys.hash_info.modulus, sys.version_info[:2], sys.float_info)
try: type(sys.flags)()
except TypeError as e: print(e)
