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
    if isinstance(data, (bytes, bytearray)) or hasattr(type(data), "__buffer__"):
        return bytes(data)
    raise TypeError(f"argument should be bytes, buffer or ASCII string, not {type(data).__name__!r}")


def _like(data):
    if not isinstance(data, (bytes, bytearray)) and not hasattr(type(data), "__buffer__"):
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
    value &= 0xFFFF
    for byte in _like(data):
        value ^= byte << 8
        for _ in range(8):
            value = value << 1 ^ 0x1021 if value & 0x8000 else value << 1
        value &= 0xFFFF
    return value


def a2b_uu(data, /):
    data = _bytes(data)
    out = bytearray()
    length = (data[0] - 32) & 63 if data else 32
    bits = count = 0
    at = 1
    while len(out) < length:
        byte = data[at] if at < len(data) else 0
        at += 1
        if byte in (0, 10, 13):
            # Spaces at the end of a line may have been taken away.
            value = 0
        elif 32 <= byte <= 96:
            value = (byte - 32) & 63
        else:
            raise Error("Illegal char")
        bits = (bits << 6 | value) & 0xFFF
        count += 6
        if count >= 8:
            count -= 8
            out.append(bits >> count & 255)
    for byte in data[at:]:
        if byte not in (32, 96, 10, 13):
            raise Error("Trailing garbage")
    return bytes(out)


def b2a_uu(data, /, *, backtick=False):
    data = _like(data)
    if len(data) > 45:
        raise Error("At most 45 bytes at once")
    padded = data + bytes(-len(data) % 3)
    values = [len(data)]
    for at in range(0, len(padded), 3):
        bits = int.from_bytes(padded[at:at + 3], "big")
        values += bits >> 18, bits >> 12 & 63, bits >> 6 & 63, bits & 63
    return bytes([value + 32 if value or not backtick else 96 for value in values]) + b"\n"


_HEX = b"0123456789ABCDEF"


def a2b_qp(data, header=False):
    data = _bytes(data)
    out = bytearray()
    at, end = 0, len(data)
    while at < end:
        byte = data[at]
        at += 1
        if byte == 95 and header:
            out.append(32)
        elif byte != 61:
            out.append(byte)
        elif at >= end:
            break
        elif data[at] in b"\r\n":
            # A soft end of line.
            at = data.find(b"\n", at) + 1 or end
        elif data[at] == 61:
            out.append(61)
            at += 1
        else:
            digits = data[at:at + 2].upper()
            if len(digits) == 2 and digits[0] in _HEX and digits[1] in _HEX:
                out.append(int(digits, 16))
                at += 2
            else:
                out.append(61)
    return bytes(out)


def b2a_qp(data, quotetabs=False, istext=True, header=False):
    data = _like(data)
    first = data.find(b"\n")
    line_end = b"\r\n" if first > 0 and data[first - 1] == 13 else b"\n"
    out = bytearray()
    length = at = 0
    end = len(data)
    while at < end:
        byte = data[at]
        following = data[at + 1] if at + 1 < end else None
        quoted = (
            byte > 126 or byte == 61 or (header and byte == 95)
            or (byte == 46 and length == 0 and (following is None or following in (0, 10, 13)))
            or (not istext and byte in (10, 13))
            or (byte in (9, 32) and following is None)
            or (byte < 33 and byte not in (9, 10, 13, 32))
            or (byte in (9, 32) and quotetabs)
        )
        if quoted:
            if length + 3 >= 76:
                out += b"=" + line_end
                length = 0
            out += b"=%02X" % byte
            length += 3
            at += 1
        elif istext and (byte == 10 or byte == 13 and following == 10):
            length = 0
            # White space at the end of a line is quoted.
            if out and out[-1] in (9, 32):
                out += b"=%02X" % out.pop()
            out += line_end
            at += 1 if byte == 10 else 2
        else:
            if following is not None and following != 10 and length + 1 >= 76:
                out += b"=" + line_end
                length = 0
            length += 1
            out.append(95 if header and byte == 32 else byte)
            at += 1
    return bytes(out)
