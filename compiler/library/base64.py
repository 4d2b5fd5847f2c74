"""Bytes written with 64, 32 or 16 characters."""

from binascii import Error as _Error
from binascii import a2b_base64 as _a2b
from binascii import b2a_base64 as _b2a
from binascii import hexlify as _hexlify


def _bytes(s):
    if isinstance(s, str):
        try:
            return s.encode("ascii")
        except UnicodeEncodeError:
            raise ValueError("string argument should contain only ASCII characters")
    if isinstance(s, (bytes, bytearray)):
        return s
    if hasattr(type(s), "__buffer__"):
        return bytes(s)
    raise TypeError(f"argument should be a bytes-like object or ASCII string, not {s.__class__.__name__!r}")


def _like(s):
    """What is encoded; no text, and nothing that bytes() would take besides."""
    if isinstance(s, (bytes, bytearray)) or hasattr(type(s), "__buffer__"):
        return bytes(s)
    raise TypeError(f"memoryview: a bytes-like object is required, not '{type(s).__name__}'")


def b64encode(s, altchars=None):
    encoded = _b2a(s, newline=False)
    if altchars is not None:
        if not isinstance(altchars, (bytes, bytearray)):
            raise TypeError(f"a bytes-like object is required, not '{type(altchars).__name__}'")
        return encoded.translate(bytes.maketrans(b"+/", altchars))
    return encoded


def b64decode(s, altchars=None, validate=False):
    s = _bytes(s)
    if altchars is not None:
        s = s.translate(bytes.maketrans(_bytes(altchars), b"+/"))
    return _a2b(s, strict_mode=validate)


def standard_b64encode(s):
    return b64encode(s)


def standard_b64decode(s):
    return b64decode(s)


def urlsafe_b64encode(s):
    return b64encode(s, b"-_")


def urlsafe_b64decode(s):
    return b64decode(s, b"-_")


_B32 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


def b32encode(s):
    out = bytearray()
    s = _like(s)
    left = len(s) % 5
    padded = s + bytes(-len(s) % 5)
    for at in range(0, len(padded), 5):
        bits = int.from_bytes(padded[at:at + 5], "big")
        for shift in range(35, -1, -5):
            out.append(_B32[bits >> shift & 31])
    if left:
        keep = (0, 2, 4, 5, 7)[left]
        out[len(out) - 8 + keep:] = b"=" * (8 - keep)
    return bytes(out)


