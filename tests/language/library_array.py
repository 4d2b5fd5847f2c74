# Arrays: their bytes, views of them, characters, and derived classes.
import struct
from array import array


def show(f):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)


class At:
    def __index__(self):
        return 1


a = array("h", [1, -2, 3])
print(bytes(a), bytearray(a), b"-".join([a, b"x"]), struct.unpack("<3h", a), struct.unpack_from("<h", a, 4))
view = memoryview(a)
print(view.format, view.itemsize, view.shape, view.tolist(), view[-1], view[1:].tobytes(), view == a, view.obj is a)
view[0] = 258
view.cast("B")[2:4] = b"\5\6"
print(a, a[At()], str(memoryview(b"text"), "ascii"))
struct.pack_into(">h", a, 4, 7)
a[At()] = At()
print(a, array("f", [1]).tobytes(), memoryview(array("d", [0.5]))[0])
u = array("u", "hé")
u.fromunicode("!")
print(u, u.tounicode(), len(u.tobytes()), u + u, u[1])
show(lambda: a + array("b"))
show(lambda: a.__setitem__(slice(0, 1), array("b")))
show(lambda: a.append(1.5))
show(lambda: a.append(1 << 20))
show(lambda: array("x"))
show(lambda: array("b", "x"))
show(lambda: a.fromlist((1,)))
show(lambda: u.append("ab"))
show(lambda: a.frombytes("text"))
show(lambda: array("d", [float("nan")]) == array("d", [float("nan")]))


class Named(array):
    def __init__(self, code, items, name=None):
        self.name = name


n = Named("b", [1], name="n")
print(n, n.name, list(n))
