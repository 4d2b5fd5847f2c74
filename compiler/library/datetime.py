"""Dates, times, and the spans between them."""

from time import time as _now
from _time import _civil, _days, _fields, _format, _is_leap, _iso_week, struct_time as _struct_time

MINYEAR = 1
MAXYEAR = 9999
_DAYS_IN_MONTH = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_EPOCH = 719163  # ordinal of 1970-01-01


def _check_int(value, name=None):
    if isinstance(value, float):
        raise TypeError("'float' object cannot be interpreted as an integer")
    if not isinstance(value, int):
        raise TypeError(f"'{type(value).__name__}' object cannot be interpreted as an integer")


def _check_date(year, month, day):
    for value in (year, month, day):
        _check_int(value)
    if not MINYEAR <= year <= MAXYEAR:
        raise ValueError(f"year {year} is out of range")
    if not 1 <= month <= 12:
        raise ValueError("month must be in 1..12")
    last = 29 if month == 2 and _is_leap(year) else _DAYS_IN_MONTH[month - 1]
    if not 1 <= day <= last:
        raise ValueError("day is out of range for month")


def _check_time(hour, minute, second, microsecond, fold):
    for value in (hour, minute, second, microsecond):
        _check_int(value)
    if not 0 <= hour <= 23:
        raise ValueError("hour must be in 0..23")
    if not 0 <= minute <= 59:
        raise ValueError("minute must be in 0..59")
    if not 0 <= second <= 59:
        raise ValueError("second must be in 0..59")
    if not 0 <= microsecond <= 999999:
        raise ValueError("microsecond must be in 0..999999")
    if fold not in (0, 1):
        raise ValueError("fold must be either 0 or 1")


def _check_tz(tz):
    if tz is not None and not isinstance(tz, tzinfo):
        raise TypeError(f"tzinfo argument must be None or of a tzinfo subclass, not type '{type(tz).__name__}'")


def _half_even(value, divisor):
    q, r = divmod(value, divisor)
    r *= 2
    if r > divisor or (r == divisor and q % 2):
        q += 1
    return q


def _shown(kind):
    """The name of a class as `repr` of its instances has it."""
    return f"datetime.{kind.__name__}" if kind.__module__ == "datetime" else kind.__name__


_missing = object()


def _check_given(*values):
    for at, value in enumerate(values):
        if value is _missing:
            name = ("year", "month", "day")[at]
            raise TypeError(f"function missing required argument '{name}' (pos {at + 1})")


