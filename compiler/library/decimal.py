"""Decimal numbers, as the General Decimal Arithmetic Specification has them: exact digits, chosen rounding.

A number is a sign, a whole coefficient and an exponent.
"""

from numbers import Number as _Number

ROUND_DOWN = "ROUND_DOWN"
ROUND_HALF_UP = "ROUND_HALF_UP"
ROUND_HALF_EVEN = "ROUND_HALF_EVEN"
ROUND_CEILING = "ROUND_CEILING"
ROUND_FLOOR = "ROUND_FLOOR"
ROUND_UP = "ROUND_UP"
ROUND_HALF_DOWN = "ROUND_HALF_DOWN"
ROUND_05UP = "ROUND_05UP"

MAX_PREC = 999999999999999999
MAX_EMAX = 999999999999999999
MIN_EMIN = -999999999999999999
HAVE_THREADS = True


# What comes along only where the text of the program names it.
_rare = {}


def _compared_exactly(self, other):
    """The order of a number and a fraction."""
    if not hasattr(other, "numerator") or not hasattr(other, "denominator"):
        return NotImplemented
    if self.is_nan():
        return None
    if self.is_infinite():
        return -1 if self.is_signed() else 1
    numerator, denominator = self.as_integer_ratio()
    left, right = numerator * other.denominator, other.numerator * denominator
    return (left > right) - (left < right)


_rare["Fraction"] = _compared_exactly


class DecimalException(ArithmeticError):
    pass


class Clamped(DecimalException):
    pass


class InvalidOperation(DecimalException):
    pass


class ConversionSyntax(InvalidOperation):
    pass


class DivisionImpossible(InvalidOperation):
    pass


class DivisionUndefined(InvalidOperation, ZeroDivisionError):
    pass


class InvalidContext(InvalidOperation):
    pass


class DivisionByZero(DecimalException, ZeroDivisionError):
    pass


class Inexact(DecimalException):
    pass


class Rounded(DecimalException):
    pass


class Subnormal(DecimalException):
    pass


class Overflow(Inexact, Rounded):
    pass


class Underflow(Inexact, Rounded, Subnormal):
    pass


class FloatOperation(DecimalException, TypeError):
    pass


_SIGNALS = (Clamped, DivisionByZero, Inexact, Overflow, Rounded, Underflow, InvalidOperation, Subnormal, FloatOperation)
# The order in which a context shows them.
_SHOWN = (Clamped, InvalidOperation, DivisionByZero, Inexact, FloatOperation, Overflow, Rounded, Subnormal, Underflow)


class Context:
    def __init__(
        self, prec=None, rounding=None, Emin=None, Emax=None, capitals=None, clamp=None, flags=None, traps=None
    ):
        self.prec = 28 if prec is None else prec
        self.rounding = ROUND_HALF_EVEN if rounding is None else rounding
        self.Emin = -999999 if Emin is None else Emin
        self.Emax = 999999 if Emax is None else Emax
        self.capitals = 1 if capitals is None else capitals
        self.clamp = 0 if clamp is None else clamp
        self.flags = _marks(flags, ())
        self.traps = _marks(traps, (DivisionByZero, Overflow, InvalidOperation))

    def __setattr__(self, name, value):
        if name == "prec" and not (isinstance(value, int) and 1 <= value <= MAX_PREC):
            raise ValueError("valid range for prec is [1, MAX_PREC]")
        if name == "rounding" and value not in _ROUND:
            raise TypeError(
                "valid values for rounding are:\n  [ROUND_CEILING, ROUND_FLOOR, ROUND_UP, ROUND_DOWN,\n"
                "   ROUND_HALF_UP, ROUND_HALF_DOWN, ROUND_HALF_EVEN,\n   ROUND_05UP]"
            )
        object.__setattr__(self, name, value)

    def __repr__(self):
        flags = ", ".join(signal.__name__ for signal in _SHOWN if self.flags[signal])
        traps = ", ".join(signal.__name__ for signal in _SHOWN if self.traps[signal])
        return (
            f"Context(prec={self.prec}, rounding={self.rounding}, Emin={self.Emin}, Emax={self.Emax}, "
            f"capitals={self.capitals}, clamp={self.clamp}, flags=[{flags}], traps=[{traps}])"
        )

    def copy(self):
        flags = [signal for signal in _SIGNALS if self.flags[signal]]
        traps = [signal for signal in _SIGNALS if self.traps[signal]]
        return Context(self.prec, self.rounding, self.Emin, self.Emax, self.capitals, self.clamp, flags, traps)

    __copy__ = copy

    def clear_flags(self):
        for signal in _SIGNALS:
            self.flags[signal] = False

    def clear_traps(self):
        for signal in _SIGNALS:
            self.traps[signal] = False

    def Etiny(self):
        return self.Emin - self.prec + 1

    def Etop(self):
        return self.Emax - self.prec + 1

    def _signal(self, signal, shown=None):
        """Marks a condition, and raises it where it is trapped."""
        self.flags[signal] = True
        if self.traps[signal]:
            raise signal([shown or signal])

    def create_decimal(self, num="0"):
        return _fixed(Decimal(num, self), self)

    def create_decimal_from_float(self, f):
        return _fixed(Decimal.from_float(f), self)

    def abs(self, a): return _decimal(a).__abs__(self)
    def add(self, a, b): return _decimal(a).__add__(_decimal(b), self)
    def subtract(self, a, b): return _decimal(a).__sub__(_decimal(b), self)
    def multiply(self, a, b): return _decimal(a).__mul__(_decimal(b), self)
    def divide(self, a, b): return _decimal(a).__truediv__(_decimal(b), self)
    def divide_int(self, a, b): return _decimal(a).__floordiv__(_decimal(b), self)
    def remainder(self, a, b): return _decimal(a).__mod__(_decimal(b), self)
    def divmod(self, a, b): return _decimal(a).__divmod__(_decimal(b), self)
    def power(self, a, b, modulo=None): return _decimal(a).__pow__(_decimal(b), modulo, self)
    def sqrt(self, a): return _decimal(a).sqrt(self)
    def compare(self, a, b): return _decimal(a).compare(_decimal(b), self)
    def max(self, a, b): return _decimal(a).max(_decimal(b), self)
    def min(self, a, b): return _decimal(a).min(_decimal(b), self)
    def minus(self, a): return _decimal(a).__neg__(self)
    def plus(self, a): return _decimal(a).__pos__(self)
    def normalize(self, a): return _decimal(a).normalize(self)
    def quantize(self, a, b): return _decimal(a).quantize(b, context=self)
    def to_integral_value(self, a): return _decimal(a).to_integral_value(context=self)
    def to_integral_exact(self, a): return _decimal(a).to_integral_exact(context=self)
    def to_sci_string(self, a): return _decimal(a).__str__(context=self)
    def to_eng_string(self, a): return _decimal(a).to_eng_string(context=self)


def _marks(given, default):
    if given is None:
        given = default
    if isinstance(given, dict):
        return given
    return {signal: signal in given for signal in _SIGNALS}


def _decimal(value):
    if isinstance(value, Decimal):
        return value
    if isinstance(value, int):
        return Decimal(value)
    raise TypeError(f"conversion from {type(value).__name__} to Decimal is not supported")


