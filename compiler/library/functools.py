"""Functions that take or make functions."""

from collections import namedtuple

WRAPPER_ASSIGNMENTS = ("__module__", "__name__", "__qualname__", "__doc__", "__annotations__")
WRAPPER_UPDATES = ("__dict__",)
_MISSING = object()

# What comes along only where the text of the program names it.
_rare = {}


def reduce(function, iterable, initial=_MISSING, /):
    iterator = iter(iterable)
    if initial is _MISSING:
        for initial in iterator:
            break
        else:
            raise TypeError("reduce() of empty iterable with no initial value")
    for item in iterator:
        initial = function(initial, item)
    return initial


def update_wrapper(wrapper, wrapped, assigned=WRAPPER_ASSIGNMENTS, updated=WRAPPER_UPDATES):
    for name in assigned:
        try:
            value = getattr(wrapped, name)
        except AttributeError:
            pass
        else:
            setattr(wrapper, name, value)
    for updates in updated:
        if updates == "__dict__":
            for name, value in getattr(wrapped, "__dict__", {}).items():
                setattr(wrapper, name, value)
        else:
            getattr(wrapper, updates).update(getattr(wrapped, updates, {}))
    wrapper.__wrapped__ = wrapped
    return wrapper


def wraps(wrapped, assigned=WRAPPER_ASSIGNMENTS, updated=WRAPPER_UPDATES):
    def decorate(wrapper):
        return update_wrapper(wrapper, wrapped, assigned, updated)
    return decorate


class partial:
    def __init__(self, func, /, *args, **keywords):
        if not callable(func):
            raise TypeError("the first argument must be callable")
        if isinstance(func, partial):
            args = func.args + args
            keywords = {**func.keywords, **keywords}
            func = func.func
        self.func = func
        self.args = args
        self.keywords = keywords

    def __call__(self, /, *args, **keywords):
        return self.func(*self.args, *args, **{**self.keywords, **keywords})

    def __repr__(self):
        cls = type(self)
        return f"{'functools.partial' if cls is partial else cls.__qualname__}({_written(self)})"


class partialmethod:
    def __init__(self, func, /, *args, **keywords):
        if not callable(func) and not hasattr(func, "__get__"):
            raise TypeError(f"{func!r} is not callable or a descriptor")
        if isinstance(func, partialmethod):
            args = func.args + args
            keywords = {**func.keywords, **keywords}
            func = func.func
        self.func = func
        self.args = args
        self.keywords = keywords

    def __repr__(self):
        return "functools.partialmethod(" + _written(self) + ")"

    def __get__(self, obj, cls=None):
        func, args, keywords = self.func, self.args, self.keywords
        if isinstance(func, classmethod):
            return partial(func.__func__, cls or type(obj), *args, **keywords)
        if isinstance(func, staticmethod):
            return partial(func, *args, **keywords)
        if not isinstance(func, partial):
            bind = getattr(type(func), "__get__", None)
            bound = bind(func, obj, cls) if bind is not None else func
            if bound is not func:
                made = partial(bound, *args, **keywords)
                if hasattr(bound, "__self__"):
                    made.__self__ = bound.__self__
                return made
        if obj is None:
            def method(first, /, *more, **named):
                return func(first, *args, *more, **{**keywords, **named})
            return method

        def method(*more, **named):
            return func(obj, *args, *more, **{**keywords, **named})
        return method


def _written(self):
    parts = [repr(self.func)]
    parts.extend([repr(x) for x in self.args])
    parts.extend([f"{k}={v!r}" for k, v in self.keywords.items()])
    return ", ".join(parts)


def cmp_to_key(mycmp):
    def key(obj):
        return _Key(obj, mycmp)
    return key


class _Key:
    __hash__ = None

    def __init__(self, obj, compare):
        self.obj = obj
        self._compare = compare

    def __lt__(self, other): return self._compare(self.obj, other.obj) < 0
    def __gt__(self, other): return self._compare(self.obj, other.obj) > 0
    def __eq__(self, other): return self._compare(self.obj, other.obj) == 0
    def __le__(self, other): return self._compare(self.obj, other.obj) <= 0
    def __ge__(self, other): return self._compare(self.obj, other.obj) >= 0


_CacheInfo = namedtuple("CacheInfo", ["hits", "misses", "maxsize", "currsize"])


def cache(user_function, /):
    return lru_cache(maxsize=None)(user_function)


