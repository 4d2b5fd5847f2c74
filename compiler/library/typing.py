"""Names for annotations. Nothing of them is checked."""

import collections as _collections
import collections.abc as _abc
import contextlib as _contextlib
from collections import _make_named
from types import GenericAlias as _Alias, UnionType as _UnionType

TYPE_CHECKING = False


_PLAIN = ("Any", "NoReturn", "Never", "Self", "LiteralString", "TypeAlias")


class _Form:
    """A name for annotations, with parameters in brackets or without."""

    def __init__(self, name, origin=None, parameters=None, metadata=()):
        self._name = name
        self.__origin__ = origin
        self.__args__ = () if parameters is None else parameters
        self.__metadata__ = metadata
        self._is_given = parameters is not None
        self.__parameters__ = _variables(self.__args__)

    def __getitem__(self, parameters):
        name = self._name
        if name in _PLAIN:
            raise TypeError(f"{self!r} is not subscriptable")
        if not isinstance(parameters, tuple):
            parameters = (parameters,)
        if self._is_given:
            return self._with(parameters)
        if name == "Literal":
            return _Form(name, self, _flat(parameters))
        if name == "Annotated":
            if len(parameters) < 2:
                raise TypeError("Annotated[...] should be used with at least two arguments (a type and an annotation).")
            return _Form(name, _checked(parameters[0]), (_checked(parameters[0]),), parameters[1:])
        if name == "Callable":
            if len(parameters) != 2:
                raise TypeError("Callable must be used as Callable[[arg, ...], result].")
            takes, gives = parameters
            takes = tuple(takes) if isinstance(takes, list) else (takes,)
            return _Form(name, self.__origin__, tuple([_checked(one) for one in (*takes, gives)]))
        if name == "Tuple" and parameters == ((),):
            return _Form(name, tuple, ())
        parameters = tuple([_checked(one) for one in parameters])
        if name == "Optional":
            if len(parameters) != 1:
                raise TypeError(f"typing.Optional requires a single type. Got {parameters!r}.")
            return _union((*parameters, type(None)))
        if name == "Union":
            return _union(parameters)
        if name in ("ClassVar", "Final", "Required", "NotRequired", "TypeGuard", "Unpack") and len(parameters) != 1:
            raise TypeError(f"typing.{name} accepts only single type.")
        return _Form(name, self if self.__origin__ is None else self.__origin__, parameters)

    def _with(self, parameters):
        """Its variables replaced."""
        names = self.__parameters__
        if not names:
            raise TypeError(f"{self!r} is not a generic class")
        if len(parameters) != len(names):
            size = "many" if len(parameters) > len(names) else "few"
            raise TypeError(f"Too {size} arguments for {self!r}; actual {len(parameters)}, expected {len(names)}")
        known = dict(zip(names, [_checked(one) for one in parameters]))
        made = []
        for one in self.__args__:
            if isinstance(one, _Form) and one.__parameters__:
                one = one[tuple([known[name] for name in one.__parameters__])]
            elif isinstance(one, TypeVar):
                one = known[one]
            made.append(one)
        if self._name == "Union":
            return _union(made)
        origin = made[0] if self._name == "Annotated" else self.__origin__
        return _Form(self._name, origin, tuple(made), self.__metadata__)

    def __call__(self, *args, **kwargs):
        if isinstance(self.__origin__, type):
            name = self.__origin__.__name__
            raise TypeError(f"Type {self._name} cannot be instantiated; use {name}() instead")
        if self._name == "Any":
            raise TypeError("Any cannot be instantiated")
        raise TypeError(f"Cannot instantiate {self!r}")

    def __mro_entries__(self, bases):
        return (self.__origin__,) if isinstance(self.__origin__, type) else ()

    def __instancecheck__(self, obj):
        return self.__subclasscheck__(type(obj), "isinstance")

    def __subclasscheck__(self, cls, asked="issubclass"):
        if self._name == "Union" and self._is_given:
            return any([issubclass(cls, one) for one in self.__args__])
        if self._is_given and self._name not in ("Literal", "ClassVar", "Final"):
            raise TypeError("Subscripted generics cannot be used with class and instance checks")
        if not isinstance(self.__origin__, type):
            raise TypeError(f"{self!r} cannot be used with {asked}()")
        return issubclass(cls, self.__origin__)

    def __or__(self, other):
        return _union((self, _checked(other)))

    def __ror__(self, other):
        return _union((_checked(other), self))

    def __eq__(self, other):
        if not isinstance(other, _Form):
            return _as_form(other) == self if _is_union(other) else NotImplemented
        if self._name != other._name or self._is_given != other._is_given:
            return False
        if self._name == "Union":
            return set(self.__args__) == set(other.__args__)
        if self._name == "Literal":
            return {(type(one), one) for one in self.__args__} == {(type(one), one) for one in other.__args__}
        return self.__args__ == other.__args__ and self.__metadata__ == other.__metadata__

    def __hash__(self):
        is_set = self._name in ("Union", "Literal")
        return hash((self._name, frozenset(self.__args__) if is_set else self.__args__))

    def __repr__(self):
        args = self.__args__
        name = self._name
        if not self._is_given:
            return f"typing.{name}"
        if name == "Union" and len(args) == 2 and type(None) in args:
            name, args = "Optional", [one for one in args if one is not type(None)]
        if name == "Literal":
            shown = ", ".join([repr(one) for one in args])
        elif name == "Callable" and args[0] is not ...:
            shown = f"[{', '.join([_shown(one) for one in args[:-1]])}], {_shown(args[-1])}"
        else:
            shown = ", ".join([_shown(one) for one in args] + [repr(one) for one in self.__metadata__])
        return f"typing.{name}[{shown or '()'}]"


