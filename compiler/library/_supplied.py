"""Builtins that are written in Python: compiled in where a program names them."""

from _iotpy import read_line as _read_line
from math import atan2 as _atan2, copysign as _copysign, cos as _cos, exp as _exp
from math import log as _log, sin as _sin, sqrt as _sqrt
from struct import _decode_float, _float_bits
from types import GenericAlias as _parametrized


def input(prompt="", /):
    if prompt != "":
        print(prompt, end="")
    line = _read_line()
    if line is None:
        raise EOFError("EOF when reading a line")
    return line.removesuffix("\n")


def _detailed(kind, /, *args, **details):
    made = kind(*args)
    for name, value in details.items():
        setattr(made, name, value)
    return made


def aiter(iterable, /):
    if not hasattr(type(iterable), "__aiter__"):
        raise TypeError(f"'{type(iterable).__name__}' object is not an async iterable")
    return type(iterable).__aiter__(iterable)


_nothing = object()


def anext(iterator, default=_nothing, /):
    if not hasattr(type(iterator), "__anext__"):
        raise TypeError(f"'{type(iterator).__name__}' object is not an async iterator")
    if default is _nothing:
        return type(iterator).__anext__(iterator)
    return _anext_or(iterator, default)


async def _anext_or(iterator, default):
    try:
        return await type(iterator).__anext__(iterator)
    except StopAsyncIteration:
        return default


class _Given:
    """What an asynchronous generator yields, told from what it waits for."""

    __slots__ = ("value",)

    def __init__(self, value):
        self.value = value


def _async_generator(function):
    def made(*args, **kwargs):
        return async_generator(function(*args, **kwargs), function)

    made.__name__, made.__qualname__, made.__doc__ = function.__name__, function.__qualname__, function.__doc__
    return made


def _documented(text):
    def given(function):
        function.__doc__ = text
        return function

    return given


def _annotated(annotations):
    def given(function):
        function.__annotations__ = annotations
        return function

    return given


def _based(base):
    """The class that a base with parameters stands for."""
    entries = None if isinstance(base, type) else getattr(type(base), "__mro_entries__", None)
    return base if entries is None else (entries(base, (base,)) or (object,))[0]


# Who is told of an asynchronous generator that begins, and of one that is left: the loop that runs, if one does.
_generator_hooks = []


def _left(iterator):
    """A loop over what nobody else holds has been left."""
    if type(iterator) is async_generator and iterator._state == "suspended" and _generator_hooks:
        _generator_hooks[-1].left(iterator)


class async_generator:
    __module__ = "builtins"

    def __init__(self, coroutine, function):
        self._coroutine = coroutine
        self.__name__, self.__qualname__ = function.__name__, function.__qualname__
        self._state = "new"

    @property
    def ag_running(self):
        return self._state == "running"

    def __aiter__(self):
        return self

    def __anext__(self):
        return async_generator_asend(self, "send", None)

    def asend(self, value):
        return async_generator_asend(self, "send", value)

    def athrow(self, kind, value=None, traceback=None):
        error = kind if isinstance(kind, BaseException) else value if isinstance(value, BaseException) else kind()
        return async_generator_athrow(self, "throw", error)

    def aclose(self):
        return async_generator_athrow(self, None, None)

    def __repr__(self):
        return f"<async_generator object {self.__qualname__} at {id(self):#x}>"


