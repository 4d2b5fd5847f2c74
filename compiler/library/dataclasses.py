"""Classes made of their annotated fields."""


class FrozenInstanceError(AttributeError):
    pass


class _Missing:
    def __repr__(self):
        return "<dataclasses._MISSING_TYPE object>"


MISSING = _Missing()

# What few classes ask for: it comes along only where the text of the program names it.
_rare = {}


class KW_ONLY:
    pass


class InitVar:
    __slots__ = ("type",)

    def __init__(self, type):
        self.type = type

    def __repr__(self):
        shown = self.type.__name__ if isinstance(self.type, type) else repr(self.type)
        return f"dataclasses.InitVar[{shown}]"

    @classmethod
    def __class_getitem__(cls, item):
        return cls(item)


class _Plain:
    """A field of which nothing is said but its type and its default."""

    default_factory = kw_only = MISSING
    init = repr = compare = True
    hash = None
    _init_only = False

    def __init__(self, default):
        self.default = default


class Field:
    def __init__(self, default, default_factory, init, repr, hash, compare, metadata, kw_only):
        self.name = None
        self.type = None
        self.default = default
        self.default_factory = default_factory
        self.init = init
        self.repr = repr
        self.hash = hash
        self.compare = compare
        self.metadata = {} if metadata is None else metadata
        self.kw_only = kw_only
        self._init_only = False

    def __set_name__(self, owner, name):
        named = getattr(type(self.default), "__set_name__", None)
        if named is not None:
            named(self.default, owner, name)

    def __repr__(self):
        return (
            f"Field(name={self.name!r},type={self.type!r},default={self.default!r},"
            f"default_factory={self.default_factory!r},init={self.init!r},repr={self.repr!r},hash={self.hash!r},"
            f"compare={self.compare!r},metadata={self.metadata!r},kw_only={self.kw_only!r})"
        )


def _all_annotated(own, annotations):
    for name, value in own.items():
        if isinstance(value, Field) and name not in annotations:
            raise TypeError(f"{name!r} is a field but has no type annotation")


def _said(cls, name, default):
    """The field of which the class says more, or one like it."""
    if not isinstance(default, Field):
        return Field(default, MISSING, True, True, None, True, None, MISSING)
    if default.default is MISSING:
        delattr(cls, name)
    else:
        setattr(cls, name, default.default)
    return default


def field(*, default=MISSING, default_factory=MISSING, init=True, repr=True, hash=None, compare=True, metadata=None, kw_only=MISSING):
    if default is not MISSING and default_factory is not MISSING:
        raise ValueError("cannot specify both default and default_factory")
    return Field(default, default_factory, init, repr, hash, compare, metadata, kw_only)


def dataclass(cls=None, /, *, init=True, repr=True, eq=True, order=False, unsafe_hash=False, frozen=False, match_args=True, kw_only=False, slots=False, weakref_slot=False):
    def wrap(cls):
        made = _process(cls, init, repr, eq, order, unsafe_hash, frozen, match_args, kw_only, slots)
        return _rare["slot"](made, slots) if slots or weakref_slot else made
    return wrap if cls is None else wrap(cls)


def _slotted(cls, slots):
    """The class again, with its fields as slots."""
    if not slots:
        raise TypeError("weakref_slot is True but slots is False")
    own = cls.__dict__
    if "__slots__" in own:
        raise TypeError(f"{cls.__name__} already specifies __slots__")
    taken = []
    for base in cls.__mro__[1:]:
        declared = base.__dict__.get("__slots__", ()) if hasattr(base, "__dict__") else ()
        taken.extend([declared] if isinstance(declared, str) else declared)
    names = tuple([one.name for one in fields(cls)])
    namespace = {name: value for name, value in own.items() if name not in names}
    namespace["__slots__"] = tuple([name for name in names if name not in taken])
    return type(cls.__name__, cls.__bases__, namespace)


def _kind(annotation):
    if not isinstance(annotation, str):
        if annotation is KW_ONLY:
            return "KW_ONLY"
        if annotation is InitVar or isinstance(annotation, InitVar):
            return "InitVar"
        return "ClassVar" if repr(annotation).startswith("typing.ClassVar") else ""
    head = annotation.split("[")[0].rsplit(".", 1)[-1].strip()
    return head if head in ("ClassVar", "InitVar", "KW_ONLY") else ""


