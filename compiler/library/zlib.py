"""Checksums, and data compressed (RFC 1950, RFC 1951, RFC 1952), as a whole or in parts."""

from binascii import crc32

ZLIB_VERSION = ZLIB_RUNTIME_VERSION = "1.2.13"
DEFLATED = 8
MAX_WBITS = 15
DEF_MEM_LEVEL = 8
DEF_BUF_SIZE = 16384
Z_NO_COMPRESSION, Z_BEST_SPEED, Z_BEST_COMPRESSION, Z_DEFAULT_COMPRESSION = 0, 1, 9, -1
Z_DEFAULT_STRATEGY, Z_FILTERED, Z_HUFFMAN_ONLY, Z_RLE, Z_FIXED = range(5)
Z_NO_FLUSH, Z_PARTIAL_FLUSH, Z_SYNC_FLUSH, Z_FULL_FLUSH, Z_FINISH, Z_BLOCK, Z_TREES = range(7)


class error(Exception):
    pass


class _Short(error):
    """The data end before what is read."""


def adler32(data, value=1, /):
    low, high = value & 0xFFFF, value >> 16 & 0xFFFF
    for byte in _bytes(data):
        low = (low + byte) % 65521
        high = (high + low) % 65521
    return high << 16 | low


def _bytes(data):
    if isinstance(data, (str, int)) or data is None:
        raise TypeError(f"a bytes-like object is required, not '{type(data).__name__}'")
    return data if isinstance(data, (bytes, bytearray)) else bytes(data)


def decompress(data, /, wbits=15, bufsize=16384):
    data = bytes(_bytes(data))
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
                raise _Short("Error -5 while decompressing data: incomplete or truncated stream")
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
    while not _one(bits, made, literals, distances):
        pass


def _one(bits, made, literals, distances):
    """Takes a byte, or what was there before; is it the end of the block?"""
    symbol = _symbol(bits, literals)
    if symbol < 256:
        made.append(symbol)
        return False
    if symbol == 256:
        return True
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
    return False


class _Decompress:
    """Takes compressed data in parts. A step that lacks data begins again when there are more."""

    def __init__(self, wbits, zdict):
        self.unused_data = self.unconsumed_tail = b""
        self.eof = False
        self._bits = _Bits(b"", 0)
        # What came out of it, as far back as it is referred to; how much of it was handed out and checked.
        self._made = bytearray(zdict if wbits < 0 else b"")
        self._given = self._checked = len(self._made)
        self._size = self._sum = self._left = self._last = 0
        self._kind = "raw" if wbits < 0 else "gzip" if 24 <= wbits < 32 else "any" if wbits >= 40 else "zlib"
        self._step = self._block_head if wbits < 0 else self._head
        self._codes = self._dictionary = zdict
        self._mark = None

    def _head(self, limit):
        bits = self._bits
        data = bits.data[bits.at:]
        if len(data) < 2:
            raise _Short
        if self._kind != "zlib" and data[:2] == b"\x1f\x8b":
            self._kind = "gzip"
            try:
                start = _gzip_start(bytes(data))
            except ValueError:
                start = 0
            if (start is None and len(data) < 10) or start == 0 or start and start > len(data):
                raise _Short
            if start is None:
                raise error("Error -3 while decompressing data: unknown compression method")
            bits.at += start
            return self._block_head
        if self._kind == "gzip" or (data[0] << 8 | data[1]) % 31:
            raise error("Error -3 while decompressing data: incorrect header check")
        if data[0] & 15 != 8:
            raise error("Error -3 while decompressing data: unknown compression method")
        if data[0] >> 4 > 7:
            raise error("Error -3 while decompressing data: invalid window size")
        self._kind = "zlib"
        self._sum = 1
        bits.at += 2
        if data[1] & 32:
            if len(data) < 6:
                raise _Short
            bits.at += 4
            if not self._dictionary or adler32(self._dictionary) != int.from_bytes(data[2:6], "big"):
                raise error("Error 2 while decompressing data")
            self._made += self._dictionary
            self._given = self._checked = len(self._made)
        return self._block_head

    def _block_head(self, limit):
        bits = self._bits
        self._last, kind = bits.take(1), bits.take(2)
        if kind == 3:
            raise error("Error -3 while decompressing data: invalid block type")
        if kind == 0:
            bits.take(bits.count % 8)
            self._left, inverse = bits.take(16), bits.take(16)
            if self._left != inverse ^ 0xFFFF:
                raise error("Error -3 while decompressing data: invalid stored block lengths")
            return self._stored
        if kind == 1:
            self._codes = _codes([8] * 144 + [9] * 112 + [7] * 24 + [8] * 8), _codes([5] * 30)
        else:
            self._codes = _dynamic(bits)
        return self._symbols

    def _stored(self, limit):
        bits = self._bits
        count = self._left
        if limit:
            count = min(count, limit - (len(self._made) - self._given))
        part = bits.data[bits.at:bits.at + count]
        if self._left and not part:
            raise _Short
        self._made += part
        bits.at += len(part)
        self._left -= len(part)
        return self._stored if self._left else self._block_end()

    def _symbols(self, limit):
        bits, made = self._bits, self._made
        literals, distances = self._codes
        while not limit or len(made) - self._given < limit:
            self._mark = bits.at, bits.held, bits.count
            if _one(bits, made, literals, distances):
                return self._block_end()
        return self._symbols

    def _block_end(self):
        return self._end if self._last else self._block_head

    def _check(self):
        part = self._made[self._checked:]
        self._size += len(part)
        self._checked = len(self._made)
        if self._kind == "gzip":
            self._sum = crc32(part, self._sum)
        elif self._kind == "zlib":
            self._sum = adler32(part, self._sum)

    def _end(self, limit):
        bits = self._bits
        bits.take(bits.count % 8)
        self._check()
        if self._kind == "gzip":
            if bits.take(32) != self._sum:
                raise error("Error -3 while decompressing data: incorrect data check")
            if bits.take(32) != self._size & 0xFFFFFFFF:
                raise error("Error -3 while decompressing data: incorrect length check")
        elif self._kind == "zlib" and int.from_bytes(bits.take(32).to_bytes(4, "little"), "big") != self._sum:
            raise error("Error -3 while decompressing data: incorrect data check")
        self.eof = True

    def _run(self, data, limit):
        bits = self._bits
        bits.data, bits.at = bits.data[bits.at:] + bytes(_bytes(data)), 0
        made = self._made
        while not self.eof and (not limit or len(made) - self._given < limit):
            self._mark = bits.at, bits.held, bits.count
            try:
                self._step = self._step(limit)
            except _Short:
                bits.at, bits.held, bits.count = self._mark
                break
        else:
            rest = bits.data[bits.at:]
            bits.data = b""
            if self.eof:
                self.unused_data += rest
                rest = b""
            self.unconsumed_tail = rest
        end = min(len(made), self._given + limit) if limit else len(made)
        out = bytes(made[self._given:end])
        self._given = end
        if end > 65536:
            self._check()
            del made[:end - 32768]
            self._checked -= end - 32768
            self._given = 32768
        return out

    def decompress(self, data, /, max_length=0):
        if max_length < 0:
            raise ValueError("max_length must be non-negative")
        self.unconsumed_tail = b""
        return self._run(data, max_length)

    def flush(self, length=16384, /):
        if length <= 0:
            raise ValueError("length must be greater than zero")
        rest, self.unconsumed_tail = self.unconsumed_tail, b""
        return self._run(rest, 0)

    def copy(self):
        made = _Decompress(15, b"")
        for name, value in self.__dict__.items():
            setattr(made, name, value)
        made._made = self._made[:]
        made._bits = _Bits(self._bits.data, self._bits.at)
        made._bits.held, made._bits.count = self._bits.held, self._bits.count
        made._step = self._step and getattr(made, self._step.__name__)
        return made

    def __copy__(self): return self.copy()
    def __deepcopy__(self, memo): return self.copy()