class async_generator_asend:
    """What is awaited for the next item: it goes on until the generator gives one."""

    __module__ = "builtins"
    _calls = "__anext__()/asend()"

    def __init__(self, generator, call, value):
        self._generator, self._call, self._value = generator, call, value
        self._steps = None
        self._is_over = False

    def _begun(self):
        if self._is_over:
            raise RuntimeError(f"cannot reuse already awaited {self._calls}")
        if self._steps is None:
            generator, call, value = self._generator, self._call, self._value
            if generator._state == "running":
                self._is_over = True
                raise RuntimeError(f"{self._name()}: asynchronous generator is already running")
            if call is not None and generator._state == "ended":
                self._is_over = True
                raise StopAsyncIteration
            if generator._state == "new" and call == "send" and value is not None:
                raise TypeError("can't send non-None value to a just-started async generator")
            self._steps = self._close() if call is None else self._run(call, value)
        return self._steps

    def _name(self):
        return "anext()"

    def __await__(self):
        return self._begun()

    __iter__ = __await__

    def __next__(self):
        return self._begun().send(None)

    def send(self, value):
        if value is not None and self._steps is None and self._call is not None:
            if self._value is None:
                self._value = value
            value = None
        return self._begun().send(value)

    def throw(self, kind, value=None, traceback=None):
        error = kind if isinstance(kind, BaseException) else value if isinstance(value, BaseException) else kind()
        if self._steps is not None or self._is_over:
            return self._begun().throw(error)
        self._call, self._value = "throw", error
        return self._begun().send(None)

    def close(self):
        self._is_over = True

    def _close(self):
        generator = self._generator
        if generator._state == "new":
            generator._coroutine.close()
            generator._state = "ended"
        if generator._state == "ended":
            self._is_over = True
            return
        try:
            yield from self._run("throw", GeneratorExit())
        except (StopAsyncIteration, GeneratorExit):
            return
        raise RuntimeError("async generator ignored GeneratorExit")

    def _run(self, call, value):
        generator = self._generator
        coroutine = generator._coroutine
        if generator._state == "new" and _generator_hooks:
            _generator_hooks[-1].begun(generator)
        generator._state = "running"
        ended = False
        try:
            made = coroutine.throw(value) if call == "throw" else coroutine.send(value)
            while type(made) is not _Given:
                try:
                    sent = yield made
                except BaseException as error:
                    made = coroutine.throw(error)
                else:
                    made = coroutine.send(sent)
            generator._state = "suspended"
            return made.value
        except StopIteration:
            generator._state = "ended"
            ended = True
        except StopAsyncIteration as error:
            generator._state = "ended"
            raise RuntimeError("async generator raised StopAsyncIteration") from error
        except BaseException:
            generator._state = "ended"
            raise
        finally:
            self._is_over = True
        if ended:
            raise StopAsyncIteration


class async_generator_athrow(async_generator_asend):
    _calls = "aclose()/athrow()"

    def _name(self):
        return "aclose()" if self._call is None else "athrow()"


def _part(number):
    text = repr(number)
    return text.removesuffix(".0")


def _both(value):
    """Real and imaginary part of a number; None of something else."""
    if isinstance(value, complex):
        return value.real, value.imag
    if isinstance(value, (int, float)):
        return float(value), 0.0
    return None


def _quotient(a, b, c, d):
    if c == 0 and d == 0:
        raise ZeroDivisionError("complex division by zero")
    if abs(c) >= abs(d):
        ratio = d / c
        over = c + d * ratio
        return complex((a + b * ratio) / over, (b - a * ratio) / over)
    if not abs(d) >= abs(c):
        # One of them is no number.
        return complex(c * d, c * d)
    ratio = c / d
    over = c * ratio + d
    return complex((a * ratio + b) / over, (b * ratio - a) / over)


def _whole_power(base, exponent):
    result, bit = complex(1.0, 0.0), 1
    while bit <= exponent:
        if exponent & bit:
            result = result * base
        bit <<= 1
        base = base * base
    return result


def _within(power):
    if abs(power.real) == float("inf") or abs(power.imag) == float("inf"):
        raise OverflowError("complex exponentiation")
    return power


def _complex_power(base, exponent):
    """What the machine asks for a negative number to a fractional power."""
    return complex(base) ** exponent