def lru_cache(maxsize=128, typed=False):
    if callable(maxsize):
        return update_wrapper(_Cache(maxsize, 128, typed), maxsize)
    if maxsize is not None and not isinstance(maxsize, int):
        raise TypeError("Expected first argument to be an integer, a callable, or None")

    def decorate(function):
        return update_wrapper(_Cache(function, maxsize, typed), function)
    return decorate


class _Cache:
    def __init__(self, function, maxsize, typed):
        self._function = function
        self._maxsize = maxsize if maxsize is None else max(maxsize, 0)
        self._typed = typed
        self._values = {}
        self._hits = 0
        self._misses = 0

    def __call__(self, *args, **kwargs):
        if kwargs:
            key = args + (_MISSING,) + tuple(kwargs.items())
        elif len(args) == 1 and type(args[0]) in (int, str) and not self._typed:
            key = args[0]
        else:
            key = args
        if self._typed:
            key = (key,) + tuple([type(arg) for arg in args]) + tuple([type(v) for v in kwargs.values()])
        values = self._values
        found = values.get(key, _MISSING)
        if found is not _MISSING:
            self._hits += 1
            if self._maxsize is not None:
                del values[key]
                values[key] = found
            return found
        self._misses += 1
        result = self._function(*args, **kwargs)
        if self._maxsize != 0:
            values[key] = result
            if self._maxsize is not None and len(values) > self._maxsize:
                del values[next(iter(values))]
        return result

    def __get__(self, obj, cls=None):
        return self if obj is None else _rare.get("cache_", partial)(self, obj)

    def __copy__(self, memo=None): return self
    __deepcopy__ = __copy__

    def cache_clear(self):
        self._values.clear()
        self._hits = self._misses = 0


def _cache_info(self):
    return _CacheInfo(self._hits, self._misses, self._maxsize, len(self._values))


def _cache_parameters(self):
    return {"maxsize": self._maxsize, "typed": self._typed}


setattr(_Cache, "cache_info", _cache_info)
setattr(_Cache, "cache_parameters", _cache_parameters)


class _BoundCache(partial):
    """A method with a cache, of one object."""

    def cache_info(self): return self.func.cache_info()
    def cache_clear(self): self.func.cache_clear()
    def cache_parameters(self): return self.func.cache_parameters()


_rare["cache_"] = _BoundCache


class cached_property:
    def __init__(self, func):
        self.func = func
        self.attrname = None
        self.__doc__ = func.__doc__

    def __set_name__(self, owner, name):
        if self.attrname is None:
            self.attrname = name
        elif name != self.attrname:
            raise TypeError(
                f"Cannot assign the same cached_property to two different names ({self.attrname!r} and {name!r})."
            )

    def __get__(self, instance, owner=None):
        if instance is None:
            return self
        if self.attrname is None:
            raise TypeError("Cannot use cached_property instance without calling __set_name__ on it.")
        if not hasattr(instance, "__dict__"):
            raise TypeError(
                f"No '__dict__' attribute on {type(instance).__name__!r} instance to cache {self.attrname!r} property."
            )
        value = self.func(instance)
        object.__setattr__(instance, self.attrname, value)
        return value


def total_ordering(cls):
    roots = [op for op in ("__lt__", "__gt__", "__le__", "__ge__") if _defines(cls, op)]
    if not roots:
        raise ValueError("must define at least one ordering operation: < > <= >=")
    root = roots[0]
    for name, make in _ORDERINGS[root]:
        if name not in roots:
            setattr(cls, name, make)
    return cls


def _defines(cls, name):
    return any(name in base.__dict__ for base in cls.__mro__ if base is not object and "__dict__" and hasattr(base, "__mro__"))


def _not(value):
    return value if value is NotImplemented else not value


def _gt_from_lt(self, other):
    value = type(self).__lt__(self, other)
    return value if value is NotImplemented else not value and self != other


def _le_from_lt(self, other):
    value = type(self).__lt__(self, other)
    return value if value is NotImplemented else value or self == other


def _ge_from_lt(self, other):
    return _not(type(self).__lt__(self, other))


def _ge_from_le(self, other):
    value = type(self).__le__(self, other)
    return value if value is NotImplemented else not value or self == other


def _lt_from_le(self, other):
    value = type(self).__le__(self, other)
    return value if value is NotImplemented else value and self != other


