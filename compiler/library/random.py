"""Random numbers by the Mersenne Twister: the same seed gives the same numbers as CPython's."""

from bisect import bisect as _bisect
from math import acos as _acos, ceil as _ceil, cos as _cos, e as _e, exp as _exp, floor as _floor, log as _log
from math import pi as _pi, sin as _sin, sqrt as _sqrt, tau as _TWOPI

_N = 624
_M = 397
_NV_MAGICCONST = 4 * _exp(-0.5) / _sqrt(2.0)
_LOG4 = _log(4.0)
_SG_MAGICCONST = 1.0 + _log(4.5)


def _seed_bytes(a):
    """SHA-512 of the text and the text, as CPython's seed() takes a str."""
    return a + _sha512(a)


_K512 = []


def _k512():
    # The first 64 bits of the fractional parts of the cube roots of the first 80 primes.
    if not _K512:
        prime = 2
        while len(_K512) < 80:
            if all(prime % d for d in range(2, int(prime ** 0.5) + 1)):
                _K512.append(_root(prime, 3))
            prime += 1
    return _K512


def _root(number, degree):
    """64 bits behind the point of the root of a number."""
    wanted = number << (64 * degree)
    low, high = 0, 1 << 70
    while low < high:
        middle = (low + high + 1) // 2
        if middle ** degree <= wanted:
            low = middle
        else:
            high = middle - 1
    return low & 0xFFFFFFFFFFFFFFFF


def _sha512(data):
    mask = 0xFFFFFFFFFFFFFFFF
    state = [_root(prime, 2) for prime in (2, 3, 5, 7, 11, 13, 17, 19)]
    length = len(data)
    data = data + b"\x80"
    data += bytes(-(len(data) + 16) % 128) + (length * 8).to_bytes(16, "big")

    def rotated(x, n):
        return (x >> n | x << (64 - n)) & mask

    for start in range(0, len(data), 128):
        w = [int.from_bytes(data[i:i + 8], "big") for i in range(start, start + 128, 8)]
        for i in range(16, 80):
            x, y = w[i - 15], w[i - 2]
            s0 = rotated(x, 1) ^ rotated(x, 8) ^ x >> 7
            s1 = rotated(y, 19) ^ rotated(y, 61) ^ y >> 6
            w.append((w[i - 16] + s0 + w[i - 7] + s1) & mask)
        a, b, c, d, e, f, g, h = state
        for k, x in zip(_k512(), w):
            t1 = h + (rotated(e, 14) ^ rotated(e, 18) ^ rotated(e, 41)) + (e & f ^ ~e & g) + k + x
            t2 = (rotated(a, 28) ^ rotated(a, 34) ^ rotated(a, 39)) + (a & b ^ a & c ^ b & c)
            h, g, f, e, d, c, b, a = g, f, e, (d + t1) & mask, c, b, a, (t1 + t2) & mask
        state = [(old + new) & mask for old, new in zip(state, (a, b, c, d, e, f, g, h))]
    return b"".join([word.to_bytes(8, "big") for word in state])


