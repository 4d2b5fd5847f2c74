# Bytes seen as numbers of other formats, and as tables.
import struct


def show(function):
    try:
        print(function())
    except Exception as error:
        print(type(error).__name__, "|", error)


data = bytearray(struct.pack("<4i", 1, -2, 3, 2**31 - 1))
view = memoryview(data).cast("i")
show(lambda: [view.tolist(), view[1], view[::-1].tolist(), view[1:3].tobytes()])
show(lambda: [view.format, view.itemsize, view.nbytes, view.shape, view.strides, len(view), sum(view), -2 in view])
view[0] = 77
view[1:3] = memoryview(struct.pack("<2i", 5, 6)).cast("i")
show(lambda: (data, view.cast("B")[0]))
show(lambda: view.__setitem__(0, 2**31))
show(lambda: view.__setitem__(0, 1.5))
show(lambda: view.__setitem__(slice(0, 1), b"abcd"))
show(lambda: view.cast("h"))
show(lambda: memoryview(b"abc").cast("h"))
show(lambda: memoryview(b"abcd")[::2].cast("B"))
show(lambda: memoryview(b"abc").cast("<i"))
show(lambda: [memoryview(b"\xff").cast("b") == b"\xff", view == memoryview(bytes(data)).cast("i"), hash(view)])
doubles = memoryview(bytearray(16)).cast("d")
doubles[0], doubles[1] = 1.25, 3
show(lambda: (doubles.tolist(), doubles == doubles.toreadonly()))
table = memoryview(bytes(range(12))).cast("B", [3, 4])
show(lambda: [table.tolist(), table[1, 2], table[-1, -1], table.shape, table.strides, table.ndim, len(table)])
show(lambda: table[3, 0])
show(lambda: table[1])
show(lambda: memoryview(b"abc").cast("B", [2, 2]))
