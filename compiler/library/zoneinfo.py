"""Time zones by name. There is no data of zones here: UTC and what is always like it, and whatever a program gives."""

from datetime import timedelta as _timedelta, tzinfo as _tzinfo

TZPATH = ()


class ZoneInfoNotFoundError(KeyError):
    pass


class InvalidTZPathWarning(RuntimeWarning):
    pass


_UTC = ("UTC", "Etc/UTC", "Etc/UCT", "Etc/Universal", "Etc/Zulu", "UCT", "Universal", "Zulu")
_GMT = ("GMT", "Etc/GMT", "Etc/Greenwich", "GMT+0", "GMT-0", "GMT0", "Greenwich", "Etc/GMT+0", "Etc/GMT-0", "Etc/GMT0")


def _fixed():
    """Offset in hours and abbreviation of each zone that never changes."""
    zones = {}
    for name in _UTC:
        zones[name] = 0, "UTC"
    for name in _GMT:
        zones[name] = 0, "GMT"
    for hours in range(1, 13):
        zones[f"Etc/GMT+{hours}"] = -hours, f"-{hours:02}"
    for hours in range(1, 15):
        zones[f"Etc/GMT-{hours}"] = hours, f"+{hours:02}"
    return zones


def _check(key):
    normal = [part for part in key.split("/") if part not in ("", ".")]
    if key.startswith("/"):
        raise ValueError(f"ZoneInfo keys may not be absolute paths, got: {key}")
    if normal[:1] == [".."]:
        raise ValueError(f"ZoneInfo keys must refer to subdirectories of TZPATH, got: {key}")
    if "/".join(normal) != key or ".." in normal:
        raise ValueError(f"ZoneInfo keys must be normalized relative paths, got: {key}")


class ZoneInfo(_tzinfo):
    _known = {}

    def __new__(cls, key):
        if key in cls._known:
            return cls._known[key]
        made = cls.no_cache(key)
        cls._known[key] = made
        return made

    def __init__(self, key):
        pass

    @classmethod
    def no_cache(cls, key):
        _check(key)
        zone = _fixed().get(key)
        if zone is None:
            raise ZoneInfoNotFoundError(f"No time zone found with key {key}")
        made = _tzinfo.__new__(cls)
        made.key, made._offset, made._name = key, _timedelta(hours=zone[0]), zone[1]
        return made

    @classmethod
    def clear_cache(cls, *, only_keys=None):
        for key in list(cls._known if only_keys is None else only_keys):
            cls._known.pop(key, None)

    def utcoffset(self, dt, /):
        return self._offset

    def tzname(self, dt, /):
        return self._name

    def dst(self, dt, /):
        return _timedelta(0)

    def fromutc(self, dt, /):
        return dt + self._offset

    def __str__(self):
        return self.key

    def __repr__(self):
        return f"zoneinfo.ZoneInfo(key={self.key!r})"

    def __reduce__(self):
        return ZoneInfo, (self.key,)


def available_timezones():
    return set(_fixed())


def reset_tzpath(to=None):
    pass
