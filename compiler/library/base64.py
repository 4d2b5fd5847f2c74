"""Bytes written with 64, 32 or 16 characters."""

from binascii import Error as _Error
from binascii import a2b_base64 as _a2b
from binascii import b2a_base64 as _b2a


def _bytes(s):
    if isinstance(s, str):
        try:
            return s.encode("ascii")
        except UnicodeEncodeError:
            raise ValueError("string argument should contain only ASCII characters")
    if isinstance(s, (bytes, bytearray)):
        return s
    raise TypeError(f"argument should be a bytes-like object or ASCII string, not {s.__class__.__name__!r}")


def b64encode(s, altchars=None):
    encoded = _b2a(s, newline=False)
    if altchars is not None:
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
    left = len(s) % 5
    padded = bytes(s) + bytes(-len(s) % 5)
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
    return bytes(s).hex().upper().encode("ascii")


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
    return b"".join([_b2a(s[at:at + 57]) for at in range(0, len(s), 57)])


def decodebytes(s):
    return _a2b(s)