def _flat(values):
    """The values of a literal: once each, as `True` and `1` are two."""
    kept = []
    for one in values:
        inside = one.__args__ if isinstance(one, _Form) and one._name == "Literal" else (one,)
        kept += [part for part in inside if all([part != old or type(part) is not type(old) for old in kept])]
    return tuple(kept)


def _is_union(value):
    return type(value) is type(int | str)


def _as_form(value):
    return _Form("Union", Union, value.__args__)


def _checked(parameter):
    if parameter is None:
        return type(None)
    return ForwardRef(parameter) if isinstance(parameter, str) else parameter


def _variables(parameters):
    found = []
    for one in parameters:
        for name in (one,) if isinstance(one, TypeVar) else getattr(one, "__parameters__", ()):
            if name not in found:
                found.append(name)
    return tuple(found)


def _union(parameters):
    if not parameters:
        raise TypeError("Cannot take a Union of no types.")
    kept = []
    for one in parameters:
        inside = one.__args__ if _is_union(one) or isinstance(one, _Form) and one._name == "Union" else (one,)
        kept += [part for part in inside if part not in kept]
    return kept[0] if len(kept) == 1 else _Form("Union", Union, tuple(kept))


def _shown(parameter):
    if parameter is ...:
        return "..."
    if isinstance(parameter, (list, tuple)):
        return f"[{', '.join([_shown(p) for p in parameter])}]"
    if isinstance(parameter, type):
        if parameter.__module__ == "builtins":
            return parameter.__qualname__
        return f"{parameter.__module__}.{parameter.__qualname__}"
    return repr(parameter)


def _unite(cls):
    """Gives a class the operators that make unions: only where the text of the program has one."""
    def join(self, other): return _union((self, _checked(other)))
    def join_right(self, other): return _union((_checked(other), self))

    cls.__or__ = join
    cls.__ror__ = join_right


class ForwardRef:
    _added = {}

    def __init__(self, arg):
        self.__forward_arg__ = arg

    def __eq__(self, other):
        return self.__forward_arg__ == other.__forward_arg__ if isinstance(other, ForwardRef) else NotImplemented

    def __hash__(self):
        return hash(self.__forward_arg__)

    def __repr__(self):
        return f"ForwardRef({self.__forward_arg__!r})"


ForwardRef._added["|"] = _unite(ForwardRef)


class _GenericAlias:
    """What a class with parameters is in CPython; here they leave the class as it is."""


