"""Enumerations."""

from builtins import property as _builtin_property
from types import MappingProxyType as _Proxy

# What only some programs use. An entry is there where the text of the program has its key: for one that has not, nothing
# of it is compiled.
_parts = {}
_mixed = {}


class auto:
    def __init__(self, value=None):
        self.value = value

    def __or__(self, other): return _Combined(lambda a, b: a | b, self, other)
    def __and__(self, other): return _Combined(lambda a, b: a & b, self, other)
    def __xor__(self, other): return _Combined(lambda a, b: a ^ b, self, other)
    __ror__ = __or__


class _Combined(auto):
    """`R | W` in a class body, where the values of R and W are not known yet."""

    def __init__(self, combine, left, right):
        self.value = None
        self._combine = combine
        self._sides = left, right

    def resolve(self):
        left, right = [_plain(side) for side in self._sides]
        return self._combine(left, right)


def _plain(value):
    if isinstance(value, _Combined):
        return value.resolve()
    return value.value if isinstance(value, auto) else value


def _is_setter(value):
    return hasattr(value, "__set__") or hasattr(value, "__delete__")


_parts["__set__"] = _is_setter


class nonmember:
    def __init__(self, value):
        self.value = value


class member:
    def __init__(self, value):
        self.value = value


_parts["nonmember"] = nonmember
_parts["member"] = member


class _Property:
    """A property that lets an enumeration have a member of its name: the class shows that one."""

    def __init__(self, fget=None, fset=None, fdel=None, doc=None):
        self.fget, self.fset, self.fdel = fget, fset, fdel
        self.__doc__ = doc if doc is not None or fget is None else fget.__doc__
        self.name = None

    def __set_name__(self, owner, name):
        self.name = name

    def __get__(self, instance, owner=None):
        if instance is None:
            known = owner._member_map_.get(self.name)
            if known is None:
                raise AttributeError(f"{owner!r} has no attribute {self.name!r}")
            return known
        if self.fget is None:
            raise AttributeError(f"{owner!r} member has no attribute {self.name!r}")
        return self.fget(instance)

    def __set__(self, instance, value):
        if self.fset is None:
            raise AttributeError(f"{type(instance)!r} cannot set attribute {self.name!r}")
        return self.fset(instance, value)

    def __delete__(self, instance):
        if self.fdel is None:
            raise AttributeError(f"{type(instance)!r} cannot delete attribute {self.name!r}")
        return self.fdel(instance)

    def getter(self, fget): return type(self)(fget, self.fset, self.fdel)
    def setter(self, fset): return type(self)(self.fget, fset, self.fdel)
    def deleter(self, fdel): return type(self)(self.fget, self.fset, fdel)


class _Shown:
    """A member that has the name of a property: the class shows the member, a member what it has."""

    def __init__(self, known, found, name):
        self.known = known
        self.found = found
        self.name = name

    def __get__(self, instance, owner=None):
        return self.known if instance is None else self.found.fget(instance)

    def __set__(self, instance, value):
        if self.found.fset is None:
            raise AttributeError(f"{type(instance)!r} cannot set attribute {self.name!r}")
        self.found.fset(instance, value)


_nothing = object()
_HELD = (int, float, str, bytes, tuple, list, dict, set, frozenset, bytearray)


def _of_auto(cls, name, value, values):
    if isinstance(value, tuple):
        return tuple([_of_auto(cls, name, part, values) for part in value])
    if isinstance(value, _Combined):
        return value.resolve()
    if isinstance(value, auto):
        if value.value is None:
            value.value = cls._generate_next_value_(name, 1, len(values), values[:])
        return value.value
    return value


_parts["auto"] = _of_auto


def _refuse_mro(cls):
    if "mro" in cls.__dict__:
        raise ValueError("invalid enum member name(s) 'mro'")


_parts["__members__"] = _Proxy
_parts["mro"] = _refuse_mro


def _ignore(cls):
    ignored = cls.__dict__.get("_ignore_", ())
    if isinstance(ignored, str):
        ignored = ignored.replace(",", " ").split()
    for name in ignored:
        if name in cls.__dict__:
            delattr(cls, name)


