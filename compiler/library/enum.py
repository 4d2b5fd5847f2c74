"""Enumerations."""

from types import MappingProxyType as _Proxy


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


def _is_descriptor(value):
    return hasattr(value, "__get__") or isinstance(value, (property, classmethod, staticmethod))


def _is_sunder(name):
    return len(name) > 2 and name[0] == name[-1] == "_" and name[1] != "_" and name[-2] != "_"


def _is_dunder(name):
    return len(name) > 4 and name[:2] == name[-2:] == "__"


class nonmember:
    def __init__(self, value):
        self.value = value


class member:
    def __init__(self, value):
        self.value = value


_nothing = object()


class Enum:
    _member_map_ = {}
    _member_names_ = []

    def __init_subclass__(cls, boundary=None, **kwds):
        cls._ready_ = False
        for base in cls.__mro__[1:]:
            if getattr(base, "_member_names_", None):
                raise TypeError(f"<enum '{cls.__name__}'> cannot extend <enum '{base.__name__}'>")
        cls._member_map_ = {}
        cls._member_names_ = []
        cls._value2member_map_ = {}
        cls._unhashable_ = []
        own = [base for base in cls.__mro__ if base is not object]
        mixin = None
        for base in own:
            if base in (int, float, str, bytes, tuple):
                mixin = base
        made_new = None
        for base in own:
            if isinstance(base, type) and hasattr(base, "__dict__") and base.__module__ != "enum" and "__new__" in base.__dict__:
                made_new = base.__dict__["__new__"]
                break
        cls._member_type_ = mixin or object
        if mixin is not None:
            # As CPython: what a member looks like is the enumeration's matter, unless somebody said otherwise.
            for base in own[1:]:
                if issubclass(base, Enum):
                    for name in ("__repr__", "__str__", "__format__"):
                        if name not in cls.__dict__:
                            setattr(cls, name, getattr(base, name))
                    break
        values = []
        for name, value in list(cls.__dict__.items()):
            if _is_dunder(name) or _is_sunder(name) or name.startswith(f"_{cls.__name__}__"):
                continue
            if isinstance(value, nonmember):
                setattr(cls, name, value.value)
                continue
            if isinstance(value, member):
                value = value.value
            elif _is_descriptor(value) or isinstance(value, type):
                continue
            if isinstance(value, _Combined):
                value = value.resolve()
            elif isinstance(value, auto):
                if value.value is None:
                    value.value = cls._generate_next_value_(name, 1, len(values), values[:])
                value = value.value
            values.append(value)
            cls._add_member(name, value, mixin, made_new)
        cls.__members__ = _Proxy(cls._member_map_)
        if cls._flag_:
            if boundary is not None:
                cls._boundary_ = boundary
            cls._flag_mask_ = cls._singles_mask_ = 0
            for known in cls._member_map_.values():
                cls._flag_mask_ |= known._value_
                if cls._counts_as_member(known._value_):
                    cls._singles_mask_ |= known._value_
        cls._ready_ = True

    @classmethod
    def _add_member(cls, name, value, mixin, made_new):
        args = value if isinstance(value, tuple) else (value,)
        if mixin is tuple:
            args = (args,)
        if made_new is not None:
            obj = made_new(cls, *args)
        elif mixin is not None:
            obj = mixin.__new__(cls, *args)
        else:
            obj = object.__new__(cls)
        if "_value_" not in obj.__dict__:
            obj._value_ = value if mixin is None or mixin is tuple else mixin(*args)
        value = obj._value_
        canonical = None
        for known in cls._member_map_.values():
            if known._value_ == value:
                canonical = known
                break
        if canonical is None:
            obj._name_ = name
            obj.__objclass__ = cls
            init = getattr(cls, "__init__", None)
            if init is not None and cls._has_init():
                obj.__init__(*args)
            obj._sort_order_ = len(cls._member_names_)
            if cls._counts_as_member(value):
                cls._member_names_.append(name)
        else:
            obj = canonical
        cls._member_map_[name] = obj
        try:
            cls._value2member_map_.setdefault(value, obj)
        except TypeError:
            cls._unhashable_.append(obj)
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
    def __class_call__(cls, value=_nothing, names=None, *, module=None, qualname=None, type=None, start=1):
        if value is _nothing:
            raise TypeError("EnumType.__call__() missing 1 required positional argument: 'value'")
        if names is not None or not cls._member_map_ and cls.__module__ == "enum":
            return cls._functional(value, names, type, start)
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
        found = cls._missing_(value)
        if found is not None:
            return found
        raise ValueError(f"{value!r} is not a valid {cls.__qualname__}")

    @classmethod
    def _functional(cls, name, names, mixin, start):
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
            pairs = list(names)
        bases = (cls,) if mixin is None else (mixin, cls)
        return _make_type(name, bases, dict(pairs))

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
        if name.startswith("__"):
            return NotImplemented
        raise AttributeError(name)

    @classmethod
    def __class_setattr__(cls, name, value):
        if cls.__dict__.get("_ready_") and name in cls._member_map_:
            raise AttributeError(f"cannot reassign member {name!r}")
        return NotImplemented

    _flag_ = False

    @property
    def name(self):
        return self._name_

    @name.setter
    def name(self, value):
        raise AttributeError("<enum 'Enum'> cannot set attribute 'name'")

    @property
    def value(self):
        return self._value_

    @value.setter
    def value(self, value):
        raise AttributeError("<enum 'Enum'> cannot set attribute 'value'")

    def __repr__(self):
        return f"<{self.__class__.__name__}.{self._name_}: {self._value_!r}>"

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


class ReprEnum(Enum):
    pass


class IntEnum(int, ReprEnum):
    def __str__(self):
        return int.__repr__(self)

    def __format__(self, format_spec):
        return int.__format__(self, format_spec)

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
        return format(self._value_, format_spec)

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
        return f"<{self.__class__.__name__}.{self._name_}: {self._value_!r}>"

    def __str__(self):
        if self._name_ is None:
            return f"{self.__class__.__name__}({self._value_!r})"
        return f"{self.__class__.__name__}.{self._name_}"

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
    __or__ = __ror__ = Flag.__or__
    __and__ = __rand__ = Flag.__and__
    __xor__ = __rxor__ = Flag.__xor__
    __invert__ = Flag.__invert__

    def __str__(self):
        return int.__repr__(self)

    def __format__(self, format_spec):
        return int.__format__(self, format_spec)

    def __hash__(self):
        return hash(self._value_)


property = property
_make_type = type
EnumMeta = EnumType = Enum


def unique(enumeration):
    duplicates = []
    for name, known in enumeration.__members__.items():
        if name != known.name:
            duplicates.append((name, known.name))
    if duplicates:
        details = ", ".join([f"{alias} -> {name}" for alias, name in duplicates])
        raise ValueError(f"duplicate values found in {enumeration!r}: {details}")
    return enumeration
