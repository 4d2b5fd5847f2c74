# What is compressed here, as a whole and in parts.
import gzip
import zlib


def show(f):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)


text = b"the fox and the dog, " * 30 + bytes(range(200))
for level in (0, 6):
    for wbits in (15, -9, 31):
        packed = zlib.compress(text, level, wbits)
        print(len(packed) < len(text) + 40, zlib.decompress(packed, wbits) == text)
packed = zlib.compress(text)
print(len(packed) < len(text) / 2, gzip.decompress(gzip.compress(text, mtime=0)) == text)
maker = zlib.compressobj(zdict=b"the fox")
parts = maker.compress(text[:100]) + maker.flush(zlib.Z_SYNC_FLUSH)
rest = maker.copy().compress(b"!") + maker.compress(text[100:]) + maker.flush()
taker = zlib.decompressobj(zdict=b"the fox")
print(taker.decompress(parts) == text[:100], taker.decompress(rest[:9]) + taker.decompress(rest[9:]) == text[100:], taker.eof)
taker = zlib.decompressobj()
first = taker.decompress(packed + b"more", 50)
print(first == text[:50], taker.unconsumed_tail != b"", taker.flush() == text[50:], taker.eof, taker.unused_data)
taker = zlib.decompressobj(47)
print(taker.decompress(zlib.compress(b"abc", 9, 31)[:-3]), taker.eof, taker.flush())
show(lambda: zlib.compress("text"))
show(lambda: zlib.compress(b"", 11))
show(lambda: zlib.compressobj(9, 7))
show(lambda: zlib.decompressobj(3))
show(lambda: zlib.decompressobj().decompress(b"hello"))
show(lambda: zlib.decompressobj().decompress(rest, -1))
show(lambda: zlib.decompressobj().flush(0))
show(lambda: maker.compress(b""))
print(zlib.crc32(b"b", zlib.crc32(b"a")) == zlib.crc32(b"ab"), zlib.adler32(b"b", zlib.adler32(b"a")) == zlib.adler32(b"ab"))