_parts["_ignore_"] = _ignore


def _check_order(cls):
    if "_order_" not in cls.__dict__:
        return
    order = cls._order_
    names = order.replace(",", " ").split() if isinstance(order, str) else list(order)
    if cls._flag_:
        names = [name for name in names if name in cls._member_names_]
    if names != cls._member_names_:
        raise TypeError(f"member order does not match _order_:\n  {cls._member_names_!r}\n  {names!r}")
    del cls._order_


_parts["_order_"] = _check_order
_parts["_value_repr_"] = None
_parts["_numeric_repr_"] = None
_parts["_iter_member_"] = None
_parts["_iter_member_by_value_"] = None
_parts["_iter_member_by_def_"] = None


def _ask_missing(cls, value):
    """What `_missing_` of the program answers is looked at."""
    refused = ValueError(f"{value!r} is not a valid {cls.__qualname__}")
    try:
        found = cls._missing_(value)
    except Exception as error:
        if not isinstance(error, ValueError):
            error.__context__ = refused
        raise
    if isinstance(found, cls) or cls._flag_ and cls._boundary_ == "eject" and isinstance(found, int):
        return found
    if found is None:
        raise refused
    error = TypeError(f"error in {cls.__name__}._missing_: returned {found!r} instead of None or a valid member")
    error.__context__ = refused
    raise error


_parts["_missing_"] = _ask_missing


def _data_type(cls):
    """What the members are besides: the class before the enumeration that makes objects, and how it shows them."""
    for base in cls.__mro__[1:]:
        if base is object or base.__module__ == "enum" and base._member_type_ is object:
            continue
        if issubclass(base, Enum):
            if base._member_type_ is not object:
                return base._member_type_
        elif base in _HELD:
            return base
        elif not hasattr(base, "__dict__"):
            continue
        elif "__new__" in base.__dict__ or base.__module__ in _MADE_OF_C and "__init__" in base.__dict__:
            for first in cls.__mro__[1:]:
                if issubclass(first, base) and not issubclass(first, Enum):
                    return first
    return object


# Modules whose classes are CPython's own: they have a `__new__` there, and are its values here.
_MADE_OF_C = ("datetime", "decimal", "uuid", "fractions")


def _value_repr(kind):
    if kind is object:
        return repr
    for base in kind.__mro__ if hasattr(kind, "__mro__") else (kind,):
        if base is not object and (base in _HELD or "__repr__" in base.__dict__):
            return base.__repr__
    return repr


def _mix(cls):
    mixin = _data_type(cls)
    if "_value_repr_" not in cls.__dict__:
        cls._value_repr_ = staticmethod(_value_repr(mixin))
    return mixin


def _make_mixed(cls, args, value):
    mixin = cls._member_type_
    if mixin is object or mixin in _HELD or _has_new(cls):
        obj = cls.__new__(cls, *args) if cls._use_args_ else object.__new__(cls)
    else:
        # Ours has no `__new__`: what CPython's makes of the arguments is what `__init__` makes of them.
        obj = object.__new__(cls)
        mixin.__init__(obj, *args)
    if mixin in (dict, list, set, bytearray):
        # What `__new__` makes of these is empty.
        mixin.__init__(obj, *args)
    if "_value_" not in obj.__dict__:
        if mixin is object:
            obj._value_ = value
        else:
            try:
                obj._value_ = mixin(*args)
            except Exception as error:
                raise TypeError("_value_ not set in __new__, unable to create it") from error
    return obj


def _has_new(cls):
    return any(["__new__" in base.__dict__ for base in cls.__mro__ if base is not object and hasattr(base, "__dict__")])


