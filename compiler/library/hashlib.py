"""The SHA-2 and SHA-3 families, BLAKE2, SHA-1 and MD5 (FIPS 180-4, FIPS 202, RFC 7693, RFC 1321)."""

algorithms_guaranteed = {
    "blake2b", "blake2s", "md5", "sha1", "sha224", "sha256", "sha384", "sha3_224", "sha3_256", "sha3_384", "sha3_512",
    "sha512",
}
algorithms_available = algorithms_guaranteed


class _Hash:
    block_size = 64

    def __init__(self, string=b"", *, usedforsecurity=True):
        self._state = list(self._start)
        self._rest = b""
        self._length = 0
        if string != b"":
            self.update(string)

    def update(self, data, /):
        if isinstance(data, str):
            raise TypeError("Strings must be encoded before hashing")
        if isinstance(data, (int, list, tuple)):
            raise TypeError("object supporting the buffer API required")
        data = bytes(data)
        self._length += len(data)
        data = self._rest + data
        size = self.block_size
        end = len(data) - len(data) % size
        for at in range(0, end, size):
            self._block(self._state, data[at:at + size])
        self._rest = data[end:]

    def copy(self):
        made = type(self)()
        made._state = list(self._state)
        made._rest = self._rest
        made._length = self._length
        return made

    def digest(self):
        state = list(self._state)
        size = self.block_size
        word = size // 16
        data = self._rest + b"\x80"
        data += bytes(-(len(data) + 2 * word) % size) + (self._length * 8).to_bytes(2 * word, self._order)
        for at in range(0, len(data), size):
            self._block(state, data[at:at + size])
        return b"".join([number.to_bytes(word, self._order) for number in state])[:self.digest_size]

    def hexdigest(self):
        return self.digest().hex()

    def __repr__(self):
        return f"<{self.name} _hashlib.HASH object @ {id(self):#x}>"


_K256 = (
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
)


class sha256(_Hash):
    name = "sha256"
    digest_size = 32
    _order = "big"
    _start = (
        0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
    )

    def _block(self, state, block):
        w = [int.from_bytes(block[i:i + 4], "big") for i in range(0, 64, 4)]
        for i in range(16, 64):
            x, y = w[i - 15], w[i - 2]
            s0 = (x >> 7 | x << 25) ^ (x >> 18 | x << 14) ^ x >> 3
            s1 = (y >> 17 | y << 15) ^ (y >> 19 | y << 13) ^ y >> 10
            w.append((w[i - 16] + (s0 & 0xFFFFFFFF) + w[i - 7] + (s1 & 0xFFFFFFFF)) & 0xFFFFFFFF)
        a, b, c, d, e, f, g, h = state
        for k, x in zip(_K256, w):
            s1 = ((e >> 6 | e << 26) ^ (e >> 11 | e << 21) ^ (e >> 25 | e << 7)) & 0xFFFFFFFF
            t1 = h + s1 + (e & f ^ ~e & g) + k + x
            s0 = ((a >> 2 | a << 30) ^ (a >> 13 | a << 19) ^ (a >> 22 | a << 10)) & 0xFFFFFFFF
            t2 = s0 + (a & b ^ a & c ^ b & c)
            h, g, f, e, d, c, b, a = g, f, e, (d + t1) & 0xFFFFFFFF, c, b, a, (t1 + t2) & 0xFFFFFFFF
        for i, value in enumerate((a, b, c, d, e, f, g, h)):
            state[i] = (state[i] + value) & 0xFFFFFFFF


class sha224(sha256):
    name = "sha224"
    digest_size = 28
    _start = (
        0xc1059ed8, 0x367cd507, 0x3070dd17, 0xf70e5939, 0xffc00b31, 0x68581511, 0x64f98fa7, 0xbefa4fa4,
    )


