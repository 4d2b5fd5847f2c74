"""The tower of numbers, as classes to ask `isinstance` about."""

from abc import ABC, abstractmethod


class Number(ABC):
    __hash__ = None


class Complex(Number):
    def __bool__(self):
        return self != 0

    def __sub__(self, other):
        return self + -other

    def __rsub__(self, other):
        return -self + other


class Real(Complex):
    def __divmod__(self, other):
        return self // other, self % other

    def __rdivmod__(self, other):
        return other // self, other % self

    @property
    def real(self):
        return +self

    @property
    def imag(self):
        return 0

    def conjugate(self):
        return +self


class Rational(Real):
    def __float__(self):
        return int(self.numerator) / int(self.denominator)


class Integral(Rational):
    def __index__(self):
        return int(self)

    def __float__(self):
        return float(int(self))

    @property
    def numerator(self):
        return +self

    @property
    def denominator(self):
        return 1


for _kind in (int, float, complex):
    Number.register(_kind)
    Complex.register(_kind)
Real.register(float)
Real.register(int)
Rational.register(int)
Integral.register(int)
