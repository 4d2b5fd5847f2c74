"""Lists of numbers of one type."""

import struct as _struct

typecodes = "bBuhHiIlLqQfd"


class array:
    __match_sequence__ = True
    __hash__ = None

    def __init__(self, typecode, initializer=(), /):
        if typecode not in ("b", "B", "h", "H", "i", "I", "l", "L", "q", "Q", "f", "d"):
            raise ValueError("bad typecode (must be b, B, u, h, H, i, I, l, L, q, Q, f or d)")
        self.typecode = typecode
        self.itemsize = _struct.calcsize(typecode)
        self._items = []
        if isinstance(initializer, (bytes, bytearray)):
            self.frombytes(initializer)
        elif isinstance(initializer, str):
            raise TypeError(f"cannot use a str to initialize an array with typecode '{typecode}'")
        else:
            self.extend(initializer)

    def _fit(self, value):
        code = self.typecode
        if code in "fd":
            if not isinstance(value, (int, float)):
                raise TypeError(f"must be real number, not {type(value).__name__}")
            return _struct.unpack("<f", _struct.pack("<f", value))[0] if code == "f" else float(value)
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

    fromlist = extend
    def insert(self, i, v, /): self._items.insert(i, self._fit(v))

    def pop(self, i=-1, /):
        if not self._items:
            raise IndexError("pop from empty array")
        if not -len(self._items) <= i < len(self._items):
            raise IndexError("pop index out of range")
        return self._items.pop(i)

    def remove(self, v, /):
        if v not in self._items:
            raise ValueError("array.remove(x): x not in array")
        self._items.remove(v)

    def index(self, v, start=0, stop=9223372036854775807, /):
        if v not in self._items[start:stop]:
            raise ValueError("array.index(x): x not in array")
        return self._items.index(v, start, stop)

    def count(self, v, /): return self._items.count(v)
    def reverse(self): self._items.reverse()
    def tolist(self): return list(self._items)
    def tobytes(self): return _struct.pack(f"<{len(self._items)}{self._code()}", *self._items)
    def _code(self): return {"l": "q", "L": "Q"}.get(self.typecode, self.typecode)
    def buffer_info(self): return id(self), len(self._items)

    def frombytes(self, data, /):
        if len(data) % self.itemsize:
            raise ValueError("bytes length not a multiple of item size")
        self._items.extend(_struct.unpack(f"<{len(data) // self.itemsize}{self._code()}", data))

    def byteswap(self):
        data = self.tobytes()
        size = self.itemsize
        data = b"".join([data[i:i + size][::-1] for i in range(0, len(data), size)])
        self._items = []
        self.frombytes(data)

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
            raise TypeError("array indices must be integers")
        if not -len(self._items) <= i < len(self._items):
            raise IndexError("array index out of range")
        return self._items[i]

    def __setitem__(self, i, v):
        if isinstance(i, slice):
            if not isinstance(v, array):
                raise TypeError(f'can only assign array (not "{type(v).__name__}") to array slice')
            self._items[i] = v._items
            return
        if not -len(self._items) <= i < len(self._items):
            raise IndexError("array assignment index out of range")
        self._items[i] = self._fit(v)

    def __delitem__(self, i): del self._items[i]

    def __add__(self, other):
        if not isinstance(other, array):
            raise TypeError(f'can only append array (not "{type(other).__name__}") to array')
        return self._made(self._items + other._items)

    def __iadd__(self, other):
        if not isinstance(other, array):
            raise TypeError(f'can only extend with array (not "{type(other).__name__}")')
        self.extend(other)
        return self

    def __mul__(self, n): return self._made(self._items * n)
    __rmul__ = __mul__

    def __imul__(self, n):
        self._items *= n
        return self

    def __eq__(self, other): return self._items == other._items if isinstance(other, array) else NotImplemented
    def __lt__(self, other): return self._items < other._items if isinstance(other, array) else NotImplemented
    def __le__(self, other): return self._items <= other._items if isinstance(other, array) else NotImplemented
    def __gt__(self, other): return self._items > other._items if isinstance(other, array) else NotImplemented
    def __ge__(self, other): return self._items >= other._items if isinstance(other, array) else NotImplemented
    def __copy__(self): return self._made(list(self._items))
    def __deepcopy__(self, memo): return self._made(list(self._items))

    def __repr__(self):
        if not self._items:
            return f"array({self.typecode!r})"
        return f"array({self.typecode!r}, {self._items!r})"


ArrayType = array