def b32decode(s, casefold=False, map01=None):
    s = _bytes(s)
    if len(s) % 8:
        raise _Error("Incorrect padding")
    if map01 is not None:
        s = s.translate(bytes.maketrans(b"01", b"O" + _bytes(map01)))
    if casefold:
        s = s.upper()
    stripped = s.rstrip(b"=")
    pads = len(s) - len(stripped)
    out = bytearray()
    places = {byte: place for place, byte in enumerate(_B32)}
    for at in range(0, len(stripped), 8):
        bits = 0
        quantum = stripped[at:at + 8]
        for byte in quantum:
            if byte not in places:
                raise _Error("Non-base32 digit found")
            bits = bits << 5 | places[byte]
        bits <<= 5 * (8 - len(quantum))
        out += bits.to_bytes(5, "big")
    if pads not in (0, 1, 3, 4, 6):
        raise _Error("Incorrect padding")
    if pads:
        del out[len(out) - 5 + (43 - 5 * pads) // 8:]
    return bytes(out)


def b16encode(s):
    return _hexlify(s).upper()


def b16decode(s, casefold=False):
    s = _bytes(s)
    if casefold:
        s = s.upper()
    for byte in s:
        if byte not in b"0123456789ABCDEF":
            raise _Error("Non-base16 digit found")
    if len(s) % 2:
        raise _Error("Odd-length string")
    return bytes.fromhex(s.decode("ascii"))


def encodebytes(s):
    s = _lines_of(s)
    return b"".join([_b2a(s[at:at + 57]) for at in range(0, len(s), 57)])


def decodebytes(s):
    return _a2b(_lines_of(s))


def _lines_of(s):
    if not isinstance(s, (bytes, bytearray)):
        kind = s.__class__.__name__
        if not hasattr(type(s), "__buffer__"):
            raise TypeError(f"expected bytes-like object, not {kind}")
        form, dimensions = getattr(s, "format", None) or s.typecode, getattr(s, "ndim", 1)
        if form not in ("c", "b", "B"):
            raise TypeError(f"expected single byte elements, not {form!r} from {kind}")
        if dimensions != 1:
            raise TypeError(f"expected 1-D data, not {dimensions}-D data from {kind}")
        s = s.tobytes()
    return s


def encode(input, output):
    """Lines of a file, encoded, into another."""
    while s := input.read(57):
        while len(s) < 57 and (more := input.read(57 - len(s))):
            s += more
        output.write(_b2a(s))


def decode(input, output):
    while line := input.readline():
        output.write(_a2b(line))


_B32_HEX = b"0123456789ABCDEFGHIJKLMNOPQRSTUV"


def b32hexencode(s):
    return b32encode(s).translate(bytes.maketrans(_B32, _B32_HEX))


def b32hexdecode(s, casefold=False):
    s = _bytes(s)
    if casefold:
        s = s.upper()
    wrong = bytes(byte for byte in s if byte not in _B32_HEX and byte != 61)
    if wrong:
        raise _Error("Non-base32 digit found")
    return b32decode(s.translate(bytes.maketrans(_B32_HEX, _B32)))


_B85 = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~"


def _in_85(s, digits, pad, short=b"", spaces=b""):
    """Four bytes at a time as five digits; `short` stands for four zeros, `spaces` for four spaces."""
    s = _like(s)
    missing = -len(s) % 4
    padded = s + bytes(missing)
    parts = []
    for at in range(0, len(padded), 4):
        number = int.from_bytes(padded[at:at + 4], "big")
        if short and not number:
            parts.append(short)
        elif spaces and number == 0x20202020:
            parts.append(spaces)
        else:
            parts.append(bytes([digits[number // 85**place % 85] for place in (4, 3, 2, 1, 0)]))
    if missing and not pad:
        if parts[-1] == short:
            parts[-1] = digits[:1] * 5
        parts[-1] = parts[-1][:-missing]
    return b"".join(parts)


def b85encode(b, pad=False):
    return _in_85(b, _B85, pad)


def b85decode(b):
    b = _bytes(b)
    missing = -len(b) % 5
    padded = bytes(b) + b"~" * missing
    places = {byte: place for place, byte in enumerate(_B85)}
    out = bytearray()
    for at in range(0, len(padded), 5):
        number = 0
        for index, byte in enumerate(padded[at:at + 5]):
            if byte not in places:
                raise ValueError(f"bad base85 character at position {at + index}")
            number = number * 85 + places[byte]
        if number >= 1 << 32:
            raise ValueError(f"base85 overflow in hunk starting at byte {at}")
        out += number.to_bytes(4, "big")
    return bytes(out[:len(out) - missing])


_A85 = bytes(range(33, 118))


def a85encode(b, *, foldspaces=False, wrapcol=0, pad=False, adobe=False):
    result = _in_85(b, _A85, pad, b"z", b"y" if foldspaces else b"")
    if adobe:
        result = b"<~" + result
    if wrapcol:
        wrapcol = max(2 if adobe else 1, wrapcol)
        chunks = [result[at:at + wrapcol] for at in range(0, len(result), wrapcol)]
        if adobe and len(chunks[-1]) + 2 > wrapcol:
            chunks.append(b"")
        result = b"\n".join(chunks)
    return result + b"~>" if adobe else result


def a85decode(b, *, foldspaces=False, adobe=False, ignorechars=b" \t\n\r\x0b"):
    b = _bytes(b)
    if adobe:
        if not b.endswith(b"~>"):
            raise ValueError("Ascii85 encoded byte sequences must end with b'~>'")
        b = b[2:-2] if b.startswith(b"<~") else b[:-2]
    out, group = bytearray(), []
    for byte in bytes(b) + b"u" * 4:
        if 33 <= byte <= 117:
            group.append(byte - 33)
            if len(group) == 5:
                number = 0
                for digit in group:
                    number = number * 85 + digit
                if number >= 1 << 32:
                    raise ValueError("Ascii85 overflow")
                out += number.to_bytes(4, "big")
                group = []
        elif byte == 122:
            if group:
                raise ValueError("z inside Ascii85 5-tuple")
            out += bytes(4)
        elif foldspaces and byte == 121:
            if group:
                raise ValueError("y inside Ascii85 5-tuple")
            out += b"    "
        elif byte not in ignorechars:
            raise ValueError(f"Non-Ascii85 digit found: {chr(byte)}")
    left = 4 - len(group)
    return bytes(out[:len(out) - left]) if left else bytes(out)
