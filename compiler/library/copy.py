"""Copies of objects, shallow and deep."""

_ATOMIC = (
    int, float, bool, str, bytes, range, type, type(None), type(...), type(NotImplemented), type(len), slice, property,
)


class Error(Exception):
    pass


error = Error


def _is_atomic(x):
    kind = type(x)
    return kind in _ATOMIC or isinstance(x, type) or callable(x) and not hasattr(kind, "__dict__") and kind is not _method


class _Method:
    def method(self):
        pass


_method = type(_Method().method)


def copy(x):
    kind = type(x)
    if _is_atomic(x) or kind is tuple or kind is frozenset:
        return x
    if kind in (list, dict, set, bytearray):
        return x.copy()
    if kind is _method:
        return _method(x.__func__, x.__self__)
    hook = getattr(kind, "__copy__", None)
    if hook is not None:
        return hook(x)
    return _instance(x, lambda value: value, None)


def deepcopy(x, memo=None, _nil=[]):
    if _is_atomic(x):
        return x
    if memo is None:
        memo = {}
    number = id(x)
    made = memo.get(number, _nil)
    if made is not _nil:
        return made
    kind = type(x)
    if kind is list:
        made = memo[number] = []
        for item in x:
            made.append(deepcopy(item, memo))
        return _keep(x, memo)
    if kind is dict:
        made = memo[number] = {}
        for key, value in x.items():
            made[deepcopy(key, memo)] = deepcopy(value, memo)
        return _keep(x, memo)
    if kind is tuple:
        items = [deepcopy(item, memo) for item in x]
        # One that it holds may lead back to it.
        if number in memo:
            return memo[number]
        if all(a is b for a, b in zip(items, x)):
            return x
        made = tuple(items)
    elif kind is set or kind is frozenset:
        made = kind([deepcopy(item, memo) for item in x])
    elif kind is bytearray:
        made = bytearray(x)
    elif kind is _method:
        made = _method(x.__func__, deepcopy(x.__self__, memo))
    else:
        hook = getattr(kind, "__deepcopy__", None)
        made = _instance(x, lambda value: deepcopy(value, memo), memo) if hook is None else hook(x, memo)
    if made is x:
        return x
    memo[number] = made
    return _keep(x, memo)


def _keep(x, memo):
    """Keeps what was copied for as long as the memo, so that its number stays its own; the copy."""
    memo.setdefault(id(memo), []).append(x)
    return memo[id(x)]


def _slots(cls):
    declared = cls.__dict__.get("__slots__", ()) if hasattr(cls, "__dict__") else ()
    if isinstance(declared, str):
        declared = (declared,)
    owner = "_" + cls.__name__.lstrip("_")
    return [owner + name if name[:2] == "__" != name[-2:] else name for name in declared if name not in ("__dict__", "__weakref__")]


def _instance(x, convert, memo):
    """What an object says of itself, put together again."""
    cls = type(x)
    if hasattr(cls, "__reduce_ex__"):
        reduced = x.__reduce_ex__(4)
    elif hasattr(cls, "__reduce__"):
        reduced = x.__reduce__()
    else:
        return _plain(x, cls, convert, memo)
    if isinstance(reduced, str):
        return x
    return _again(x, convert, memo, *reduced)


def _again(x, convert, memo, func, args, state=None, items=None, pairs=None):
    made = func(*[convert(arg) for arg in args])
    if memo is not None:
        memo[id(x)] = made
    if state is not None:
        _set(made, convert(state))
    if items is not None:
        for item in items:
            made.append(convert(item))
    if pairs is not None:
        for key, value in pairs:
            made[convert(key)] = convert(value)
    return made


def _set(made, state):
    if hasattr(made, "__setstate__"):
        made.__setstate__(state)
        return
    slots = None
    if isinstance(state, tuple) and len(state) == 2:
        state, slots = state
    for name, value in (state or {}).items():
        object.__setattr__(made, name, value)
    for name, value in (slots or {}).items():
        setattr(made, name, value)


def _plain(x, cls, convert, memo):
    if hasattr(cls, "__getnewargs_ex__"):
        args, named = x.__getnewargs_ex__()
        made = cls.__new__(cls, *convert(args), **convert(named))
    elif hasattr(cls, "__getnewargs__") and not isinstance(x, (tuple, float, str, bytes)):
        made = cls.__new__(cls, *convert(x.__getnewargs__()))
    elif isinstance(x, BaseException):
        made = cls(*convert(x.args))
    elif isinstance(x, tuple):
        made = tuple.__new__(cls, [convert(item) for item in x])
    elif isinstance(x, (int, float, str, bytes, frozenset, bytearray)):
        made = cls.__new__(cls, x)
    else:
        made = object.__new__(cls)
    if memo is not None:
        memo[id(x)] = made
    if hasattr(cls, "__getstate__"):
        state = x.__getstate__()
        if state is not None:
            _set(made, convert(state))
    elif hasattr(made, "__setstate__"):
        state = {name: convert(value) for name, value in getattr(x, "__dict__", {}).items()} or None
        slots = {name: convert(getattr(x, name)) for base in cls.__mro__ for name in _slots(base) if hasattr(x, name)}
        if state or slots:
            made.__setstate__((state, slots) if slots else state)
    else:
        for name, value in getattr(x, "__dict__", {}).items():
            object.__setattr__(made, name, convert(value))
        for base in cls.__mro__:
            for name in _slots(base):
                if hasattr(x, name):
                    object.__setattr__(made, name, convert(getattr(x, name)))
    if isinstance(x, dict):
        for key, value in dict.items(x):
            dict.__setitem__(made, convert(key), convert(value))
    elif isinstance(x, list):
        for item in list.__iter__(x):
            list.append(made, convert(item))
    elif isinstance(x, set):
        for item in x:
            set.add(made, convert(item))
    return made
