"""Values that belong to a context. One thread has one, and each `run` of a copy its own."""

_missing = object()
_current = [None]


class Token:
    MISSING = _missing
    __module__ = "_contextvars"

    def __init__(self, var, old):
        self.var, self.old_value = var, old
        self._used = False
        self._context = _here()

    def __repr__(self):
        return f"<Token{' used' if self._used else ''} var={self.var!r} at {id(self):#x}>"


class ContextVar:
    __module__ = "_contextvars"

    def __init__(self, name, *, default=_missing):
        if not isinstance(name, str):
            raise TypeError("context variable name must be a str")
        self.name = name
        self._default = default

    def get(self, default=_missing, /):
        value = _here()._values.get(self, _missing)
        if value is not _missing:
            return value
        if default is not _missing:
            return default
        if self._default is not _missing:
            return self._default
        raise LookupError(self)

    def set(self, value, /):
        values = _here()._values
        token = Token(self, values.get(self, _missing))
        values[self] = value
        return token

    def reset(self, token, /):
        if token._used:
            raise RuntimeError(f"{token!r} has already been used once")
        if token.var is not self:
            raise ValueError(f"{token!r} was created by a different ContextVar")
        if token._context is not _here():
            raise ValueError(f"{token!r} was created in a different Context")
        token._used = True
        if token.old_value is _missing:
            del _here()._values[self]
        else:
            _here()._values[self] = token.old_value

    def __repr__(self):
        default = "" if self._default is _missing else f" default={self._default!r}"
        return f"<ContextVar name={self.name!r}{default} at {id(self):#x}>"

    @classmethod
    def __class_getitem__(cls, kind):
        return cls


class Context:
    __module__ = "_contextvars"

    def __init__(self):
        self._values = {}
        self._is_entered = False

    def run(self, callable, /, *args, **kwargs):
        if self._is_entered:
            raise RuntimeError(f"cannot enter context: {self!r} is already entered")
        outer = _current[0]
        _current[0] = self
        self._is_entered = True
        try:
            return callable(*args, **kwargs)
        finally:
            self._is_entered = False
            _current[0] = outer

    def copy(self):
        made = Context()
        made._values.update(self._values)
        return made

    def get(self, key, default=None): return self._values.get(_checked(key), default)
    def keys(self): return self._values.keys()
    def values(self): return self._values.values()
    def items(self): return self._values.items()
    def __getitem__(self, key): return self._values[_checked(key)]
    def __contains__(self, key): return _checked(key) in self._values
    def __iter__(self): return iter(self._values)
    def __len__(self): return len(self._values)
    def __eq__(self, other): return self._values == other._values if isinstance(other, Context) else NotImplemented


def _checked(key):
    if not isinstance(key, ContextVar):
        raise TypeError(f"a ContextVar key was expected, got {key!r}")
    return key


def _here():
    if _current[0] is None:
        _current[0] = Context()
        _current[0]._is_entered = True
    return _current[0]


def copy_context():
    return _here().copy()
