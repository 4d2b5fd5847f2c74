"""Names for the types of Python's own objects."""


import math as _module
from _trace import code as CodeType, frame as FrameType, traceback as TracebackType


def _function(): pass


def _generator():
    yield


FunctionType = LambdaType = type(_function)
GeneratorType = type(_generator())
BuiltinFunctionType = BuiltinMethodType = type(len)
NoneType = type(None)
UnionType = type(int | str)
EllipsisType = type(...)
NotImplementedType = type(NotImplemented)


class _Methods:
    def method(self): pass


MethodType = type(_Methods().method)


async def _coroutine(): pass


def _coroutine_type():
    made = _coroutine()
    made.close()
    return type(made)


CoroutineType = _coroutine_type()


ModuleType = type(_module)
MethodDescriptorType = type(str.join)
WrapperDescriptorType = type(object.__init__)
MethodWrapperType = type(object().__str__)


def _cell_type():
    inside = None
    return type((lambda: inside).__closure__[0])


CellType = _cell_type()


class GenericAlias:
    """A class with parameters, as in `list[int]`."""

    _added = {}

    def __init__(self, origin, args, /):
        self.__origin__ = origin
        self.__args__ = args if isinstance(args, tuple) else (args,)

    def __call__(self, /, *args, **kwargs):
        return self.__origin__(*args, **kwargs)

    def __mro_entries__(self, bases):
        return (self.__origin__,)

    def __getattr__(self, name):
        if name in ("__origin__", "__args__"):
            raise AttributeError(name)
        return getattr(self.__origin__, name)

    def __getitem__(self, parameters):
        raise TypeError(f"{self!r} is not a generic class")

    def __eq__(self, other):
        if not isinstance(other, GenericAlias):
            return NotImplemented
        return self.__origin__ == other.__origin__ and self.__args__ == other.__args__

    def __hash__(self):
        return hash(self.__origin__) ^ hash(self.__args__)

    def __instancecheck__(self, obj):
        raise TypeError("isinstance() argument 2 cannot be a parameterized generic")

    def __subclasscheck__(self, cls):
        raise TypeError("issubclass() argument 2 cannot be a parameterized generic")

    def __repr__(self):
        return f"{_shown(self.__origin__)}[{', '.join([_shown(one) for one in self.__args__]) or '()'}]"


def _shown(parameter):
    if parameter is ...:
        return "..."
    if not isinstance(parameter, type):
        return repr(parameter)
    module = parameter.__module__
    return parameter.__qualname__ if module == "builtins" else f"{module}.{parameter.__qualname__}"


def _substitute(cls):
    """Lets variables among the parameters be replaced."""
    def variables(self):
        found = []
        for one in self.__args__:
            inside = (one,) if hasattr(one, "__constraints__") else getattr(one, "__parameters__", ())
            found += [name for name in inside if name not in found]
        return tuple(found)

    def replaced(self, parameters):
        names = self.__parameters__
        if not names:
            raise TypeError(f"{self!r} is not a generic class")
        given = parameters if isinstance(parameters, tuple) else (parameters,)
        if len(given) != len(names):
            size = "many" if len(given) > len(names) else "few"
            raise TypeError(f"Too {size} arguments for {self!r}; actual {len(given)}, expected {len(names)}")
        known = dict(zip(names, given))
        made = []
        for one in self.__args__:
            if hasattr(one, "__constraints__"):
                one = known[one]
            elif not isinstance(one, type) and getattr(one, "__parameters__", ()):
                one = one[tuple([known[name] for name in one.__parameters__])]
            made.append(one)
        return GenericAlias(self.__origin__, tuple(made))

    cls.__parameters__ = property(variables)
    cls.__getitem__ = replaced


def _unite(cls):
    """Lets unions have a class with parameters in them."""
    cls.__or__ = lambda self, other: _Either((self, other))
    cls.__ror__ = lambda self, other: _Either((other, self))


# What comes along only where the text of the program has it.
GenericAlias._added["TypeVar"] = _substitute(GenericAlias)
GenericAlias._added["|"] = _unite(GenericAlias)


class _Either:
    """What a union is that has a class with parameters in it."""

    def __init__(self, parts):
        kept = []
        for part in parts:
            part = type(None) if part is None else part
            for one in part.__args__ if isinstance(part, (UnionType, _Either)) else (part,):
                if one not in kept:
                    kept.append(one)
        self.__args__ = tuple(kept)

    def __or__(self, other): return _Either((self, other))
    def __ror__(self, other): return _Either((other, self))

    def __eq__(self, other):
        if not isinstance(other, (UnionType, _Either)):
            return NotImplemented
        return set(self.__args__) == set(other.__args__)

    def __hash__(self):
        return hash(frozenset(self.__args__))

    def __instancecheck__(self, obj):
        raise TypeError("isinstance() argument 2 cannot be a parameterized generic")

    def __subclasscheck__(self, cls):
        raise TypeError("issubclass() argument 2 cannot be a parameterized generic")

    def __repr__(self):
        return " | ".join(["None" if one is type(None) else _shown(one) for one in self.__args__])