# How each rounding treats a coefficient that is cut: the digits kept, the rest, half of the unit.
def _down(kept, rest, half, sign): return 0
def _up(kept, rest, half, sign): return rest > 0
def _half_up(kept, rest, half, sign): return rest >= half
def _half_down(kept, rest, half, sign): return rest > half
def _half_even(kept, rest, half, sign): return rest > half or rest == half and kept % 2 == 1
def _ceiling(kept, rest, half, sign): return rest > 0 and not sign
def _floor(kept, rest, half, sign): return rest > 0 and sign
def _05up(kept, rest, half, sign): return rest > 0 and kept % 5 == 0


_ROUND = {
    ROUND_DOWN: _down, ROUND_UP: _up, ROUND_HALF_UP: _half_up, ROUND_HALF_DOWN: _half_down,
    ROUND_HALF_EVEN: _half_even, ROUND_CEILING: _ceiling, ROUND_FLOOR: _floor, ROUND_05UP: _05up,
}


def _cut(sign, coefficient, drop, rounding):
    """The coefficient without its last digits, rounded, and whether that changed the value."""
    if drop <= 0:
        return coefficient * 10 ** -drop, False
    if drop > len(str(coefficient)) + 1:
        kept, rest, half = 0, min(coefficient, 1), 5
    else:
        unit = 10 ** drop
        kept, rest = divmod(coefficient, unit)
        half = unit // 2
    if _ROUND[rounding](kept, rest, half, sign):
        kept += 1
    return kept, rest != 0


def _make(sign, coefficient, exponent, special=""):
    self = object.__new__(Decimal)
    self._sign = sign
    self._int = coefficient
    self._exp = exponent
    self._special = special
    return self


def _fixed(number, context):
    """The number within the precision and the exponents of the context."""
    if number._special:
        if number._special != "F" and number._int and len(str(number._int)) > context.prec - context.clamp:
            return _make(number._sign, number._int % 10 ** (context.prec - context.clamp), 0, number._special)
        return number
    sign, coefficient, exponent = number._sign, number._int, number._exp
    tiny, top = context.Etiny(), context.Etop()
    if not coefficient:
        highest = top if context.clamp else context.Emax
        fitted = min(max(exponent, tiny), highest)
        if fitted == exponent:
            return number
        context._signal(Clamped)
        return _make(sign, 0, fitted)
    digits = len(str(coefficient))
    least = digits + exponent - context.prec
    if least > top:
        return _overflow(sign, context)
    subnormal = least < tiny
    if subnormal:
        least = tiny
    if exponent < least:
        kept, changed = _cut(sign, coefficient, least - exponent, context.rounding)
        exponent = least
        if len(str(kept)) > context.prec:
            kept //= 10
            exponent += 1
        if exponent > top:
            return _overflow(sign, context)
        answer = _make(sign, kept, exponent)
        if changed and subnormal:
            context._signal(Underflow)
        if subnormal:
            context._signal(Subnormal)
        if changed:
            context._signal(Inexact)
        context._signal(Rounded)
        if not kept:
            context._signal(Clamped)
        return answer
    if subnormal:
        context._signal(Subnormal)
    if context.clamp and exponent > top:
        context._signal(Clamped)
        return _make(sign, coefficient * 10 ** (exponent - top), top)
    return number


def _overflow(sign, context):
    # All that happened is marked before anything is raised.
    context.flags[Inexact] = context.flags[Rounded] = True
    context._signal(Overflow)
    context._signal(Inexact)
    context._signal(Rounded)
    rounding = context.rounding
    if rounding in (ROUND_DOWN, ROUND_05UP) or rounding == (ROUND_FLOOR, ROUND_CEILING)[sign]:
        return _make(sign, 10 ** context.prec - 1, context.Etop())
    return _make(sign, 0, 0, "F")


def _parsed(text):
    """Sign, coefficient, exponent and kind of a text; None where it is none."""
    text = text.strip().replace("_", "")
    sign = 0
    if text[:1] in ("+", "-"):
        sign = int(text[0] == "-")
        text = text[1:]
    low = text.lower()
    if low in ("inf", "infinity"):
        return sign, 0, 0, "F"
    for name, kind in (("snan", "N"), ("nan", "n")):
        if low.startswith(name):
            payload = low[len(name):]
            if payload and not payload.isdecimal():
                return None
            return sign, int(payload or "0"), 0, kind
    exponent = 0
    if "e" in low:
        low, _, written = low.partition("e")
        digits = written[1:] if written[:1] in ("+", "-") else written
        if not digits.isdecimal():
            return None
        exponent = int(written)
    whole, point, fraction = low.partition(".")
    if not (whole + fraction).isdecimal():
        return None
    return sign, int(whole + fraction), exponent - len(fraction), ""