class timedelta:
    def __init__(self, days=0, seconds=0, microseconds=0, milliseconds=0, minutes=0, hours=0, weeks=0):
        micros = 0
        fraction = 0.0
        for value, unit in (
            (days, 86400000000), (seconds, 1000000), (microseconds, 1), (milliseconds, 1000), (minutes, 60000000),
            (hours, 3600000000), (weeks, 604800000000),
        ):
            if isinstance(value, int):
                micros += value * unit
            elif isinstance(value, float):
                whole = int(value)
                micros += whole * unit
                part = (value - whole) * unit
                fraction += part
            else:
                raise TypeError(f"unsupported type for timedelta {_unit_name(unit)} component: {type(value).__name__}")
        if fraction:
            whole = int(fraction // 1)
            micros += whole
            rest = fraction - whole
            if rest > 0.5 or (rest == 0.5 and micros % 2):
                micros += 1
        self._set(micros)

    def _set(self, micros):
        days, rest = divmod(micros, 86400000000)
        if not -999999999 <= days <= 999999999:
            if not -2147483648 <= days <= 2147483647:
                raise OverflowError("Python int too large to convert to C int")
            raise OverflowError(f"days={days}; must have magnitude <= 999999999")
        self._days = days
        self._seconds, self._microseconds = divmod(rest, 1000000)

    @classmethod
    def _of(cls, micros):
        made = object.__new__(timedelta)
        made._set(micros)
        return made

    def _micros(self):
        return (self._days * 86400 + self._seconds) * 1000000 + self._microseconds

    days = property(lambda self: self._days)
    seconds = property(lambda self: self._seconds)
    microseconds = property(lambda self: self._microseconds)

    def total_seconds(self):
        return self._micros() / 1000000

    def __add__(self, other):
        return timedelta._of(self._micros() + other._micros()) if isinstance(other, timedelta) else NotImplemented

    __radd__ = __add__

    def __sub__(self, other):
        return timedelta._of(self._micros() - other._micros()) if isinstance(other, timedelta) else NotImplemented

    def __rsub__(self, other):
        return timedelta._of(other._micros() - self._micros()) if isinstance(other, timedelta) else NotImplemented

    def __neg__(self): return timedelta._of(-self._micros())
    def __pos__(self): return self
    def __abs__(self): return timedelta._of(abs(self._micros()))

    def __mul__(self, other):
        if isinstance(other, int):
            return timedelta._of(self._micros() * other)
        if isinstance(other, float):
            a, b = other.as_integer_ratio()
            return timedelta._of(_half_even(self._micros() * a, b))
        return NotImplemented

    __rmul__ = __mul__

    def __floordiv__(self, other):
        if isinstance(other, timedelta):
            return self._micros() // other._micros()
        if isinstance(other, int):
            return timedelta._of(self._micros() // other)
        return NotImplemented

    def __truediv__(self, other):
        if isinstance(other, timedelta):
            return self._micros() / other._micros()
        if isinstance(other, int):
            if other < 0:
                return timedelta._of(_half_even(-self._micros(), -other))
            if other == 0:
                raise ZeroDivisionError("integer division or modulo by zero")
            return timedelta._of(_half_even(self._micros(), other))
        if isinstance(other, float):
            a, b = other.as_integer_ratio()
            if a < 0:
                a, b = -a, -b
            return timedelta._of(_half_even(self._micros() * b, a))
        return NotImplemented

    def __mod__(self, other):
        return timedelta._of(self._micros() % other._micros()) if isinstance(other, timedelta) else NotImplemented

    def __divmod__(self, other):
        if not isinstance(other, timedelta):
            return NotImplemented
        q, r = divmod(self._micros(), other._micros())
        return q, timedelta._of(r)

    def __eq__(self, other): return self._micros() == other._micros() if isinstance(other, timedelta) else NotImplemented
    def __lt__(self, other): return self._micros() < other._micros() if isinstance(other, timedelta) else NotImplemented
    def __le__(self, other): return self._micros() <= other._micros() if isinstance(other, timedelta) else NotImplemented
    def __gt__(self, other): return self._micros() > other._micros() if isinstance(other, timedelta) else NotImplemented
    def __ge__(self, other): return self._micros() >= other._micros() if isinstance(other, timedelta) else NotImplemented
    def __hash__(self): return hash(self._micros())
    def __bool__(self): return self._micros() != 0

    def __repr__(self):
        args = []
        if self._days:
            args.append(f"days={self._days}")
        if self._seconds:
            args.append(f"seconds={self._seconds}")
        if self._microseconds:
            args.append(f"microseconds={self._microseconds}")
        return f"{_shown(type(self))}({', '.join(args) or '0'})"

    def __str__(self):
        minutes, seconds = divmod(self._seconds, 60)
        hours, minutes = divmod(minutes, 60)
        text = f"{hours}:{minutes:02d}:{seconds:02d}"
        if self._days:
            text = f"{self._days} day{'s' if abs(self._days) != 1 else ''}, {text}"
        if self._microseconds:
            text += f".{self._microseconds:06d}"
        return text


def _unit_name(unit):
    return {86400000000: "days", 1000000: "seconds", 1: "microseconds", 1000: "milliseconds", 60000000: "minutes",
            3600000000: "hours"}.get(unit, "weeks")


timedelta.min = timedelta(-999999999)
timedelta.max = timedelta(days=999999999, hours=23, minutes=59, seconds=59, microseconds=999999)
timedelta.resolution = timedelta(microseconds=1)


class tzinfo:
    def tzname(self, dt): raise NotImplementedError("a tzinfo subclass must implement tzname()")
    def utcoffset(self, dt): raise NotImplementedError("a tzinfo subclass must implement utcoffset()")
    def dst(self, dt): raise NotImplementedError("a tzinfo subclass must implement dst()")

    def fromutc(self, dt):
        offset = dt.utcoffset()
        delta = dt.dst() or timedelta(0)
        return dt + offset if not delta else dt + (offset - delta) + delta


class timezone(tzinfo):
    def __init__(self, offset, name=None):
        if not isinstance(offset, timedelta):
            raise TypeError(f"timezone() argument 1 must be datetime.timedelta, not {type(offset).__name__}")
        if not -86400000000 < offset._micros() < 86400000000:
            raise ValueError(
                "offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24), not "
                f"{offset!r}."
            )
        self._offset = offset
        self._name = name

    def utcoffset(self, dt): return self._offset
    def dst(self, dt): return None
    def fromutc(self, dt): return dt + self._offset

    def tzname(self, dt):
        if self._name is not None:
            return self._name
        return "UTC" if not self._offset else "UTC" + _offset_text(self._offset)

    def __eq__(self, other): return self._offset == other._offset if isinstance(other, timezone) else NotImplemented
    def __hash__(self): return hash(self._offset)
    def __str__(self): return self.tzname(None)

    def __repr__(self):
        if not self._offset and self._name is None:
            return "datetime.timezone.utc"
        if self._name is None:
            return f"datetime.timezone({self._offset!r})"
        return f"datetime.timezone({self._offset!r}, {self._name!r})"


timezone.utc = UTC = timezone(timedelta(0))
timezone.min = timezone(timedelta(hours=-23, minutes=-59))
timezone.max = timezone(timedelta(hours=23, minutes=59))


def _offset_text(offset, colon=":"):
    if offset is None:
        return ""
    micros = offset._micros()
    sign = "-" if micros < 0 else "+"
    seconds, micros = divmod(abs(micros), 1000000)
    text = f"{sign}{seconds // 3600:02d}{colon}{seconds // 60 % 60:02d}"
    if seconds % 60 or micros:
        text += f"{colon}{seconds % 60:02d}"
        if micros:
            text += f".{micros:06d}"
    return text


def _parse_offset(text, whole):
    if text in ("Z", "z"):
        return timezone.utc
    sign = -1 if text[0] == "-" else 1
    digits = text[1:].replace(":", "")
    main, _, fraction = digits.partition(".")
    if not main.isdigit() or len(main) not in (2, 4, 6):
        raise ValueError(f"Invalid isoformat string: {whole!r}")
    parts = [int(main[i:i + 2]) for i in range(0, len(main), 2)] + [0, 0]
    micros = int((fraction + "000000")[:6]) if fraction else 0
    delta = timedelta(hours=parts[0], minutes=parts[1], seconds=parts[2], microseconds=micros)
    return timezone.utc if not delta else timezone(delta * sign)


def _parse_date(text, whole):
    try:
        if "W" in text:
            plain = text.replace("-", "")
            year, week = int(plain[:4]), int(plain[5:7])
            return date.fromisocalendar(year, week, int(plain[7:8] or 1))
        plain = text.replace("-", "") if len(text) == 10 and text[4] == text[7] == "-" else text
        if len(plain) != 8 or not plain.isdigit():
            raise ValueError
        return date(int(plain[:4]), int(plain[4:6]), int(plain[6:]))
    except (ValueError, IndexError) as error:
        if error.args:
            raise
        raise ValueError(f"Invalid isoformat string: {whole!r}") from None


def _parse_time(text, whole):
    tz = None
    for i, c in enumerate(text):
        if c in "+-Zz":
            tz = _parse_offset(text[i:], whole)
            text = text[:i]
            break
    main, dot, fraction = text.replace(",", ".").partition(".")
    digits = main.replace(":", "")
    if not digits.isdigit() or len(digits) not in (2, 4, 6) or (dot and not fraction.isdigit()):
        raise ValueError(f"Invalid isoformat string: {whole!r}")
    if ":" in main and [len(part) for part in main.split(":")] != [2] * (len(digits) // 2):
        raise ValueError(f"Invalid isoformat string: {whole!r}")
    parts = [int(digits[i:i + 2]) for i in range(0, len(digits), 2)] + [0, 0]
    return parts[0], parts[1], parts[2], int((fraction + "000000")[:6]) if fraction else 0, tz


class date:
    def __init__(self, year=_missing, month=_missing, day=_missing):
        if day is _missing:
            _check_given(year, month, day)
        _check_date(year, month, day)
        self._year, self._month, self._day = year, month, day

    year = property(lambda self: self._year)
    month = property(lambda self: self._month)
    day = property(lambda self: self._day)

    @classmethod
    def today(cls): return cls.fromtimestamp(_now())

    @classmethod
    def fromtimestamp(cls, timestamp):
        return cls(*_civil(int(timestamp // 86400)))

    @classmethod
    def fromordinal(cls, n):
        if n < 1:
            raise ValueError("ordinal must be >= 1")
        return cls(*_civil(n - _EPOCH))

    @classmethod
    def fromisoformat(cls, date_string):
        if not isinstance(date_string, str):
            raise TypeError("fromisoformat: argument must be str")
        found = _parse_date(date_string, date_string)
        return cls(found._year, found._month, found._day)

    @classmethod
    def fromisocalendar(cls, year, week, day):
        if not 1 <= week <= 53:
            raise ValueError(f"Invalid week: {week}")
        if not 1 <= day <= 7:
            raise ValueError(f"Invalid weekday: {day} (range is [1, 7])")
        first = _days(year, 1, 4)
        monday = first - (first + 3) % 7
        return cls(*_civil(monday + (week - 1) * 7 + day - 1))

    def _number(self): return _days(self._year, self._month, self._day)
    def toordinal(self): return self._number() + _EPOCH
    def weekday(self): return (self._number() + 3) % 7
    def isoweekday(self): return self.weekday() + 1
    def isoformat(self): return f"{self._year:04d}-{self._month:02d}-{self._day:02d}"
    def _yearday(self): return self._number() - _days(self._year, 1, 1) + 1

    def isocalendar(self):
        from collections import namedtuple
        year, week = _iso_week(self._year, self._yearday(), self.weekday())
        return _iso_type(namedtuple)(year, week, self.isoweekday())

    def replace(self, year=None, month=None, day=None):
        return type(self)(
            self._year if year is None else year, self._month if month is None else month,
            self._day if day is None else day,
        )

    def timetuple(self):
        return _struct_time((self._year, self._month, self._day, 0, 0, 0, self.weekday(), self._yearday(), -1))

    def ctime(self):
        return f"{_WEEKDAYS[self.weekday()]} {_MONTHS[self._month - 1]} {self._day:2d} 00:00:00 {self._year:04d}"

    def strftime(self, format):
        return _format(format, self.timetuple(), "", "", 0)

    def __format__(self, spec):
        return self.strftime(spec) if spec else str(self)

    def __add__(self, other):
        if isinstance(other, timedelta):
            return type(self).fromordinal(_in_range(self.toordinal() + other._days))
        return NotImplemented

    __radd__ = __add__

    def __sub__(self, other):
        if isinstance(other, timedelta):
            return type(self).fromordinal(_in_range(self.toordinal() - other._days))
        if isinstance(other, date):
            return timedelta(self._number() - other._number())
        return NotImplemented

    def _key(self): return self._year, self._month, self._day
    def _like(self, other): return isinstance(other, date) and not isinstance(other, datetime)
    def __eq__(self, other): return self._key() == other._key() if self._like(other) else NotImplemented
    def __lt__(self, other): return self._key() < other._key() if self._like(other) else NotImplemented
    def __le__(self, other): return self._key() <= other._key() if self._like(other) else NotImplemented
    def __gt__(self, other): return self._key() > other._key() if self._like(other) else NotImplemented
    def __ge__(self, other): return self._key() >= other._key() if self._like(other) else NotImplemented
    def __hash__(self): return hash(self._key())
    def __repr__(self): return f"{_shown(type(self))}({self._year}, {self._month}, {self._day})"
    def __str__(self): return self.isoformat()


def _iso_type(make):
    class IsoCalendarDate(make("IsoCalendarDate", "year week weekday")):
        def __repr__(self):
            return f"datetime.IsoCalendarDate(year={self.year}, week={self.week}, weekday={self.weekday})"
    return IsoCalendarDate


def _in_range(ordinal):
    if not 1 <= ordinal <= 3652059:
        raise OverflowError("date value out of range")
    return ordinal


date.min = date(1, 1, 1)
date.max = date(9999, 12, 31)
date.resolution = timedelta(days=1)


def _time_text(hour, minute, second, micros, timespec):
    if timespec == "auto":
        timespec = "microseconds" if micros else "seconds"
    if timespec == "hours":
        return f"{hour:02d}"
    if timespec == "minutes":
        return f"{hour:02d}:{minute:02d}"
    text = f"{hour:02d}:{minute:02d}:{second:02d}"
    if timespec == "seconds":
        return text
    if timespec == "milliseconds":
        return f"{text}.{micros // 1000:03d}"
    if timespec == "microseconds":
        return f"{text}.{micros:06d}"
    raise ValueError("Unknown timespec value")


class time:
    def __init__(self, hour=0, minute=0, second=0, microsecond=0, tzinfo=None, *, fold=0):
        _check_time(hour, minute, second, microsecond, fold)
        _check_tz(tzinfo)
        self._hour, self._minute, self._second, self._microsecond = hour, minute, second, microsecond
        self._tzinfo = tzinfo
        self._fold = fold

    hour = property(lambda self: self._hour)
    minute = property(lambda self: self._minute)
    second = property(lambda self: self._second)
    microsecond = property(lambda self: self._microsecond)
    tzinfo = property(lambda self: self._tzinfo)
    fold = property(lambda self: self._fold)

    @classmethod
    def fromisoformat(cls, time_string):
        if not isinstance(time_string, str):
            raise TypeError("fromisoformat: argument must be str")
        return cls(*_parse_time(time_string.removeprefix("T"), time_string))

    def utcoffset(self): return None if self._tzinfo is None else self._tzinfo.utcoffset(None)
    def dst(self): return None if self._tzinfo is None else self._tzinfo.dst(None)
    def tzname(self): return None if self._tzinfo is None else self._tzinfo.tzname(None)

    def isoformat(self, timespec="auto"):
        return _time_text(self._hour, self._minute, self._second, self._microsecond, timespec) + _offset_text(self.utcoffset())

    def strftime(self, format):
        parts = (1900, 1, 1, self._hour, self._minute, self._second, 0, 1, -1)
        return _format(format, parts, _offset_text(self.utcoffset(), ""), self.tzname() or "", self._microsecond)

    def __format__(self, spec):
        return self.strftime(spec) if spec else str(self)

    def replace(self, hour=None, minute=None, second=None, microsecond=None, tzinfo=True, *, fold=None):
        return type(self)(
            self._hour if hour is None else hour, self._minute if minute is None else minute,
            self._second if second is None else second, self._microsecond if microsecond is None else microsecond,
            self._tzinfo if tzinfo is True else tzinfo, fold=self._fold if fold is None else fold,
        )

    def _key(self):
        offset = self.utcoffset()
        micros = ((self._hour * 60 + self._minute) * 60 + self._second) * 1000000 + self._microsecond
        return micros - (offset._micros() if offset is not None else 0)

    def _compared(self, other):
        if not isinstance(other, time):
            return None
        if (self.utcoffset() is None) != (other.utcoffset() is None):
            raise TypeError("can't compare offset-naive and offset-aware times")
        return self._key() - other._key()

    def __eq__(self, other):
        if not isinstance(other, time):
            return NotImplemented
        return (self.utcoffset() is None) == (other.utcoffset() is None) and self._key() == other._key()

    def __lt__(self, other): return NotImplemented if not isinstance(other, time) else self._compared(other) < 0
    def __le__(self, other): return NotImplemented if not isinstance(other, time) else self._compared(other) <= 0
    def __gt__(self, other): return NotImplemented if not isinstance(other, time) else self._compared(other) > 0
    def __ge__(self, other): return NotImplemented if not isinstance(other, time) else self._compared(other) >= 0
    def __hash__(self): return hash(self._key())
    def __str__(self): return self.isoformat()

    def __repr__(self):
        text = f"{self._hour}, {self._minute}"
        if self._second or self._microsecond:
            text += f", {self._second}"
        if self._microsecond:
            text += f", {self._microsecond}"
        if self._tzinfo is not None:
            text += f", tzinfo={self._tzinfo!r}"
        if self._fold:
            text += f", fold={self._fold}"
        return f"{_shown(type(self))}({text})"


time.min = time(0, 0, 0)
time.max = time(23, 59, 59, 999999)
time.resolution = timedelta(microseconds=1)
_time = time
_tzinfo = tzinfo


# What looks at the answers of time zones, in a program that has one of its own.
_looked_at = {}


class datetime(date):
    _looked_at = _looked_at
    def __init__(self, year=_missing, month=_missing, day=_missing, hour=0, minute=0, second=0, microsecond=0, tzinfo=None, *, fold=0):
        if day is _missing:
            _check_given(year, month, day)
        _check_date(year, month, day)
        _check_time(hour, minute, second, microsecond, fold)
        _check_tz(tzinfo)
        self._year, self._month, self._day = year, month, day
        self._hour, self._minute, self._second, self._microsecond = hour, minute, second, microsecond
        self._tzinfo = tzinfo
        self._fold = fold

    hour = property(lambda self: self._hour)
    minute = property(lambda self: self._minute)
    second = property(lambda self: self._second)
    microsecond = property(lambda self: self._microsecond)
    tzinfo = property(lambda self: self._tzinfo)
    fold = property(lambda self: self._fold)

    @classmethod
    def _of(cls, micros, tz=None):
        """Of microseconds since 1970."""
        days, rest = divmod(micros, 86400000000)
        _in_range(days + _EPOCH)
        year, month, day = _civil(days)
        seconds, micros = divmod(rest, 1000000)
        return cls(year, month, day, seconds // 3600, seconds // 60 % 60, seconds % 60, micros, tz)

    def _micros(self):
        seconds = ((self._number() * 24 + self._hour) * 60 + self._minute) * 60 + self._second
        return seconds * 1000000 + self._microsecond

    @classmethod
    def fromtimestamp(cls, timestamp, tz=None):
        _check_tz(tz)
        made = cls._of(_stamp(timestamp), tz)
        return made if tz is None else tz.fromutc(made)

    @classmethod
    def utcfromtimestamp(cls, t):
        return cls._of(_stamp(t))

    @classmethod
    def now(cls, tz=None):
        return cls.fromtimestamp(_now(), tz)

    @classmethod
    def today(cls): return cls.now()

    @classmethod
    def utcnow(cls):
        return cls.utcfromtimestamp(_now())

    @classmethod
    def fromordinal(cls, n):
        if n < 1:
            raise ValueError("ordinal must be >= 1")
        return cls(*_civil(n - _EPOCH))

    @classmethod
    def combine(cls, date, time, tzinfo=True):
        return cls(
            date._year, date._month, date._day, time._hour, time._minute, time._second, time._microsecond,
            time._tzinfo if tzinfo is True else tzinfo, fold=time._fold,
        )

    @classmethod
    def fromisoformat(cls, date_string):
        if not isinstance(date_string, str):
            raise TypeError("fromisoformat: argument must be str")
        if len(date_string) < 7:
            raise ValueError(f"Invalid isoformat string: {date_string!r}")
        width = 10 if date_string[4:5] == "-" else 8
        if "W" in date_string[:10]:
            width = len(date_string.split("T")[0].split(" ")[0])
        day = _parse_date(date_string[:width], date_string)
        if len(date_string) == width:
            return cls(day._year, day._month, day._day)
        return cls(day._year, day._month, day._day, *_parse_time(date_string[width + 1:], date_string))

    @classmethod
    def strptime(cls, date_string, format):
        year, month, day, hour, minute, second, micros, offset = _fields(date_string, format)
        tz = None
        if offset is not None:
            tz = timezone.utc if offset == 0 else timezone(timedelta(seconds=offset))
        return cls(year, month, day, hour, minute, second, micros, tz)

    def timestamp(self):
        offset = self.utcoffset()
        return (self._micros() - (offset._micros() if offset is not None else 0)) / 1000000

    def utctimetuple(self):
        offset = self.utcoffset()
        plain = self - offset if offset else self
        parts = plain.timetuple()
        return _struct_time(tuple(parts)[:8] + (0,))

    def timetuple(self):
        return _struct_time((
            self._year, self._month, self._day, self._hour, self._minute, self._second, self.weekday(), self._yearday(),
            -1 if self.dst() is None else int(bool(self.dst())),
        ))

    def date(self): return _date(self._year, self._month, self._day)

    def time(self):
        return _time(self._hour, self._minute, self._second, self._microsecond, fold=self._fold)

    def timetz(self):
        return _time(self._hour, self._minute, self._second, self._microsecond, self._tzinfo, fold=self._fold)

    def replace(self, year=None, month=None, day=None, hour=None, minute=None, second=None, microsecond=None, tzinfo=True, *, fold=None):
        return type(self)(
            self._year if year is None else year, self._month if month is None else month,
            self._day if day is None else day, self._hour if hour is None else hour,
            self._minute if minute is None else minute, self._second if second is None else second,
            self._microsecond if microsecond is None else microsecond, self._tzinfo if tzinfo is True else tzinfo,
            fold=self._fold if fold is None else fold,
        )

    def utcoffset(self): return None if self._tzinfo is None else self._tzinfo.utcoffset(self)
    def dst(self): return None if self._tzinfo is None else self._tzinfo.dst(self)
    def tzname(self): return None if self._tzinfo is None else self._tzinfo.tzname(self)

    def astimezone(self, tz=None):
        if tz is None:
            tz = timezone.utc
        _check_tz(tz)
        offset = self.utcoffset()
        utc = (self if offset is None else self - offset).replace(tzinfo=tz)
        return tz.fromutc(utc)

    def isoformat(self, sep="T", timespec="auto"):
        text = _time_text(self._hour, self._minute, self._second, self._microsecond, timespec)
        return f"{self._year:04d}-{self._month:02d}-{self._day:02d}{sep}{text}{_offset_text(self.utcoffset())}"

    def ctime(self):
        return (
            f"{_WEEKDAYS[self.weekday()]} {_MONTHS[self._month - 1]} {self._day:2d} "
            f"{self._hour:02d}:{self._minute:02d}:{self._second:02d} {self._year:04d}"
        )

    def strftime(self, format):
        return _format(format, self.timetuple(), _offset_text(self.utcoffset(), ""), self.tzname() or "", self._microsecond)

    def __add__(self, other):
        if not isinstance(other, timedelta):
            return NotImplemented
        return type(self)._of(self._micros() + other._micros(), self._tzinfo)

    __radd__ = __add__

    def __sub__(self, other):
        if isinstance(other, timedelta):
            return type(self)._of(self._micros() - other._micros(), self._tzinfo)
        if not isinstance(other, datetime):
            return NotImplemented
        a, b = self.utcoffset(), other.utcoffset()
        if (a is None) != (b is None):
            raise TypeError("can't subtract offset-naive and offset-aware datetimes")
        return timedelta._of(self._key() - other._key())

    def _key(self):
        offset = self.utcoffset()
        return self._micros() - (offset._micros() if offset is not None else 0)

    def _compared(self, other):
        if (self.utcoffset() is None) != (other.utcoffset() is None):
            raise TypeError("can't compare offset-naive and offset-aware datetimes")
        return self._key() - other._key()

    def _refused(self, other):
        if isinstance(other, _date):
            raise TypeError(f"can't compare {type(self).__module__}.{type(self).__name__} to datetime.date")
        return NotImplemented

    def __eq__(self, other):
        if not isinstance(other, datetime):
            return False if isinstance(other, _date) else NotImplemented
        return (self.utcoffset() is None) == (other.utcoffset() is None) and self._key() == other._key()

    def __lt__(self, other): return self._compared(other) < 0 if isinstance(other, datetime) else self._refused(other)
    def __le__(self, other): return self._compared(other) <= 0 if isinstance(other, datetime) else self._refused(other)
    def __gt__(self, other): return self._compared(other) > 0 if isinstance(other, datetime) else self._refused(other)
    def __ge__(self, other): return self._compared(other) >= 0 if isinstance(other, datetime) else self._refused(other)
    def __hash__(self): return hash(self._key())
    def __str__(self): return self.isoformat(" ")

    def __repr__(self):
        parts = [self._year, self._month, self._day, self._hour, self._minute, self._second, self._microsecond]
        if parts[-1] == 0:
            parts.pop()
            if parts[-1] == 0:
                parts.pop()
        text = ", ".join([str(part) for part in parts])
        if self._tzinfo is not None:
            text += f", tzinfo={self._tzinfo!r}"
        if self._fold:
            text += f", fold={self._fold}"
        return f"{_shown(type(self))}({text})"


_date = date
datetime.min = datetime(1, 1, 1)
datetime.max = datetime(9999, 12, 31, 23, 59, 59, 999999)
datetime.resolution = timedelta(microseconds=1)


def _stamp(timestamp):
    if isinstance(timestamp, int):
        return timestamp * 1000000
    whole = int(timestamp // 1)
    return whole * 1000000 + round((timestamp - whole) * 1000000)


def _offset_of(found, asked):
    """What a `tzinfo` of the program answers, looked at."""
    if found is None:
        return None
    if not isinstance(found, timedelta):
        raise TypeError(f"tzinfo.{asked}() must return None or timedelta, not {type(found).__name__!r}")
    if not -86400000000 < found._micros() < 86400000000:
        raise ValueError(
            "offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24)."
        )
    return found


def _look_at_offsets():
    def utcoffset(self):
        return None if self._tzinfo is None else _offset_of(self._tzinfo.utcoffset(self), "utcoffset")

    def dst(self):
        return None if self._tzinfo is None else _offset_of(self._tzinfo.dst(self), "dst")

    datetime.utcoffset, datetime.dst = utcoffset, dst


_looked_at["(tzinfo)"] = _look_at_offsets()