class Random:
    VERSION = 3
    _added = {}

    def __init__(self, x=None):
        self._mt = []
        self._index = _N
        self.gauss_next = None
        self.seed(x)

    def seed(self, a=None, version=2):
        self.gauss_next = None
        if a is None:
            from time import time_ns
            a = time_ns()
        if isinstance(a, (str, bytes, bytearray)):
            if version == 2:
                data = a.encode() if isinstance(a, str) else bytes(a)
                a = int.from_bytes(_seed_bytes(data), "big")
            else:
                codes = [ord(c) for c in a] if isinstance(a, str) else a
                number = codes[0] << 7 if codes else 0
                for code in codes:
                    number = (1000003 * number ^ code) & 0xFFFFFFFFFFFFFFFF
                a = number ^ len(codes)
        elif isinstance(a, float):
            a = hash(a)
        elif not isinstance(a, int):
            raise TypeError(
                "The only supported seed types are: None,\nint, float, str, bytes, and bytearray."
            )
        a = abs(a)
        key = []
        while a:
            key.append(a & 0xFFFFFFFF)
            a >>= 32
        self._init_by_array(key or [0])

    def _init_by_array(self, key):
        mt = [19650218]
        value = 19650218
        for i in range(1, _N):
            value = (1812433253 * (value ^ value >> 30) + i) & 0xFFFFFFFF
            mt.append(value)
        i, j = 1, 0
        for _ in range(max(_N, len(key))):
            before = mt[i - 1]
            mt[i] = ((mt[i] ^ (before ^ before >> 30) * 1664525) + key[j] + j) & 0xFFFFFFFF
            i += 1
            j += 1
            if i >= _N:
                mt[0] = mt[_N - 1]
                i = 1
            if j >= len(key):
                j = 0
        for _ in range(_N - 1):
            before = mt[i - 1]
            mt[i] = ((mt[i] ^ (before ^ before >> 30) * 1566083941) - i) & 0xFFFFFFFF
            i += 1
            if i >= _N:
                mt[0] = mt[_N - 1]
                i = 1
        mt[0] = 0x80000000
        self._mt = mt
        self._index = _N

    def _generate(self):
        mt = self._mt
        for i in range(_N):
            y = mt[i] & 0x80000000 | mt[(i + 1) % _N] & 0x7FFFFFFF
            value = mt[(i + _M) % _N] ^ y >> 1
            mt[i] = value ^ 0x9908B0DF if y & 1 else value
        self._index = 0

    def _word(self):
        if self._index >= _N:
            self._generate()
        y = self._mt[self._index]
        self._index += 1
        y ^= y >> 11
        y ^= y << 7 & 0x9D2C5680
        y ^= y << 15 & 0xEFC60000
        return y ^ y >> 18

    def getstate(self):
        return self.VERSION, tuple(self._mt) + (self._index,), self.gauss_next

    def setstate(self, state):
        if state[0] != self.VERSION:
            raise ValueError(
                f"state with version {state[0]} passed to Random.setstate() of version {self.VERSION}"
            )
        _, internal, gauss_next = state
        if not isinstance(internal, tuple):
            raise TypeError("state vector must be a tuple")
        if len(internal) != _N + 1:
            raise ValueError("state vector is the wrong size")
        if not 0 <= internal[_N] <= _N:
            raise ValueError("invalid state")
        self.gauss_next = gauss_next
        self._mt = list(internal[:_N])
        self._index = internal[_N]

    def random(self):
        a, b = self._word() >> 5, self._word() >> 6
        return (a * 67108864.0 + b) * (1.0 / 9007199254740992.0)

    def getrandbits(self, k, /):
        if k < 0:
            raise ValueError("number of bits must be non-negative")
        result = 0
        shift = 0
        while k > 0:
            word = self._word()
            if k < 32:
                word >>= 32 - k
            result |= word << shift
            shift += 32
            k -= 32
        return result

    def randbytes(self, n):
        return self.getrandbits(n * 8).to_bytes(n, "little")

    def _randbelow(self, n):
        k = n.bit_length()
        r = self.getrandbits(k)
        while r >= n:
            r = self.getrandbits(k)
        return r

    def randrange(self, start, stop=None, step=1):
        if type(start) is not int:
            start = _whole(start, "arg 1")
        if stop is None:
            if step != 1:
                raise TypeError("Missing a non-None stop argument")
            if start > 0:
                return self._randbelow(start)
            raise ValueError("empty range for randrange()")
        if type(stop) is not int:
            stop = _whole(stop, "stop")
        if type(step) is not int:
            step = _whole(step, "step")
        width = stop - start
        if step == 1:
            if width > 0:
                return start + self._randbelow(width)
            raise ValueError(f"empty range for randrange() ({start}, {stop}, {width})")
        if step > 0:
            n = (width + step - 1) // step
        elif step < 0:
            n = (width + step + 1) // step
        else:
            raise ValueError("zero step for randrange()")
        if n <= 0:
            raise ValueError("empty range for randrange()")
        return start + step * self._randbelow(n)

    def randint(self, a, b):
        return self.randrange(a, b + 1)

    def choice(self, seq):
        if not len(seq):
            raise IndexError("Cannot choose from an empty sequence")
        return seq[self._randbelow(len(seq))]

    def shuffle(self, x):
        for i in range(len(x) - 1, 0, -1):
            j = self._randbelow(i + 1)
            x[i], x[j] = x[j], x[i]

    def sample(self, population, k, *, counts=None):
        if isinstance(population, (set, frozenset, dict)):
            raise TypeError("Population must be a sequence.  For dicts or sets, use sorted(d).")
        n = len(population)
        if counts is not None:
            cumulative = []
            total = 0
            for count in counts:
                total += count
                cumulative.append(total)
            if len(cumulative) != n:
                raise ValueError("The number of counts does not match the population")
            if not isinstance(total, int):
                raise TypeError("Counts must be integers")
            if total <= 0:
                raise ValueError("Total of counts must be greater than zero")
            selections = self.sample(range(total), k=k)
            return [population[_bisect(cumulative, s)] for s in selections]
        if not 0 <= k <= n:
            raise ValueError("Sample larger than population or is negative")
        result = [None] * k
        setsize = 21
        if k > 5:
            setsize += 4 ** _ceil(_log(k * 3, 4))
        if n <= setsize:
            pool = list(population)
            for i in range(k):
                j = self._randbelow(n - i)
                result[i] = pool[j]
                pool[j] = pool[n - i - 1]
        else:
            selected = set()
            for i in range(k):
                j = self._randbelow(n)
                while j in selected:
                    j = self._randbelow(n)
                selected.add(j)
                result[i] = population[j]
        return result

    def choices(self, population, weights=None, *, cum_weights=None, k=1):
        n = len(population)
        if cum_weights is None:
            if weights is None:
                return [population[_floor(self.random() * (n + 0.0))] for _ in range(k)]
            cum_weights = []
            total = 0
            for weight in weights:
                total += weight
                cum_weights.append(total)
        elif weights is not None:
            raise TypeError("Cannot specify both weights and cumulative weights")
        if len(cum_weights) != n:
            raise ValueError("The number of weights does not match the population")
        total = cum_weights[-1] + 0.0
        if total <= 0.0:
            raise ValueError("Total of weights must be greater than zero")
        if total - total != 0.0:
            raise ValueError("Total of weights must be finite")
        return [population[_bisect(cum_weights, self.random() * total, 0, n - 1)] for _ in range(k)]

    def uniform(self, a, b):
        return a + (b - a) * self.random()

    def triangular(self, low=0.0, high=1.0, mode=None):
        u = self.random()
        try:
            c = 0.5 if mode is None else (mode - low) / (high - low)
        except ZeroDivisionError:
            return low
        if u > c:
            u = 1.0 - u
            c = 1.0 - c
            low, high = high, low
        return low + (high - low) * _sqrt(u * c)

    def normalvariate(self, mu=0.0, sigma=1.0):
        while True:
            u1 = self.random()
            u2 = 1.0 - self.random()
            z = _NV_MAGICCONST * (u1 - 0.5) / u2
            if z * z / 4.0 <= -_log(u2):
                break
        return mu + z * sigma

    def gauss(self, mu=0.0, sigma=1.0):
        z = self.gauss_next
        self.gauss_next = None
        if z is None:
            x2pi = self.random() * _TWOPI
            g2rad = _sqrt(-2.0 * _log(1.0 - self.random()))
            z = _cos(x2pi) * g2rad
            self.gauss_next = _sin(x2pi) * g2rad
        return mu + z * sigma

    def lognormvariate(self, mu, sigma):
        return _exp(self.normalvariate(mu, sigma))

    def expovariate(self, lambd):
        return -_log(1.0 - self.random()) / lambd

    def vonmisesvariate(self, mu, kappa):
        if kappa <= 1e-6:
            return _TWOPI * self.random()
        s = 0.5 / kappa
        r = s + _sqrt(1.0 + s * s)
        while True:
            u1 = self.random()
            z = _cos(_pi * u1)
            d = z / (r + z)
            u2 = self.random()
            if u2 < 1.0 - d * d or u2 <= (1.0 - d) * _exp(d):
                break
        q = 1.0 / r
        f = (q + z) / (1.0 + q * z)
        u3 = self.random()
        if u3 > 0.5:
            return (mu + _acos(f)) % _TWOPI
        return (mu - _acos(f)) % _TWOPI

    def gammavariate(self, alpha, beta):
        if alpha <= 0.0 or beta <= 0.0:
            raise ValueError("gammavariate: alpha and beta must be > 0.0")
        if alpha > 1.0:
            ainv = _sqrt(2.0 * alpha - 1.0)
            bbb = alpha - _LOG4
            ccc = alpha + ainv
            while True:
                u1 = self.random()
                if not 1e-7 < u1 < 0.9999999:
                    continue
                u2 = 1.0 - self.random()
                v = _log(u1 / (1.0 - u1)) / ainv
                x = alpha * _exp(v)
                z = u1 * u1 * u2
                r = bbb + ccc * v - x
                if r + _SG_MAGICCONST - 4.5 * z >= 0.0 or r >= _log(z):
                    return x * beta
        if alpha == 1.0:
            return -_log(1.0 - self.random()) * beta
        while True:
            u = self.random()
            b = (_e + alpha) / _e
            p = b * u
            if p <= 1.0:
                x = p ** (1.0 / alpha)
            else:
                x = -_log((b - p) / alpha)
            u1 = self.random()
            if p > 1.0:
                if u1 <= x ** (alpha - 1.0):
                    break
            elif u1 <= _exp(-x):
                break
        return x * beta

    def betavariate(self, alpha, beta):
        y = self.gammavariate(alpha, 1.0)
        if y:
            return y / (y + self.gammavariate(beta, 1.0))
        return 0.0

    def paretovariate(self, alpha):
        return (1.0 - self.random()) ** (-1.0 / alpha)

    def weibullvariate(self, alpha, beta):
        return alpha * (-_log(1.0 - self.random())) ** (1.0 / beta)