class Decimal(_Number):
    """A decimal number; it does not change."""

    def __new__(cls, value="0", context=None):
        context = context or getcontext()
        self = object.__new__(cls)
        self._special = ""
        if isinstance(value, Decimal):
            self._sign, self._int, self._exp, self._special = value._sign, value._int, value._exp, value._special
        elif isinstance(value, int):
            self._sign, self._int, self._exp = int(value < 0), abs(int(value)), 0
        elif isinstance(value, str):
            found = _parsed(value)
            if found is None:
                context._signal(InvalidOperation, ConversionSyntax)
                found = 0, 0, 0, "n"
            elif abs(found[2]) > MAX_EMAX and not found[3]:
                context._signal(InvalidOperation)
                found = 0, 0, 0, "n"
            self._sign, self._int, self._exp, self._special = found
        elif isinstance(value, float):
            context.flags[FloatOperation] = True
            if context.traps[FloatOperation]:
                raise FloatOperation([FloatOperation])
            exact = Decimal.from_float(value)
            self._sign, self._int, self._exp, self._special = exact._sign, exact._int, exact._exp, exact._special
        elif isinstance(value, (list, tuple)):
            if len(value) != 3:
                raise ValueError("argument must be a sequence of length 3")
            sign, digits, exponent = value
            if sign not in (0, 1):
                raise ValueError("sign must be an integer with the value 0 or 1")
            number = int("".join(str(digit) for digit in digits) or "0")
            self._sign, self._int, self._exp = sign, number, exponent
            if exponent in ("F", "n", "N"):
                self._exp, self._special = 0, exponent
        else:
            raise TypeError(f"conversion from {type(value).__name__} to Decimal is not supported")
        return self

    def __init__(self, value="0", context=None):
        pass

    @classmethod
    def from_float(cls, f):
        if isinstance(f, int):
            return cls(f)
        if not isinstance(f, float):
            raise TypeError("argument must be int or float")
        if f != f or f in (float("inf"), float("-inf")):
            return cls(repr(f))
        top, bottom = abs(f).as_integer_ratio()
        places = bottom.bit_length() - 1
        sign = int(str(f)[0] == "-")
        exact = _make(sign, top * 5 ** places, -places)
        return exact if cls is Decimal else cls(exact)

    # ---- text ----

    def __repr__(self):
        return f"Decimal('{self}')"

    def __str__(self, eng=False, context=None):
        sign = "-" if self._sign else ""
        if self._special:
            if self._special == "F":
                return sign + "Infinity"
            payload = str(self._int) if self._int else ""
            return sign + ("NaN" if self._special == "n" else "sNaN") + payload
        digits = str(self._int)
        left = self._exp + len(digits)
        if self._exp <= 0 and left > -6:
            point = left
        elif not eng:
            point = 1
        elif digits == "0":
            point = (left + 1) % 3 - 1
        else:
            point = (left - 1) % 3 + 1
        if point <= 0:
            whole, fraction = "0", "." + "0" * -point + digits
        elif point >= len(digits):
            whole, fraction = digits + "0" * (point - len(digits)), ""
        else:
            whole, fraction = digits[:point], "." + digits[point:]
        if left == point:
            power = ""
        else:
            power = ("e", "E")[(context or getcontext()).capitals] + "%+d" % (left - point)
        return sign + whole + fraction + power

    def to_eng_string(self, context=None):
        return self.__str__(True, context)

    def __format__(self, spec, context=None):
        context = context or getcontext()
        fill, align, sign, zero, width, comma, precision, kind = _specification(spec)
        if kind is None:
            kind = ("g", "G")[context.capitals]
        if self._special:
            body = str(self.copy_abs())
            if kind == "%":
                body += "%"
            return _padded("-" if self._sign else sign, body, fill, align, width)
        number = self
        if kind == "%":
            number = _make(self._sign, self._int, self._exp + 2)
        rounding = context.rounding
        if precision is not None:
            if kind in "eE":
                number = _rounded(number, precision + 1, rounding)
            elif kind in "fF%":
                number = _rescaled(number, -precision, rounding)
            elif kind in "gG" and len(str(number._int)) > precision:
                number = _rounded(number, max(precision, 1), rounding)
        if not number._int and number._exp > 0 and kind in "fF%":
            number = _rescaled(number, 0, rounding)
        digits = str(number._int)
        left = number._exp + len(digits)
        if kind in "eE":
            point = 1 - precision if not number._int and precision is not None else 1
        elif kind in "fF%":
            point = left
        else:
            point = left if number._exp <= 0 and left > -6 else 1
        if point < 0:
            whole, fraction = "0", "0" * -point + digits
        elif point > len(digits):
            whole, fraction = digits + "0" * (point - len(digits)), ""
        else:
            whole, fraction = digits[:point] or "0", digits[point:]
        power = left - point
        tail = "." + fraction if fraction else ""
        if power != 0 or kind in "eE":
            tail += f"{'E' if kind in 'EG' else 'e'}{power:+d}"
        if kind == "%":
            tail += "%"
        mark = "-" if number._sign else sign
        if zero:
            room = width - len(mark) - len(tail)
            return mark + _grouped(whole, comma, room) + tail
        return _padded(mark, _grouped(whole, comma, 1) + tail, fill, align, width)

    # ---- what it is ----

    def as_tuple(self):
        digits = tuple(int(digit) for digit in str(self._int))
        if self._special == "F":
            return DecimalTuple(self._sign, (0,), "F")
        if self._special:
            return DecimalTuple(self._sign, digits if self._int else (), self._special)
        return DecimalTuple(self._sign, digits, self._exp)

    def as_integer_ratio(self):
        if self._special:
            if self._special == "F":
                raise OverflowError("cannot convert Infinity to integer ratio")
            raise ValueError("cannot convert NaN to integer ratio")
        if not self._int:
            return 0, 1
        top, bottom = self._int, 1
        if self._exp >= 0:
            top *= 10 ** self._exp
        else:
            bottom = 10 ** -self._exp
        a, b = top, bottom
        while b:
            a, b = b, a % b
        return (-top if self._sign else top) // a, bottom // a

    def is_nan(self): return self._special in ("n", "N")
    def is_qnan(self): return self._special == "n"
    def is_snan(self): return self._special == "N"
    def is_infinite(self): return self._special == "F"
    def is_finite(self): return not self._special
    def is_signed(self): return self._sign == 1
    def is_zero(self): return not self._special and not self._int
    def is_canonical(self): return True
    def canonical(self): return self
    def is_normal(self, context=None):
        return not self._special and self._int != 0 and self.adjusted() >= (context or getcontext()).Emin
    def is_subnormal(self, context=None):
        return not self._special and self._int != 0 and self.adjusted() < (context or getcontext()).Emin
    def adjusted(self): return 0 if self._special else self._exp + len(str(self._int)) - 1
    def radix(self): return Decimal(10)
    def conjugate(self): return self
    def copy_abs(self): return _make(0, self._int, self._exp, self._special)
    def copy_negate(self): return _make(1 - self._sign, self._int, self._exp, self._special)
    def copy_sign(self, other, context=None): return _make(_decimal(other)._sign, self._int, self._exp, self._special)
    real = property(lambda self: self)
    imag = property(lambda self: Decimal(0))

    def __copy__(self): return self
    def __deepcopy__(self, memo): return self
    def __bool__(self): return bool(self._special or self._int)

    def __hash__(self):
        if self._special:
            if self._special == "N":
                raise TypeError("Cannot hash a signaling NaN value")
            return object.__hash__(self) if self._special == "n" else (-314159 if self._sign else 314159)
        modulus = (1 << 61) - 1
        if self._exp >= 0:
            scale = pow(10, self._exp, modulus)
        else:
            scale = pow(pow(10, modulus - 2, modulus), -self._exp, modulus)
        value = self._int * scale % modulus
        value = -value if self._sign else value
        return -2 if value == -1 else value

    def __int__(self):
        if self._special:
            if self._special == "F":
                raise OverflowError("cannot convert Infinity to integer")
            raise ValueError("cannot convert NaN to integer")
        value = self._int * 10 ** self._exp if self._exp >= 0 else self._int // 10 ** -self._exp
        return -value if self._sign else value

    __trunc__ = __int__

    def __float__(self):
        if self._special == "N":
            raise ValueError("cannot convert signaling NaN to float")
        if self._special == "n":
            return float("-nan" if self._sign else "nan")
        return float(str(self))

    def __complex__(self):
        return complex(float(self))

    def __floor__(self):
        return _whole(self, ROUND_FLOOR)

    def __ceil__(self):
        return _whole(self, ROUND_CEILING)

    def __round__(self, n=None):
        if n is None:
            return _whole(self, ROUND_HALF_EVEN)
        if not isinstance(n, int):
            raise TypeError("optional arg must be an integer")
        return self.quantize(_make(0, 1, -n))

    # ---- comparison ----

    def _order(self, other):
        """-1, 0 or 1; neither is NaN."""
        if self._special or other._special:
            mine = (-1 if self._sign else 1) if self._special else 0
            its = (-1 if other._sign else 1) if other._special else 0
            return (mine > its) - (mine < its)
        low = min(self._exp, other._exp)
        if not self._int or not other._int or self._sign != other._sign or self.adjusted() != other.adjusted():
            mine = (-1 if self._sign else 1) if self._int else 0
            its = (-1 if other._sign else 1) if other._int else 0
            if mine != its or not mine:
                return (mine > its) - (mine < its)
            a, b = self.adjusted(), other.adjusted()
            return ((a > b) - (a < b)) * mine
        a = self._int * 10 ** (self._exp - low)
        b = other._int * 10 ** (other._exp - low)
        order = (a > b) - (a < b)
        return -order if self._sign else order

    def _compared(self, other, equality=False):
        """The order, or None where one is NaN, or NotImplemented."""
        if isinstance(other, float):
            if equality:
                getcontext().flags[FloatOperation] = True
            else:
                getcontext()._signal(FloatOperation)
            other = Decimal.from_float(other)
        elif isinstance(other, int):
            other = Decimal(other)
        elif not isinstance(other, Decimal):
            exactly = _rare.get("Fraction")
            return NotImplemented if exactly is None else exactly(self, other)
        if self.is_nan() or other.is_nan():
            if not equality or self.is_snan() or other.is_snan():
                getcontext()._signal(InvalidOperation)
            return None
        return self._order(other)

    def __eq__(self, other):
        order = self._compared(other, True)
        return order if order is NotImplemented else order == 0

    def __lt__(self, other):
        order = self._compared(other)
        return order if order is NotImplemented else order is not None and order < 0

    def __le__(self, other):
        order = self._compared(other)
        return order if order is NotImplemented else order is not None and order <= 0

    def __gt__(self, other):
        order = self._compared(other)
        return order if order is NotImplemented else order is not None and order > 0

    def __ge__(self, other):
        order = self._compared(other)
        return order if order is NotImplemented else order is not None and order >= 0

    def compare(self, other, context=None):
        other = _decimal(other)
        nan = _nan(self, other, context or getcontext())
        return nan if nan is not None else Decimal(self._order(other))

    def compare_total(self, other, context=None):
        return Decimal(_total(self, _decimal(other)))

    def max(self, other, context=None):
        return _extreme(self, _decimal(other), context, 1)

    def min(self, other, context=None):
        return _extreme(self, _decimal(other), context, -1)

    def same_quantum(self, other, context=None):
        other = _decimal(other)
        if self._special or other._special:
            return self.is_nan() and other.is_nan() or self.is_infinite() and other.is_infinite()
        return self._exp == other._exp

    # ---- arithmetic ----

    def __neg__(self, context=None):
        context = context or getcontext()
        nan = _nan(self, None, context)
        if nan is not None:
            return nan
        if not self._special and not self._int and context.rounding != ROUND_FLOOR:
            return _fixed(self.copy_abs(), context)
        return _fixed(self.copy_negate(), context)

    def __pos__(self, context=None):
        context = context or getcontext()
        nan = _nan(self, None, context)
        if nan is not None:
            return nan
        if not self._special and not self._int and context.rounding != ROUND_FLOOR:
            return _fixed(self.copy_abs(), context)
        return _fixed(self, context)

    def __abs__(self, context=None):
        return self.__neg__(context) if self._sign else self.__pos__(context)

    def __add__(self, other, context=None):
        other = _operand(other)
        if other is NotImplemented:
            return other
        context = context or getcontext()
        if self._special or other._special:
            nan = _nan(self, other, context)
            if nan is not None:
                return nan
            if self._special and other._special and self._sign != other._sign:
                return _invalid(context)
            return self if self._special else other
        exponent = min(self._exp, other._exp)
        if not self._int and not other._int:
            sign = min(self._sign, other._sign)
            if self._sign != other._sign and context.rounding == ROUND_FLOOR:
                sign = 1
            return _fixed(_make(sign, 0, exponent), context)
        # What is far below the last digit that counts only matters as being there.
        big, small = (self, other) if self.adjusted() >= other.adjusted() else (other, self)
        if big._int and small._int and small._exp < big._exp:
            lowest = big.adjusted() - context.prec - 2
            if small.adjusted() < min(lowest, big._exp - 2):
                small = _make(small._sign, 1, min(lowest, big._exp - 2))
                exponent = small._exp
        if not big._int or not small._int:
            number = big if big._int else small
            exponent = max(exponent, number.adjusted() - context.prec)
            if exponent >= number._exp:
                return _fixed(number, context)
            return _fixed(_make(number._sign, number._int * 10 ** (number._exp - exponent), exponent), context)
        a = big._int * 10 ** (big._exp - exponent)
        b = small._int * 10 ** (small._exp - exponent)
        total = (-a if big._sign else a) + (-b if small._sign else b)
        if not total:
            return _fixed(_make(int(context.rounding == ROUND_FLOOR), 0, exponent), context)
        return _fixed(_make(int(total < 0), abs(total), exponent), context)

    __radd__ = __add__

    def __sub__(self, other, context=None):
        other = _operand(other)
        if other is NotImplemented:
            return other
        if other.is_nan():
            return self.__add__(other, context)
        return self.__add__(other.copy_negate(), context)

    def __rsub__(self, other):
        other = _operand(other)
        return other if other is NotImplemented else other.__sub__(self)

    def __mul__(self, other, context=None):
        other = _operand(other)
        if other is NotImplemented:
            return other
        context = context or getcontext()
        sign = self._sign ^ other._sign
        if self._special or other._special:
            nan = _nan(self, other, context)
            if nan is not None:
                return nan
            if not self or not other:
                return _invalid(context)
            return _make(sign, 0, 0, "F")
        return _fixed(_make(sign, self._int * other._int, self._exp + other._exp), context)

    __rmul__ = __mul__

    def __truediv__(self, other, context=None):
        other = _operand(other)
        if other is NotImplemented:
            return other
        context = context or getcontext()
        sign = self._sign ^ other._sign
        if self._special or other._special:
            nan = _nan(self, other, context)
            if nan is not None:
                return nan
            if self._special and other._special:
                return _invalid(context)
            if self._special:
                return _make(sign, 0, 0, "F")
            context._signal(Clamped)
            return _make(sign, 0, context.Etiny())
        if not other._int:
            if not self._int:
                return _invalid(context, DivisionUndefined)
            context._signal(DivisionByZero)
            return _make(sign, 0, 0, "F")
        ideal = self._exp - other._exp
        if not self._int:
            return _fixed(_make(sign, 0, ideal), context)
        shift = len(str(other._int)) - len(str(self._int)) + context.prec + 1
        exponent = ideal - shift
        if shift >= 0:
            quotient, rest = divmod(self._int * 10 ** shift, other._int)
        else:
            quotient, rest = divmod(self._int, other._int * 10 ** -shift)
        if rest:
            # A last digit that says there is more, but is no half.
            if quotient % 5 == 0:
                quotient += 1
        else:
            while exponent < ideal and quotient % 10 == 0:
                quotient //= 10
                exponent += 1
        return _fixed(_make(sign, quotient, exponent), context)

    def __rtruediv__(self, other):
        other = _operand(other)
        return other if other is NotImplemented else other.__truediv__(self)

    def _divided(self, other, context):
        """Quotient towards zero and remainder of two finite numbers, the second not 0; None where it is too long."""
        exponent = self._exp if not other._int else min(self._exp, other._exp)
        span = self.adjusted() - other.adjusted()
        if not self._int or span <= -2:
            return _make(self._sign ^ other._sign, 0, 0), _rescaled(self, exponent, context.rounding)
        if span <= context.prec:
            a = self._int * 10 ** (self._exp - exponent)
            b = other._int * 10 ** (other._exp - exponent)
            quotient, rest = divmod(a, b)
            if quotient < 10 ** context.prec:
                return _make(self._sign ^ other._sign, quotient, 0), _make(self._sign, rest, exponent)
        return None

    def __divmod__(self, other, context=None):
        other = _operand(other)
        if other is NotImplemented:
            return other
        context = context or getcontext()
        nan = _nan(self, other, context)
        if nan is not None:
            return nan, nan
        sign = self._sign ^ other._sign
        if self._special:
            if other._special:
                return _invalid(context), _invalid(context)
            return _make(sign, 0, 0, "F"), _invalid(context)
        if not other:
            if not self._int:
                answer = _invalid(context, DivisionUndefined)
                return answer, answer
            context.flags[InvalidOperation] = True
            if context.traps[InvalidOperation]:
                context.flags[DivisionByZero] = True
                raise InvalidOperation([InvalidOperation, DivisionByZero])
            context._signal(DivisionByZero)
            return _make(sign, 0, 0, "F"), _make(0, 0, 0, "n")
        if other._special:
            return _make(sign, 0, 0), _fixed(self, context)
        found = self._divided(other, context)
        if found is None:
            answer = _invalid(context, DivisionImpossible)
            return answer, answer
        return found[0], _fixed(found[1], context)

    def __rdivmod__(self, other):
        other = _operand(other)
        return other if other is NotImplemented else other.__divmod__(self)

    def __floordiv__(self, other, context=None):
        other = _operand(other)
        if other is NotImplemented:
            return other
        context = context or getcontext()
        nan = _nan(self, other, context)
        if nan is not None:
            return nan
        sign = self._sign ^ other._sign
        if self._special:
            return _invalid(context) if other._special else _make(sign, 0, 0, "F")
        if other._special:
            return _make(sign, 0, 0)
        if not other._int:
            if not self._int:
                return _invalid(context, DivisionUndefined)
            context._signal(DivisionByZero)
            return _make(sign, 0, 0, "F")
        found = self._divided(other, context)
        return _invalid(context, DivisionImpossible) if found is None else found[0]

    def __rfloordiv__(self, other):
        other = _operand(other)
        return other if other is NotImplemented else other.__floordiv__(self)

    def __mod__(self, other, context=None):
        other = _operand(other)
        if other is NotImplemented:
            return other
        context = context or getcontext()
        nan = _nan(self, other, context)
        if nan is not None:
            return nan
        if self._special:
            return _invalid(context)
        if other._special:
            return _fixed(self, context)
        if not other._int:
            return _invalid(context, InvalidOperation if self._int else DivisionUndefined)
        found = self._divided(other, context)
        return _invalid(context, DivisionImpossible) if found is None else _fixed(found[1], context)

    def __rmod__(self, other):
        other = _operand(other)
        return other if other is NotImplemented else other.__mod__(self)

    def __pow__(self, other, modulo=None, context=None):
        other = _operand(other)
        if other is NotImplemented:
            return other
        context = context or getcontext()
        if modulo is not None:
            return Decimal(pow(int(self), int(other), int(modulo)))
        nan = _nan(self, other, context)
        if nan is not None:
            return nan
        if not other:
            return Decimal(1) if self else _invalid(context)
        if other._special or other != other.to_integral_value():
            for to_part in _powers.values():
                return to_part(self, other, context)
            raise NotImplementedError("this power needs ** or pow in the text of the program")
        power = int(other)
        sign = self._sign if power % 2 else 0
        if self._special or not self._int:
            is_zero = (power < 0) == bool(self._special)
            return _make(sign, 0, 0, "" if is_zero else "F")
        count = abs(power)
        if len(str(self._int)) * count <= 4 * context.prec + 64:
            exact = _make(sign, self._int ** count, self._exp * count)
            return _fixed(exact, context) if power > 0 else Decimal(1).__truediv__(exact, context)
        wide = Context(context.prec + len(str(count)) + 4, ROUND_HALF_EVEN, MIN_EMIN, MAX_EMAX, traps=[])
        result, base = Decimal(1), self.copy_abs()
        while count:
            if count & 1:
                result = result.__mul__(base, wide)
            count >>= 1
            if count:
                base = base.__mul__(base, wide)
        if power < 0:
            result = Decimal(1).__truediv__(result, wide)
        return _fixed(_make(sign, result._int, result._exp), context)

    def __rpow__(self, other, modulo=None):
        other = _operand(other)
        return other if other is NotImplemented else other.__pow__(self, modulo)

    def sqrt(self, context=None):
        context = context or getcontext()
        nan = _nan(self, None, context)
        if nan is not None:
            return nan
        if self._special and not self._sign:
            return self
        if not self:
            return _fixed(_make(self._sign, 0, self._exp // 2), context)
        if self._sign:
            return _invalid(context)
        precision = context.prec + 1
        exponent, number = self._exp, self._int
        digits = len(str(number))
        if exponent & 1:
            number *= 10
            half = (digits >> 1) + 1
        else:
            half = digits + 1 >> 1
        exponent >>= 1
        shift = precision - half
        is_exact = True
        if shift >= 0:
            number *= 100 ** shift
        else:
            number, rest = divmod(number, 100 ** -shift)
            is_exact = not rest
        exponent -= shift
        root = 10 ** precision
        while True:
            quotient = number // root
            if root <= quotient:
                break
            root = root + quotient >> 1
        is_exact = is_exact and root * root == number
        if is_exact:
            if shift >= 0:
                root //= 10 ** shift
            else:
                root *= 10 ** -shift
            exponent += shift
        elif root % 5 == 0:
            root += 1
        even = context.copy()
        even.rounding = ROUND_HALF_EVEN
        even.flags = context.flags
        return _fixed(_make(0, root, exponent), even)

    def quantize(self, exp, rounding=None, context=None):
        exp = _decimal(exp)
        context = context or getcontext()
        rounding = rounding or context.rounding
        if self._special or exp._special:
            nan = _nan(self, exp, context)
            if nan is not None:
                return nan
            if self.is_infinite() and exp.is_infinite():
                return self
            return _invalid(context)
        if not context.Etiny() <= exp._exp <= context.Emax:
            return _invalid(context)
        if not self._int:
            return _fixed(_make(self._sign, 0, exp._exp), context)
        if self.adjusted() > context.Emax or self.adjusted() - exp._exp + 1 > context.prec:
            return _invalid(context)
        number = _rescaled(self, exp._exp, rounding)
        if number.adjusted() > context.Emax or len(str(number._int)) > context.prec:
            return _invalid(context)
        if number._int and number.adjusted() < context.Emin:
            context._signal(Subnormal)
        if number._exp > self._exp:
            if number != self:
                context._signal(Inexact)
            context._signal(Rounded)
        return _fixed(number, context)

    def normalize(self, context=None):
        context = context or getcontext()
        nan = _nan(self, None, context)
        if nan is not None:
            return nan
        number = _fixed(self, context)
        if number._special:
            return number
        if not number._int:
            return _make(number._sign, 0, 0)
        coefficient, exponent = number._int, number._exp
        while coefficient % 10 == 0 and exponent < context.Emax:
            coefficient //= 10
            exponent += 1
        return _make(number._sign, coefficient, exponent)

    def to_integral_value(self, rounding=None, context=None):
        context = context or getcontext()
        if self._special:
            nan = _nan(self, None, context)
            return self if nan is None else nan
        return self if self._exp >= 0 else _rescaled(self, 0, rounding or context.rounding)

    to_integral = to_integral_value

    def to_integral_exact(self, rounding=None, context=None):
        context = context or getcontext()
        number = self.to_integral_value(rounding, context)
        if self._int and not self._special and self._exp < 0:
            if number != self:
                context._signal(Inexact)
            context._signal(Rounded)
        return number


class DecimalTuple(tuple):
    def __new__(cls, sign, digits, exponent):
        return tuple.__new__(cls, (sign, digits, exponent))

    sign = property(lambda self: self[0])
    digits = property(lambda self: self[1])
    exponent = property(lambda self: self[2])

    def __repr__(self):
        return "DecimalTuple(sign=%r, digits=%r, exponent=%r)" % tuple(self)


def _operand(value):
    if isinstance(value, Decimal):
        return value
    return Decimal(value) if isinstance(value, int) else NotImplemented


def _to_part(self, other, context):
    """A power that is no whole number, or infinite."""
    if self._sign and self:
        return _invalid(context)
    if not self._special and self == 1:
        return _inexact(10 ** (context.prec - 1), 1 - context.prec, context) if not other._special else Decimal(1)
    grows = (other._sign == 0) == (bool(self._special) or self > 1)
    if other._special or self._special or not self:
        return _make(0, 0, 0, "F" if grows else "")

    def found(digits):
        logarithm, places = _ln(self._int, self._exp, digits + 24)
        number = logarithm * other._int * (-1 if other._sign else 1)
        return _exp(number, other._exp - places, digits)

    return _nearest(found, context)


def _of_exp(self, context=None):
    context = context or getcontext()
    nan = _nan(self, None, context)
    if nan is not None:
        return nan
    if self._special:
        return Decimal(0) if self._sign else self
    if not self:
        return Decimal(1)
    return _nearest(lambda digits: _exp(-self._int if self._sign else self._int, self._exp, digits), context)


def _of_ln(self, context=None):
    return _logarithm(self, context, lambda digits: _ln(self._int, self._exp, digits))


def _of_log10(self, context=None):
    context = context or getcontext()
    text = str(self._int)
    if not self._special and not self._sign and text.rstrip("0") == "1":
        return _fixed(Decimal(len(text) - 1 + self._exp), context)

    def found(digits):
        (logarithm, places), (ten, _) = _ln(self._int, self._exp, digits + 4), _ln(10, 0, digits + 4)
        return logarithm * 10 ** places // ten, places

    return _logarithm(self, context, found)


def _logarithm(self, context, found):
    context = context or getcontext()
    nan = _nan(self, None, context)
    if nan is not None:
        return nan
    if not self:
        return _make(1, 0, 0, "F")
    if self._sign:
        return _invalid(context)
    if self._special:
        return self
    if self == 1:
        return Decimal(0)

    def signed(digits):
        while True:
            number, places = found(digits)
            if len(str(abs(number))) >= context.prec + 6:
                return number, -places
            digits *= 2

    return _nearest(signed, context)


def _of_fma(self, other, third, context=None):
    other, third = _decimal(other), _decimal(third)
    context = context or getcontext()
    nan = _nan(self, other, context, third)
    if nan is not None:
        return nan
    sign = self._sign ^ other._sign
    if self._special or other._special:
        product = _make(sign, 0, 0, "F") if self and other else _invalid(context)
    else:
        product = _make(sign, self._int * other._int, self._exp + other._exp)
    return product if product.is_nan() else product.__add__(third, context)


def _of_remainder_near(self, other, context=None):
    other = _decimal(other)
    context = context or getcontext()
    nan = _nan(self, other, context)
    if nan is not None:
        return nan
    if self._special:
        return _invalid(context)
    if not other:
        return _invalid(context, InvalidOperation if self else DivisionUndefined)
    if other._special:
        return _fixed(self, context)
    exponent = min(self._exp, other._exp)
    span = self.adjusted() - other.adjusted()
    if not self._int or span <= -2:
        return _fixed(_rescaled(self, exponent, context.rounding), context)
    if span > context.prec:
        return _invalid(context, DivisionImpossible)
    unit = other._int * 10 ** (other._exp - exponent)
    quotient, rest = divmod(self._int * 10 ** (self._exp - exponent), unit)
    if 2 * rest + (quotient & 1) > unit:
        quotient, rest = quotient + 1, rest - unit
    if quotient >= 10 ** context.prec:
        return _invalid(context, DivisionImpossible)
    return _fixed(_make(self._sign ^ (rest < 0), abs(rest), exponent), context)


def _of_logb(self, context=None):
    context = context or getcontext()
    nan = _nan(self, None, context)
    if nan is not None:
        return nan
    if self._special:
        return _make(0, 0, 0, "F")
    if not self:
        context._signal(DivisionByZero)
        return _make(1, 0, 0, "F")
    return _fixed(Decimal(self.adjusted()), context)


def _moved(self, other, context, most):
    """A whole number of places that is not too large; None where it is none."""
    if other._special or other._exp or other._int > most:
        return None
    return -other._int if other._sign else other._int


def _of_scaleb(self, other, context=None):
    other = _decimal(other)
    context = context or getcontext()
    nan = _nan(self, other, context)
    if nan is not None:
        return nan
    places = _moved(self, other, context, 2 * (context.Emax + context.prec))
    if places is None:
        return _invalid(context)
    return self if self._special else _fixed(_make(self._sign, self._int, self._exp + places), context)


def _turned(self, other, context, turn):
    other = _decimal(other)
    context = context or getcontext()
    nan = _nan(self, other, context)
    if nan is not None:
        return nan
    places = _moved(self, other, context, context.prec)
    if places is None:
        return _invalid(context)
    if self._special:
        return self
    digits = str(self._int).rjust(context.prec, "0")[-context.prec:]
    return _make(self._sign, int(turn(digits, places)[-context.prec:] or "0"), self._exp)


def _of_shift(self, other, context=None):
    return _turned(self, other, context, lambda digits, n: digits[:n] if n < 0 else digits + "0" * n)


def _of_rotate(self, other, context=None):
    return _turned(self, other, context, lambda digits, n: digits[n:] + digits[:n])


def _next(self, context, rounding):
    context = (context or getcontext()).copy()
    nan = _nan(self, None, context)
    if nan is not None:
        return nan
    is_down = rounding == ROUND_FLOOR
    if self._special:
        return self if self._sign == is_down else _make(self._sign, 10 ** context.prec - 1, context.Etop())
    context.rounding = rounding
    context.clear_traps()
    near = _fixed(self, context)
    if near != self:
        return near
    return self.__add__(_make(int(is_down), 1, context.Etiny() - 1), context)


def _of_next_plus(self, context=None): return _next(self, context, ROUND_CEILING)
def _of_next_minus(self, context=None): return _next(self, context, ROUND_FLOOR)


def _of_next_toward(self, other, context=None):
    other = _decimal(other)
    context = context or getcontext()
    nan = _nan(self, other, context)
    if nan is not None:
        return nan
    order = self._order(other)
    if not order:
        return self.copy_sign(other)
    found = _next(self, context, ROUND_CEILING if order < 0 else ROUND_FLOOR)
    if found._special:
        signals = Overflow, Inexact, Rounded
    elif found.adjusted() < context.Emin:
        signals = (Underflow, Subnormal, Inexact, Rounded) + (() if found else (Clamped,))
    else:
        signals = ()
    for signal in signals:
        context._signal(signal)
    return found


def _of_number_class(self, context=None):
    if self.is_nan():
        return "sNaN" if self.is_snan() else "NaN"
    if self._special:
        kind = "Infinity"
    elif not self._int:
        kind = "Zero"
    else:
        kind = "Subnormal" if self.is_subnormal(context) else "Normal"
    return ("-" if self._sign else "+") + kind


def _logical(self, others, context, combine):
    """An operation on numbers whose digits are all 0 or 1."""
    context = context or getcontext()
    numbers = []
    for number in (self, *map(_decimal, others)):
        text = str(number._int)
        if number._special or number._sign or number._exp or text.strip("01"):
            return _invalid(context)
        numbers.append(int(text[-context.prec:], 2))
    return Decimal(f"{combine(*numbers):b}")


def _of_logical_and(self, other, context=None): return _logical(self, (other,), context, lambda a, b: a & b)
def _of_logical_or(self, other, context=None): return _logical(self, (other,), context, lambda a, b: a | b)
def _of_logical_xor(self, other, context=None): return _logical(self, (other,), context, lambda a, b: a ^ b)


def _of_logical_invert(self, context=None):
    every = (1 << (context or getcontext()).prec) - 1
    return _logical(self, (), context, lambda a: a ^ every)


def _of_max_mag(self, other, context=None): return _extreme(self, _decimal(other), context, 1, True)
def _of_min_mag(self, other, context=None): return _extreme(self, _decimal(other), context, -1, True)


def _of_compare_signal(self, other, context=None):
    other = _decimal(other)
    if self.is_nan() or other.is_nan():
        context = context or getcontext()
        context._signal(InvalidOperation)
        return _nan(self, other, context)
    return Decimal(self._order(other))


def _of_compare_total_mag(self, other, context=None):
    return Decimal(_total(self.copy_abs(), _decimal(other).copy_abs()))


def _with_context(method):
    """The operation as a context has it."""
    def asked(self, a, *others):
        return method(_decimal(a), *others, self)

    return asked


def _without_context(method):
    def asked(self, a, /):
        return method(a if isinstance(a, Decimal) else _decimal(a))

    return asked


# These are here where the text of the program has their name, or writes a power.
_powers = {}
_powers["**"] = _to_part
_powers["pow"] = _to_part
setattr(Decimal, "exp", _of_exp)
setattr(Decimal, "ln", _of_ln)
setattr(Decimal, "log10", _of_log10)
setattr(Decimal, "fma", _of_fma)
setattr(Decimal, "remainder_near", _of_remainder_near)
setattr(Decimal, "logb", _of_logb)
setattr(Decimal, "scaleb", _of_scaleb)
setattr(Decimal, "shift", _of_shift)
setattr(Decimal, "rotate", _of_rotate)
setattr(Decimal, "next_plus", _of_next_plus)
setattr(Decimal, "next_minus", _of_next_minus)
setattr(Decimal, "next_toward", _of_next_toward)
setattr(Decimal, "number_class", _of_number_class)
setattr(Decimal, "logical_and", _of_logical_and)
setattr(Decimal, "logical_or", _of_logical_or)
setattr(Decimal, "logical_xor", _of_logical_xor)
setattr(Decimal, "logical_invert", _of_logical_invert)
setattr(Decimal, "max_mag", _of_max_mag)
setattr(Decimal, "min_mag", _of_min_mag)
setattr(Decimal, "compare_signal", _of_compare_signal)
setattr(Decimal, "compare_total_mag", _of_compare_total_mag)
setattr(Context, "exp", _with_context(_of_exp))
setattr(Context, "ln", _with_context(_of_ln))
setattr(Context, "log10", _with_context(_of_log10))
setattr(Context, "fma", _with_context(_of_fma))
setattr(Context, "remainder_near", _with_context(_of_remainder_near))
setattr(Context, "logb", _with_context(_of_logb))
setattr(Context, "scaleb", _with_context(_of_scaleb))
setattr(Context, "shift", _with_context(_of_shift))
setattr(Context, "rotate", _with_context(_of_rotate))
setattr(Context, "next_plus", _with_context(_of_next_plus))
setattr(Context, "next_minus", _with_context(_of_next_minus))
setattr(Context, "next_toward", _with_context(_of_next_toward))
setattr(Context, "number_class", _with_context(_of_number_class))
setattr(Context, "logical_and", _with_context(_of_logical_and))
setattr(Context, "logical_or", _with_context(_of_logical_or))
setattr(Context, "logical_xor", _with_context(_of_logical_xor))
setattr(Context, "logical_invert", _with_context(_of_logical_invert))
setattr(Context, "max_mag", _with_context(_of_max_mag))
setattr(Context, "min_mag", _with_context(_of_min_mag))
setattr(Context, "compare_signal", _with_context(_of_compare_signal))
setattr(Context, "compare_total_mag", _with_context(_of_compare_total_mag))
setattr(Context, "canonical", _without_context(Decimal.canonical))
setattr(Context, "radix", _without_context(lambda number: Decimal(10)))
setattr(Context, "copy_abs", _without_context(Decimal.copy_abs))
setattr(Context, "copy_decimal", _without_context(Decimal.canonical))
setattr(Context, "copy_negate", _without_context(Decimal.copy_negate))
setattr(Context, "is_canonical", _without_context(Decimal.is_canonical))
setattr(Context, "is_finite", _without_context(Decimal.is_finite))
setattr(Context, "is_infinite", _without_context(Decimal.is_infinite))
setattr(Context, "is_nan", _without_context(Decimal.is_nan))
setattr(Context, "is_qnan", _without_context(Decimal.is_qnan))
setattr(Context, "is_signed", _without_context(Decimal.is_signed))
setattr(Context, "is_snan", _without_context(Decimal.is_snan))
setattr(Context, "is_zero", _without_context(Decimal.is_zero))
setattr(Context, "compare_total", _with_context(Decimal.compare_total))
setattr(Context, "same_quantum", _with_context(Decimal.same_quantum))
setattr(Context, "copy_sign", _with_context(Decimal.copy_sign))
setattr(Context, "is_normal", _with_context(Decimal.is_normal))
setattr(Context, "is_subnormal", _with_context(Decimal.is_subnormal))


def _isqrt(number):
    root = 1 << (number.bit_length() + 1 >> 1)
    while True:
        better = root + number // root >> 1
        if better >= root:
            return root
        root = better


def _ln(number, exponent, digits):
    """The logarithm of number * 10**exponent times 10**places, and places: at least so many digits behind the point."""
    places = digits + 12
    unit = 10 ** places

    def small(value):
        # Roots bring it close to 1, where the series is short.
        for _ in range(12):
            value = _isqrt(value * unit)
        part = (value - unit) * unit // (value + unit)
        square = part * part // unit
        total, odd = 0, 1
        while part:
            total += part // odd
            part = part * square // unit
            odd += 2
        return total << 13

    size = len(str(number)) - 1
    value = number * 10 ** (places - size) if places >= size else number // 10 ** (size - places)
    total = small(value)
    if size + exponent:
        total += (size + exponent) * small(10 * unit)
    return total, places


def _exp(number, exponent, digits):
    """e to the power of number * 10**exponent: a whole number of at least so many digits, and its exponent."""
    places = digits + 12 + max(0, len(str(abs(number))) + exponent)
    unit = 10 ** places
    shift = places + exponent
    value = number * 10 ** shift if shift >= 0 else number // 10 ** -shift
    ten, of = _ln(10, 0, places)
    turns, value = divmod(value, ten // 10 ** (of - places))
    value >>= 10
    total = term = unit
    count = 1
    while term:
        term = term * value // unit // count
        total += term
        count += 1
    for _ in range(10):
        total = total * total // unit
    return total, turns - places


def _nearest(found, context):
    """The decimal that is nearest to a number that is never exact, of which any count of digits can be had."""
    for extra in (10, 30, 90):
        number, exponent = found(context.prec + extra)
        size = abs(number)
        cut = len(str(size)) - context.prec
        unit = 10 ** cut
        error = 10 ** max(cut - 5, 0)
        low, high = (size - error + unit // 2) // unit, (size + error + unit // 2) // unit
        if low == high:
            break
    return _inexact(-high if number < 0 else high, exponent + cut, context)


def _inexact(number, exponent, context):
    context._signal(Inexact)
    context._signal(Rounded)
    return _fixed(_make(1 if number < 0 else 0, abs(number), exponent), context)


def _invalid(context, shown=None):
    context._signal(InvalidOperation, shown)
    return _make(0, 0, 0, "n")


def _nan(a, b, context, c=None):
    """What an operation with a NaN gives; None where there is none."""
    for signaling in ("N", "n"):
        for number in (a, b, c):
            if number is not None and number._special == signaling:
                if signaling == "N":
                    context._signal(InvalidOperation)
                return _fixed(_make(number._sign, number._int, 0, "n"), context)
    return None


def _extreme(a, b, context, wanted, magnitude=False):
    context = context or getcontext()
    if a.is_nan() or b.is_nan():
        if a.is_qnan() and not b.is_nan():
            return _fixed(b, context)
        if b.is_qnan() and not a.is_nan():
            return _fixed(a, context)
        return _nan(a, b, context)
    order = (a.copy_abs()._order(b.copy_abs()) if magnitude else a._order(b)) or _total(a, b)
    return _fixed(a if order * wanted > 0 or order == 0 else b, context)


def _total(a, b):
    if a._sign != b._sign:
        return -1 if a._sign else 1
    turn = -1 if a._sign else 1
    ranks = {"": 0, "F": 1, "N": 2, "n": 3}
    mine, its = ranks[a._special], ranks[b._special]
    if max(mine, its) >= 2:
        if mine != its:
            return turn if mine > its else -turn
        return turn * ((a._int > b._int) - (a._int < b._int))
    order = a._order(b)
    if order:
        return order
    return turn * ((a._exp > b._exp) - (a._exp < b._exp))


def _whole(number, rounding):
    if number._special:
        if number._special == "F":
            raise OverflowError("cannot convert Infinity to integer")
        raise ValueError("cannot convert NaN to integer")
    return int(_rescaled(number, 0, rounding))


def _rescaled(number, exponent, rounding):
    if number._special:
        return number
    kept, _ = _cut(number._sign, number._int, exponent - number._exp, rounding)
    return _make(number._sign, kept, exponent)


def _rounded(number, places, rounding):
    """With so many digits."""
    if not number._int:
        return _make(number._sign, 0, number.adjusted() + 1 - places)
    number = _rescaled(number, number.adjusted() + 1 - places, rounding)
    if len(str(number._int)) > places:
        number = _rescaled(number, number._exp + 1, rounding)
    return number


def _specification(spec):
    """The parts of a format specification."""
    rest = spec
    fill, align = None, None
    if rest[1:2] in ("<", ">", "=", "^") and rest[1:2]:
        fill, align, rest = rest[0], rest[1], rest[2:]
    elif rest[:1] in ("<", ">", "=", "^") and rest:
        align, rest = rest[0], rest[1:]
    sign = ""
    if rest[:1] in ("+", "-", " ") and rest:
        sign, rest = rest[0] if rest[0] != "-" else "", rest[1:]
    zero = rest[:1] == "0"
    if zero:
        rest = rest[1:]
    digits = ""
    while rest[:1].isdigit():
        digits, rest = digits + rest[0], rest[1:]
    comma = ""
    if rest[:1] in (",", "_") and rest:
        comma, rest = rest[0], rest[1:]
    precision = None
    if rest[:1] == ".":
        rest = rest[1:]
        written = ""
        while rest[:1].isdigit():
            written, rest = written + rest[0], rest[1:]
        if not written:
            raise ValueError("invalid format string")
        precision = int(written)
    if len(rest) > 1 or rest and rest not in "eEfFgGn%" or comma == "_":
        raise ValueError("invalid format string")
    if zero and align is not None:
        raise ValueError("invalid format string")
    return fill or " ", align or ">", sign, zero, int(digits or "0"), comma, precision, rest or None


def _grouped(whole, comma, room):
    """Groups of three, with zeros in front until there is no room."""
    if not comma:
        return "0" * (room - len(whole)) + whole
    groups = []
    while True:
        groups.insert(0, whole[-3:])
        whole = whole[:-3]
        length = sum(len(group) + 1 for group in groups) - 1
        if not whole and length >= room:
            return comma.join(groups)
        if not whole:
            # One more group of zeros, as far as there is room.
            first = groups[0]
            if len(first) < 3:
                more = min(3 - len(first), room - length)
                groups[0] = "0" * more + first
                if length + more >= room:
                    return comma.join(groups)
                length += more
            whole = "0" * max(1, min(3, room - length - 1))


def _padded(sign, body, fill, align, width):
    missing = width - len(sign) - len(body)
    if missing <= 0:
        return sign + body
    if align == "<":
        return sign + body + fill * missing
    if align == "=":
        return sign + fill * missing + body
    if align == "^":
        return fill * (missing // 2) + sign + body + fill * (missing - missing // 2)
    return fill * missing + sign + body


DefaultContext = Context()
BasicContext = Context(9, ROUND_HALF_UP, traps=[DivisionByZero, Overflow, InvalidOperation, Clamped, Underflow])
ExtendedContext = Context(9, ROUND_HALF_EVEN, traps=[])
_current = [None]


def getcontext():
    if _current[0] is None:
        _current[0] = DefaultContext.copy()
    return _current[0]


def setcontext(context, /):
    if context in (DefaultContext, BasicContext, ExtendedContext):
        context = context.copy()
        context.clear_flags()
    _current[0] = context


class _Local:
    def __init__(self, context):
        self._context = context

    def __enter__(self):
        self._saved = getcontext()
        setcontext(self._context)
        return self._context

    def __exit__(self, *exc_info):
        setcontext(self._saved)


def localcontext(ctx=None, **kwargs):
    context = (ctx or getcontext()).copy()
    for name, value in kwargs.items():
        if name not in ("prec", "rounding", "Emin", "Emax", "capitals", "clamp", "flags", "traps"):
            raise TypeError(f"'{name}' is an invalid keyword argument for this function")
        setattr(context, name, _marks(value, ()) if name in ("flags", "traps") else value)
    return _Local(context)
