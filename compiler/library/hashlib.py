"""SHA-256 and its kin, SHA-1 and MD5."""

algorithms_guaranteed = {"md5", "sha1", "sha224", "sha256"}
algorithms_available = algorithms_guaranteed


class _Hash:
    block_size = 64

    def __init__(self, data=b""):
        self._state = list(self._start)
        self._rest = b""
        self._length = 0
        if data:
            self.update(data)

    def update(self, data, /):
        if isinstance(data, str):
            raise TypeError("Strings must be encoded before hashing")
        data = bytes(data)
        self._length += len(data)
        data = self._rest + data
        end = len(data) - len(data) % 64
        for at in range(0, end, 64):
            self._block(self._state, data[at:at + 64])
        self._rest = data[end:]

    def copy(self):
        made = type(self)()
        made._state = list(self._state)
        made._rest = self._rest
        made._length = self._length
        return made

    def digest(self):
        state = list(self._state)
        data = self._rest + b"\x80"
        data += bytes(-(len(data) + 8) % 64) + (self._length * 8).to_bytes(8, self._order)
        for at in range(0, len(data), 64):
            self._block(state, data[at:at + 64])
        return b"".join([word.to_bytes(4, self._order) for word in state])[:self.digest_size]

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


def new(name, data=b"", **kwargs):
    found = {"sha256": sha256, "sha224": sha224, "sha1": sha1, "md5": md5}.get(name.lower().replace("-", ""))
    if found is None:
        raise ValueError(f"unsupported hash type {name}")
    return found(data)


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