Any = _Form("Any")
Union = _Form("Union")
Optional = _Form("Optional")
Literal = _Form("Literal")
Final = _Form("Final")
ClassVar = _Form("ClassVar")
Annotated = _Form("Annotated")
Callable = _Form("Callable")
Type = _Form("Type", type)
Concatenate = _Form("Concatenate")
TypeGuard = _Form("TypeGuard")
TypeAlias = _Form("TypeAlias")
NoReturn = _Form("NoReturn")
Never = _Form("Never")
Self = _Form("Self")
LiteralString = _Form("LiteralString")
Required = _Form("Required")
NotRequired = _Form("NotRequired")
Unpack = _Form("Unpack")
List = _Form("List", list)
Dict = _Form("Dict", dict)
Set = _Form("Set", set)
FrozenSet = _Form("FrozenSet", frozenset)
Tuple = _Form("Tuple", tuple)
DefaultDict = _Form("DefaultDict")
OrderedDict = _Form("OrderedDict")
Counter = _Form("Counter")
Deque = _Form("Deque")
ChainMap = _Form("ChainMap")
Iterable = _Form("Iterable")
Iterator = _Form("Iterator")
Generator = _Form("Generator")
Sequence = _Form("Sequence")
MutableSequence = _Form("MutableSequence")
Mapping = _Form("Mapping")
MutableMapping = _Form("MutableMapping")
Collection = _Form("Collection")
Container = _Form("Container")
Hashable = _Form("Hashable")
Sized = _Form("Sized")
Reversible = _Form("Reversible")
AbstractSet = _Form("AbstractSet")
MutableSet = _Form("MutableSet")
Awaitable = _Form("Awaitable")
Coroutine = _Form("Coroutine")
AsyncIterator = _Form("AsyncIterator")
AsyncIterable = _Form("AsyncIterable")
AsyncGenerator = _Form("AsyncGenerator")
ContextManager = _Form("ContextManager")
Pattern = _Form("Pattern")
Match = _Form("Match")
IO = _Form("IO")
TextIO = _Form("TextIO")
BinaryIO = _Form("BinaryIO")
Text = str


class TypeVar:
    _added = {}

    def __init__(self, name, *constraints, bound=None, covariant=False, contravariant=False):
        if covariant and contravariant:
            raise ValueError("Bivariant types are not supported.")
        if constraints and bound is not None:
            raise TypeError("Constraints cannot be combined with bound=...")
        if len(constraints) == 1:
            raise TypeError("A single constraint is not allowed")
        self.__name__ = name
        self.__constraints__ = constraints
        self.__bound__ = _checked(bound) if bound is not None else None
        self.__covariant__, self.__contravariant__ = covariant, contravariant

    def __repr__(self):
        return f"{'+' if self.__covariant__ else '-' if self.__contravariant__ else '~'}{self.__name__}"


TypeVar._added["|"] = _unite(TypeVar)
AnyStr = TypeVar("AnyStr", bytes, str)


class ParamSpec(TypeVar):
    args = None
    kwargs = None


class TypeVarTuple(TypeVar):
    def __iter__(self):
        yield Unpack[self]

    def __repr__(self):
        return self.__name__


class Generic:
    @classmethod
    def __class_getitem__(cls, item):
        if cls is not Generic:
            for make in _aliases.values():
                return make(cls, item)
        return cls


def _alias_of(cls, item):
    from types import GenericAlias
    parameters = item if isinstance(item, tuple) else (item,)
    return GenericAlias(cls, tuple([_checked(one) for one in parameters]))


# A class of the program with parameters says them where the text of the program asks for any.
_aliases = {}
_aliases["get_args"] = _alias_of
_aliases["get_origin"] = _alias_of
_aliases["__args__"] = _alias_of
_aliases["__origin__"] = _alias_of


class Protocol:
    @classmethod
    def __class_getitem__(cls, item):
        return cls

    @classmethod
    def __class_instancecheck__(cls, obj):
        if Protocol not in cls.__bases__:
            return NotImplemented
        if not cls.__dict__.get("_is_runtime_protocol"):
            raise TypeError("Instance and class checks can only be used with @runtime_checkable protocols")
        for base in cls.__mro__:
            if base is object or base is Protocol:
                continue
            for name in [*base.__dict__, *base.__dict__.get("__annotations__", ())]:
                if name not in _NOT_CHECKED and not hasattr(obj, name):
                    return False
        return True

    @classmethod
    def __class_subclasscheck__(cls, other):
        if not cls.__dict__.get("_is_runtime_protocol") or not isinstance(other, type):
            return NotImplemented
        for base in cls.__mro__:
            if base is object or base is Protocol:
                continue
            if base.__dict__.get("__annotations__"):
                raise TypeError("Protocols with non-method members don't support issubclass()")
            for name in base.__dict__:
                if name not in _NOT_CHECKED and getattr(other, name, None) is None:
                    return False
        return True


