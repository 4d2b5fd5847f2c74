"""Bytes as text and back."""


class Error(ValueError):
    pass


class Incomplete(Exception):
    pass


_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def _bytes(data):
    if isinstance(data, str):
        if not data.isascii():
            raise ValueError("string argument should contain only ASCII characters")
        return data.encode("ascii")
    if isinstance(data, (bytes, bytearray, memoryview)):
        return bytes(data)
    raise TypeError(f"argument should be bytes, buffer or ASCII string, not {type(data).__name__!r}")


def _like(data):
    if isinstance(data, str):
        raise TypeError("a bytes-like object is required, not 'str'")
    if not isinstance(data, (bytes, bytearray, memoryview)):
        raise TypeError(f"a bytes-like object is required, not {type(data).__name__!r}")
    return bytes(data)


def hexlify(data, sep=None, bytes_per_sep=1):
    data = _like(data)
    text = data.hex() if sep is None else data.hex(sep, bytes_per_sep)
    return text.encode("ascii")


b2a_hex = hexlify


def unhexlify(hexstr, /):
    data = _bytes(hexstr)
    if len(data) % 2:
        raise Error("Odd-length string")
    for byte in data:
        if byte not in b"0123456789abcdefABCDEF":
            raise Error("Non-hexadecimal digit found")
    return bytes.fromhex(data.decode("ascii"))


a2b_hex = unhexlify


def b2a_base64(data, /, *, newline=True):
    data = _like(data)
    out = bytearray()
    alphabet = _ALPHABET
    for at in range(0, len(data) - 2, 3):
        bits = data[at] << 16 | data[at + 1] << 8 | data[at + 2]
        out.append(alphabet[bits >> 18])
        out.append(alphabet[bits >> 12 & 63])
        out.append(alphabet[bits >> 6 & 63])
        out.append(alphabet[bits & 63])
    rest = len(data) % 3
    if rest == 1:
        bits = data[-1]
        out.append(alphabet[bits >> 2])
        out.append(alphabet[bits << 4 & 63])
        out += b"=="
    elif rest == 2:
        bits = data[-2] << 8 | data[-1]
        out.append(alphabet[bits >> 10])
        out.append(alphabet[bits >> 4 & 63])
        out.append(alphabet[bits << 2 & 63])
        out += b"="
    if newline:
        out += b"\n"
    return bytes(out)


def a2b_base64(string, /, *, strict_mode=False):
    data = _bytes(string)
    places = {byte: place for place, byte in enumerate(_ALPHABET)}
    out = bytearray()
    bits = quad = pads = 0
    started = False
    for index, byte in enumerate(data):
        if byte == 61:
            pads += 1
            if strict_mode and not started:
                raise Error("Leading padding not allowed")
            if quad >= 2 and quad + pads >= 4:
                if strict_mode and index + 1 < len(data):
                    raise Error("Excess data after padding")
                return bytes(out)
            continue
        value = places.get(byte)
        if value is None:
            if strict_mode:
                raise Error("Only base64 data is allowed")
            continue
        started = True
        if strict_mode and pads:
            raise Error("Discontinuous padding not allowed")
        pads = 0
        bits = (bits << 6 | value) & 0xFFFF
        if quad:
            out.append(bits >> (6 - 2 * quad) & 255)
        quad = (quad + 1) % 4
    if quad == 1:
        count = len(out) // 3 * 4 + 1
        raise Error(
            f"Invalid base64-encoded string: number of data characters ({count}) cannot be 1 more than a multiple of 4"
        )
    if quad:
        raise Error("Incorrect padding")
    return bytes(out)


def crc32(data, value=0, /):
    crc = value ^ 0xFFFFFFFF
    table = _crc_table()
    for byte in _like(data):
        crc = crc >> 8 ^ table[(crc ^ byte) & 255]
    return crc ^ 0xFFFFFFFF


_table = []


def _crc_table():
    if not _table:
        for byte in range(256):
            for _ in range(8):
                byte = byte >> 1 ^ 0xEDB88320 if byte & 1 else byte >> 1
            _table.append(byte)
    return _table


def crc_hqx(data, value, /):
    for byte in _like(data):
        value ^= byte << 8
        for _ in range(8):
            value = value << 1 ^ 0x1021 if value & 0x8000 else value << 1
        value &= 0xFFFF
    return value
