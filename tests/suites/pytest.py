"""What packages' own tests use of pytest, small enough to be compiled with each of them."""

import re
import warnings

__version__ = "8.0"


class Skipped(Exception):
    pass


class Failed(AssertionError):
    pass


def skip(reason="", *, allow_module_level=False):
    raise Skipped(reason)


def fail(reason="", pytrace=True):
    raise Failed(reason)


def xfail(reason=""):
    raise Skipped(reason)


def importorskip(name, minversion=None, reason=None):
    raise Skipped(name)


class ExceptionInfo:
    value = None

    @property
    def type(self):
        return type(self.value)

    @property
    def tb(self):
        return self.value.__traceback__

    @property
    def typename(self):
        return type(self.value).__name__

    def match(self, pattern):
        if not re.search(pattern, str(self.value)):
            raise Failed(f"{pattern!r} does not match {str(self.value)!r}")
        return True

    def errisinstance(self, kind):
        return isinstance(self.value, kind)

    def exconly(self):
        return f"{type(self.value).__name__}: {self.value}"


class _Raises:
    def __init__(self, expected, match):
        self.expected, self.pattern = expected, match
        self.info = ExceptionInfo()

    def __enter__(self):
        return self.info

    def __exit__(self, kind, value, traceback):
        if kind is None:
            raise Failed(f"DID NOT RAISE {self.expected!r}")
        if not issubclass(kind, self.expected):
            return False
        self.info.value = value
        if self.pattern is not None:
            self.info.match(self.pattern)
        return True


def raises(expected_exception, *args, match=None, **kwargs):
    if not args:
        return _Raises(expected_exception, match)
    with _Raises(expected_exception, match) as info:
        args[0](*args[1:], **kwargs)
    return info


class _Warns:
    def __init__(self, expected, match):
        self.expected, self.match = expected, match
        self.catch = warnings.catch_warnings(record=True)

    def __enter__(self):
        self.list = self.catch.__enter__()
        warnings.simplefilter("always")
        return self

    def __exit__(self, *exception):
        self.catch.__exit__(*exception)
        if exception[0] is None:
            said = [one for one in self.list if issubclass(one.category, self.expected)]
            if not said:
                raise Failed(f"DID NOT WARN {self.expected!r}")
            if self.match is not None and not any(re.search(self.match, str(one.message)) for one in said):
                raise Failed(f"no warning matches {self.match!r}")

    def __iter__(self):
        return iter(self.list)

    def __len__(self):
        return len(self.list)

    def __getitem__(self, index):
        return self.list[index]

    def pop(self, kind=Warning):
        for index, one in enumerate(self.list):
            if issubclass(one.category, kind):
                return self.list.pop(index)
        raise AssertionError("no such warning")


def warns(expected_warning=Warning, *args, match=None, **kwargs):
    if not args:
        return _Warns(expected_warning, match)
    with _Warns(expected_warning, match):
        return args[0](*args[1:], **kwargs)


def deprecated_call(*args, **kwargs):
    return warns((DeprecationWarning, PendingDeprecationWarning), *args, **kwargs)


class _Approx:
    def __init__(self, expected, rel, abs):
        self.expected, self.rel, self.abs = expected, rel, abs

    def __repr__(self):
        return f"approx({self.expected!r})"

    def _near(self, actual, expected):
        if actual == expected:
            return True
        relative = 1e-6 * abs(expected) if self.rel is None else self.rel * abs(expected)
        return abs(actual - expected) <= max(relative, 1e-12 if self.abs is None else self.abs)

    def __eq__(self, actual):
        expected = self.expected
        if isinstance(expected, dict):
            return actual.keys() == expected.keys() and all(self._near(actual[key], expected[key]) for key in expected)
        if isinstance(expected, (list, tuple)):
            return len(actual) == len(expected) and all(self._near(*both) for both in zip(actual, expected))
        return self._near(actual, expected)

    def __ne__(self, actual):
        return not self == actual


def approx(expected, rel=None, abs=None, nan_ok=False):
    return _Approx(expected, rel, abs)


class _Mark:
    def __init__(self, name, args, kwargs):
        self.name, self.args, self.kwargs = name, args, kwargs

    def skips(self):
        if self.name == "skip" or self.name == "xfail" and not self.args:
            return True
        return self.name in ("skipif", "xfail") and bool(self.args and self.args[0] or self.kwargs.get("condition"))

    def __call__(self, *args, **kwargs):
        if len(args) == 1 and not kwargs and not self.args and callable(args[0]):
            return self._put(args[0])
        if self.name == "parametrize" and kwargs:
            names = kwargs.pop("argnames", None)
            values = kwargs.pop("argvalues", None)
            args = args + ((names,) if names is not None else ()) + ((values,) if values is not None else ())
            return _Placed("parametrize", (args[0], list(args[1])), kwargs)
        if self.name == "parametrize":
            args = (args[0], list(args[1]), *args[2:])
        return _Placed(self.name, args, kwargs)

    def _put(self, of):
        own = list(getattr(of, "pytestmark", []))
        of.pytestmark = own + [self]
        return of


class _Placed(_Mark):
    def __call__(self, of):
        return self._put(of)


class _Marks:
    def __getattr__(self, name):
        return _Mark(name, (), {})


mark = _Marks()


class _Param:
    def __init__(self, values, marks):
        self.values = values
        self._marks = marks if isinstance(marks, (list, tuple)) else (marks,)


def param(*values, id=None, marks=()):
    return _Param(values, marks)


def fixture(function=None, *, params=None, scope="function", autouse=False, name=None, ids=None):
    def mark(function):
        function._params = None if params is None else list(params)
        return function

    return mark if function is None else mark(function)


class MonkeyPatch:
    def __init__(self):
        self._undo = []

    def setattr(self, target, name, value=Skipped, raising=True):
        if isinstance(target, str):
            raise Skipped("a target by its name")
        old = getattr(target, name, Skipped)
        if raising and old is Skipped:
            raise AttributeError(f"{target!r} has no attribute {name!r}")
        self._undo.append((setattr, delattr, target, name, old))
        setattr(target, name, value)

    def delattr(self, target, name=None, raising=True):
        old = getattr(target, name, Skipped)
        if old is not Skipped:
            self._undo.append((setattr, delattr, target, name, old))
            delattr(target, name)
        elif raising:
            raise AttributeError(name)

    def setitem(self, dic, name, value):
        self._undo.append((dict.__setitem__, dict.__delitem__, dic, name, dic.get(name, Skipped)))
        dic[name] = value

    def delitem(self, dic, name, raising=True):
        if name in dic:
            self._undo.append((dict.__setitem__, dict.__delitem__, dic, name, dic[name]))
            del dic[name]
        elif raising:
            raise KeyError(name)

    def setenv(self, name, value, prepend=None):
        raise Skipped("the environment")

    delenv = chdir = syspath_prepend = setenv

    def undo(self):
        for put, remove, target, name, old in reversed(self._undo):
            if old is Skipped:
                remove(target, name)
            else:
                put(target, name, old)
        self._undo.clear()


def _monkeypatch():
    made = MonkeyPatch()
    yield made
    made.undo()


builtin_fixtures = {"monkeypatch": _monkeypatch}