_NOT_CHECKED = (
    "__module__", "_is_runtime_protocol", "__annotations__", "__hints__", "__doc__", "__init__", "__qualname__", "__slots__",
)


class SupportsInt(Protocol):
    def __int__(self): ...


class SupportsFloat(Protocol):
    def __float__(self): ...


class SupportsIndex(Protocol):
    def __index__(self): ...


class SupportsAbs(Protocol):
    def __abs__(self): ...


class SupportsRound(Protocol):
    def __round__(self, ndigits=0): ...


class SupportsBytes(Protocol):
    def __bytes__(self): ...


class SupportsComplex(Protocol):
    def __complex__(self): ...


SupportsRound._is_runtime_protocol = True
SupportsBytes._is_runtime_protocol = True
SupportsComplex._is_runtime_protocol = True
SupportsInt._is_runtime_protocol = True
SupportsFloat._is_runtime_protocol = True
SupportsIndex._is_runtime_protocol = True
SupportsAbs._is_runtime_protocol = True


def runtime_checkable(cls):
    cls._is_runtime_protocol = True
    return cls


class NamedTuple(tuple):
    def __init_subclass__(cls):
        if "_fields" in cls.__dict__ or cls.__mro__[1] is not NamedTuple:
            return
        fields = tuple(cls.__dict__.get("__annotations__", {}))
        defaults = {}
        for name in fields:
            if name in cls.__dict__:
                defaults[name] = cls.__dict__[name]
            elif defaults:
                raise TypeError(
                    f"non-default namedtuple field {name} cannot follow default field"
                    f"{'s' if len(defaults) > 1 else ''} {', '.join(defaults)}"
                )
        made = _make_named(cls.__name__, fields, defaults)
        for name, value in made.__dict__.items():
            if name not in cls.__dict__ or name in fields:
                setattr(cls, name, value)

    @classmethod
    def __class_call__(cls, /, *args, **kwargs):
        if cls is NamedTuple:
            name, fields = args
            made = _make_named(name, tuple([field for field, _ in fields]), {})
            made.__annotations__ = dict(fields)
            return made
        return type.__call__(cls, *args, **kwargs)


class TypedDict(dict):
    def __init_subclass__(cls, total=True):
        for note in _keys.values():
            note(cls, total)
            break

    @classmethod
    def __class_call__(cls, /, *args, total=True, **kwargs):
        if cls is not TypedDict:
            return dict(*args, **kwargs)
        name, annotations = args
        return type(name, (cls,), {"__annotations__": dict(annotations)}, total=total)

    @classmethod
    def __class_instancecheck__(cls, obj):
        raise TypeError("TypedDict does not support instance and class checks")


def _note_keys(cls, total):
    """What the keys are, and which have to be there."""
    required, optional, every = set(), set(), {}
    for base in cls.__mro__[1:-2]:
        for name, to in (("__required_keys__", required), ("__optional_keys__", optional)):
            to.update(base.__dict__.get(name, ()))
        if "__total__" in base.__dict__:
            every = {**base.__annotations__, **every}
    own = cls.__dict__.get("__annotations__", {})
    for name, value in own.items():
        said = value.split("[")[0].rsplit(".", 1)[-1] if isinstance(value, str) else getattr(value, "_name", "")
        is_required = said == "Required" or total and said != "NotRequired"
        (required if is_required else optional).add(name)
    cls.__annotations__ = {**every, **own}
    cls.__required_keys__, cls.__optional_keys__ = frozenset(required), frozenset(optional)
    cls.__total__ = total


_keys = {}
_keys["__total__"] = _note_keys
_keys["__required_keys__"] = _note_keys
_keys["__optional_keys__"] = _note_keys
_keys["__annotations__"] = _note_keys


