"""Copies of objects, shallow and deep."""

_ATOMIC = (int, float, bool, str, bytes, range, type, type(None), type(...), type(NotImplemented), type(len), slice, property)


class Error(Exception):
    pass


error = Error


def copy(x):
    if isinstance(x, _ATOMIC) or type(x) is tuple or callable(x) and not hasattr(type(x), "__dict__"):
        return x
    hook = getattr(type(x), "__copy__", None)
    if hook is not None:
        return hook(x)
    if type(x) in (list, dict, set, bytearray):
        return x.copy()
    if type(x) is frozenset:
        return x
    return _instance(x, lambda value: value)


def deepcopy(x, memo=None, _nil=[]):
    if isinstance(x, _ATOMIC):
        return x
    if memo is None:
        memo = {}
    number = id(x)
    made = memo.get(number, _nil)
    if made is not _nil:
        return made
    kind = type(x)
    hook = getattr(kind, "__deepcopy__", None)
    if hook is not None:
        made = hook(x, memo)
    elif kind is list:
        made = memo[number] = []
        for item in x:
            made.append(deepcopy(item, memo))
        return _keep(x, memo)
    elif kind is dict:
        made = memo[number] = {}
        for key, value in x.items():
            made[deepcopy(key, memo)] = deepcopy(value, memo)
        return _keep(x, memo)
    elif kind is tuple:
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
    elif callable(x) and not hasattr(kind, "__dict__"):
        return x
    else:
        made = _instance(x, lambda value: deepcopy(value, memo), memo)
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


def _instance(x, convert, memo=None):
    cls = type(x)
    if isinstance(x, BaseException):
        made = cls(*convert(x.args))
    elif isinstance(x, tuple):
        made = tuple.__new__(cls, [convert(item) for item in x])
    elif isinstance(x, (int, float, str, bytes, frozenset)):
        made = cls.__new__(cls, x)
    else:
        made = object.__new__(cls)
        if memo is not None:
            memo[id(x)] = made
        if isinstance(x, dict):
            for key, value in dict.items(x):
                dict.__setitem__(made, convert(key), convert(value))
        elif isinstance(x, list):
            for item in x:
                list.append(made, convert(item))
        elif isinstance(x, set):
            for item in x:
                set.add(made, convert(item))
    for name, value in getattr(x, "__dict__", {}).items():
        object.__setattr__(made, name, convert(value))
    for base in cls.__mro__:
        for name in _slots(base):
            if hasattr(x, name):
                object.__setattr__(made, name, convert(getattr(x, name)))
    return made
