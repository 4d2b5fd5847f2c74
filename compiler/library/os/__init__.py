"""The environment; there is no file system."""

from _iotpy import environ as _read
from os import path

name = "posix"
SEEK_SET, SEEK_CUR, SEEK_END = 0, 1, 2
sep = "/"
linesep = "\n"
curdir = "."
pardir = ".."
extsep = "."
altsep = None
pathsep = ":"
devnull = "/dev/null"
error = OSError


class _Environ:
    """Read when first asked for: what is set belongs to the place where the function runs."""

    __match_mapping__ = True

    def __init__(self):
        self._variables = None

    def _all(self):
        if self._variables is None:
            self._variables = _read()
        return self._variables

    def __getitem__(self, key):
        if not isinstance(key, str):
            raise TypeError(f"str expected, not {type(key).__name__}")
        variables = self._all()
        if key not in variables:
            raise KeyError(key)
        return variables[key]

    def __setitem__(self, key, value):
        for given in (key, value):
            if not isinstance(given, str):
                raise TypeError(f"str expected, not {type(given).__name__}")
        self._all()[key] = value

    def __delitem__(self, key):
        if key not in self._all():
            raise KeyError(key)
        del self._all()[key]

    def __contains__(self, key): return key in self._all()
    def __iter__(self): return iter(list(self._all()))
    def __len__(self): return len(self._all())
    def __repr__(self): return f"environ({self._all()!r})"
    def __eq__(self, other): return self._all() == (other._all() if isinstance(other, _Environ) else other)
    def get(self, key, default=None): return self._all().get(key, default)
    def keys(self): return self._all().keys()
    def values(self): return self._all().values()
    def items(self): return self._all().items()
    def copy(self): return dict(self._all())
    def pop(self, key, *default): return self._all().pop(key, *default)
    def clear(self): self._all().clear()

    def setdefault(self, key, value):
        if key not in self:
            self[key] = value
        return self[key]

    def update(self, other=(), /, **kwargs):
        for key, value in dict(other, **kwargs).items():
            self[key] = value


environ = _Environ()


def getenv(key, default=None):
    return environ.get(key, default)


def putenv(key, value, /):
    pass


def unsetenv(key, /):
    pass


def urandom(size, /):
    from random import randbytes
    return randbytes(size)


def getpid():
    return 1


def cpu_count():
    return 1


def fspath(path):
    if isinstance(path, (str, bytes)):
        return path
    if hasattr(type(path), "__fspath__"):
        return type(path).__fspath__(path)
    raise TypeError(f"expected str, bytes or os.PathLike object, not {type(path).__name__}")