_mixed["__new__"] = _mix, _make_mixed
_mixed["amedtuple"] = _mix, _make_mixed
_mixed["NamedTuple"] = _mix, _make_mixed
_mixed["datetime"] = _mix, _make_mixed
_mixed["decimal"] = _mix, _make_mixed
_mixed["uuid"] = _mix, _make_mixed
_mixed["fractions"] = _mix, _make_mixed
_mixed["__repr__"] = _mix, _make_mixed
_mixed["(dict, Enum)"] = _mix, _make_mixed
_mixed["(list, Enum)"] = _mix, _make_mixed
_mixed["(set, Enum)"] = _mix, _make_mixed
_mixed["(bytearray, Enum)"] = _mix, _make_mixed


class Enum:
    _member_map_ = {}
    _member_names_ = []
    _member_type_ = object
    _flag_ = False
    _value_repr_ = repr
    _operators_ = ()

    def __init_subclass__(cls, **kwds):
        for base in cls.__mro__[1:]:
            if getattr(base, "_member_names_", None):
                raise TypeError(f"<enum '{cls.__name__}'> cannot extend {base!r}")
        for name in ("mro", "_ignore_"):
            if name in _parts:
                _parts[name](cls)
        body = list(cls.__dict__.items())
        cls._member_map_ = {}
        cls._member_names_ = []
        cls._value2member_map_ = {}
        mixin = object
        for base in cls.__mro__:
            if base in _HELD:
                mixin = base
                break
        for mix, _ in _mixed.values():
            mixin = mix(cls)
        cls._member_type_ = mixin
        cls._use_args_ = mixin is not object or cls.__new__ is not object.__new__
        if "__members__" in _parts:
            cls.__members__ = _parts["__members__"](cls._member_map_)
        if mixin is not object and not issubclass(cls.__mro__[1], Enum):
            cls._show_as_enum(mixin)
        values = []
        for name, value in body:
            core = name.strip("_")
            if name == f"_{core}_":
                if not hasattr(Enum, name) and name not in _parts and cls.__module__ != "enum":
                    raise ValueError(f"_sunder_ names, such as {name!r}, are reserved for future Enum use")
                continue
            if name == f"__{core}__" or name.startswith(f"_{cls.__name__.lstrip('_')}__") and name[-2:] != "__":
                continue
            if "nonmember" in _parts and isinstance(value, _parts["nonmember"]):
                setattr(cls, name, value.value)
                continue
            if "member" in _parts and isinstance(value, _parts["member"]):
                value = value.value
            elif isinstance(value, (_builtin_property, classmethod, staticmethod)) or hasattr(value, "__get__"):
                continue
            elif "__set__" in _parts and _parts["__set__"](value):
                continue
            if "auto" in _parts:
                value = _parts["auto"](cls, name, value, values)
            values.append(value)
            cls._add_member(name, value)
        if "_order_" in _parts:
            _parts["_order_"](cls)
        cls._ready_ = True

    @classmethod
    def _show_as_enum(cls, mixin):
        """As CPython: what a member looks like is the enumeration's matter, unless somebody said otherwise."""
        body = cls.__dict__
        names = ("__repr__", *cls._operators_)
        if "ReprEnum" not in [base.__name__ for base in cls.__bases__]:
            names += ("__str__", "__format__")
        elif mixin in (int, float) and "__str__" not in body:
            cls.__str__ = mixin.__repr__
        for base in cls.__mro__[1:]:
            if issubclass(base, Enum):
                for name in names:
                    if name not in body:
                        setattr(cls, name, getattr(base, name))
                break

    @classmethod
    def _make(cls, args, value):
        mixin = cls._member_type_
        obj = cls.__new__(cls, *args) if cls._use_args_ else object.__new__(cls)
        if "_value_" not in obj.__dict__:
            obj._value_ = value if mixin is object else mixin(*args)
        return obj

    @classmethod
    def _add_member(cls, name, value):
        args = value if isinstance(value, tuple) else (value,)
        if cls._member_type_ is tuple:
            args = (args,)
        obj = None
        for _, make in _mixed.values():
            obj = make(cls, args, value)
            break
        if obj is None:
            obj = cls._make(args, value)
        value = obj._value_
        obj._name_ = name
        obj.__objclass__ = cls
        obj._sort_order_ = len(cls._member_names_)
        if cls._has_init():
            obj.__init__(*args)
        canonical = None
        for known in cls._member_map_.values():
            if known._value_ == value:
                canonical = known
                break
        if canonical is None:
            if cls._counts_as_member(value):
                cls._member_names_.append(name)
        else:
            obj = canonical
        cls._member_map_[name] = obj
        try:
            cls._value2member_map_.setdefault(value, obj)
        except TypeError:
            pass
        for base in cls.__mro__[1:]:
            if hasattr(base, "__dict__") and name in base.__dict__:
                found = base.__dict__[name]
                if getattr(found, "fget", None):
                    setattr(cls, name, _Shown(obj, found, name))
                    return
                break
        setattr(cls, name, obj)

    @classmethod
    def _has_init(cls):
        for base in cls.__mro__:
            if base.__module__ != "enum" and base is not object and hasattr(base, "__dict__") and "__init__" in base.__dict__:
                return True
        return False

    @classmethod
    def _counts_as_member(cls, value):
        return True

    @staticmethod
    def _generate_next_value_(name, start, count, last_values):
        if not last_values:
            return start
        return max(last_values) + 1

    @classmethod
    def _missing_(cls, value):
        return None

    @classmethod
    def __class_call__(cls, value=_nothing, names=None, *, module=None, qualname=None, type=None, start=1, boundary=None):
        if value is _nothing:
            raise TypeError("EnumType.__call__() missing 1 required positional argument: 'value'")
        if names is not None or not cls._member_map_ and cls.__module__ == "enum":
            return cls._functional(value, names, module, qualname, type, start, boundary)
        try:
            return cls._value2member_map_[value]
        except KeyError:
            pass
        except TypeError:
            for known in cls._member_map_.values():
                if known._value_ == value:
                    return known
        if isinstance(value, cls):
            return value
        if "_missing_" in _parts:
            return _parts["_missing_"](cls, value)
        found = cls._missing_(value)
        if found is None:
            raise ValueError(f"{value!r} is not a valid {cls.__qualname__}")
        return found

    @classmethod
    def _functional(cls, name, names, module, qualname, mixin, start, boundary):
        if isinstance(names, str):
            names = names.replace(",", " ").split()
        if isinstance(names, dict):
            pairs = list(names.items())
        elif names and isinstance(names[0], str):
            pairs = []
            values = []
            for one in names:
                value = cls._generate_next_value_(one, start, len(values), values[:])
                values.append(value)
                pairs.append((one, value))
        else:
            pairs = [] if names is None else list(names)
        bases = (cls,) if mixin is None else (mixin, cls)
        body = {}
        for one, value in pairs:
            if one in body:
                raise TypeError(f"{one!r} already defined as {body[one]!r}")
            body[one] = value
        if module is not None:
            body["__module__"] = module
        if qualname is not None:
            body["__qualname__"] = qualname
        if boundary is not None:
            return _make_type(name, bases, body, boundary=boundary)
        return _make_type(name, bases, body)

    @classmethod
    def __class_iter__(cls):
        return iter([cls._member_map_[name] for name in cls._member_names_])

    @classmethod
    def __class_len__(cls):
        return len(cls._member_names_)

    @classmethod
    def __class_contains__(cls, value):
        if isinstance(value, cls):
            return value._name_ in cls._member_map_ or value._value_ in cls._value2member_map_
        if not isinstance(value, Enum):
            raise TypeError(
                f"unsupported operand type(s) for 'in': '{type(value).__qualname__}' and 'EnumType'"
            )
        return False

    @classmethod
    def __class_repr__(cls):
        if cls._flag_:
            return f"<flag {cls.__name__!r}>"
        return f"<enum {cls.__name__!r}>"

    @classmethod
    def __class_getitem__(cls, name):
        return cls._member_map_[name]

    @classmethod
    def __class_getattr__(cls, name):
        if name.startswith("__") or name == "mro":
            return NotImplemented
        raise AttributeError(name)

    @classmethod
    def __class_setattr__(cls, name, value):
        if cls.__dict__.get("_ready_") and name in cls._member_map_:
            raise AttributeError(f"cannot reassign member {name!r}")
        return NotImplemented

    @_builtin_property
    def name(self):
        return self._name_

    @name.setter
    def name(self, value):
        raise AttributeError("<enum 'Enum'> cannot set attribute 'name'")

    @_builtin_property
    def value(self):
        return self._value_

    @value.setter
    def value(self, value):
        raise AttributeError("<enum 'Enum'> cannot set attribute 'value'")

    def __repr__(self):
        return f"<{self.__class__.__name__}.{self._name_}: {self._value_repr_(self._value_)}>"

    def __str__(self):
        return f"{self.__class__.__name__}.{self._name_}"

    def __format__(self, format_spec):
        return format(str(self), format_spec)

    def __hash__(self):
        return hash(self._name_)

    def __eq__(self, other):
        if self._member_type_ is object:
            return True if self is other else NotImplemented
        return self._member_type_.__eq__(self, other)

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        return self


