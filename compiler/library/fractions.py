"""Fractions: exact quotients of whole numbers."""

from math import gcd as _gcd
from numbers import Rational as _Rational


def _digits(text, underscores=True):
    """The number of a run of digits, single underscores between them allowed; None where it is none."""
    plain = text.replace("_", "") if underscores else text
    if not plain or not plain.isdecimal() or "__" in text or text[0] == "_" or text[-1] == "_":
        return None
    return int(plain)


def _parse(text):
    body = text.strip()
    negative = body[:1] == "-"
    if body[:1] in ("+", "-"):
        body = body[1:]
    top, slash, bottom = body.partition("/")
    if slash:
        numerator, denominator = _digits(top), _digits(bottom)
    else:
        mantissa, mark, exponent = body.replace("E", "e").partition("e")
        whole, point, part = mantissa.partition(".")
        denominator = 1
        numerator = _digits(whole) if whole else 0
        if not whole and not part:
            numerator = None
        if part and numerator is not None:
            value = _digits(part)
            count = len(part.replace("_", ""))
            numerator = None if value is None else numerator * 10 ** count + value
            denominator = 10 ** count
        if mark and numerator is not None:
            down = exponent[:1] == "-"
            power = _digits(exponent[1:] if exponent[:1] in ("+", "-") else exponent)
            if power is None:
                numerator = None
            elif down:
                denominator *= 10 ** power
            else:
                numerator *= 10 ** power
    if numerator is None or denominator is None:
        raise ValueError(f"Invalid literal for Fraction: {text!r}")
    return -numerator if negative else numerator, denominator


