"""Checksums, and what others compressed (RFC 1950, RFC 1951); nothing is compressed here."""

from binascii import crc32

MAX_WBITS = 15
DEF_BUF_SIZE = 16384


class error(Exception):
    pass


def adler32(data, value=1, /):
    low, high = value & 0xFFFF, value >> 16
    for byte in data:
        low = (low + byte) % 65521
        high = (high + low) % 65521
    return high << 16 | low


def decompress(data, /, wbits=15, bufsize=16384):
    data = bytes(data)
    if wbits < 0:
        made, end = _inflate(data, 0)
    elif wbits > 15:
        start = _gzip_start(data)
        if start is None:
            raise error("Error -3 while decompressing data: incorrect header check")
        made, end = _inflate(data, start)
        if len(data) < end + 8:
            raise error("Error -5 while decompressing data: incomplete or truncated stream")
        if int.from_bytes(data[end:end + 4], "little") != crc32(made):
            raise error("Error -3 while decompressing data: incorrect data check")
        if int.from_bytes(data[end + 4:end + 8], "little") != len(made) & 0xFFFFFFFF:
            raise error("Error -3 while decompressing data: incorrect length check")
    else:
        if len(data) < 2:
            raise error("Error -5 while decompressing data: incomplete or truncated stream")
        if (data[0] << 8 | data[1]) % 31:
            raise error("Error -3 while decompressing data: incorrect header check")
        if data[0] & 15 != 8:
            raise error("Error -3 while decompressing data: unknown compression method")
        if data[0] >> 4 > 7:
            raise error("Error -3 while decompressing data: invalid window size")
        made, end = _inflate(data, 2)
        if len(data) < end + 4:
            raise error("Error -5 while decompressing data: incomplete or truncated stream")
        if int.from_bytes(data[end:end + 4], "big") != adler32(made):
            raise error("Error -3 while decompressing data: incorrect data check")
    return made


def _gzip_start(data):
    """Where the compressed part of a gzip member begins (RFC 1952); None: it is none."""
    if data[:3] != b"\x1f\x8b\x08" or len(data) < 10:
        return None
    flags, at = data[3], 10
    if flags & 4:
        at += 2 + int.from_bytes(data[at:at + 2], "little")
    for flag in (8, 16):
        if flags & flag:
            at = data.index(0, at) + 1
    return at + 2 if flags & 2 else at


class _Bits:
    def __init__(self, data, at):
        self.data, self.at = data, at
        self.held, self.count = 0, 0

    def take(self, count):
        while self.count < count:
            if self.at >= len(self.data):
                raise error("Error -5 while decompressing data: incomplete or truncated stream")
            self.held |= self.data[self.at] << self.count
            self.at += 1
            self.count += 8
        value = self.held & (1 << count) - 1
        self.held >>= count
        self.count -= count
        return value


def _codes(lengths):
    """What each code of a canonical Huffman code stands for, by its length and bits."""
    code, codes = 0, {}
    for length in range(1, 16):
        code <<= 1
        for symbol, own in enumerate(lengths):
            if own == length:
                codes[length << 16 | code] = symbol
                code += 1
    return codes


def _symbol(bits, codes):
    code = 0
    for length in range(1, 16):
        code = code << 1 | bits.take(1)
        symbol = codes.get(length << 16 | code)
        if symbol is not None:
            return symbol
    raise error("Error -3 while decompressing data: invalid code")


_ORDER = (16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15)


def _dynamic(bits):
    literals, distances, count = bits.take(5) + 257, bits.take(5) + 1, bits.take(4) + 4
    own = [0] * 19
    for at in range(count):
        own[_ORDER[at]] = bits.take(3)
    codes, lengths = _codes(own), []
    while len(lengths) < literals + distances:
        symbol = _symbol(bits, codes)
        if symbol < 16:
            lengths.append(symbol)
        elif symbol == 16:
            if not lengths:
                raise error("Error -3 while decompressing data: invalid bit length repeat")
            lengths.extend(lengths[-1:] * (3 + bits.take(2)))
        else:
            lengths.extend([0] * (3 + bits.take(3) if symbol == 17 else 11 + bits.take(7)))
    return _codes(lengths[:literals]), _codes(lengths[literals:literals + distances])


def _inflate(data, at):
    bits, made, is_last = _Bits(data, at), bytearray(), False
    while not is_last:
        is_last, kind = bits.take(1), bits.take(2)
        if kind == 0:
            bits.held = bits.count = 0
            head = data[bits.at:bits.at + 4]
            length = int.from_bytes(head[:2], "little")
            bits.at += 4 + length
            if len(head) == 4 and length != int.from_bytes(head[2:], "little") ^ 0xFFFF:
                raise error("Error -3 while decompressing data: invalid stored block lengths")
            if len(head) < 4 or bits.at > len(data):
                raise error("Error -5 while decompressing data: incomplete or truncated stream")
            made.extend(data[bits.at - length:bits.at])
            continue
        if kind == 3:
            raise error("Error -3 while decompressing data: invalid block type")
        if kind == 1:
            literals, distances = _codes([8] * 144 + [9] * 112 + [7] * 24 + [8] * 8), _codes([5] * 30)
        else:
            literals, distances = _dynamic(bits)
        _block(bits, made, literals, distances)
    return bytes(made), bits.at - bits.count // 8


def _block(bits, made, literals, distances):
    while True:
        symbol = _symbol(bits, literals)
        if symbol < 256:
            made.append(symbol)
            continue
        if symbol == 256:
            return
        if symbol > 285:
            raise error("Error -3 while decompressing data: invalid literal/length code")
        if symbol < 265:
            length = symbol - 254
        elif symbol == 285:
            length = 258
        else:
            extra = (symbol - 261) // 4
            length = (4 + (symbol - 265) % 4 << extra) + 3 + bits.take(extra)
        code = _symbol(bits, distances)
        extra = max(code // 2 - 1, 0)
        distance = 1 + (code if code < 4 else (2 + code % 2 << extra) + bits.take(extra))
        if distance > len(made):
            raise error("Error -3 while decompressing data: invalid distance too far back")
        start = len(made) - distance
        while length > 0:
            part = made[start:start + length]
            made.extend(part)
            length -= len(part)
