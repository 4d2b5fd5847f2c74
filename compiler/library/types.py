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


class GenericAlias:
    """What no class with parameters is: they are the classes themselves here."""

    def __init__(self, origin, args):
        self.__origin__ = origin
        self.__args__ = args if isinstance(args, tuple) else (args,)

    def __call__(self, *args, **kwargs):
        return self.__origin__(*args, **kwargs)

    def __mro_entries__(self, bases):
        return (self.__origin__,)


def new_class(name, bases=(), kwds=None, exec_body=None):
    namespace = {}
    if exec_body is not None:
        exec_body(namespace)
    return type(name, tuple(bases), namespace, **(kwds or {}))


def coroutine(func):
    return func


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
        self._mapping = mapping

    def __getitem__(self, key): return self._mapping[key]
    def __len__(self): return len(self._mapping)
    def __iter__(self): return iter(self._mapping)
    def __contains__(self, key): return key in self._mapping
    def __repr__(self): return f"mappingproxy({self._mapping!r})"
    def __str__(self): return str(self._mapping)
    def __eq__(self, other): return self._mapping == (other._mapping if isinstance(other, mappingproxy) else other)
    def __or__(self, other): return self._mapping | (other._mapping if isinstance(other, mappingproxy) else other)
    def __ror__(self, other): return other | self._mapping
    def __reversed__(self): return reversed(self._mapping)
    def get(self, key, default=None): return self._mapping.get(key, default)
    def keys(self): return self._mapping.keys()
    def values(self): return self._mapping.values()
    def items(self): return self._mapping.items()
    def copy(self): return self._mapping.copy()


MappingProxyType = mappingproxy


class DynamicClassAttribute:
    def __init__(self, fget=None, fset=None, fdel=None, doc=None):
        self.fget = fget

    def __get__(self, instance, owner=None):
        return self.fget(instance)
