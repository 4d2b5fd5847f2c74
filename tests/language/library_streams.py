import io, operator


def t(f):
    try: print(repr(f()))
    except Exception as e: print(type(e).__name__, e)


for newline in ("\n", "", None, "\r", "\r\n"):
    s = io.StringIO("a\nb\r\nc\rd", newline=newline)
    print(repr(newline), list(s), repr(s.getvalue()), repr(s.newlines))
    s = io.StringIO(newline=newline)
    print(s.write("x\ny"), repr(s.getvalue()))
t(lambda: io.StringIO("", newline="x")); t(lambda: io.StringIO("", newline=5)); t(lambda: io.StringIO(b""))
s, b = io.StringIO("123"), io.BytesIO(b"123")
for one in (s, b):
    print(one.seek(9), one.write(one.getvalue()[:0]), one.getvalue(), one.read(2), one.seek(0), one.truncate(2), one.getvalue())
    t(lambda: one.seek(-1)); t(lambda: one.seek(0, 7)); t(lambda: one.seek(1.5)); t(lambda: one.truncate(-1)); t(lambda: one.read("1"))
    t(lambda: one.detach()); t(lambda: one.fileno())
    one.close()
    t(lambda: one.writelines([])); t(lambda: one.readable()); t(lambda: one.truncate())


class Size:
    def __index__(self): return 2


print(io.StringIO("abc\nd").read(Size()), io.BytesIO(b"abc\nd").readline(Size()), io.BytesIO(b"a\nb\nc\n").readlines(3))
print(io.BytesIO(None).getvalue(), bytes(io.BytesIO(b"ab").getbuffer()), isinstance(io.StringIO(), io.TextIOBase))
into = bytearray(5)
print(io.BytesIO(b"abc").readinto(into), into)
t(lambda: io.BytesIO("text")); t(lambda: io.BytesIO().write("text"))
t(lambda: operator.index(Size())); t(lambda: operator.index(2.0)); t(lambda: operator.index(True))