def _kind_of(name, annotation, default, is_marked):
    """What the annotation makes of the field, where it may be that."""
    kind = _kind(annotation)
    if kind == "KW_ONLY":
        if is_marked:
            raise TypeError(f"{name!r} is KW_ONLY, but KW_ONLY has already been specified")
    elif kind and isinstance(default, Field):
        if default.default_factory is not MISSING:
            raise TypeError(f"field {name} cannot have a default factory")
        if kind == "ClassVar" and default.kw_only is not MISSING:
            raise TypeError(f"field {name} is a ClassVar but specifies kw_only")
    return kind


def _process(cls, init, repr, eq, order, unsafe_hash, frozen, match_args, kw_only, slots=False):
    fields = {}
    bases = []
    for base in cls.__mro__[-1:0:-1]:
        inherited = getattr(base, "__dataclass_fields__", None) if base is not object else None
        if inherited is not None:
            bases.append(base)
            fields.update(inherited)
    own = cls.__dict__
    only_keywords, is_marked = kw_only, False
    annotations = own.get("__annotations__", {})
    said, check = _rare.get("field") or (None, None)
    if check is not None:
        check(own, annotations)
    kind_of = _rare.get("InitVar") or _rare.get("ClassVar") or _rare.get("KW_ONLY")
    for name, annotation in annotations.items():
        default = getattr(cls, name, MISSING)
        if isinstance(default, property) and name not in own:
            # What stands for a slot of a class before.
            default = MISSING
        kind = kind_of(name, annotation, default, is_marked) if kind_of else ""
        if kind == "KW_ONLY":
            only_keywords = is_marked = True
            continue
        one = said(cls, name, default) if said else _Plain(default)
        one.name = name
        one.type = annotation
        one._init_only = kind == "InitVar"
        if kind == "ClassVar":
            continue
        if one.kw_only is MISSING:
            one.kw_only = only_keywords
        if not kind and (
            isinstance(one.default, (list, dict, set)) or getattr(type(one.default), "__hash__", one) is None
        ):
            raise ValueError(
                f"mutable default {type(one.default)} for field {name} is not allowed: use default_factory"
            )
        fields[name] = one
    own_hash = own.get("__hash__", MISSING)
    has_hash = not (own_hash is MISSING or own_hash is None and "__eq__" in own)
    cls.__dataclass_fields__ = fields
    cls.__dataclass_params__ = {"frozen": frozen, "eq": eq, "order": order}
    shown = [one for one in fields.values() if not one._init_only]
    given = [one for one in fields.values() if one.init and not one.kw_only]
    named = [one for one in fields.values() if one.init and one.kw_only]
    if init and "__init__" not in own:
        seen_default = False
        for one in given:
            if one.default is not MISSING or one.default_factory is not MISSING:
                seen_default = True
            elif seen_default:
                raise TypeError(f"non-default argument {one.name!r} follows default argument")
        cls.__init__ = _make_init(cls, list(fields.values()), given, named, slots)
    if repr and "__repr__" not in own:
        cls.__repr__ = _make_repr([one.name for one in shown if one.repr])
    compared = [one.name for one in shown if one.compare]
    if eq and "__eq__" not in own:
        cls.__eq__ = _make_eq(compared)
    if order:
        _rare["order"](cls, eq, compared)
    asked = "frozen" if frozen or "frozen" in _rare else "unsafe_hash"
    freeze, make_hashed = _rare[asked] if frozen or unsafe_hash or asked in _rare else (None, None)
    if freeze is not None:
        freeze(cls, bases, frozen)
    if unsafe_hash or eq and frozen:
        make_hashed(cls, shown, unsafe_hash, has_hash)
    elif eq and not has_hash:
        cls.__hash__ = None
    if match_args and "__match_args__" not in own:
        cls.__match_args__ = tuple([one.name for one in given])
    return cls