def _add_reversed():
    @classmethod
    def reverse(cls):
        return iter([cls._member_map_[name] for name in cls._member_names_[::-1]])

    Enum.__class_reversed__ = reverse


_parts["reversed"] = _add_reversed()


def _add_deletion():
    @classmethod
    def delete(cls, name):
        if name in cls._member_map_:
            raise AttributeError(f"{cls.__name__!r} cannot delete member {name!r}.")
        return NotImplemented

    Enum.__class_delattr__ = delete


_parts["del "] = _add_deletion()
_parts["delattr"] = _add_deletion()


def _add_dir():
    @classmethod
    def class_names(cls):
        names = {
            "__class__", "__contains__", "__doc__", "__getitem__", "__iter__", "__len__", "__members__", "__module__",
            "__name__", "__qualname__",
        }
        names.update(cls._member_names_)
        if cls.__new__ is not object.__new__:
            names.add("__new__")
        if cls._member_type_ is not object:
            names.update(dir(cls._member_type_))
        return names

    def own_names(self):
        kind = type(self)
        names = {"__class__", "__doc__", "__eq__", "__hash__", "__module__"}
        if kind._member_type_ is not object:
            names.update(object.__dir__(self))
        names.update([name for name in self.__dict__ if name[0] != "_" and name not in kind._member_map_])
        for base in kind.__mro__:
            if not hasattr(base, "__dict__"):
                continue
            for name, value in base.__dict__.items():
                if name[0] == "_":
                    continue
                value = getattr(value, "found", value)
                if name not in kind._member_map_ or getattr(value, "fget", None) is not None:
                    names.add(name)
                elif hasattr(value, "fget"):
                    names.discard(name)
        return names

    Enum.__class_dir__ = class_names
    Enum.__dir__ = own_names


