def t(f):
    try: print(f())
    except Exception as e: print(type(e).__name__, e)
import string
F = string.Formatter()
t(lambda: F.format("{} {x} {0}", 1, x=2)); t(lambda: F.format("{} {x!r:>5} {{}} {y[0]} {z.real:{w}}", 1, x="q", y=[3], z=4, w=5)); t(lambda: F.format("{0} {1}", 1)); t(lambda: F.format("{q}")); t(lambda: F.format("{")); t(lambda: F.format("}")); t(lambda: F.format("{!z}", 1)); t(lambda: F.vformat("{a[b]} {c}", (), {"a": {"b": 1}, "c": 2}))
t(lambda: list(F.parse("a{b!r:c}d{{e}}{f[:]:{g}}")))
class U(string.Formatter):
    def get_value(self, key, args, kwargs):
        return "?" if key not in kwargs and not isinstance(key, int) else super().get_value(key, args, kwargs)
    def check_unused_args(self, used, args, kwargs): print(sorted(map(str, used)))
    def format_field(self, value, spec): return value.upper() if spec == "up" else super().format_field(value, spec)
t(lambda: U().format("{a} {b:up} {} {}", 1, 2, b="bee"))
from dataclasses import dataclass, field
@dataclass(slots=True)
class S:
    a: int
    b: int = 3
    c: list = field(default_factory=list)
    def total(self): return self.a + self.b
s = S(1); print(s, s.total(), S.__slots__, s == S(1), hasattr(s, "__dict__"))
t(lambda: setattr(s, "zz", 1))
s.b = 9; print(s); del s.a; t(lambda: s.a)
@dataclass(slots=True, order=True)
class T(S):
    d: int = 4
print(T(1), T.__slots__, T(1) < T(2), T(1, d=2).d)
import datetime
t(lambda: datetime.timedelta(10**10)); t(lambda: datetime.timedelta(10**9))
