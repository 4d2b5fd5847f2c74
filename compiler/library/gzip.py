"""What is compressed with gzip (RFC 1952), as a whole."""

from time import time as _time
from zlib import compress as _compress, crc32 as _crc32
from zlib import _gzip_start, _inflate, error as _error


class BadGzipFile(OSError):
    pass


def decompress(data):
    data = bytes(data)
    made = b""
    while data:
        if data[:2] != b"\x1f\x8b":
            raise BadGzipFile(f"Not a gzipped file ({data[:2]!r})")
        if len(data) > 2 and data[2] != 8:
            raise BadGzipFile("Unknown compression method")
        start = _gzip_start(data)
        try:
            if start is None:
                raise EOFError
            part, end = _inflate(data, start)
        except (EOFError, _error) as e:
            if isinstance(e, EOFError) or "Error -5" in str(e):
                raise EOFError("Compressed file ended before the end-of-stream marker was reached") from None
            raise
        check, length = data[end:end + 4], data[end + 4:end + 8]
        if len(length) < 4:
            raise EOFError("Compressed file ended before the end-of-stream marker was reached")
        if int.from_bytes(check, "little") != _crc32(part):
            raise BadGzipFile("CRC check failed")
        if int.from_bytes(length, "little") != len(part) & 0xFFFFFFFF:
            raise BadGzipFile("Incorrect length of data produced")
        made += part
        data = data[end + 8:].lstrip(b"\x00")
    return made


def compress(data, compresslevel=9, *, mtime=None):
    packed = _compress(data, compresslevel, 31)
    stamp = int(_time() if mtime is None else mtime).to_bytes(4, "little")
    # As CPython, which names no system unless the time is 0.
    return packed[:4] + stamp + packed[8:9] + (packed[9:10] if mtime == 0 else b"\xff") + packed[10:]