_parts["dir("] = _add_dir()
_parts["dir)"] = _add_dir()
_parts["dir,"] = _add_dir()
_parts["__dir__"] = _add_dir()


class ReprEnum(Enum):
    pass


class IntEnum(int, ReprEnum):
    def __str__(self):
        return int.__repr__(self)

    def __format__(self, format_spec):
        return int.__format__(self, format_spec) if format_spec else str(self)

    def __hash__(self):
        return hash(self._value_)


class StrEnum(str, ReprEnum):
    def __new__(cls, *values):
        for value in values:
            if not isinstance(value, str):
                raise TypeError(f"{value!r} is not a string")
        made = str.__new__(cls, *values)
        made._value_ = str(*values)
        return made

    def __str__(self):
        return self._value_

    def __format__(self, format_spec):
        return format(self._value_, format_spec) if format_spec else str(self)

    def __hash__(self):
        return hash(self._value_)

    @staticmethod
    def _generate_next_value_(name, start, count, last_values):
        return name.lower()


class FlagBoundary(StrEnum):
    STRICT = "strict"
    CONFORM = "conform"
    EJECT = "eject"
    KEEP = "keep"


STRICT, CONFORM, EJECT, KEEP = FlagBoundary


def _bits(number, digits):
    """As enum.bin has it: the sign is a bit in front."""
    text = f"{number if number >= 0 else number + (1 << number.bit_length()):0{number.bit_length()}b}"
    return f"0b{int(number < 0)} {text.rjust(digits, '1' if number < 0 else '0')}"


