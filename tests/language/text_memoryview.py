# Memoryviews of bytes and bytearrays.


def show(f):
    try:
        print(repr(f()))
    except Exception as e:
        print(type(e).__name__, e)


data = bytearray(b"hello world")
view = memoryview(data)
print(len(view), view[0], view[-1], bytes(view[2:5]), view.tolist()[:3], view.tobytes(), view.hex())
print(view.nbytes, view.itemsize, view.format, view.ndim, view.shape, view.strides, view.readonly, view.obj is data)
view[0] = 72
view[6:11] = b"WORLD"
print(data, view == data, view == b"Hello WORLD", view == memoryview(data), view != b"x")
part = view[::2]
print(bytes(part), part.strides, part.contiguous, len(part), list(part), part[1:3].tobytes(), bytes(view[::-1]))
part[0] = 74
print(data, 87 in view, list(reversed(view))[:2])
fixed = memoryview(b"abc")
print(fixed.readonly, hash(fixed) == hash(b"abc"), fixed.toreadonly().readonly, fixed.cast("c")[0], fixed.cast("b")[1])
show(lambda: fixed.__setitem__(0, 1))
show(lambda: view.__setitem__(0, 256))
show(lambda: view.__setitem__(0, "a"))
show(lambda: view[99])
show(lambda: view["a"])
show(lambda: view.__setitem__(slice(0, 2), b"abc"))
show(lambda: hash(view))
show(lambda: memoryview("abc"))
show(lambda: memoryview(5))
with memoryview(b"xyz") as inside:
    print(bytes(inside))
show(lambda: inside[0])
show(lambda: len(inside))
print(b"".join([b"a", bytes(fixed)]), int.from_bytes(fixed, "big"), bytearray(fixed), isinstance(view, memoryview))
print(type(view), [x for x in fixed])
