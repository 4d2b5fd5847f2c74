# What stands in for sys.stdout gets what print writes.
import contextlib, io, sys
b = io.StringIO()
with contextlib.redirect_stdout(b):
    print("inside", 1, sep="-")
    with contextlib.redirect_stdout(io.StringIO()) as c:
        print("deeper")
    print("again", end="")
print(repr(b.getvalue()), repr(c.getvalue()))
with contextlib.redirect_stderr(io.StringIO()) as e:
    print("err", file=sys.stderr)
print(repr(e.getvalue()))
old = sys.stdout
sys.stdout = s = io.StringIO()
print("to s")
sys.stdout = old
print(repr(s.getvalue()))
try:
    with contextlib.redirect_stdout(io.StringIO()):
        raise ValueError("x")
except ValueError: print("back")

import pprint
with contextlib.redirect_stdout(io.StringIO()) as p:
    pprint.pprint({"a": [1, 2]})
    list(map(print, "xy"))
    print("a", file=None)
    sys.stdout.write("w")
print(repr(p.getvalue()))
print(__file__.rpartition("/")[2], __name__)
