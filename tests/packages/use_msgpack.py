# msgpack: its packer and unpacker in pure Python.
import datetime
import random

from msgpack import ExtType, Timestamp, exceptions, fallback


def show(f):
    try:
        print(f())
    except Exception as error:
        print(type(error).__name__, error)


def pack(value, **options): return fallback.Packer(**options).pack(value)
def unpack(data, **options): return fallback.unpackb(data, **options)


values = [None, True, False, 0, 1, 127, 128, 255, 256, 65535, 65536, 2**32 - 1, 2**32, 2**64 - 1, -1, -32, -33, -128, -129,
          -32768, -32769, -2**31, -2**31 - 1, -2**63, 0.0, -0.5, 1e300, float("inf"), "", "a", "\u00e4\u20ac", "x" * 31,
          "x" * 32, "x" * 256, "x" * 70000, b"", b"abc", b"y" * 256, [], [1, [2, [3]]], list(range(15)), list(range(16)),
          list(range(70000)), {}, {"a": 1, "b": {"c": [None]}}, {str(i): i for i in range(20)}, (1, 2), bytearray(b"zz"),
          ExtType(5, b"12"), ExtType(7, b"1" * 300), Timestamp(1, 2), Timestamp(2**33, 5)]
for value in values:
    data = pack(value)
    back = unpack(data, strict_map_key=False)
    print(len(data), data[:24].hex(), back == value or back, type(back).__name__)
for value in [2**64, -2**63 - 1, object, 1j, {1, 2}]:
    show(lambda: pack(value))
print(pack(1.5, use_single_float=True).hex(), unpack(pack((1, 2)), use_list=False), pack(b"x", use_bin_type=False).hex())
print(pack({"t": 1j}, default=lambda value: [value.real, value.imag]).hex())
print(unpack(pack({"a": [1, 2]}), object_hook=lambda pairs: sorted(pairs), list_hook=tuple))
print(unpack(pack({"a": 1}), object_pairs_hook=list))
print(pack(datetime.datetime(2024, 2, 29, tzinfo=datetime.timezone.utc), datetime=True).hex())
show(lambda: unpack(b"\x93\x01"))
show(lambda: unpack(b"\x01\x02"))
show(lambda: unpack(b"\xc1"))
show(lambda: unpack(pack({1: 2})))
show(lambda: unpack(pack("x" * 100), max_str_len=10))
show(lambda: fallback.unpackb(b"\xa1\xff"))
stream = fallback.Unpacker()
everything = b"".join([pack(value) for value in [1, "two", [3.0], {"four": None}]])
for byte in everything:
    stream.feed(bytes([byte]))
    for value in stream:
        print("came", value, stream.tell())
packer = fallback.Packer(autoreset=False)
packer.pack_array_header(2)
packer.pack(1)
packer.pack_map_header(1)
packer.pack("k")
packer.pack("v")
print(packer.bytes().hex(), unpack(packer.bytes()))
stamp = Timestamp.from_unix(1.5)
print(stamp, stamp.to_unix(), stamp.to_datetime(), Timestamp.from_bytes(stamp.to_bytes()) == stamp, hash(stamp) == hash(stamp))
random.seed(5)


def anything(depth):
    kind = random.randrange(6 if depth else 4)
    if kind == 0: return random.getrandbits(random.randrange(1, 64))
    if kind == 1: return random.random()
    if kind == 2: return "".join([chr(random.randrange(32, 1000)) for _ in range(random.randrange(40))])
    if kind == 3: return random.choice([None, True, False])
    if kind == 4: return [anything(depth - 1) for _ in range(random.randrange(6))]
    return {str(i): anything(depth - 1) for i in range(random.randrange(6))}


total = 0
for _ in range(200):
    value = anything(4)
    data = pack(value)
    assert unpack(data) == value
    total += sum(data)
print(total)
