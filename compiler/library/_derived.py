"""Builtin classes that the machine lets nobody derive from, in Python: a program that derives from one has it here."""

from builtins import enumerate as _enumerate, filter as _filter, map as _map, property as _property
from builtins import reversed as _reversed, zip as _zip


class property:
    __module__ = "builtins"
    fget = fset = fdel = None
    _name = ""

    def __init__(self, fget=None, fset=None, fdel=None, doc=None):
        self.fget, self.fset, self.fdel, self._doc = fget, fset, fdel, doc
        self.__doc__ = getattr(fget, "__doc__", None) if doc is None else doc

    @_property
    def __isabstractmethod__(self):
        return any([getattr(one, "__isabstractmethod__", False) for one in (self.fget, self.fset, self.fdel)])

    def __set_name__(self, owner, name):
        self._name = name

    def _asked(self, function, obj, what):
        if function is None:
            name = f" {self._name!r}" if self._name else ""
            raise AttributeError(f"property{name} of {type(obj).__qualname__!r} object has no {what}")
        return function

    def __get__(self, obj, owner=None):
        return self if obj is None else self._asked(self.fget, obj, "getter")(obj)

    def __set__(self, obj, value):
        self._asked(self.fset, obj, "setter")(obj, value)

    def __delete__(self, obj):
        self._asked(self.fdel, obj, "deleter")(obj)

    def _changed(self, fget, fset, fdel):
        made = type(self)(fget, fset, fdel, self._doc)
        made._name = self._name
        return made

    def getter(self, fget, /): return self._changed(fget, self.fset, self.fdel)
    def setter(self, fset, /): return self._changed(self.fget, fset, self.fdel)
    def deleter(self, fdel, /): return self._changed(self.fget, self.fset, fdel)


class staticmethod:
    __module__ = "builtins"

    def __init__(self, function, /):
        self.__func__ = self.__wrapped__ = function
        for name in ("__name__", "__qualname__", "__doc__"):
            if hasattr(function, name):
                setattr(self, name, getattr(function, name))

    def __get__(self, obj, owner=None):
        return self.__func__

    def __call__(self, /, *args, **kwargs):
        return self.__func__(*args, **kwargs)

    @_property
    def __isabstractmethod__(self):
        return getattr(self.__func__, "__isabstractmethod__", False)


class classmethod(staticmethod):
    __module__ = "builtins"
    __call__ = None

    def __get__(self, obj, owner=None):
        owner = type(obj) if owner is None else owner
        function = self.__func__
        return function.__get__(owner, type(owner)) if hasattr(function, "__get__") else function


class _Walk:
    __module__ = "builtins"

    def __iter__(self):
        return self

    def __next__(self):
        return next(self._iterator)


class enumerate(_Walk):
    __module__ = "builtins"

    def __init__(self, iterable, start=0):
        self._iterator = _enumerate(iterable, start)


class reversed(_Walk):
    __module__ = "builtins"

    def __init__(self, sequence, /):
        self._iterator = _reversed(sequence)


class zip(_Walk):
    __module__ = "builtins"

    def __init__(self, *iterables, strict=False):
        self._iterator = _zip(*iterables, strict=strict)


class map(_Walk):
    __module__ = "builtins"

    def __init__(self, function, iterable, /, *iterables):
        self._iterator = _map(function, iterable, *iterables)


class filter(_Walk):
    __module__ = "builtins"

    def __init__(self, function, iterable, /):
        self._iterator = _filter(function, iterable)