def _length(x, y):
    """The length of (x, y) as the C library has it: C. F. Borges, "An improved algorithm for hypot(a, b)", 2019."""
    x, y = abs(x), abs(y)
    if x < y:
        x, y = y, x
    infinite = float("inf")
    if x == infinite or y == infinite:
        return infinite
    if x != x or y != y:
        return x + y
    if y <= x * 5.551115123125783e-17:
        return x + y
    scale = 1.0
    if x > 6.7e153:
        scale = 2.0 ** 600
    elif y < 1.5e-154:
        scale = 2.0 ** -600
    x, y = x / scale, y / scale
    size = _sqrt(x * x + y * y)
    if size <= 2.0 * y:
        over = size - y
        first, second = x * (2.0 * over - x), (over - 2.0 * (x - y)) * over
    else:
        over = size - x
        first, second = 2.0 * over * (x - 2.0 * y), (4.0 * over - y) * y + over * over
    return (size - (first + second) / (2.0 * size)) * scale


def _parsed(text):
    refused = ValueError("complex() arg is a malformed string")
    text = text.strip()
    if text.startswith("(") and text.endswith(")"):
        text = text[1:-1].strip()
    try:
        if text[-1:] not in ("j", "J"):
            return float(text), 0.0
        text = text[:-1]
        at = max(text.rfind("+"), text.rfind("-"))
        while at > 0 and text[at - 1] in "eE":
            at = max(text.rfind("+", 0, at), text.rfind("-", 0, at))
        real, imag = (text[:at], text[at:]) if at > 0 else ("", text)
        if imag in ("", "+", "-"):
            imag += "1"
        return float(real) if real else 0.0, float(imag)
    except ValueError:
        raise refused from None


