"""What `time` has besides its clocks. The local time is UTC."""

from collections import _make_named
from time import time, monotonic, monotonic_ns

timezone = altzone = daylight = 0
tzname = ("UTC", "UTC")

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)

_Parts = _make_named("struct_time", (
    "tm_year", "tm_mon", "tm_mday", "tm_hour", "tm_min", "tm_sec", "tm_wday", "tm_yday", "tm_isdst",
), {})


class struct_time(_Parts):
    tm_zone, tm_gmtoff = "UTC", 0
    n_fields, n_sequence_fields, n_unnamed_fields = 11, 9, 0

    def __new__(cls, parts):
        parts = tuple(parts)
        if len(parts) < 9:
            raise TypeError(f"time.struct_time() takes an at least 9-sequence ({len(parts)}-sequence given)")
        return tuple.__new__(cls, parts[:9])

    def __repr__(self):
        return "time.struct_time" + _Parts.__repr__(self)[len("struct_time"):]


def _is_leap(year):
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _civil(days):
    """Year, month and day of a number of days since 1970."""
    days += 719468
    era = days // 146097
    doe = days - era * 146097
    yoe = (doe - doe // 1460 + doe // 36524 - doe // 146096) // 365
    doy = doe - (365 * yoe + yoe // 4 - yoe // 100)
    mp = (5 * doy + 2) // 153
    month = mp + 3 if mp < 10 else mp - 9
    return yoe + era * 400 + (month <= 2), month, doy - (153 * mp + 2) // 5 + 1


def _days(year, month, day):
    year -= month <= 2
    era = year // 400
    yoe = year - era * 400
    doy = (153 * (month - 3 if month > 2 else month + 9) + 2) // 5 + day - 1
    return era * 146097 + yoe * 365 + yoe // 4 - yoe // 100 + doy - 719468


def gmtime(secs=None, /):
    secs = time() if secs is None else secs
    days, rest = divmod(int(secs // 1), 86400)
    year, month, day = _civil(days)
    return struct_time((
        year, month, day, rest // 3600, rest // 60 % 60, rest % 60, (days + 3) % 7,
        days - _days(year, 1, 1) + 1, 0,
    ))


localtime = gmtime


def timegm(parts):
    return _days(parts[0], parts[1], parts[2]) * 86400 + parts[3] * 3600 + parts[4] * 60 + parts[5]


def mktime(parts, /):
    return float(timegm(parts))


def asctime(parts=None, /):
    p = gmtime() if parts is None else parts
    return f"{_DAYS[p[6]][:3]} {_MONTHS[p[1] - 1][:3]} {p[2]:2d} {p[3]:02d}:{p[4]:02d}:{p[5]:02d} {p[0]}"


def ctime(secs=None, /):
    return asctime(gmtime(secs))


def strftime(format, parts=None, /):
    return _format(format, gmtime() if parts is None else parts, "", "", 0)


def _format(format, p, zone_offset, zone_name, micros):
    out = []
    at = 0
    while at < len(format):
        c = format[at]
        at += 1
        if c != "%" or at == len(format):
            out.append(c)
            continue
        c = format[at]
        at += 1
        if c == "Y": out.append(str(p[0]))
        elif c == "m": out.append(f"{p[1]:02d}")
        elif c == "d": out.append(f"{p[2]:02d}")
        elif c == "H": out.append(f"{p[3]:02d}")
        elif c == "M": out.append(f"{p[4]:02d}")
        elif c == "S": out.append(f"{p[5]:02d}")
        elif c == "f": out.append(f"{micros:06d}")
        elif c == "y": out.append(f"{p[0] % 100:02d}")
        elif c == "e": out.append(f"{p[2]:2d}")
        elif c == "I": out.append(f"{(p[3] + 11) % 12 + 1:02d}")
        elif c == "l": out.append(f"{(p[3] + 11) % 12 + 1:2d}")
        elif c == "k": out.append(f"{p[3]:2d}")
        elif c == "p": out.append("AM" if p[3] < 12 else "PM")
        elif c == "P": out.append("am" if p[3] < 12 else "pm")
        elif c == "j": out.append(f"{p[7]:03d}")
        elif c == "a": out.append(_DAYS[p[6]][:3])
        elif c == "A": out.append(_DAYS[p[6]])
        elif c == "b" or c == "h": out.append(_MONTHS[p[1] - 1][:3])
        elif c == "B": out.append(_MONTHS[p[1] - 1])
        elif c == "w": out.append(str((p[6] + 1) % 7))
        elif c == "u": out.append(str(p[6] + 1))
        elif c == "U": out.append(f"{(p[7] + 6 - (p[6] + 1) % 7) // 7:02d}")
        elif c == "W": out.append(f"{(p[7] + 6 - p[6]) // 7:02d}")
        elif c == "G" or c == "V" or c == "g":
            year, week = _iso_week(p[0], p[7], p[6])
            out.append(f"{week:02d}" if c == "V" else f"{year % 100:02d}" if c == "g" else str(year))
        elif c == "C": out.append(f"{p[0] // 100:02d}")
        elif c == "c": out.append(asctime(p))
        elif c == "x" or c == "D": out.append(f"{p[1]:02d}/{p[2]:02d}/{p[0] % 100:02d}")
        elif c == "X" or c == "T": out.append(f"{p[3]:02d}:{p[4]:02d}:{p[5]:02d}")
        elif c == "R": out.append(f"{p[3]:02d}:{p[4]:02d}")
        elif c == "r": out.append(f"{(p[3] + 11) % 12 + 1:02d}:{p[4]:02d}:{p[5]:02d} {'AM' if p[3] < 12 else 'PM'}")
        elif c == "F": out.append(f"{p[0]}-{p[1]:02d}-{p[2]:02d}")
        elif c == "s": out.append(str(timegm(p)))
        elif c == "n": out.append("\n")
        elif c == "t": out.append("\t")
        elif c == "z": out.append(zone_offset)
        elif c == "Z": out.append(zone_name)
        elif c == "%": out.append("%")
        else: out.append("%" + c)
    return "".join(out)


def _iso_week(year, day_of_year, weekday):
    week = (day_of_year - weekday + 9) // 7
    if week < 1:
        year -= 1
        last = _days(year, 12, 31)
        return year, _iso_week(year, last - _days(year, 1, 1) + 1, (last + 3) % 7)[1]
    if week == 53 and (_days(year + 1, 1, 1) + 3) % 7 <= 3:
        return year + 1, 1
    return year, week


def _number(text, at, width, what):
    end = at
    while end < len(text) and end - at < width and text[end].isdigit():
        end += 1
    if end == at:
        return None, at
    return int(text[at:end]), end


def _parse(text, format):
    """The fields that `strptime` finds, by letter; None where the text doesn't match."""
    found = {}
    asked = format
    at = i = 0
    while i < len(format):
        c = format[i]
        i += 1
        if c.isspace():
            while at < len(text) and text[at].isspace():
                at += 1
            continue
        if c != "%":
            if text[at:at + 1].lower() != c.lower():
                return None
            at += 1
            continue
        if i == len(format):
            raise ValueError(f"stray % in format '{asked}'")
        c = format[i]
        i += 1
        if c == "%":
            if text[at:at + 1] != "%":
                return None
            at += 1
        elif c in "YmdHMSyIjfwuUWVG":
            width = {"Y": 4, "G": 4, "j": 3, "f": 6, "w": 1, "u": 1}.get(c, 2)
            start = at
            value, at = _number(text, at, width, c)
            if value is None or (c in "YGy" and at - start != width):
                return None
            if c == "f":
                value *= 10 ** (6 - (at - start))
            low, high = {
                "m": (1, 12), "d": (1, 31), "H": (0, 23), "M": (0, 59), "S": (0, 61), "I": (1, 12), "j": (1, 366),
                "w": (0, 6), "u": (1, 7), "U": (0, 53), "W": (0, 53), "V": (0, 53),
            }.get(c, (0, 999999))
            if not low <= value <= high:
                if at - start == 2 and low <= value // 10 <= high:
                    value //= 10
                    at -= 1
                else:
                    return None
            found[c] = value
        elif c in "aAbBh":
            names = _DAYS if c in "aA" else _MONTHS
            for number, name in enumerate(names):
                name = name if c in "AB" else name[:3]
                if text[at:at + len(name)].lower() == name.lower():
                    found["a" if c in "aA" else "m"] = number + (c in "bBh")
                    at += len(name)
                    break
            else:
                return None
        elif c == "p":
            word = text[at:at + 2].lower()
            if word not in ("am", "pm"):
                return None
            found["p"] = word
            at += 2
        elif c == "z":
            if text[at:at + 1] == "Z":
                found["z"] = 0
                at += 1
                continue
            sign = text[at:at + 1]
            if sign not in ("+", "-"):
                return None
            hours, at = _number(text, at + 1, 2, c)
            colon = text[at:at + 1] == ":"
            minutes, at = _number(text, at + colon, 2, c)
            if hours is None or minutes is None:
                return None
            seconds = hours * 3600 + minutes * 60
            if colon and text[at:at + 1] == ":" or not colon and text[at:at + 2].isdigit():
                more, at = _number(text, at + colon, 2, c)
                seconds += more or 0
            found["z"] = -seconds if sign == "-" else seconds
        elif c == "Z":
            for zone in ("UTC", "GMT"):
                if text[at:at + 3].upper() == zone:
                    found["Z"] = zone
                    at += 3
                    break
            else:
                return None
        elif c in "cxX":
            longer = {"X": "%H:%M:%S", "x": "%m/%d/%y", "c": "%a %b %d %H:%M:%S %Y"}[c]
            format = format[:i] + longer + format[i:]
        else:
            raise ValueError(f"'{c}' is a bad directive in format '{asked}'")
    if at < len(text):
        raise ValueError(f"unconverted data remains: {text[at:]}")
    return found


def _fields(text, format):
    if not isinstance(text, str) or not isinstance(format, str):
        given = text if not isinstance(text, str) else format
        raise TypeError(f"strptime() argument {0 if given is text else 1} must be str, not {type(given)!r}")
    found = _parse(text, format)
    if found is None:
        raise ValueError(f"time data {text!r} does not match format {format!r}")
    year = found.get("Y", 1900)
    if "y" in found:
        year = found["y"] + (1900 if found["y"] >= 69 else 2000)
    hour = found.get("H", 0)
    if "I" in found:
        hour = found["I"] % 12 + (12 if found.get("p") == "pm" else 0)
    month, day = found.get("m", 1), found.get("d", 1)
    if "j" in found and "m" not in found:
        year, month, day = _civil(_days(year, 1, 1) + found["j"] - 1)
    elif day > (29 if month == 2 and _is_leap(year) else (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[month - 1]):
        raise ValueError("day is out of range for month")
    for place in _weeks.values():
        year, month, day = place(found, year, month, day)
        break
    return year, month, day, hour, found.get("M", 0), found.get("S", 0), found.get("f", 0), found.get("z")


def _place_by_week(found, year, month, day):
    """The date where a format has a week of the year."""
    weekday = found.get("a")
    if "u" in found:
        weekday = found["u"] - 1
    elif "w" in found:
        weekday = (found["w"] + 6) % 7
    whole, days = "a weekday directive ('%A', '%a', '%w', or '%u').", "ISO year directive '%G'"
    if "G" in found:
        if "j" in found:
            raise ValueError(f"Day of the year directive '%j' is not compatible with {days}. Use '%Y' instead.")
        if "V" not in found or weekday is None:
            raise ValueError(f"{days} must be used with the ISO week directive '%V' and {whole}")
        year = found["G"]
        fourth = _days(year, 1, 4)
        return _civil(fourth - (fourth + 3) % 7 + 7 * (found["V"] - 1) + weekday)
    if "V" in found:
        if weekday is None:
            raise ValueError(f"ISO week directive '%V' must be used with the {days} and {whole}")
        raise ValueError(
            "ISO week directive '%V' is incompatible with the year directive '%Y'. Use the ISO year '%G' instead."
        )
    if weekday is None or "j" in found or "U" not in found and "W" not in found:
        return year, month, day
    week = found.get("U", found.get("W"))
    first = _days(year, 1, 1)
    start = (first + 3) % 7
    if "U" in found:
        start, weekday = (start + 1) % 7, (weekday + 1) % 7
    return _civil(first + weekday - start if week == 0 else first + (7 - start) % 7 + 7 * (week - 1) + weekday)


# Formats with weeks, where the text of the program has one.
_weeks = {}
_weeks["%U"] = _place_by_week
_weeks["%W"] = _place_by_week
_weeks["%V"] = _place_by_week
_weeks["%G"] = _place_by_week


def strptime(string, format="%a %b %d %H:%M:%S %Y", /):
    year, month, day, hour, minute, second, _, _ = _fields(string, format)
    days = _days(year, month, day)
    return struct_time((
        year, month, day, hour, minute, second, (days + 3) % 7, days - _days(year, 1, 1) + 1, -1,
    ))


def process_time():
    return monotonic()


def process_time_ns():
    return monotonic_ns()


thread_time = process_time