class sha512(_Hash):
    name = "sha512"
    block_size = 128
    digest_size = 64
    _order = "big"
    _start = (
        0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
        0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179,
    )

    def _block(self, state, block):
        full = 0xFFFFFFFFFFFFFFFF
        w = [int.from_bytes(block[i:i + 8], "big") for i in range(0, 128, 8)]
        for i in range(16, 80):
            x, y = w[i - 15], w[i - 2]
            s0 = (x >> 1 | x << 63) ^ (x >> 8 | x << 56) ^ x >> 7
            s1 = (y >> 19 | y << 45) ^ (y >> 61 | y << 3) ^ y >> 6
            w.append(w[i - 16] + (s0 & full) + w[i - 7] + (s1 & full) & full)
        a, b, c, d, e, f, g, h = state
        for k, x in zip(_K512, w):
            s1 = ((e >> 14 | e << 50) ^ (e >> 18 | e << 46) ^ (e >> 41 | e << 23)) & full
            t1 = h + s1 + (e & f ^ ~e & g) + k + x
            s0 = ((a >> 28 | a << 36) ^ (a >> 34 | a << 30) ^ (a >> 39 | a << 25)) & full
            t2 = s0 + (a & b ^ a & c ^ b & c)
            h, g, f, e, d, c, b, a = g, f, e, d + t1 & full, c, b, a, t1 + t2 & full
        for i, value in enumerate((a, b, c, d, e, f, g, h)):
            state[i] = state[i] + value & full


class sha384(sha512):
    name = "sha384"
    digest_size = 48
    _start = (
        0xcbbb9d5dc1059ed8, 0x629a292a367cd507, 0x9159015a3070dd17, 0x152fecd8f70e5939,
        0x67332667ffc00b31, 0x8eb44a8768581511, 0xdb0c2e0d64f98fa7, 0x47b5481dbefa4fa4,
    )


_K512 = (
    0x428a2f98d728ae22, 0x7137449123ef65cd, 0xb5c0fbcfec4d3b2f, 0xe9b5dba58189dbbc, 0x3956c25bf348b538,
    0x59f111f1b605d019, 0x923f82a4af194f9b, 0xab1c5ed5da6d8118, 0xd807aa98a3030242, 0x12835b0145706fbe,
    0x243185be4ee4b28c, 0x550c7dc3d5ffb4e2, 0x72be5d74f27b896f, 0x80deb1fe3b1696b1, 0x9bdc06a725c71235,
    0xc19bf174cf692694, 0xe49b69c19ef14ad2, 0xefbe4786384f25e3, 0x0fc19dc68b8cd5b5, 0x240ca1cc77ac9c65,
    0x2de92c6f592b0275, 0x4a7484aa6ea6e483, 0x5cb0a9dcbd41fbd4, 0x76f988da831153b5, 0x983e5152ee66dfab,
    0xa831c66d2db43210, 0xb00327c898fb213f, 0xbf597fc7beef0ee4, 0xc6e00bf33da88fc2, 0xd5a79147930aa725,
    0x06ca6351e003826f, 0x142929670a0e6e70, 0x27b70a8546d22ffc, 0x2e1b21385c26c926, 0x4d2c6dfc5ac42aed,
    0x53380d139d95b3df, 0x650a73548baf63de, 0x766a0abb3c77b2a8, 0x81c2c92e47edaee6, 0x92722c851482353b,
    0xa2bfe8a14cf10364, 0xa81a664bbc423001, 0xc24b8b70d0f89791, 0xc76c51a30654be30, 0xd192e819d6ef5218,
    0xd69906245565a910, 0xf40e35855771202a, 0x106aa07032bbd1b8, 0x19a4c116b8d2d0c8, 0x1e376c085141ab53,
    0x2748774cdf8eeb99, 0x34b0bcb5e19b48a8, 0x391c0cb3c5c95a63, 0x4ed8aa4ae3418acb, 0x5b9cca4f7763e373,
    0x682e6ff3d6b2b8a3, 0x748f82ee5defb2fc, 0x78a5636f43172f60, 0x84c87814a1f0ab72, 0x8cc702081a6439ec,
    0x90befffa23631e28, 0xa4506cebde82bde9, 0xbef9a3f7b2c67915, 0xc67178f2e372532b, 0xca273eceea26619c,
    0xd186b8c721c0c207, 0xeada7dd6cde0eb1e, 0xf57d4f7fee6ed178, 0x06f067aa72176fba, 0x0a637dc5a2c898a6,
    0x113f9804bef90dae, 0x1b710b35131c471b, 0x28db77f523047d84, 0x32caab7b40c72493, 0x3c9ebe0a15c9bebc,
    0x431d67c49c100d4c, 0x4cc5d4becb3e42b6, 0x597f299cfc657e2a, 0x5fcb6fab3ad6faec, 0x6c44198c4a475817,
)


