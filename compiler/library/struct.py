"""Values packed into bytes."""


class error(Exception):
    pass


_SIZES = {
    "x": 1, "c": 1, "b": 1, "B": 1, "?": 1, "h": 2, "H": 2, "i": 4, "I": 4, "l": 8, "L": 8, "q": 8, "Q": 8,
    "n": 8, "N": 8, "P": 8, "e": 2, "f": 4, "d": 8, "s": 1, "p": 1,
}


def _parse(format):
    """Order, and (count, code, offset of its first byte) of each item; the whole size."""
    if isinstance(format, (bytes, bytearray)):
        format = format.decode("ascii")
    elif not isinstance(format, str):
        raise TypeError(f"Struct() argument 1 must be a str or bytes object, not {type(format).__name__}")
    if "\0" in format:
        raise error("embedded null character")
    native = True
    order = "little"
    at = 0
    if format[:1] in ("@", "=", "<", ">", "!") and format:
        native = format[0] == "@"
        order = "big" if format[0] in ">!" else "little"
        at = 1
    items = []
    offset = 0
    while at < len(format):
        code = format[at]
        at += 1
        if code.isspace():
            continue
        count = 1
        if code.isdigit():
            start = at - 1
            while at < len(format) and format[at].isdigit():
                at += 1
            if at == len(format):
                raise error("repeat count given without format specifier")
            count = int(format[start:at])
            code = format[at]
            at += 1
        size = _SIZES.get(code)
        if size is None or (not native and code in "nNP"):
            raise error("bad char in struct format")
        if not native and code in "lL":
            size = 4
        if native and size > 1:
            offset += -offset % size
        items.append((count, code, offset, size))
        offset += count * size
        if offset >> 63:
            raise error("total struct size too long")
    return order, items, offset


def calcsize(format, /):
    return _parse(format)[2]


def pack(format, /, *values):
    return _pack(_parse(format), values)


def pack_into(format, buffer, offset, /, *values):
    _pack_into(_parse(format), buffer, offset, values)


def unpack(format, buffer, /):
    return _unpack(_parse(format), buffer)


def unpack_from(format, /, buffer, offset=0):
    return _unpack_from(_parse(format), buffer, offset)


def iter_unpack(format, buffer, /):
    return _iter_unpack(_parse(format), buffer)


def _pack(parsed, values):
    order, items, size = parsed
    wanted = 0
    for count, code, _, _ in items:
        wanted += 1 if code in "sp" else 0 if code == "x" else count
    if len(values) != wanted:
        raise error(f"pack expected {wanted} items for packing (got {len(values)})")
    out = bytearray(size)
    place = 0
    for count, code, offset, width in items:
        if code == "x":
            continue
        if code in "sp":
            value = values[place]
            place += 1
            if not isinstance(value, (bytes, bytearray)):
                raise error(f"argument for '{code}' must be a bytes object")
            if code == "p":
                if count:
                    value = value[:count - 1]
                    out[offset] = min(len(value), 255)
                    out[offset + 1:offset + 1 + len(value)] = value
            else:
                value = value[:count]
                out[offset:offset + len(value)] = value
            continue
        for _ in range(count):
            out[offset:offset + width] = _encode(values[place], code, width, order)
            place += 1
            offset += width
    return bytes(out)


def _encode(value, code, width, order):
    if code in "bBhHiIlLqQnNP":
        if not isinstance(value, int):
            index = getattr(type(value), "__index__", None)
            if index is None:
                raise error("required argument is not an integer")
            value = index(value)
        signed = code in "bhilqn"
        low = -(1 << (width * 8 - 1)) if signed else 0
        high = (1 << (width * 8 - signed)) - 1
        if not low <= value <= high:
            if code in "bB":
                raise error(f"{'byte' if signed else 'ubyte'} format requires {low} <= number <= {high}")
            if code in "hH":
                start = f"'{code}'" if order == "big" else "short" if signed else "ushort"
                raise error(f"{start} format requires {low} <= number <= {high}")
            if code in "iI" or width == 4:
                raise error(f"'{code}' format requires {low} <= number <= {high}")
            raise error("argument out of range")
        return value.to_bytes(width, order, signed=signed)
    if code == "c":
        if not isinstance(value, (bytes, bytearray)) or len(value) != 1:
            raise error("char format requires a bytes object of length 1")
        return value
    if code == "?":
        return b"\x01" if value else b"\x00"
    try:
        if isinstance(value, (str, bytes)):
            raise TypeError
        value = float(value)
    except TypeError:
        raise error("required argument is not a float") from None
    return _float_bits(value, code).to_bytes(width, order)


