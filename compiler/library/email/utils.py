"""Dates and addresses as messages have them (RFC 5322)."""

from datetime import datetime as _datetime, timedelta as _timedelta, timezone as _timezone
from re import compile as _compile
from time import time as _time

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_ZONES = {
    "UT": 0, "UTC": 0, "GMT": 0, "Z": 0, "AST": -400, "ADT": -300, "EST": -500, "EDT": -400, "CST": -600, "CDT": -500,
    "MST": -700, "MDT": -600, "PST": -800, "PDT": -700,
}
_date = _compile(
    r"(?:\w{3},)?\s*(\d{1,2})[\s-]+(\w{3})[\s-]+(\d{2,4})\s+(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\s+([+-]?\w+))?",
)
_special = _compile(r'[][\\()<>@,:;".]')
_escaped = _compile(r'[\\"]')
_named = _compile(r'\s*(?:"((?:[^"\\]|\\.)*)"|([^<"]*?))\s*<([^>]*)>\s*\Z')


def _text(parts, zone):
    return (
        f"{_DAYS[parts.weekday()]}, {parts.day:02d} {_MONTHS[parts.month - 1]} {parts.year:04d} "
        f"{parts.hour:02d}:{parts.minute:02d}:{parts.second:02d} {zone}"
    )


def format_datetime(dt, usegmt=False):
    if usegmt:
        if dt.tzinfo is None or dt.tzinfo != _timezone.utc:
            raise ValueError("usegmt option requires a UTC datetime")
        return _text(dt, "GMT")
    return _text(dt, "-0000" if dt.tzinfo is None else dt.strftime("%z"))


def formatdate(timeval=None, localtime=False, usegmt=False):
    parts = _datetime.fromtimestamp(_time() if timeval is None else timeval, _timezone.utc)
    return _text(parts, "GMT" if usegmt else "+0000" if localtime else "-0000")


def parsedate_tz(data):
    found = _date.match(data.strip()) if data else None
    if found is None:
        return None
    day, month, year, hour, minute, second, zone = found.groups()
    month = month.lower().capitalize()
    if month not in _MONTHS:
        return None
    year = int(year)
    if year < 100:
        year += 1900 if year > 68 else 2000
    offset = None
    if zone:
        if zone.upper() in _ZONES:
            number = _ZONES[zone.upper()]
        elif zone.lstrip("+-").isdigit():
            number = int(zone)
            if number == 0 and zone.startswith("-"):
                number = None
        else:
            number = None
        if number is not None:
            sign = -1 if number < 0 else 1
            offset = sign * (abs(number) // 100 * 3600 + abs(number) % 100 * 60)
    return year, _MONTHS.index(month) + 1, int(day), int(hour), int(minute), int(second or 0), 0, 1, -1, offset


def parsedate(data):
    found = parsedate_tz(data)
    return None if found is None else found[:9]


def parsedate_to_datetime(data):
    found = parsedate_tz(data)
    if found is None:
        raise ValueError(f"Invalid date value or format \"{str(data)}\"")
    if found[9] is None:
        return _datetime(*found[:6])
    return _datetime(*found[:6], tzinfo=_timezone(_timedelta(seconds=found[9])))


def mktime_tz(data):
    made = _datetime(*data[:6], tzinfo=_timezone.utc)
    return int(made.timestamp()) - (data[9] or 0)


def quote(str):
    return str.replace("\\", "\\\\").replace('"', '\\"')


def unquote(str):
    if len(str) > 1 and str[0] == str[-1] == '"':
        return str[1:-1].replace("\\\\", "\\").replace('\\"', '"')
    if len(str) > 1 and str[0] == "<" and str[-1] == ">":
        return str[1:-1]
    return str


def _encoded(name, charset):
    """A name as an encoded word (RFC 2047), in the shorter of its two forms."""
    from base64 import b64encode
    data = name.encode(charset)
    quoted = "".join([
        "_" if byte == 32 else chr(byte) if chr(byte).isalnum() and byte < 128 or byte in b"-!*+/" else f"={byte:02X}"
        for byte in data
    ])
    plain = b64encode(data).decode("ascii")
    return f"=?{charset}?b?{plain}?=" if len(plain) < len(quoted) else f"=?{charset}?q?{quoted}?="


def formataddr(pair, charset="utf-8"):
    name, address = pair
    address.encode("ascii")
    if not name:
        return address
    try:
        name.encode("ascii")
    except UnicodeEncodeError:
        return f"{_encoded(name, charset)} <{address}>"
    quotes = '"' if _special.search(name) else ""
    name = _escaped.sub(r"\\\g<0>", name)
    return f"{quotes}{name}{quotes} <{address}>"


def parseaddr(addr):
    found = _named.match(addr)
    if found is not None:
        quoted, plain, address = found.groups()
        name = plain if quoted is None else quoted.replace('\\"', '"').replace("\\\\", "\\")
        return " ".join(name.split()) if quoted is None else name, address.strip()
    address = addr.strip()
    return ("", address) if address and " " not in address else ("", "")