class _Keccak:
    """SHA-3: a sponge of 1,600 bits, of which `block_size` bytes take what comes."""

    def __init__(self, data=b"", /, *, usedforsecurity=True):
        self._state = [0] * 25
        self._rest = b""
        if data:
            self.update(data)

    def update(self, data, /):
        if isinstance(data, str):
            raise TypeError("Strings must be encoded before hashing")
        data = self._rest + bytes(data)
        size = self.block_size
        end = len(data) - len(data) % size
        for at in range(0, end, size):
            self._absorb(self._state, data[at:at + size])
        self._rest = data[end:]

    def _absorb(self, state, block):
        for lane in range(len(block) // 8):
            state[lane] ^= int.from_bytes(block[8 * lane:8 * lane + 8], "little")
        _permute(state)

    def copy(self):
        made = type(self)()
        made._state = list(self._state)
        made._rest = self._rest
        return made

    def digest(self):
        state = list(self._state)
        block = bytearray(self._rest + b"\x06" + bytes(self.block_size - len(self._rest) - 1))
        block[-1] |= 0x80
        self._absorb(state, block)
        return b"".join([lane.to_bytes(8, "little") for lane in state])[:self.digest_size]

    def hexdigest(self):
        return self.digest().hex()

    def __repr__(self):
        return f"<{self.name} _sha3.{self.name} object at {id(self):#x}>"


def _permute(state):
    full = 0xFFFFFFFFFFFFFFFF
    register = 1
    for _ in range(24):
        sums = [state[x] ^ state[x + 5] ^ state[x + 10] ^ state[x + 15] ^ state[x + 20] for x in range(5)]
        for x in range(5):
            after = sums[(x + 1) % 5]
            mixed = sums[x - 1] ^ (after << 1 | after >> 63) & full
            for y in range(x, 25, 5):
                state[y] ^= mixed
        x, y, moved = 1, 0, state[1]
        for step in range(24):
            x, y = y, (2 * x + 3 * y) % 5
            turn = (step + 1) * (step + 2) // 2 % 64
            at = x + 5 * y
            moved, state[at] = state[at], (moved << turn | moved >> 64 - turn) & full
        for row in range(0, 25, 5):
            a, b, c, d, e = state[row:row + 5]
            state[row:row + 5] = [a ^ ~b & c, b ^ ~c & d, c ^ ~d & e, d ^ ~e & a, e ^ ~a & b]
        # The round's constant comes of a shift register.
        for place in range(7):
            register = (register << 1 ^ (register >> 7) * 0x71) % 256
            if register & 2:
                state[0] ^= 1 << (1 << place) - 1


class sha3_224(_Keccak):
    name = "sha3_224"
    block_size = 144
    digest_size = 28


class sha3_256(_Keccak):
    name = "sha3_256"
    block_size = 136
    digest_size = 32


class sha3_384(_Keccak):
    name = "sha3_384"
    block_size = 104
    digest_size = 48


class sha3_512(_Keccak):
    name = "sha3_512"
    block_size = 72
    digest_size = 64


_SIGMA = (
    "0123456789abcdef", "ea489fd61c02b753", "b8c052fdae367194", "7931dcbe265a40f8", "905724afe1bc683d",
    "2c6a0b834d75fe19", "c51fed4a0763928b", "db7ec13950f4862a", "6fe9b308c2d714a5", "a2847615fb9e3cd0",
)


class _Blake2:
    def __init__(self, data=b"", /, *, digest_size=None, key=b"", salt=b"", person=b"", usedforsecurity=True):
        most = self.MAX_DIGEST_SIZE
        self.digest_size = most if digest_size is None else digest_size
        if not 0 < self.digest_size <= most:
            raise ValueError(f"digest_size must be between 1 and {most} bytes")
        for value, limit, what in ((salt, self.SALT_SIZE, "salt"), (person, self.PERSON_SIZE, "person"), (key, self.MAX_KEY_SIZE, "key")):
            if len(value) > limit:
                raise ValueError(f"maximum {what} length is {limit} bytes")
        word = self.block_size // 16
        block = bytes([self.digest_size, len(key), 1, 1]) + bytes(4 * word - 4)
        block += salt + bytes(self.SALT_SIZE - len(salt)) + person + bytes(self.PERSON_SIZE - len(person))
        parts = [int.from_bytes(block[at:at + word], "little") for at in range(0, 8 * word, word)]
        self._state = [number ^ part for number, part in zip(self._start, parts)]
        self._length = 0
        self._rest = key + bytes(self.block_size - len(key)) if key else b""
        if data:
            self.update(data)

    def update(self, data, /):
        if isinstance(data, str):
            raise TypeError("Strings must be encoded before hashing")
        data = self._rest + bytes(data)
        size, at = self.block_size, 0
        # The last block waits: it is marked as the last.
        while len(data) - at > size:
            self._length += size
            self._state = self._compress(self._state, data[at:at + size], self._length, 0)
            at += size
        self._rest = data[at:]

    def _compress(self, state, block, length, last):
        word = self.block_size // 16
        bits = 8 * word
        full = (1 << bits) - 1
        m = [int.from_bytes(block[at:at + word], "little") for at in range(0, 16 * word, word)]
        v = state + list(self._start)
        v[12] ^= length & full
        v[13] ^= length >> bits
        v[14] ^= last & full
        r1, r2, r3, r4 = self._turns
        for turn in range(self._rounds):
            order = _SIGMA[turn % 10]
            for step in range(8):
                a, b, c, d = _QUARTERS[step]
                for index, (ra, rb) in enumerate(((r1, r2), (r3, r4))):
                    v[a] = v[a] + v[b] + m[int(order[2 * step + index], 16)] & full
                    x = v[d] ^ v[a]
                    v[d] = (x >> ra | x << bits - ra) & full
                    v[c] = v[c] + v[d] & full
                    x = v[b] ^ v[c]
                    v[b] = (x >> rb | x << bits - rb) & full
        return [state[i] ^ v[i] ^ v[i + 8] for i in range(8)]

    def copy(self):
        made = type(self)(digest_size=self.digest_size)
        made._state = list(self._state)
        made._rest, made._length = self._rest, self._length
        return made

    def digest(self):
        block = self._rest + bytes(self.block_size - len(self._rest))
        state = self._compress(self._state, block, self._length + len(self._rest), -1)
        return b"".join([number.to_bytes(self.block_size // 16, "little") for number in state])[:self.digest_size]

    def hexdigest(self):
        return self.digest().hex()

    def __repr__(self):
        return f"<{self.name} _blake2.{self.name} object at {id(self):#x}>"


_QUARTERS = (
    (0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15), (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14),
)


class blake2b(_Blake2):
    name = "blake2b"
    block_size = 128
    MAX_DIGEST_SIZE = MAX_KEY_SIZE = 64
    SALT_SIZE = PERSON_SIZE = 16
    _start = sha512._start
    _rounds = 12
    _turns = (32, 24, 16, 63)


class blake2s(_Blake2):
    name = "blake2s"
    block_size = 64
    MAX_DIGEST_SIZE = MAX_KEY_SIZE = 32
    SALT_SIZE = PERSON_SIZE = 8
    _start = sha256._start
    _rounds = 10
    _turns = (16, 12, 8, 7)


class sha1(_Hash):
    name = "sha1"
    digest_size = 20
    _order = "big"
    _start = (0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0)

    def _block(self, state, block):
        w = [int.from_bytes(block[i:i + 4], "big") for i in range(0, 64, 4)]
        for i in range(16, 80):
            x = w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16]
            w.append((x << 1 | x >> 31) & 0xFFFFFFFF)
        a, b, c, d, e = state
        for i, x in enumerate(w):
            if i < 20:
                f, k = b & c | ~b & d, 0x5a827999
            elif i < 40:
                f, k = b ^ c ^ d, 0x6ed9eba1
            elif i < 60:
                f, k = b & c | b & d | c & d, 0x8f1bbcdc
            else:
                f, k = b ^ c ^ d, 0xca62c1d6
            a, b, c, d, e = ((a << 5 | a >> 27) + f + e + k + x) & 0xFFFFFFFF, a, (b << 30 | b >> 2) & 0xFFFFFFFF, c, d
        for i, value in enumerate((a, b, c, d, e)):
            state[i] = (state[i] + value) & 0xFFFFFFFF


_MD5_SHIFTS = (7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21)
_md5_sines = []


class md5(_Hash):
    name = "md5"
    digest_size = 16
    _order = "little"
    _start = (0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476)

    def _block(self, state, block):
        if not _md5_sines:
            from math import sin
            for i in range(64):
                _md5_sines.append(int(abs(sin(i + 1)) * 4294967296))
        w = [int.from_bytes(block[i:i + 4], "little") for i in range(0, 64, 4)]
        a, b, c, d = state
        for i, k in enumerate(_md5_sines):
            if i < 16:
                f, g = b & c | ~b & d, i
            elif i < 32:
                f, g = d & b | ~d & c, (5 * i + 1) % 16
            elif i < 48:
                f, g = b ^ c ^ d, (3 * i + 5) % 16
            else:
                f, g = c ^ (b | ~d & 0xFFFFFFFF), 7 * i % 16
            f = (a + (f & 0xFFFFFFFF) + k + w[g]) & 0xFFFFFFFF
            shift = _MD5_SHIFTS[i // 16 * 4 + i % 4]
            a, d, c, b = d, c, b, (b + (f << shift | f >> (32 - shift))) & 0xFFFFFFFF
        for i, value in enumerate((a, b, c, d)):
            state[i] = (state[i] + value) & 0xFFFFFFFF


_by_name = {"sha256": sha256, "sha224": sha224, "sha1": sha1, "md5": md5}
# These are here where the text of the program has their name.
_by_name["sha384"] = sha384
_by_name["sha512"] = sha512
_by_name["sha3_224"] = sha3_224
_by_name["sha3_256"] = sha3_256
_by_name["sha3_384"] = sha3_384
_by_name["sha3_512"] = sha3_512
_by_name["blake2b"] = blake2b
_by_name["blake2s"] = blake2s


def new(name, data=b"", *, usedforsecurity=True, **kwargs):
    plain = name.lower().replace("-", "_")
    found = _by_name.get(plain) or _by_name.get(plain.replace("_", ""))
    if found is None:
        raise ValueError(f"unsupported hash type {name}")
    return found(data, **kwargs)


def pbkdf2_hmac(hash_name, password, salt, iterations, dklen=None):
    import hmac
    size = new(hash_name).digest_size
    dklen = size if dklen is None else dklen
    key = b""
    block = 0
    while len(key) < dklen:
        block += 1
        part = hmac.new(password, salt + block.to_bytes(4, "big"), hash_name).digest()
        total = int.from_bytes(part, "big")
        for _ in range(iterations - 1):
            part = hmac.new(password, part, hash_name).digest()
            total ^= int.from_bytes(part, "big")
        key += total.to_bytes(size, "big")
    return key[:dklen]