def _float_bits(value, code):
    from math import frexp, isinf, isnan, copysign
    digits, bits = (10, 16) if code == "e" else (23, 32) if code == "f" else (52, 64)
    sign = copysign(1.0, value) < 0
    exponents = bits - digits - 1
    top = (1 << exponents) - 1
    bias = top >> 1
    if isnan(value):
        result = (top << digits) | (1 << (digits - 1))
    elif isinf(value):
        result = top << digits
    elif value == 0.0:
        result = 0
    else:
        mantissa, exponent = frexp(abs(value))
        exponent += bias - 1
        whole = int(mantissa * (1 << 53))
        shift = 53 - (digits + 1)
        if exponent <= 0:
            shift += 1 - exponent
            exponent = 0
        if shift > 0:
            half = 1 << (shift - 1)
            rest = whole & ((1 << shift) - 1)
            whole >>= shift
            if rest > half or (rest == half and whole & 1):
                whole += 1
        if exponent:
            result = ((exponent - 1) << digits) + whole
        else:
            result = whole
        if result >= top << digits:
            raise OverflowError(
                "float too large to pack with e format" if code == "e" else f"float too large to pack with {code} format"
            )
    return result | sign << (bits - 1)


def _decode_float(bits, code):
    from math import ldexp, inf, nan
    digits, width = (10, 16) if code == "e" else (23, 32) if code == "f" else (52, 64)
    sign = bits >> (width - 1)
    top = (1 << (width - digits - 1)) - 1
    exponent = bits >> digits & top
    fraction = bits & ((1 << digits) - 1)
    if exponent == top:
        value = nan if fraction else inf
    elif exponent == 0:
        value = ldexp(float(fraction), 1 - (top >> 1) - digits)
    else:
        value = ldexp(float(fraction | 1 << digits), exponent - (top >> 1) - digits)
    return -value if sign else value


def _seen(buffer):
    """What has its bytes: itself, but of an array."""
    exported = getattr(type(buffer), "_exported", None)
    return buffer if exported is None else exported(buffer)


def _unpack(parsed, buffer):
    buffer = _seen(buffer)
    if len(buffer) != parsed[2]:
        raise error(f"unpack requires a buffer of {parsed[2]} bytes")
    return _take(parsed, buffer, 0)


def _unpack_from(parsed, buffer, offset):
    size, buffer = parsed[2], _seen(buffer)
    if offset < 0:
        if offset + size > 0:
            raise error(f"not enough data to unpack {size} bytes at offset {offset}")
        if offset + len(buffer) < 0:
            raise error(f"offset {offset} out of range for {len(buffer)}-byte buffer")
        offset += len(buffer)
    if len(buffer) - offset < size:
        raise error(
            f"unpack_from requires a buffer of at least {size + offset} bytes for unpacking {size} bytes at offset "
            f"{offset} (actual buffer size is {len(buffer)})"
        )
    return _take(parsed, buffer, offset)


def _iter_unpack(parsed, buffer):
    size, buffer = parsed[2], _seen(buffer)
    if size == 0:
        raise error("cannot iteratively unpack with a struct of length 0")
    if len(buffer) % size:
        raise error(f"iterative unpacking requires a buffer of a multiple of {size} bytes")
    return iter([_take(parsed, buffer, at) for at in range(0, len(buffer), size)])


def _take(parsed, buffer, base):
    order, items, _ = parsed
    values = []
    for count, code, offset, width in items:
        offset += base
        if code == "x":
            continue
        if code == "s":
            values.append(bytes(buffer[offset:offset + count]))
            continue
        if code == "p":
            length = min(buffer[offset], count - 1) if count else 0
            values.append(bytes(buffer[offset + 1:offset + 1 + length]))
            continue
        for _ in range(count):
            part = buffer[offset:offset + width]
            offset += width
            if code in "BHILQNP":
                values.append(int.from_bytes(part, order))
            elif code in "bhilqn":
                values.append(int.from_bytes(part, order, signed=True))
            elif code == "c":
                values.append(bytes(part))
            elif code == "?":
                values.append(part[0] != 0)
            else:
                values.append(_decode_float(int.from_bytes(part, order), code))
    return tuple(values)


def _pack_into(parsed, buffer, offset, values):
    size, buffer = parsed[2], _seen(buffer)
    if offset < 0:
        if offset + size > 0:
            raise error(f"no space to pack {size} bytes at offset {offset}")
        if offset + len(buffer) < 0:
            raise error(f"offset {offset} out of range for {len(buffer)}-byte buffer")
        offset += len(buffer)
    if len(buffer) - offset < size:
        raise error(
            f"pack_into requires a buffer of at least {size + offset} bytes for packing {size} bytes at offset "
            f"{offset} (actual buffer size is {len(buffer)})"
        )
    buffer[offset:offset + size] = _pack(parsed, values)


class Struct:
    def __init__(self, format):
        self._parsed = _parse(format)
        self.format = format.decode("ascii") if isinstance(format, bytes) else format
        self.size = self._parsed[2]

    def pack(self, *values):
        return _pack(self._parsed, values)

    def unpack(self, buffer, /):
        return _unpack(self._parsed, buffer)

    def unpack_from(self, buffer, offset=0):
        return _unpack_from(self._parsed, buffer, offset)

    def pack_into(self, buffer, offset, /, *values):
        _pack_into(self._parsed, buffer, offset, values)

    def iter_unpack(self, buffer, /):
        return _iter_unpack(self._parsed, buffer)