def _make_init(cls, fields, given, named, slots):
    store = object.__setattr__ if cls.__dataclass_params__["frozen"] else setattr
    needed = len([one for one in given if one.default is MISSING and one.default_factory is MISSING])
    are_given = not named and all([one.init and not one._init_only for one in fields])

    def __init__(self, /, *args, **kwargs):
        if are_given and not kwargs and needed <= len(args) <= len(given):
            # Nothing to find out: most often.
            for one, value in zip(given, args):
                store(self, one.name, value)
            for one in given[len(args):]:
                store(self, one.name, one.default if one.default_factory is MISSING else one.default_factory())
            post = getattr(self, "__post_init__", None)
            if post is not None:
                post()
            return
        name_of = f"{cls.__qualname__}.__init__()"
        if len(args) > len(given):
            most = len(given) + 1
            least = needed + 1
            takes = f"{most}" if least == most else f"from {least} to {most}"
            raise TypeError(
                f"{name_of} takes {takes} positional argument{'s' if most != 1 else ''} but {len(args) + 1} were given"
            )
        values = {one.name: value for one, value in zip(given, args)}
        allowed = [one.name for one in given] + [one.name for one in named]
        for name, value in kwargs.items():
            if name in values:
                raise TypeError(f"{name_of} got multiple values for argument '{name}'")
            if name not in allowed:
                raise TypeError(f"{name_of} got an unexpected keyword argument '{name}'")
            values[name] = value
        for kind, group in (("positional", given), ("keyword-only", named)):
            missing = [
                repr(one.name) for one in group
                if one.name not in values and one.default is MISSING and one.default_factory is MISSING
            ]
            if missing:
                names = " and ".join(missing) if len(missing) < 3 else ", ".join(missing[:-1]) + ", and " + missing[-1]
                plural = "s" if len(missing) > 1 else ""
                raise TypeError(f"{name_of} missing {len(missing)} required {kind} argument{plural}: {names}")
        later = []
        for one in fields:
            if one.init and one.name in values:
                value = values[one.name]
            elif one.default_factory is not MISSING:
                value = one.default_factory()
            elif one.default is not MISSING and (one.init or slots):
                value = one.default
            else:
                continue
            if one._init_only:
                later.append(value)
            else:
                store(self, one.name, value)
        post = getattr(self, "__post_init__", None)
        if post is not None:
            post(*later)
    return __init__


def _make_repr(names):
    running = []

    def __repr__(self):
        for one in running:
            if one is self:
                return "..."
        running.append(self)
        try:
            parts = ", ".join([f"{name}={getattr(self, name)!r}" for name in names])
        finally:
            running.pop()
        return f"{self.__class__.__qualname__}({parts})"
    return __repr__


def _values(obj, names):
    return tuple([getattr(obj, name) for name in names])


def _make_eq(names):
    def __eq__(self, other):
        if other.__class__ is self.__class__:
            return _values(self, names) == _values(other, names)
        return NotImplemented
    return __eq__


def _make_ordered(cls, eq, names):
    if not eq:
        raise ValueError("eq must be true if order is true")
    for name, make in (("__lt__", _make_lt), ("__le__", _make_le), ("__gt__", _make_gt), ("__ge__", _make_ge)):
        if name in cls.__dict__:
            raise TypeError(
                f"Cannot overwrite attribute {name} in class {cls.__name__}. Consider using functools.total_ordering"
            )
        setattr(cls, name, make(names))


def _make_lt(names):
    def __lt__(self, other):
        if other.__class__ is self.__class__:
            return _values(self, names) < _values(other, names)
        return NotImplemented
    return __lt__


def _make_le(names):
    def __le__(self, other):
        if other.__class__ is self.__class__:
            return _values(self, names) <= _values(other, names)
        return NotImplemented
    return __le__


def _make_gt(names):
    def __gt__(self, other):
        if other.__class__ is self.__class__:
            return _values(self, names) > _values(other, names)
        return NotImplemented
    return __gt__


def _make_ge(names):
    def __ge__(self, other):
        if other.__class__ is self.__class__:
            return _values(self, names) >= _values(other, names)
        return NotImplemented
    return __ge__


def _make_hashed(cls, shown, unsafe_hash, has_hash):
    if has_hash:
        if unsafe_hash:
            raise TypeError(f"Cannot overwrite attribute __hash__ in class {cls.__name__}")
        return
    cls.__hash__ = _make_hash([one.name for one in shown if (one.compare if one.hash is None else one.hash)])


def _make_hash(names):
    def __hash__(self):
        return hash(_values(self, names))
    return __hash__


def _freeze(cls, bases, frozen):
    if bases:
        any_frozen = any([base.__dataclass_params__["frozen"] for base in bases])
        if any_frozen and not frozen:
            raise TypeError("cannot inherit non-frozen dataclass from a frozen one")
        if not any_frozen and frozen:
            raise TypeError("cannot inherit frozen dataclass from a non-frozen one")
    if frozen:
        for name, make in (("__setattr__", _make_frozen_setattr), ("__delattr__", _make_frozen_delattr)):
            if name in cls.__dict__:
                raise TypeError(f"Cannot overwrite attribute {name} in class {cls.__name__}")
            setattr(cls, name, make(cls, cls.__dataclass_fields__))


