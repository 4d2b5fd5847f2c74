def t(f):
    try: print(repr(f()))
    except Exception as e: print(type(e).__name__, e)
class B: pass
class D(B, Exception): pass
class E(Exception): pass
class F(Exception):
    def __init__(self, a, x=2): self.a = a
class G(B, Exception):
    def __init__(self, *a, **k): super().__init__(*a)
t(lambda: D(1, x=1)); t(lambda: E(1, x=1)); t(lambda: F(1, x=1)); t(lambda: G(1, x=1)); t(lambda: D(1, 2))
class H(Exception):
    def __new__(cls, *a, **k): return super().__new__(cls, *a)
t(lambda: E(**{})); t(lambda: E(1, **{"x": 2})); t(lambda: KeyError(1, x=2)); t(lambda: E(1, 2)); t(lambda: D("a"))
from dataclasses import dataclass
@dataclass
class Problem(Exception):
    code: int
    text: str = "none"
t(lambda: Problem(1, text="x")); t(lambda: Problem(code=5)); t(lambda: Problem())