class complex:
    __module__ = "builtins"
    __slots__ = ("_real", "_imag")

    def __new__(cls, real=0, imag=_nothing):
        if isinstance(real, str):
            if imag is not _nothing:
                raise TypeError("complex() can't take second arg if first is a string")
            a, b = _parsed(real)
        else:
            given = real
            if not isinstance(real, (complex, int, float)) and hasattr(type(real), "__complex__"):
                real = real.__complex__()
            elif not isinstance(real, (complex, int, float)) and hasattr(type(real), "__float__"):
                real = float(real)
            elif not isinstance(real, (complex, int, float)) and hasattr(type(real), "__index__"):
                real = real.__index__()
            first = _both(real)
            if first is None:
                kind = type(given).__name__
                raise TypeError(f"complex() first argument must be a string or a number, not '{kind}'")
            a, b = first
            if imag is not _nothing:
                if isinstance(imag, str):
                    raise TypeError("complex() second arg can't be a string")
                second = _both(imag)
                if second is None:
                    kind = type(imag).__name__
                    raise TypeError(f"complex() second argument must be a number, not '{kind}'")
                if isinstance(imag, complex):
                    a -= second[1]
                b = b + second[0] if isinstance(real, complex) else second[0]
        self = object.__new__(cls)
        object.__setattr__(self, "_real", a)
        object.__setattr__(self, "_imag", b)
        return self

    def __init__(self, real=0, imag=0):
        pass

    @property
    def real(self):
        return self._real

    @property
    def imag(self):
        return self._imag

    def __setattr__(self, name, value):
        if name in ("real", "imag"):
            raise AttributeError("readonly attribute")
        raise AttributeError(f"'complex' object has no attribute '{name}'")

    def conjugate(self):
        return complex(self._real, -self._imag)

    def __complex__(self):
        return complex(self._real, self._imag)

    def __repr__(self):
        if self._real == 0 and _copysign(1.0, self._real) > 0:
            return f"{_part(self._imag)}j"
        imag = _part(self._imag)
        return f"({_part(self._real)}{'' if imag[0] == '-' else '+'}{imag}j)"

    def __format__(self, spec):
        if not spec:
            return str(self)
        kind = spec[-1] if spec[-1] in "eEfFgGn" else ""
        digits = spec[:len(spec) - len(kind)]
        align = ""
        if digits[1:2] in ("<", ">", "^", "="):
            align, digits = digits[:2], digits[2:]
        elif digits[:1] in ("<", ">", "^", "="):
            align, digits = " " + digits[:1], digits[1:]
        if align[1:] == "=":
            raise ValueError("'=' alignment flag is not allowed in complex format specifier")
        sign = digits[:1] if digits[:1] in ("+", "-", " ") else ""
        digits = digits[len(sign):]
        if digits[:1] == "0":
            raise ValueError("Zero padding is not allowed in complex format specifier")
        width = ""
        while digits[:1].isdigit():
            width, digits = width + digits[0], digits[1:]
        if kind or "." in digits:
            real, imag = [format(one, how + digits + (kind or "g")) for one, how in ((self._real, sign), (self._imag, "+"))]
            text = f"{real}{imag}j"
            if not kind:
                is_imaginary = self._real == 0 and _copysign(1.0, self._real) > 0
                text = format(self._imag, sign + digits + "g") + "j" if is_imaginary else f"({text})"
        else:
            text = repr(self)
        return format(text, f"{align or ' >'}{width}") if width else text

    def __add__(self, other):
        other = _both(other)
        return NotImplemented if other is None else complex(self._real + other[0], self._imag + other[1])

    __radd__ = __add__

    def __sub__(self, other):
        other = _both(other)
        return NotImplemented if other is None else complex(self._real - other[0], self._imag - other[1])

    def __rsub__(self, other):
        other = _both(other)
        return NotImplemented if other is None else complex(other[0] - self._real, other[1] - self._imag)

    def __mul__(self, other):
        other = _both(other)
        if other is None:
            return NotImplemented
        a, b, c, d = self._real, self._imag, *other
        return complex(a * c - b * d, a * d + b * c)

    __rmul__ = __mul__

    def __truediv__(self, other):
        other = _both(other)
        return NotImplemented if other is None else _quotient(self._real, self._imag, *other)

    def __rtruediv__(self, other):
        other = _both(other)
        return NotImplemented if other is None else _quotient(*other, self._real, self._imag)

    def __pow__(self, other, modulus=None):
        if modulus is not None:
            raise ValueError("complex modulo")
        other = _both(other)
        if other is None:
            return NotImplemented
        try:
            return self._power(*other)
        except OverflowError:
            raise OverflowError("complex exponentiation") from None

    def _power(self, c, d):
        if c == 0 and d == 0:
            return complex(1.0, 0.0)
        if d == 0 and abs(c) <= 100 and c == int(c):
            if self._real == 0 and self._imag == 0 and c < 0:
                raise ZeroDivisionError("0.0 to a negative or complex power")
            made = _whole_power(self, abs(int(c)))
            return _within(made if c > 0 else 1.0 / made)
        if self._real == 0 and self._imag == 0:
            if d != 0 or c < 0:
                raise ZeroDivisionError("0.0 to a negative or complex power")
            return complex(0.0, 0.0)
        size, angle = _length(self._real, self._imag), _atan2(self._imag, self._real)
        length, phase = size ** c, angle * c
        if d != 0:
            length /= _exp(angle * d)
            phase += d * _log(size)
        if abs(phase) == float("inf"):
            raise ZeroDivisionError("0.0 to a negative or complex power")
        return _within(complex(length * _cos(phase), length * _sin(phase)))

    def __rpow__(self, other):
        other = _both(other)
        return NotImplemented if other is None else complex(*other) ** self

    def __neg__(self):
        return complex(-self._real, -self._imag)

    def __pos__(self):
        return self

    def __abs__(self):
        size = _length(self._real, self._imag)
        if size == float("inf") and abs(self._real) < size and abs(self._imag) < size:
            raise OverflowError("absolute value too large")
        return size

    def __bool__(self):
        return self._real != 0 or self._imag != 0

    def __eq__(self, other):
        if isinstance(other, int) and not isinstance(other, complex):
            return self._imag == 0 and self._real == other
        other = _both(other)
        return NotImplemented if other is None else self._real == other[0] and self._imag == other[1]

    def __hash__(self):
        both = (hash(self._real) + 1000003 * hash(self._imag)) & 0xFFFFFFFFFFFFFFFF
        both = both - (1 << 64) if both >> 63 else both
        return -2 if both == -1 else both

    # Numbers are not copied. The module copy does not name this class: that would bring it to everybody.
    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        return self

    def __getnewargs__(self):
        return self._real, self._imag

    def __int__(self):
        raise TypeError("int() argument must be a string, a bytes-like object or a real number, not 'complex'")

    def __float__(self):
        raise TypeError("float() argument must be a string or a real number, not 'complex'")