class Flag(Enum):
    _flag_ = True
    _boundary_ = "strict"
    _operators_ = ("__or__", "__and__", "__xor__", "__ror__", "__rand__", "__rxor__", "__invert__")

    def __init_subclass__(cls, boundary=None, **kwds):
        super().__init_subclass__(**kwds)
        if boundary is not None:
            cls._boundary_ = boundary
        cls._flag_mask_ = cls._singles_mask_ = 0
        for known in cls._member_map_.values():
            cls._flag_mask_ |= known._value_
            if cls._counts_as_member(known._value_):
                cls._singles_mask_ |= known._value_

    @classmethod
    def _counts_as_member(cls, value):
        return value > 0 and value & (value - 1) == 0

    @staticmethod
    def _generate_next_value_(name, start, count, last_values):
        if not last_values:
            return start if start is not None else 1
        return 1 << max(last_values).bit_length()

    @classmethod
    def _missing_(cls, value):
        if not isinstance(value, int):
            raise ValueError(f"{value!r} is not a valid {cls.__qualname__}")
        mask, boundary = cls._flag_mask_, cls._boundary_
        every = (1 << mask.bit_length()) - 1
        if not ~every <= value <= every or value & (every ^ mask):
            if boundary == "strict":
                width = max(value.bit_length(), mask.bit_length())
                raise ValueError(f"{cls!r} invalid value {value!r}\n    given {_bits(value, width)}\n  allowed {_bits(mask, width)}")
            if boundary == "conform":
                value &= mask
            elif boundary == "eject":
                return value
            elif value < 0:
                value += max(every + 1, 1 << value.bit_length())
        given = value
        if value < 0:
            value += every + 1
        if value & ~mask and boundary != "keep":
            unknown = value & ~mask
            raise ValueError(f"{cls.__name__}({value!r}) -->  unknown values {unknown!r} [{_bits(unknown, 0)}]")
        obj = object.__new__(cls) if cls._member_type_ is object else cls._member_type_.__new__(cls, value)
        obj._value_ = value
        parts = [known for known in cls if known._value_ & value]
        if value & ~cls._singles_mask_:
            parts += [one for one in cls._member_map_.values() if one._value_ and one._value_ & value == one._value_ and one not in parts]
        known = 0
        for part in parts:
            known |= part._value_
        unknown = value ^ known
        if known and unknown and boundary == "strict":
            raise ValueError(f"{cls!r}: no members with value {unknown!r}")
        names = [part._name_ for part in parts] + ([str(unknown)] if unknown else [])
        obj._name_ = "|".join(names) if known else None
        obj = cls._value2member_map_.setdefault(value, obj)
        cls._value2member_map_[given] = obj
        return obj

    def __iter__(self):
        return iter([known for known in self.__class__ if known._value_ & self._value_])

    def __len__(self):
        return bin(self._value_).count("1")

    def __contains__(self, other):
        if not isinstance(other, self.__class__):
            raise TypeError(
                f"unsupported operand type(s) for 'in': {type(other).__qualname__!r} and {self.__class__.__qualname__!r}"
            )
        return other._value_ & self._value_ == other._value_

    def __bool__(self):
        return bool(self._value_)

    def __repr__(self):
        if self._name_ is None:
            return f"<{self.__class__.__name__}: {self._value_!r}>"
        return Enum.__repr__(self)

    def __str__(self):
        if self._name_ is None:
            return f"{self.__class__.__name__}({self._value_!r})"
        return Enum.__str__(self)

    def _other(self, other):
        if isinstance(other, self.__class__):
            return other._value_
        if isinstance(self, int) and isinstance(other, int):
            return int(other)
        return None

    def __or__(self, other):
        value = self._other(other)
        return NotImplemented if value is None else self.__class__(self._value_ | value)

    def __and__(self, other):
        value = self._other(other)
        return NotImplemented if value is None else self.__class__(self._value_ & value)

    def __xor__(self, other):
        value = self._other(other)
        return NotImplemented if value is None else self.__class__(self._value_ ^ value)

    __ror__ = __or__
    __rand__ = __and__
    __rxor__ = __xor__

    def __invert__(self):
        if self._boundary_ in ("eject", "keep"):
            return self.__class__(~self._value_)
        return self.__class__(self._singles_mask_ & ~self._value_)

    def __hash__(self):
        return hash(self._value_)