def _make_frozen_setattr(cls, fields):
    def __setattr__(self, name, value):
        if type(self) is cls or name in fields:
            raise FrozenInstanceError(f"cannot assign to field {name!r}")
        super(cls, self).__setattr__(name, value)
    return __setattr__


def _make_frozen_delattr(cls, fields):
    def __delattr__(self, name):
        if type(self) is cls or name in fields:
            raise FrozenInstanceError(f"cannot delete field {name!r}")
        super(cls, self).__delattr__(name)
    return __delattr__


def fields(class_or_instance):
    found = getattr(class_or_instance, "__dataclass_fields__", None)
    if found is None:
        raise TypeError("must be called with a dataclass type or instance")
    return tuple([one for one in found.values() if not one._init_only])


def is_dataclass(obj):
    return hasattr(obj if isinstance(obj, type) else type(obj), "__dataclass_fields__")


def asdict(obj, *, dict_factory=dict):
    if isinstance(obj, type) or not is_dataclass(obj):
        raise TypeError("asdict() should be called on dataclass instances")
    return _as_dict(obj, dict_factory)


def _as_dict(obj, factory):
    if is_dataclass(obj) and not isinstance(obj, type):
        return factory([(one.name, _as_dict(getattr(obj, one.name), factory)) for one in fields(obj)])
    if isinstance(obj, tuple) and hasattr(obj, "_fields"):
        return type(obj)(*[_as_dict(value, factory) for value in obj])
    if isinstance(obj, (list, tuple)):
        return type(obj)([_as_dict(value, factory) for value in obj])
    if isinstance(obj, dict):
        return type(obj)([(_as_dict(key, factory), _as_dict(value, factory)) for key, value in obj.items()])
    from copy import deepcopy
    return deepcopy(obj)


def astuple(obj, *, tuple_factory=tuple):
    if isinstance(obj, type) or not is_dataclass(obj):
        raise TypeError("astuple() should be called on dataclass instances")
    return _as_tuple(obj, tuple_factory)


def _as_tuple(obj, factory):
    if is_dataclass(obj) and not isinstance(obj, type):
        return factory([_as_tuple(getattr(obj, one.name), factory) for one in fields(obj)])
    if isinstance(obj, tuple) and hasattr(obj, "_fields"):
        return type(obj)(*[_as_tuple(value, factory) for value in obj])
    if isinstance(obj, (list, tuple)):
        return type(obj)([_as_tuple(value, factory) for value in obj])
    if isinstance(obj, dict):
        return type(obj)([(_as_tuple(key, factory), _as_tuple(value, factory)) for key, value in obj.items()])
    from copy import deepcopy
    return deepcopy(obj)


def replace(obj, /, **changes):
    if isinstance(obj, type) or not is_dataclass(obj):
        raise TypeError("replace() should be called on dataclass instances")
    for one in obj.__dataclass_fields__.values():
        if not one.init:
            if one.name in changes:
                raise ValueError(
                    f"field {one.name} is declared with init=False, it cannot be specified with replace()"
                )
            continue
        if one.name not in changes:
            if one._init_only and one.default is MISSING:
                raise ValueError(f"InitVar {one.name!r} must be specified with replace()")
            changes[one.name] = getattr(obj, one.name)
    return obj.__class__(**changes)


def make_dataclass(cls_name, fields, *, bases=(), namespace=None, **options):
    from keyword import iskeyword
    from types import new_class
    namespace = {} if namespace is None else dict(namespace)
    annotations = {}
    for item in fields:
        if isinstance(item, str):
            name, kind = item, "typing.Any"
        elif len(item) == 2:
            name, kind = item
        elif len(item) == 3:
            name, kind, namespace[item[0]] = item
        else:
            raise TypeError(f"Invalid field: {item!r}")
        if not isinstance(name, str) or not name.isidentifier():
            raise TypeError(f"Field names must be valid identifiers: {name!r}")
        if iskeyword(name):
            raise TypeError(f"Field names must not be keywords: {name!r}")
        if name in annotations:
            raise TypeError(f"Field name duplicated: {name!r}")
        annotations[name] = kind
    namespace["__annotations__"] = annotations
    return dataclass(new_class(cls_name, bases, {}, lambda body: body.update(namespace)), **options)


_rare["field"] = _said, _all_annotated
_rare["InitVar"] = _kind_of
_rare["ClassVar"] = _kind_of
_rare["KW_ONLY"] = _kind_of
_rare["slot"] = _slotted
_rare["order"] = _make_ordered
_rare["frozen"] = _freeze, _make_hashed
_rare["unsafe_hash"] = None, _make_hashed
