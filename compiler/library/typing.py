"""Names for annotations. Nothing of them is checked; annotations are not evaluated."""

from collections import _make_named

TYPE_CHECKING = False


class _Form:
    """Something that takes parameters in brackets and means nothing when running."""

    def __init__(self, name, parameters=()):
        self._name = name
        self.__args__ = parameters

    def __getitem__(self, parameters):
        if not isinstance(parameters, tuple):
            parameters = (parameters,)
        return _Form(f"{self._name}[{', '.join([_shown(p) for p in parameters])}]", parameters)

    def __call__(self, *args, **kwargs):
        raise TypeError(f"Cannot instantiate typing.{self._name}")

    def __or__(self, other):
        return _Form(f"Union[{_shown(self)}, {_shown(other)}]")

    def __ror__(self, other):
        return _Form(f"Union[{_shown(other)}, {_shown(self)}]")

    def __eq__(self, other):
        return isinstance(other, _Form) and self._name == other._name

    def __hash__(self):
        return hash(self._name)

    def __repr__(self):
        return f"typing.{self._name}"


def _shown(parameter):
    if parameter is ...:
        return "..."
    if isinstance(parameter, list):
        return f"[{', '.join([_shown(p) for p in parameter])}]"
    if parameter is None:
        return "NoneType"
    if isinstance(parameter, type):
        return parameter.__name__
    return repr(parameter)


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
Type = _Form("Type")
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
List = _Form("List")
Dict = _Form("Dict")
Set = _Form("Set")
FrozenSet = _Form("FrozenSet")
Tuple = _Form("Tuple")
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
AnyStr = _Form("AnyStr")


class TypeVar:
    def __init__(self, name, *constraints, bound=None, covariant=False, contravariant=False):
        self.__name__ = name

    def __repr__(self):
        return f"~{self.__name__}"


class ParamSpec(TypeVar):
    args = None
    kwargs = None


class TypeVarTuple(TypeVar):
    pass


class Generic:
    @classmethod
    def __class_getitem__(cls, item):
        return cls


class Protocol:
    @classmethod
    def __class_getitem__(cls, item):
        return cls

    @classmethod
    def __class_instancecheck__(cls, obj):
        if not cls.__dict__.get("_is_runtime_protocol"):
            return NotImplemented
        for base in cls.__mro__:
            if base is object or base is Protocol:
                continue
            for name in base.__dict__:
                if name not in _NOT_CHECKED and not hasattr(obj, name):
                    return False
        return True


_NOT_CHECKED = ("__module__", "_is_runtime_protocol", "__annotations__", "__doc__", "__init__")


class SupportsInt(Protocol):
    def __int__(self): ...


class SupportsFloat(Protocol):
    def __float__(self): ...


class SupportsIndex(Protocol):
    def __index__(self): ...


class SupportsAbs(Protocol):
    def __abs__(self): ...


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
            return _make_named(name, tuple([field for field, _ in fields]), {})
        return type.__call__(cls, *args, **kwargs)


class TypedDict(dict):
    def __init_subclass__(cls, total=True):
        pass


def NewType(name, tp):
    def convert(value):
        return value
    convert.__name__ = name
    convert.__supertype__ = tp
    return convert


def cast(typ, val): return val
def overload(func): return func
def final(f): return f
def no_type_check(arg): return arg
def override(f): return f
def get_type_hints(obj, globalns=None, localns=None, include_extras=False): return dict(getattr(obj, "__annotations__", {}))
def get_origin(tp): return None
def get_args(tp): return getattr(tp, "__args__", ())
def assert_type(val, typ): return val
def reveal_type(obj): return obj


def assert_never(arg):
    raise AssertionError(f"Expected code to be unreachable, but got: {arg!r}")