def _source_numbers(cls):
    """Numbers of a class come of the method of it that it defines itself."""
    def choose(cls):
        for base in cls.__mro__:
            names = base.__dict__
            if "_randbelow" in names and base is not cls or "getrandbits" in names:
                cls._randbelow = names.get("_randbelow", Random._randbelow)
                return
            if "random" in names:
                cls._randbelow = _randbelow_of_random
                return

    cls.__init_subclass__ = classmethod(choose)


def _randbelow_of_random(self, n):
    whole = 1 << 53
    if n >= whole:
        return _floor(self.random() * n)
    limit = (whole - whole % n) / whole
    drawn = self.random()
    while drawn >= limit:
        drawn = self.random()
    return _floor(drawn * whole) % n


# Only a program with such a class has use for it.
Random._added["Random)"] = _source_numbers(Random)


class SystemRandom(Random):
    pass


_made = []


def _whole(number, name):
    try:
        return range(number).stop
    except TypeError:
        whole = int(number)
        if whole != number:
            raise ValueError(f"non-integer {name} for randrange()") from None
        return whole


def _instance():
    # Made when first needed, so that importing the module asks for no time.
    if not _made:
        _made.append(Random())
    return _made[0]


def seed(a=None, version=2): return _instance().seed(a, version)
def random(): return _instance().random()
def uniform(a, b): return _instance().uniform(a, b)
def triangular(low=0.0, high=1.0, mode=None): return _instance().triangular(low, high, mode)
def randint(a, b): return _instance().randint(a, b)
def choice(seq): return _instance().choice(seq)
def randrange(start, stop=None, step=1): return _instance().randrange(start, stop, step)
def sample(population, k, *, counts=None): return _instance().sample(population, k, counts=counts)
def shuffle(x): return _instance().shuffle(x)
def choices(population, weights=None, *, cum_weights=None, k=1):
    return _instance().choices(population, weights, cum_weights=cum_weights, k=k)
def normalvariate(mu=0.0, sigma=1.0): return _instance().normalvariate(mu, sigma)
def lognormvariate(mu, sigma): return _instance().lognormvariate(mu, sigma)
def expovariate(lambd): return _instance().expovariate(lambd)
def vonmisesvariate(mu, kappa): return _instance().vonmisesvariate(mu, kappa)
def gammavariate(alpha, beta): return _instance().gammavariate(alpha, beta)
def gauss(mu=0.0, sigma=1.0): return _instance().gauss(mu, sigma)
def betavariate(alpha, beta): return _instance().betavariate(alpha, beta)
def paretovariate(alpha): return _instance().paretovariate(alpha)
def weibullvariate(alpha, beta): return _instance().weibullvariate(alpha, beta)
def getstate(): return _instance().getstate()
def setstate(state): return _instance().setstate(state)
def getrandbits(k, /): return _instance().getrandbits(k)
def randbytes(n): return _instance().randbytes(n)