def _gt_from_le(self, other):
    return _not(type(self).__le__(self, other))


def _lt_from_gt(self, other):
    value = type(self).__gt__(self, other)
    return value if value is NotImplemented else not value and self != other


def _ge_from_gt(self, other):
    value = type(self).__gt__(self, other)
    return value if value is NotImplemented else value or self == other


def _le_from_gt(self, other):
    return _not(type(self).__gt__(self, other))


def _le_from_ge(self, other):
    value = type(self).__ge__(self, other)
    return value if value is NotImplemented else not value or self == other


def _gt_from_ge(self, other):
    value = type(self).__ge__(self, other)
    return value if value is NotImplemented else value and self != other


def _lt_from_ge(self, other):
    return _not(type(self).__ge__(self, other))


_ORDERINGS = {
    "__lt__": [("__gt__", _gt_from_lt), ("__le__", _le_from_lt), ("__ge__", _ge_from_lt)],
    "__le__": [("__ge__", _ge_from_le), ("__lt__", _lt_from_le), ("__gt__", _gt_from_le)],
    "__gt__": [("__lt__", _lt_from_gt), ("__ge__", _ge_from_gt), ("__le__", _le_from_gt)],
    "__ge__": [("__le__", _le_from_ge), ("__gt__", _gt_from_ge), ("__lt__", _lt_from_ge)],
}


def _nearer(one, other):
    """Of two classes that a class only counts as (they are not in its order), the one that says more; None where both do."""
    if issubclass(one, other):
        return one
    return other if issubclass(other, one) else None


def singledispatch(func):
    registry = {object: func}

    def dispatch(cls):
        order = cls.__mro__
        best, at = object, len(order)
        for place, base in enumerate(order):
            if base in registry and base is not object:
                best, at = base, place
                break
        # What it only counts as stands behind the last of its classes that count as that too.
        rivals = []
        for base in registry:
            if base is not object and base not in order and issubclass(cls, base):
                place = max([place for place, one in enumerate(order) if issubclass(one, base)])
                if place < at or best is object:
                    rivals.append((place, base))
        if rivals:
            nearest = min([place for place, _ in rivals])
            found = None
            for place, base in rivals:
                if place == nearest:
                    chosen = base if found is None else _nearer(found, base)
                    if chosen is None:
                        raise RuntimeError(f"Ambiguous dispatch: {found} or {base}")
                    found = chosen
            best = found
        return registry[best]

    def register(cls, func=None):
        is_union = hasattr(cls, "__args__") and not isinstance(cls, type)
        if is_union:
            kinds = [type(None) if one is None else one for one in cls.__args__]
            is_union = all([isinstance(one, type) for one in kinds])
        if not is_union and not isinstance(cls, type):
            if func is not None:
                raise TypeError(f"Invalid first argument to `register()`. {cls!r} is not a class or union type.")
            raise TypeError(
                f"Invalid first argument to `register()`: {cls!r}. "
                "Use either `@register(some_class)` or plain `@register` on an annotated function."
            )
        if func is None:
            return lambda f: register(cls, f)
        for one in kinds if is_union else (cls,):
            registry[one] = func
        return func

    def wrapper(*args, **kw):
        if not args:
            raise TypeError(f"{func.__name__} requires at least 1 positional argument")
        return dispatch(type(args[0]))(*args, **kw)

    wrapper.register = register
    wrapper.dispatch = dispatch
    wrapper.registry = registry
    update_wrapper(wrapper, func)
    return wrapper


class singledispatchmethod:
    def __init__(self, func):
        if not callable(func) and not hasattr(func, "__get__"):
            raise TypeError(f"{func!r} is not callable or a descriptor")
        self.dispatcher = singledispatch(func)
        self.func = func

    def register(self, cls, method=None):
        return self.dispatcher.register(cls, method)

    def __get__(self, obj, cls=None):
        def method(*args, **kwargs):
            chosen = self.dispatcher.dispatch(type(args[0]))
            if isinstance(chosen, classmethod):
                return chosen.__func__(cls or type(obj), *args, **kwargs)
            if isinstance(chosen, staticmethod):
                return chosen(*args, **kwargs)
            bind = getattr(type(chosen), "__get__", None)
            return (chosen if bind is None else bind(chosen, obj, cls))(*args, **kwargs)
        method.register = self.register
        return update_wrapper(method, self.func)
