import struct, binascii, base64, hashlib, hmac, random, zlib
print(struct.pack("<hIq", -2, 5, 1 << 40), struct.pack(">bB?c3sxf", -1, 255, True, b"z", b"ab", 1.5), struct.pack("@bid", 1, 2, 3.25), struct.calcsize("@bid"), struct.calcsize("<bid"))
print(struct.unpack("<hIq", struct.pack("<hIq", -2, 5, 1 << 40)), struct.unpack(">fde", struct.pack(">fde", 1.1, 2.2, 3.3)), struct.unpack("<d", struct.pack("<d", 1e-310)), struct.pack("<f", 1e-40), struct.pack("<f", 3.4028235e38), struct.pack("<e", 65504.0), struct.pack("<d", float("inf")), struct.unpack("<d", b"\x00"*6+b"\xf8\x7f"))
for f, a in [("<b", (200,)), ("<H", (-1,)), ("<i", (1 << 40,)), ("<q", (1 << 70,)), ("<ii", (1,)), ("<i", ("a",)), ("z", ()), ("<f", (1e39,)), ("<c", (b"ab",)), ("<f", ("x",))]:
    try: print(struct.pack(f, *a))
    except Exception as e: print(type(e).__name__, e)
try: struct.unpack("<i", b"abc")
except struct.error as e: print(e)
S = struct.Struct("<2h"); print(S.size, S.pack(1, 2), S.unpack(b"\1\0\2\0"), list(S.iter_unpack(b"\1\0\2\0\3\0\4\0")), S.unpack_from(b"xx\1\0\2\0", 2))
buf = bytearray(8); struct.pack_into("<I", buf, 2, 0xdeadbeef); print(buf)
print(binascii.hexlify(b"abc"), binascii.unhexlify("616263"), binascii.b2a_base64(b"hello"), binascii.a2b_base64(b"aGVsbG8="), binascii.crc32(b"hello"), binascii.crc_hqx(b"123", 0), binascii.hexlify(b"abcd", "-", 2))
for bad in ["abc", "zz"]:
    try: binascii.unhexlify(bad)
    except binascii.Error as e: print(e)
print(base64.b64encode(b"\xff\xfe\xfd" * 5), base64.urlsafe_b64encode(b"\xff\xfe\xfd"), base64.b64decode("aGk="), base64.b32encode(b"hello!"), base64.b32decode(b"NBSWY3DPEE======"), base64.b16encode(b"az"), base64.b16decode(b"617A"))
for bad in ["abc", "a", "a===", "YWJj!!"]:
    try: print(base64.b64decode(bad))
    except Exception as e: print(type(e).__name__, e)
for n in [0, 1, 55, 56, 63, 64, 65, 200]:
    d = bytes(range(256))[:n]
    print(hashlib.sha256(d).hexdigest(), hashlib.sha1(d).hexdigest(), hashlib.md5(d).hexdigest())
h = hashlib.sha256(); h.update(b"a"); c = h.copy(); h.update(b"b"); print(h.hexdigest(), c.hexdigest(), h.digest_size, h.block_size, h.name, hashlib.new("md5", b"x").hexdigest(), hashlib.sha224(b"").hexdigest())
try: hashlib.sha256("x")
except TypeError as e: print(e)
print(hmac.new(b"key", b"msg", hashlib.sha256).hexdigest(), hmac.new(b"k" * 100, b"msg", "sha1").hexdigest(), hmac.compare_digest("a", "a"), hmac.digest(b"k", b"m", "md5"))
print(hashlib.pbkdf2_hmac("sha256", b"pw", b"salt", 3).hex(), zlib.crc32(b"abc"), zlib.adler32(b"abc"))
random.seed(42)
print(random.random(), random.randint(1, 100), random.choice("abcdef"), random.sample(range(100), 5), random.getrandbits(70), random.uniform(1, 2), random.gauss(0, 1), random.shuffle([1]), random.choices("abc", [1, 2, 3], k=5), random.randrange(0, 100, 7), random.randbytes(5))
x = list(range(10)); random.shuffle(x); print(x)
random.seed("hello"); print(random.random(), random.expovariate(2), random.normalvariate(1, 2), random.triangular(1, 5, 2), random.betavariate(1, 2), random.gammavariate(2, 3), random.lognormvariate(0, 1), random.paretovariate(3), random.weibullvariate(1, 2), random.vonmisesvariate(1, 2))
r = random.Random(123456789012345678901234567890); print(r.random(), r.getstate()[1][:3]); random.seed(1.5); print(random.random()); random.seed(-7); print(random.random())