def _check_bits(wbits):
    if not (8 <= abs(wbits) <= 15 or wbits == 0 or 24 <= wbits <= 31 or 40 <= wbits <= 47):
        raise ValueError("Invalid initialization option")


def decompressobj(wbits=15, zdict=b""):
    _check_bits(wbits)
    return _Decompress(wbits, bytes(zdict))


_reversed = []


def _reversed_codes():
    """The fixed code (RFC 1951, 3.2.6) as it is written, from its last bit, each with its length above it."""
    if not _reversed:
        for symbol in range(288):
            if symbol < 144:
                code, length = 48 + symbol, 8
            elif symbol < 256:
                code, length = 256 + symbol, 9
            elif symbol < 280:
                code, length = symbol - 256, 7
            else:
                code, length = symbol - 88, 8
            _reversed.append(length << 9 | _backwards(code, length))
    return _reversed


def _backwards(code, length):
    made = 0
    for _ in range(length):
        made = made << 1 | code & 1
        code >>= 1
    return made


class _Compress:
    """Compresses in blocks of the fixed code; what was seen before is found by its first three bytes."""

    def __init__(self, level, wbits, mem_level, zdict):
        self._level = level
        self._kind = "raw" if wbits < 0 else "gzip" if wbits > 15 else "zlib"
        self._window = 1 << (abs(wbits) & 15 or 15)
        self._room = 16 << mem_level
        # The data from `_done` on are to be written; those before it may be referred to.
        self._data = bytearray(zdict)
        self._done = len(self._data)
        self._base = 0
        self._places = {}
        self._held = self._count = self._size = 0
        self._sum = 1 if self._kind == "zlib" else 0
        self._finished = False
        self._out = bytearray()
        if self._kind == "zlib":
            grade = 0 if level in (0, 1) else 1 if 1 < level < 6 else 2 if level in (-1, 6) else 3
            head = (abs(wbits) - 8 << 4 | 8) << 8 | grade << 6 | (32 if zdict else 0)
            self._out += (head + 31 - head % 31).to_bytes(2, "big")
            if zdict:
                self._out += adler32(zdict).to_bytes(4, "big")
        elif self._kind == "gzip":
            self._out += bytes((31, 139, 8, 0, 0, 0, 0, 0, 2 if level == 9 else 4 if level == 1 else 0, 3))
        if zdict and level:
            for at in range(len(zdict) - 2):
                self._remember(at)

    def _put(self, bits, count):
        self._held |= bits << self._count
        self._count += count
        while self._count > 7:
            self._out.append(self._held & 255)
            self._held >>= 8
            self._count -= 8

    def _align(self):
        self._put(0, -self._count % 8)

    def _remember(self, at):
        data, places = self._data, self._places
        if len(places) >= self._room:
            places.clear()
        key = data[at] << 16 | data[at + 1] << 8 | data[at + 2]
        found = places.get(key)
        places[key] = self._base + at
        return found

    def _block(self, is_last):
        data, at, end = self._data, self._done, len(self._data)
        if not self._level:
            while at < end or is_last:
                part = data[at:at + 65535]
                at += len(part)
                self._put(int(is_last and at >= end), 3)
                self._align()
                self._out += len(part).to_bytes(2, "little") + (len(part) ^ 0xFFFF).to_bytes(2, "little") + part
                if at >= end:
                    break
        elif at < end or is_last:
            self._put(int(is_last) | 2, 3)
            codes, put = _reversed_codes(), self._put
            while at < end:
                found = self._remember(at) if at + 2 < end else None
                distance = 0 if found is None else at + self._base - found
                if 0 < distance <= self._window - 262:
                    length, most = 3, min(258, end - at)
                    while length < most and data[at + length] == data[at + length - distance]:
                        length += 1
                    self._put_match(codes, length, distance)
                    for seen in range(at + 1, min(at + length, end - 2)):
                        self._remember(seen)
                    at += length
                else:
                    code = codes[data[at]]
                    put(code & 511, code >> 9)
                    at += 1
            put(0, 7)
        surplus = end - self._window
        if surplus > 0:
            del data[:surplus]
            self._base += surplus
        self._done = len(data)

    def _put_match(self, codes, length, distance):
        put = self._put
        rest = length - 3
        if length == 258:
            symbol, extra = 285, 0
        elif rest < 8:
            symbol, extra = 257 + rest, 0
        else:
            extra = rest.bit_length() - 3
            symbol = 261 + 4 * extra + (rest >> extra & 3)
        code = codes[symbol]
        put(code & 511, code >> 9)
        put(rest & (1 << extra) - 1, extra)
        rest = distance - 1
        if rest < 4:
            symbol, extra = rest, 0
        else:
            extra = rest.bit_length() - 2
            symbol = 2 * extra + 2 + (rest >> extra & 1)
        put(_backwards(symbol, 5), 5)
        put(rest & (1 << extra) - 1, extra)

    def _taken(self):
        out = bytes(self._out)
        self._out.clear()
        return out

    def compress(self, data, /):
        if self._finished:
            raise error("Error -2 while compressing data: inconsistent stream state")
        data = _bytes(data)
        self._size += len(data)
        self._sum = crc32(data, self._sum) if self._kind == "gzip" else adler32(data, self._sum)
        self._data += data
        if len(self._data) - self._done >= 16384:
            self._block(False)
        return self._taken()

    def flush(self, mode=4, /):
        if mode == 0:
            return b""
        if self._finished:
            raise error("Error -2 while flushing: inconsistent stream state")
        self._block(mode == 4)
        if mode == 4:
            self._finished = True
            self._align()
            if self._kind == "zlib":
                self._out += self._sum.to_bytes(4, "big")
            elif self._kind == "gzip":
                self._out += self._sum.to_bytes(4, "little") + (self._size & 0xFFFFFFFF).to_bytes(4, "little")
        else:
            # An empty stored block brings the bytes so far to their end.
            self._put(0, 3)
            self._align()
            self._out += b"\0\0\xff\xff"
            if mode == 3:
                self._places.clear()
        return self._taken()

    def copy(self):
        if self._finished:
            raise ValueError("Inconsistent stream state")
        made = object.__new__(_Compress)
        for name, value in self.__dict__.items():
            setattr(made, name, value)
        made._data, made._out, made._places = self._data[:], self._out[:], dict(self._places)
        return made

    def __copy__(self): return self.copy()
    def __deepcopy__(self, memo): return self.copy()


def compressobj(level=-1, method=8, wbits=15, memLevel=8, strategy=0, zdict=b""):
    known = 9 <= abs(wbits) <= 15 or 25 <= wbits <= 31
    if method != 8 or not known or not -1 <= level <= 9 or not 1 <= memLevel <= 9 or not 0 <= strategy <= 4:
        raise ValueError("Invalid initialization option")
    return _Compress(level, wbits, memLevel, bytes(zdict))


def compress(data, /, level=-1, wbits=15):
    data = _bytes(data)
    if not -1 <= level <= 9:
        raise error("Bad compression level")
    made = compressobj(level, 8, wbits)
    return made.compress(data) + made.flush()