class IntFlag(int, Flag):
    _boundary_ = "keep"

    def __str__(self):
        return int.__repr__(self)

    def __format__(self, format_spec):
        return int.__format__(self, format_spec) if format_spec else str(self)

    def __hash__(self):
        return hash(self._value_)


property = _Property
_make_type = type
EnumMeta = EnumType = Enum


def unique(enumeration):
    duplicates = []
    for name, known in enumeration._member_map_.items():
        if name != known.name:
            duplicates.append((name, known.name))
    if duplicates:
        details = ", ".join([f"{alias} -> {name}" for alias, name in duplicates])
        raise ValueError(f"duplicate values found in {enumeration!r}: {details}")
    return enumeration


class EnumCheck(StrEnum):
    CONTINUOUS = "no skipped integer values"
    NAMED_FLAGS = "multi-flag aliases may not contain unnamed flags"
    UNIQUE = "one name per value"


CONTINUOUS, NAMED_FLAGS, UNIQUE = EnumCheck


def _iter_bits_lsb(value):
    while value:
        bit = value & -value
        yield bit
        value ^= bit


def show_flag_values(value):
    return list(_iter_bits_lsb(value))


class verify:
    """Refuses an enumeration that breaks one of these rules."""

    def __init__(self, *checks):
        self.checks = checks

    def __call__(self, enumeration):
        if not issubclass(enumeration, Enum):
            raise TypeError("the 'verify' decorator only works with Enum and Flag")
        for check in self.checks:
            if check is UNIQUE:
                self._unique(enumeration)
            elif check is CONTINUOUS:
                self._continuous(enumeration)
            elif check is NAMED_FLAGS:
                self._named(enumeration)
        return enumeration

    def _unique(self, enumeration):
        aliases = [f"{name} -> {one.name}" for name, one in enumeration._member_map_.items() if name != one.name]
        if aliases:
            raise ValueError(f"aliases found in {enumeration!r}: {', '.join(aliases)}")

    def _continuous(self, enumeration):
        values = {one.value for one in enumeration}
        if len(values) < 2:
            return
        low, high = min(values), max(values)
        if enumeration._flag_:
            between = [1 << bit for bit in range(low.bit_length(), high.bit_length() - 1)]
        else:
            between = range(low + 1, high)
        missing = [str(value) for value in between if value not in values]
        if missing:
            kind = "flag" if enumeration._flag_ else "enum"
            raise ValueError(f"invalid {kind} {enumeration.__name__!r}: missing values {', '.join(missing)}"[:256])

    def _named(self, enumeration):
        known = [one.value for one in enumeration]
        names, missing = [], 0
        for name, one in enumeration._member_map_.items():
            if name in enumeration._member_names_ or one.value < 0:
                continue
            unnamed = [bit for bit in _iter_bits_lsb(one.value) if bit not in known]
            if unnamed:
                names.append(name)
                missing |= sum(unnamed)
        if not names:
            return
        if len(names) == 1:
            which = f"alias {names[0]} is missing"
        else:
            which = f"aliases {', '.join(names[:-1])} and {names[-1]} are missing"
        what = "value" if missing & (missing - 1) == 0 else "combined values of"
        raise ValueError(
            f"invalid Flag {enumeration.__name__!r}: {which} {what} 0x{missing:x}"
            " [use enum.show_flag_values(value) for details]"
        )