def resolve_bases(bases):
    made = []
    for base in bases:
        if isinstance(base, type) or not hasattr(base, "__mro_entries__"):
            made.append(base)
            continue
        entries = base.__mro_entries__(bases)
        if not isinstance(entries, tuple):
            raise TypeError("__mro_entries__ must return a tuple")
        made.extend(entries)
    made = tuple(made)
    return bases if made == bases else made


def new_class(name, bases=(), kwds=None, exec_body=None):
    resolved = resolve_bases(bases)
    namespace = {}
    if exec_body is not None:
        exec_body(namespace)
    if resolved is not bases:
        namespace["__orig_bases__"] = bases
    return type(name, tuple(resolved), namespace, **(kwds or {}))


class _GeneratorWrapper:
    """A generator that may be awaited."""

    def __init__(self, generator):
        self._generator = generator
        self.__name__, self.__qualname__ = generator.__name__, generator.__qualname__

    def __await__(self): return self._generator
    def __iter__(self): return self._generator
    def __next__(self): return next(self._generator)
    def send(self, value): return self._generator.send(value)
    def throw(self, *args): return self._generator.throw(*args)
    def close(self): return self._generator.close()
    def __repr__(self): return repr(self._generator)

    @property
    def gi_running(self): return self._generator.gi_running

    cr_running = gi_running


def coroutine(func):
    if not callable(func):
        raise TypeError("types.coroutine() expects a callable")

    def wrapped(*args, **kwargs):
        made = func(*args, **kwargs)
        return _GeneratorWrapper(made) if type(made) is GeneratorType else made

    for name in ("__module__", "__name__", "__qualname__", "__doc__"):
        setattr(wrapped, name, getattr(func, name, None))
    wrapped.__wrapped__ = func
    return wrapped


class SimpleNamespace:
    def __init__(self, /, **kwargs):
        for name, value in kwargs.items():
            setattr(self, name, value)

    def __repr__(self):
        return f"namespace({', '.join([f'{k}={v!r}' for k, v in self.__dict__.items()])})"

    def __eq__(self, other):
        if isinstance(other, SimpleNamespace):
            return self.__dict__ == other.__dict__
        return NotImplemented


class mappingproxy:
    __module__ = "builtins"
    __match_mapping__ = True

    def __init__(self, mapping):
        if not hasattr(type(mapping), "__getitem__") or isinstance(mapping, (list, tuple, str, bytes, bytearray)):
            raise TypeError(f"mappingproxy() argument must be a mapping, not {type(mapping).__name__}")
        self._mapping = mapping

    def __getitem__(self, key): return self._mapping[key]
    def __reversed__(self): return reversed(self._mapping)
    def __len__(self): return len(self._mapping)
    def __iter__(self): return iter(self._mapping)
    def __contains__(self, key): return key in self._mapping
    def __repr__(self): return f"mappingproxy({self._mapping!r})"
    def __str__(self): return str(self._mapping)
    def __eq__(self, other): return self._mapping == (other._mapping if isinstance(other, mappingproxy) else other)
    def __or__(self, other): return self._mapping | (other._mapping if isinstance(other, mappingproxy) else other)
    def __ror__(self, other): return other | self._mapping

    def __ior__(self, other):
        raise TypeError("'|=' is not supported by mappingproxy; use '|' instead")

    def get(self, key, default=None): return self._mapping.get(key, default)
    def keys(self): return self._mapping.keys()
    def values(self): return self._mapping.values()
    def items(self): return self._mapping.items()
    def copy(self): return self._mapping.copy()


MappingProxyType = mappingproxy


class DynamicClassAttribute:
    """A property of instances; of a class the attribute is what its `__getattr__` says."""

    def __init__(self, fget=None, fset=None, fdel=None, doc=None):
        self.fget, self.fset, self.fdel = fget, fset, fdel
        self.__doc__ = doc or getattr(fget, "__doc__", None)
        self.overwrite_doc = doc is None
        self.__isabstractmethod__ = bool(getattr(fget, "__isabstractmethod__", False))

    def __get__(self, instance, ownerclass=None):
        if instance is None:
            if self.__isabstractmethod__:
                return self
            raise AttributeError()
        if self.fget is None:
            raise AttributeError("unreadable attribute")
        return self.fget(instance)

    def __set__(self, instance, value):
        if self.fset is None:
            raise AttributeError("can't set attribute")
        self.fset(instance, value)

    def __delete__(self, instance):
        if self.fdel is None:
            raise AttributeError("can't delete attribute")
        self.fdel(instance)

    def getter(self, fget):
        made = type(self)(fget, self.fset, self.fdel, self.overwrite_doc and fget.__doc__ or self.__doc__)
        made.overwrite_doc = self.overwrite_doc
        return made

    def setter(self, fset):
        made = type(self)(self.fget, fset, self.fdel, self.__doc__)
        made.overwrite_doc = self.overwrite_doc
        return made

    def deleter(self, fdel):
        made = type(self)(self.fget, self.fset, fdel, self.__doc__)
        made.overwrite_doc = self.overwrite_doc
        return made
