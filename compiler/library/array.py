"""Lists of numbers of one type."""

import struct as _struct

typecodes = "bBuhHiIlLqQfd"


class _Bytes:
    """The bytes of an array's items, to be read and written in parts."""

    def __init__(self, array): self._array = array
    def __len__(self): return len(self._array._items) * self._array.itemsize

    def _part(self, key):
        size = self._array.itemsize
        items = slice(key.start // size, -(-key.stop // size))
        start = items.start * size
        return items, slice(key.start - start, key.stop - start)

    def __getitem__(self, key):
        if isinstance(key, int):
            return self[key:key + 1][0]
        items, within = self._part(key)
        return self._array._packed(self._array._items[items])[within]

    def __setitem__(self, key, value):
        if isinstance(key, int):
            key, value = slice(key, key + 1), bytes((value,))
        items, within = self._part(key)
        array = self._array
        packed = bytearray(array._packed(array._items[items]))
        packed[within] = value
        array._items[items] = array._unpacked(packed)


def _exported(self):
    return _Bytes(self)


class array:
    __slots__ = ("typecode", "itemsize", "_items")
    __match_sequence__ = __mutable_sequence__ = True
    __hash__ = None

    def __new__(cls, typecode="", initializer=(), /, *rest, **kwds):
        if cls is array and (rest or kwds):
            raise TypeError("array.array() takes no keyword arguments" if kwds else "array() takes at most 2 arguments")
        if not isinstance(typecode, str) or len(typecode) != 1:
            raise TypeError("array() argument 1 must be a unicode character, not " + type(typecode).__name__)
        if typecode not in typecodes:
            raise ValueError("bad typecode (must be b, B, u, h, H, i, I, l, L, q, Q, f or d)")
        self = object.__new__(cls)
        self.typecode = typecode
        self.itemsize = 4 if typecode == "u" else _struct.calcsize(typecode)
        self._items = []
        if isinstance(initializer, (bytes, bytearray)):
            self.frombytes(initializer)
        elif typecode != "u" and isinstance(initializer, str):
            raise TypeError(f"cannot use a str to initialize an array with typecode '{typecode}'")
        elif typecode != "u" and isinstance(initializer, array) and initializer.typecode == "u":
            raise TypeError(f"cannot use a unicode array to initialize an array with typecode '{typecode}'")
        else:
            for value in initializer:
                self.append(value)
        return self

    def __init__(self, *args, **kwds):
        pass

    def _fit(self, value):
        code = self.typecode
        if code == "u":
            if not isinstance(value, str) or len(value) != 1:
                raise TypeError("array item must be unicode character")
            return value
        if code in "fd":
            if isinstance(value, (str, bytes, bytearray)):
                raise TypeError(f"must be real number, not {type(value).__name__}")
            value = float(value)
            return _struct.unpack("<f", _struct.pack("<f", value))[0] if code == "f" else value
        if not isinstance(value, int) and hasattr(type(value), "__index__"):
            value = value.__index__()
        if not isinstance(value, int):
            raise TypeError(f"'{type(value).__name__}' object cannot be interpreted as an integer")
        bits = self.itemsize * 8
        low, high = (-(1 << bits - 1), (1 << bits - 1) - 1) if code.islower() else (0, (1 << bits) - 1)
        if not low <= value <= high:
            names = {"b": "signed char", "B": "unsigned byte integer", "h": "signed short integer", "H": "unsigned short"}
            name = names.get(code)
            if name is None:
                raise OverflowError("int too large to convert" if code in "qQlL" else "signed integer is greater than maximum")
            raise OverflowError(f"{name} is {'greater than maximum' if value > high else 'less than minimum'}")
        return int(value)

    def append(self, v, /): self._items.append(self._fit(v))

    def extend(self, bb, /):
        if isinstance(bb, array) and bb.typecode != self.typecode:
            raise TypeError("can only extend with array of same kind")
        for value in list(bb):
            self.append(value)

    def insert(self, i, v, /): self._items.insert(i, self._fit(v))

    def pop(self, i=-1, /):
        if not self._items:
            raise IndexError("pop from empty array")
        if not -len(self._items) <= i < len(self._items):
            raise IndexError("pop index out of range")
        return self._items.pop(i)

    def count(self, v, /): return self._items.count(v)
    def tobytes(self): return self._packed(self._items)
    def __bytes__(self): return self._packed(self._items)
    def __buffer__(self): return self._packed(self._items)
    def _code(self): return {"l": "q", "L": "Q", "u": "I"}.get(self.typecode, self.typecode)

    def _packed(self, items):
        if self.typecode == "u":
            items = map(ord, items)
        elif self.itemsize == 1:
            return bytes(items) if self.typecode == "B" else bytes([item & 255 for item in items])
        return b"".join([_struct.pack("<" + self._code(), item) for item in items])

    def _unpacked(self, data):
        items = list(_struct.unpack(f"<{len(data) // self.itemsize}{self._code()}", data))
        return [chr(item) for item in items] if self.typecode == "u" else items

    def frombytes(self, data, /):
        if not isinstance(data, (bytes, bytearray)):
            if not hasattr(type(data), "__buffer__"):
                raise TypeError(f"a bytes-like object is required, not '{type(data).__name__}'")
            data = bytes(data)
        if len(data) % self.itemsize:
            raise ValueError("bytes length not a multiple of item size")
        self._items += self._unpacked(data)

    def _made(self, items):
        made = array(self.typecode)
        made._items = items
        return made

    def __len__(self): return len(self._items)
    def __iter__(self): return iter(self._items)
    def __contains__(self, v): return v in self._items

    def __getitem__(self, i):
        if isinstance(i, slice):
            return self._made(self._items[i])
        if not isinstance(i, int):
            if not hasattr(type(i), "__index__"):
                raise TypeError("array indices must be integers")
            i = i.__index__()
        if not -len(self._items) <= i < len(self._items):
            raise IndexError("array index out of range")
        return self._items[i]

    def __setitem__(self, i, v):
        if isinstance(i, slice):
            if not isinstance(v, array):
                raise TypeError(f'can only assign array (not "{type(v).__name__}") to array slice')
            self._alike(v)
            self._items[i] = v._items
            return
        if not hasattr(type(i), "__index__"):
            raise TypeError("array indices must be integers")
        i = i.__index__()
        if not -len(self._items) <= i < len(self._items):
            raise IndexError("array assignment index out of range")
        self._items[i] = self._fit(v)

    def __delitem__(self, i): del self._items[i]

    def _alike(self, other):
        if other.typecode != self.typecode:
            raise TypeError("bad argument type for built-in operation")

    def __add__(self, other):
        if not isinstance(other, array):
            raise TypeError(f'can only append array (not "{type(other).__name__}") to array')
        self._alike(other)
        return self._made(self._items + other._items)

    def __iadd__(self, other):
        if not isinstance(other, array):
            raise TypeError(f'can only extend with array (not "{type(other).__name__}")')
        self._alike(other)
        self.extend(other)
        return self

    def __mul__(self, n): return self._made(self._items * n)
    __rmul__ = __mul__

    def __imul__(self, n):
        self._items *= n
        return self

    def __eq__(self, other):
        if not isinstance(other, array):
            return NotImplemented
        if self.typecode in "fd":
            # No number is equal to what is none.
            return len(self) == len(other) and all([x == y for x, y in zip(self._items, other._items)])
        return self._items == other._items

    def __lt__(self, other): return self._items < other._items if isinstance(other, array) else NotImplemented
    def __le__(self, other): return self._items <= other._items if isinstance(other, array) else NotImplemented
    def __gt__(self, other): return self._items > other._items if isinstance(other, array) else NotImplemented
    def __ge__(self, other): return self._items >= other._items if isinstance(other, array) else NotImplemented
    def __copy__(self): return self._made(list(self._items))
    def __deepcopy__(self, memo): return self._made(list(self._items))

    def __repr__(self):
        if not self._items:
            return f"{type(self).__name__}({self.typecode!r})"
        items = "".join(self._items) if self.typecode == "u" else self._items
        return f"{type(self).__name__}({self.typecode!r}, {items!r})"


ArrayType = array


def _fromlist(self, list, /):
    if not isinstance(list, (type([]))):
        raise TypeError("arg must be list")
    self._items += [self._fit(value) for value in list]


def _remove(self, v, /):
    if v not in self._items:
        raise ValueError("array.remove(x): x not in array")
    self._items.remove(v)


def _index(self, v, start=0, stop=9223372036854775807, /):
    if v not in self._items[start:stop]:
        raise ValueError("array.index(x): x not in array")
    return self._items.index(v, start, stop)


def _reverse(self):
    self._items.reverse()


def _tolist(self):
    return list(self._items)


def _fromunicode(self, ustr, /):
    if self.typecode != "u":
        raise ValueError("fromunicode() may only be called on unicode type arrays")
    self.extend(ustr)


def _tounicode(self):
    if self.typecode != "u":
        raise ValueError("tounicode() may only be called on unicode type arrays")
    return "".join(self._items)


def _buffer_info(self):
    return id(self), len(self._items)


def _byteswap(self):
    data = self.tobytes()
    size = self.itemsize
    data = b"".join([data[i:i + size][::-1] for i in range(0, len(data), size)])
    self._items = []
    self.frombytes(data)


# What comes along only where the text of the program names it.
setattr(array, "fromlist", _fromlist)
setattr(array, "remove", _remove)
setattr(array, "index", _index)
setattr(array, "reverse", _reverse)
setattr(array, "tolist", _tolist)
setattr(array, "fromunicode", _fromunicode)
setattr(array, "tounicode", _tounicode)
setattr(array, "buffer_info", _buffer_info)
setattr(array, "byteswap", _byteswap)
_viewed = {}
_viewed["memoryview"] = _exported
_viewed["readinto"] = _exported
_viewed["struct"] = _exported
array._exported = next(iter(_viewed.values()), None)