class Fraction(_Rational):
    __slots__ = ("_numerator", "_denominator")

    def __new__(cls, numerator=0, denominator=None, *, _normalize=True):
        self = super().__new__(cls)
        if denominator is None:
            if type(numerator) is int:
                self._numerator, self._denominator = numerator, 1
                return self
            if isinstance(numerator, (int, Fraction)):
                self._numerator, self._denominator = int(numerator.numerator), int(numerator.denominator)
                return self
            if isinstance(numerator, float) or hasattr(numerator, "as_integer_ratio"):
                self._numerator, self._denominator = numerator.as_integer_ratio()
                return self
            if not isinstance(numerator, str):
                raise TypeError("argument should be a string or a Rational instance")
            numerator, denominator = _parse(numerator)
        elif isinstance(numerator, (int, Fraction)) and isinstance(denominator, (int, Fraction)):
            numerator, denominator = (numerator.numerator * denominator.denominator,
                denominator.numerator * numerator.denominator)
        else:
            raise TypeError("both arguments should be Rational instances")
        if denominator == 0:
            raise ZeroDivisionError(f"Fraction({numerator}, 0)")
        common = _gcd(numerator, denominator)
        if denominator < 0:
            common = -common
        self._numerator, self._denominator = numerator // common, denominator // common
        return self

    @classmethod
    def from_float(cls, f):
        if isinstance(f, int):
            return cls(f)
        if not isinstance(f, float):
            raise TypeError(f"{cls.__name__}.from_float() only takes floats, not {f!r} ({type(f).__name__})")
        return cls(*f.as_integer_ratio())

    @classmethod
    def from_decimal(cls, dec): return cls(*dec.as_integer_ratio())

    @property
    def numerator(self): return self._numerator

    @property
    def denominator(self): return self._denominator

    def as_integer_ratio(self): return self._numerator, self._denominator

    def limit_denominator(self, max_denominator=1000000):
        if max_denominator < 1:
            raise ValueError("max_denominator should be at least 1")
        if self._denominator <= max_denominator:
            return Fraction(self)
        # Convergents of the continued fraction, up to the last whose denominator is small enough.
        before, last = (0, 1), (1, 0)
        n, d = self._numerator, self._denominator
        while True:
            whole = n // d
            bottom = before[1] + whole * last[1]
            if bottom > max_denominator:
                break
            before, last = last, (before[0] + whole * last[0], bottom)
            n, d = d, n - whole * d
        times = (max_denominator - before[1]) // last[1]
        between = Fraction(before[0] + times * last[0], before[1] + times * last[1])
        nearest = Fraction(last[0], last[1])
        return nearest if abs(nearest - self) <= abs(between - self) else between

    def __repr__(self): return f"{self.__class__.__name__}({self._numerator}, {self._denominator})"

    def __str__(self):
        return str(self._numerator) if self._denominator == 1 else f"{self._numerator}/{self._denominator}"

    def _with(self, other, exact, rough, reverse=False):
        if isinstance(other, int):
            other = Fraction(other)
        if isinstance(other, Fraction):
            return exact(other, self) if reverse else exact(self, other)
        if isinstance(other, (float, complex)):
            mine = float(self) if isinstance(other, float) else complex(float(self))
            return rough(other, mine) if reverse else rough(mine, other)
        return NotImplemented

    def __add__(self, other): return self._with(other, _add, lambda a, b: a + b)
    def __radd__(self, other): return self._with(other, _add, lambda a, b: a + b, True)
    def __sub__(self, other): return self._with(other, _subtract, lambda a, b: a - b)
    def __rsub__(self, other): return self._with(other, _subtract, lambda a, b: a - b, True)
    def __mul__(self, other): return self._with(other, _multiply, lambda a, b: a * b)
    def __rmul__(self, other): return self._with(other, _multiply, lambda a, b: a * b, True)
    def __truediv__(self, other): return self._with(other, _divide, lambda a, b: a / b)
    def __rtruediv__(self, other): return self._with(other, _divide, lambda a, b: a / b, True)
    def __floordiv__(self, other): return self._with(other, _floor, lambda a, b: a // b)
    def __rfloordiv__(self, other): return self._with(other, _floor, lambda a, b: a // b, True)
    def __mod__(self, other): return self._with(other, _modulo, lambda a, b: a % b)
    def __rmod__(self, other): return self._with(other, _modulo, lambda a, b: a % b, True)
    def __divmod__(self, other): return self._with(other, _both, divmod)
    def __rdivmod__(self, other): return self._with(other, _both, divmod, True)

    def __pow__(self, other):
        if not isinstance(other, (int, Fraction)):
            return float(self) ** other
        if other.denominator != 1:
            return float(self) ** float(other)
        power = other.numerator
        if power >= 0:
            return Fraction(self._numerator ** power, self._denominator ** power)
        if self._numerator == 0:
            # The message has the fraction that can't be.
            raise ZeroDivisionError(f"Fraction({self._denominator ** -power}, 0)")
        return Fraction(self._denominator ** -power, self._numerator ** -power)

    def __rpow__(self, other):
        if self._denominator == 1 and self._numerator >= 0:
            return other ** self._numerator
        if isinstance(other, int):
            return Fraction(other) ** self
        if self._denominator == 1:
            return other ** self._numerator
        return other ** float(self)

    def __pos__(self): return Fraction(self._numerator, self._denominator)
    def __neg__(self): return Fraction(-self._numerator, self._denominator)
    def __abs__(self): return Fraction(abs(self._numerator), self._denominator)
    def __int__(self): return self.__trunc__()
    def __float__(self): return self._numerator / self._denominator
    def __complex__(self): return complex(float(self))
    def __bool__(self): return bool(self._numerator)

    def __trunc__(self):
        return -(-self._numerator // self._denominator) if self._numerator < 0 else self._numerator // self._denominator

    def __floor__(self): return self._numerator // self._denominator
    def __ceil__(self): return -(-self._numerator // self._denominator)

    def __round__(self, ndigits=None):
        if ndigits is None:
            floor, left = divmod(self._numerator, self._denominator)
            if left * 2 == self._denominator:
                return floor + floor % 2
            return floor + (left * 2 > self._denominator)
        shift = 10 ** abs(ndigits)
        if ndigits > 0:
            return Fraction(round(self * shift), shift)
        return Fraction(round(self / shift) * shift)

    def __hash__(self):
        try:
            inverse = pow(self._denominator, -1, 2305843009213693951)
        except ValueError:
            found = 314159
        else:
            found = hash(hash(abs(self._numerator)) * inverse)
        found = found if self._numerator >= 0 else -found
        return -2 if found == -1 else found

    def __eq__(self, other):
        if isinstance(other, (int, Fraction)):
            return self._numerator == other.numerator and self._denominator == other.denominator
        if isinstance(other, complex) and other.imag == 0:
            other = other.real
        if isinstance(other, float):
            if other != other or other in (float("inf"), float("-inf")):
                return 0.0 == other
            return self == Fraction(other)
        return NotImplemented

    def _order(self, other):
        """(self, other) times what makes both whole; None where they can't be compared."""
        if isinstance(other, float):
            if other != other or other in (float("inf"), float("-inf")):
                return 0.0, other
            other = Fraction(other)
        if isinstance(other, (int, Fraction)):
            return self._numerator * other.denominator, self._denominator * other.numerator
        return None

    def __lt__(self, other):
        pair = self._order(other)
        return NotImplemented if pair is None else pair[0] < pair[1]

    def __gt__(self, other):
        pair = self._order(other)
        return NotImplemented if pair is None else pair[0] > pair[1]

    def __le__(self, other):
        pair = self._order(other)
        return NotImplemented if pair is None else pair[0] <= pair[1]

    def __ge__(self, other):
        pair = self._order(other)
        return NotImplemented if pair is None else pair[0] >= pair[1]

    def __copy__(self): return self
    def __deepcopy__(self, memo): return self


def _add(a, b):
    return Fraction(a._numerator * b._denominator + b._numerator * a._denominator, a._denominator * b._denominator)


def _subtract(a, b):
    return Fraction(a._numerator * b._denominator - b._numerator * a._denominator, a._denominator * b._denominator)


def _multiply(a, b): return Fraction(a._numerator * b._numerator, a._denominator * b._denominator)


def _divide(a, b):
    if not b._numerator:
        raise ZeroDivisionError(f"Fraction({(a._numerator > 0) - (a._numerator < 0)}, 0)")
    return Fraction(a._numerator * b._denominator, a._denominator * b._numerator)


def _floor(a, b): return (a._numerator * b._denominator) // (a._denominator * b._numerator)


def _modulo(a, b):
    bottom = a._denominator * b._denominator
    return Fraction((a._numerator * b._denominator) % (b._numerator * a._denominator), bottom)


def _both(a, b): return _floor(a, b), _modulo(a, b)