class NewType:
    __module__ = "__main__"
    _added = {}

    def __init__(self, name, tp):
        self.__name__ = self.__qualname__ = name
        self.__supertype__ = tp

    def __call__(self, value, /):
        return value

    def __mro_entries__(self, bases):
        raise TypeError(
            f"Cannot subclass an instance of NewType. Perhaps you were looking for: "
            f"`Subclass = NewType('Subclass', {self.__name__})`"
        )

    def __repr__(self):
        return f"{self.__module__}.{self.__qualname__}"


NewType._added["|"] = _unite(NewType)


def cast(typ, val): return val
def overload(func): return func
def final(f): return f
def no_type_check(arg): return arg
def override(f): return f


def get_type_hints(obj, globalns=None, localns=None, include_extras=False):
    hints = {}
    for one in reversed(obj.__mro__) if isinstance(obj, type) else (obj,):
        own = one.__dict__.get("__annotations__", {}) if isinstance(obj, type) else getattr(one, "__annotations__", {})
        for name, hint in own.items():
            if hint is None:
                hint = type(None)
            hints[name] = hint if include_extras else _without_extras(hint)
    return hints


def _without_extras(value):
    if not isinstance(value, _Form) or not value._is_given:
        return value
    if value._name in ("Annotated", "Required", "NotRequired"):
        return _without_extras(value.__args__[0])
    if value._name == "Literal":
        return value
    parts = tuple([_without_extras(one) for one in value.__args__])
    if all([old is new for old, new in zip(value.__args__, parts)]):
        return value
    return _union(parts) if value._name == "Union" else _Form(value._name, value.__origin__, parts)


# What names for annotations stand for, of those that the text of the program has.
_origins = {}
_origins["DefaultDict"] = lambda: _collections.defaultdict
_origins["OrderedDict"] = lambda: _collections.OrderedDict
_origins["Counter"] = lambda: _collections.Counter
_origins["Deque"] = lambda: _collections.deque
_origins["ChainMap"] = lambda: _collections.ChainMap
_origins["Callable"] = lambda: _abc.Callable
_origins["Iterable"] = lambda: _abc.Iterable
_origins["Iterator"] = lambda: _abc.Iterator
_origins["Generator"] = lambda: _abc.Generator
_origins["Sequence"] = lambda: _abc.Sequence
_origins["MutableSequence"] = lambda: _abc.MutableSequence
_origins["Mapping"] = lambda: _abc.Mapping
_origins["MutableMapping"] = lambda: _abc.MutableMapping
_origins["Collection"] = lambda: _abc.Collection
_origins["Container"] = lambda: _abc.Container
_origins["Hashable"] = lambda: _abc.Hashable
_origins["Sized"] = lambda: _abc.Sized
_origins["Reversible"] = lambda: _abc.Reversible
_origins["MutableSet"] = lambda: _abc.MutableSet
_origins["Awaitable"] = lambda: _abc.Awaitable
_origins["Coroutine"] = lambda: _abc.Coroutine
_origins["AsyncIterator"] = lambda: _abc.AsyncIterator
_origins["AsyncIterable"] = lambda: _abc.AsyncIterable
_origins["AbstractSet"] = lambda: _abc.Set
_origins["ContextManager"] = lambda: _contextlib.AbstractContextManager


def get_origin(tp):
    if isinstance(tp, _UnionType) or type(tp).__name__ == "_Either":
        return _UnionType
    if isinstance(tp, _Alias):
        return tp.__origin__
    if not isinstance(tp, _Form) or not tp._is_given and not isinstance(tp.__origin__, type):
        return None
    if tp._name in _origins:
        return _origins[tp._name]()
    return Annotated if tp._name == "Annotated" else tp.__origin__


def get_args(tp):
    if not isinstance(tp, _Form):
        return getattr(tp, "__args__", ())
    if tp._name == "Annotated":
        return tp.__args__ + tp.__metadata__
    if tp._name == "Callable" and tp._is_given and tp.__args__[0] is not ...:
        return list(tp.__args__[:-1]), tp.__args__[-1]
    return tp.__args__


def assert_type(val, typ): return val
def reveal_type(obj): return obj


def assert_never(arg):
    raise AssertionError(f"Expected code to be unreachable, but got: {arg!r}")