# Bytes of an item, by the format of a view; capitals are without sign.
_ITEM_SIZES = {
    "B": 1, "b": 1, "c": 1, "?": 1, "h": 2, "H": 2, "i": 4, "I": 4, "l": 8, "L": 8, "q": 8, "Q": 8, "n": 8, "N": 8,
    "P": 8, "f": 4, "d": 8,
}


class memoryview:
    """Bytes of a bytes or bytearray, seen without a copy, as numbers of a format."""

    __module__ = "builtins"
    __match_sequence__ = True

    def __init__(self, object):
        if isinstance(object, memoryview):
            object._check()
            self.obj, self.readonly, self._format = object.obj, object.readonly, object._format
            self._start, self._step, self._length = object._start, object._step, object._length
            self._code, self._size, self._shape = object._code, object._size, object._shape
            self._store = object._store
        elif isinstance(object, (bytes, bytearray)):
            self.obj = self._store = object
            self._start, self._step, self._length = 0, 1, len(object)
            self.readonly = isinstance(object, bytes)
            self._format, self._code, self._size, self._shape = "B", "B", 1, None
        elif hasattr(type(object), "_exported"):
            self.obj, self._store, self.readonly = object, object._exported(), False
            self._format = self._code = "w" if object.typecode == "u" else object.typecode
            self._start, self._step, self._length = 0, object.itemsize, len(object)
            self._size, self._shape = self._step, None
        else:
            kind = type(object).__name__
            raise TypeError(f"memoryview: a bytes-like object is required, not '{kind}'")
        self._released = False
        self._hash = None

    def _check(self):
        if self._released:
            raise ValueError("operation forbidden on released memoryview object")

    suboffsets = ()

    @property
    def format(self):
        self._check()
        return self._format

    @property
    def itemsize(self):
        self._check()
        return self._size

    @property
    def ndim(self):
        self._check()
        return 1 if self._shape is None else len(self._shape)

    @property
    def nbytes(self):
        self._check()
        return self._length * self._size

    @property
    def shape(self):
        self._check()
        return (self._length,) if self._shape is None else self._shape

    @property
    def strides(self):
        self._check()
        if self._shape is None:
            return (self._step,)
        strides, stride = [], self._size
        for count in reversed(self._shape):
            strides.append(stride)
            stride *= count
        return tuple(strides[::-1])

    @property
    def contiguous(self):
        return self._step == self._size or self._length < 2

    c_contiguous = contiguous

    @property
    def f_contiguous(self):
        wide = [count for count in self.shape if count > 1]
        return self.contiguous and len(wide) < 2

    def __len__(self):
        self._check()
        return self._length if self._shape is None else self._shape[0]

    def _place(self, index):
        if index < 0:
            index += self._length
        if not 0 <= index < self._length:
            raise IndexError("index out of bounds on dimension 1")
        return self._start + index * self._step

    def _part(self, key):
        if self._shape is not None:
            raise NotImplementedError("multi-dimensional slicing is not implemented")
        start, stop, step = key.indices(self._length)
        made = memoryview(self)
        made._start = self._start + start * self._step
        made._step = self._step * step
        made._length = len(range(start, stop, step))
        return made

    def _found(self, key):
        """Where the item of an index is, or of a tuple with one for each dimension."""
        if isinstance(key, tuple):
            if not all(hasattr(type(one), "__index__") for one in key):
                if key and all(isinstance(one, slice) for one in key):
                    raise NotImplementedError("multi-dimensional slicing is not implemented")
                raise TypeError("memoryview: invalid slice key")
            shape = self.shape
            if len(key) < len(shape):
                raise NotImplementedError("sub-views are not implemented")
            if len(key) > len(shape):
                raise TypeError(f"cannot index {len(shape)}-dimension view with {len(key)}-element tuple")
            if self._shape is None:
                return self._place(key[0].__index__())
            index = 0
            for dimension, (one, count) in enumerate(zip(key, shape), 1):
                one = one.__index__()
                one += count if one < 0 else 0
                if not 0 <= one < count:
                    raise IndexError(f"index out of bounds on dimension {dimension}")
                index = index * count + one
            return self._start + index * self._step
        if not hasattr(type(key), "__index__"):
            raise TypeError("memoryview: invalid slice key")
        if self._shape is not None:
            raise NotImplementedError("multi-dimensional sub-views are not implemented")
        return self._place(key.__index__())

    def _item(self, place):
        format = self._code
        if format == "B":
            return self._store[place]
        part = self._store[place:place + self._size]
        if format == "c":
            return bytes(part)
        if format == "?":
            return part[0] != 0
        if format in "fd":
            return _decode_float(int.from_bytes(part, "little"), format)
        return int.from_bytes(part, "little", signed=format in "bhilqn")

    def __getitem__(self, key):
        self._check()
        if isinstance(key, slice):
            return self._part(key)
        return self._item(self._found(key))

    def _bytes_of(self, value):
        format = self._code
        wrong = f"memoryview: invalid type for format '{format}'"
        if format == "c":
            if not isinstance(value, bytes):
                raise TypeError(wrong)
            if len(value) != 1:
                raise ValueError(f"memoryview: invalid value for format '{format}'")
            return value
        if format == "?":
            return b"\1" if value else b"\0"
        if format in "fd":
            if not isinstance(value, (int, float)) and not hasattr(type(value), "__float__"):
                raise TypeError(wrong)
            return _float_bits(float(value), format).to_bytes(self._size, "little")
        if not hasattr(type(value), "__index__"):
            raise TypeError(wrong)
        try:
            return value.__index__().to_bytes(self._size, "little", signed=format in "bhilqn")
        except OverflowError:
            raise ValueError(f"memoryview: invalid value for format '{format}'") from None

    def __setitem__(self, key, value):
        self._check()
        if self.readonly:
            raise TypeError("cannot modify read-only memory")
        if isinstance(key, slice):
            part = self._part(key)
            if not isinstance(value, (bytes, bytearray)) and not hasattr(type(value), "__buffer__"):
                raise TypeError(f"a bytes-like object is required, not '{type(value).__name__}'")
            value = memoryview(value)
            if value._format != self._format or value.shape != part.shape:
                raise ValueError("memoryview assignment: lvalue and rvalue have different structures")
            size, value = self._size, value.tobytes()
            for index in range(part._length):
                place = part._start + index * part._step
                self._store[place:place + size] = value[index * size:index * size + size]
            return
        place = self._found(key)
        if self._format == "B" and isinstance(value, int):
            if not 0 <= value < 256:
                raise ValueError("memoryview: invalid value for format 'B'")
            self._store[place] = value
        else:
            self._store[place:place + self._size] = self._bytes_of(value)

    def __delitem__(self, key):
        raise TypeError("cannot delete memory")

    def __iter__(self):
        for index in range(len(self)):
            yield self[index]

    def __radd__(self, other):
        return other + bytes(self) if isinstance(other, (bytes, bytearray)) else NotImplemented

    def __buffer__(self):
        return bytes(self)

    def __bytes__(self):
        return self.tobytes()

    def tobytes(self, order=None):
        self._check()
        if order is not None and not isinstance(order, str):
            raise TypeError(f"tobytes() argument 'order' must be str or None, not {type(order).__name__}")
        if order not in (None, "C", "F", "A"):
            raise ValueError("order must be 'C', 'F' or 'A'")
        size = self._size
        if self._step == size:
            return bytes(self._store[self._start:self._start + self._length * size])
        places = [self._start + index * self._step for index in range(self._length)]
        return b"".join([bytes(self._store[place:place + size]) for place in places])

    def tolist(self):
        self._check()
        items = [self._item(self._start + index * self._step) for index in range(self._length)]
        for count in (self._shape or ())[:0:-1]:
            items = [items[at:at + count] for at in range(0, len(items), count)]
        return items

    def hex(self, *arguments):
        return self.tobytes().hex(*arguments)

    def cast(self, format, shape=None):
        self._check()
        if not isinstance(format, str):
            raise TypeError(f"cast() argument 'format' must be str, not {type(format).__name__}")
        if not self.contiguous:
            raise TypeError("memoryview: casts are restricted to C-contiguous views")
        if shape is not None and not isinstance(shape, (list, tuple)):
            raise TypeError("shape must be a list or a tuple")
        if shape is not None and self._shape is not None and len(shape) > 1:
            raise TypeError("memoryview: cast must be 1D -> ND or ND -> 1D")
        code = format[1:] if format[:1] == "@" else format
        if code not in _ITEM_SIZES:
            raise ValueError(
                "memoryview: destination format must be a native single character format prefixed with an optional '@'"
            )
        if self._code not in "Bbc" and code not in "Bbc":
            raise TypeError("memoryview: cannot cast between two non-byte formats")
        size, count = _ITEM_SIZES[code], self.nbytes
        if count % size:
            raise TypeError("memoryview: length is not a multiple of itemsize")
        made = memoryview(self)
        made._format, made._code, made._size = format, code, size
        made._step, made._length, made._shape = size, count // size, None
        if shape is not None:
            made._form(shape)
        return made

    def _form(self, shape):
        total = 1
        for count in shape:
            if not isinstance(count, int):
                raise TypeError("memoryview.cast(): elements of shape must be integers")
            if count <= 0:
                raise ValueError("memoryview.cast(): elements of shape must be integers > 0")
            total *= count
        if total != self._length:
            raise TypeError("memoryview: product(shape) * itemsize != buffer size")
        self._shape = tuple(shape) if len(shape) > 1 else None

    def toreadonly(self):
        made = memoryview(self)
        made.readonly = True
        return made

    def release(self):
        self._released = True

    def __enter__(self):
        self._check()
        return self

    def __exit__(self, *exception):
        self.release()

    def __eq__(self, other):
        if not isinstance(other, (bytes, bytearray)) and not hasattr(type(other), "__buffer__"):
            return NotImplemented
        if self is other:
            return True
        other = memoryview(other) if not isinstance(other, memoryview) else other
        if self._released or other._released or self.shape != other.shape:
            return False
        if self._format == other._format and self._format not in "fd":
            return self.tobytes() == other.tobytes()
        return self.tolist() == other.tolist()

    def __hash__(self):
        if self._hash is not None:
            return self._hash
        self._check()
        if not self.readonly:
            raise ValueError("cannot hash writable memoryview object")
        if self._format not in "Bbc":
            raise ValueError("memoryview: hashing is restricted to formats 'B', 'b' or 'c'")
        self._hash = hash(self.tobytes())
        return self._hash

    def __repr__(self):
        return f"<{'released ' if self._released else ''}memory at {id(self):#x}>"
