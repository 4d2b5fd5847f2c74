# Zones that never change, by name; of others it is said that they are not there.
import datetime
import zoneinfo
from zoneinfo import ZoneInfo


def show(function):
    try:
        print(function())
    except Exception as error:
        print(type(error).__name__, "|", error, isinstance(error, KeyError))


utc = ZoneInfo("UTC")
noon = datetime.datetime(2024, 7, 1, 12, tzinfo=utc)
show(lambda: (noon, noon.tzname(), noon.utcoffset(), f"{noon:%H:%M %Z}", utc, repr(utc), ZoneInfo("UTC") is utc))
show(lambda: noon.astimezone(ZoneInfo("Etc/GMT+5")).isoformat())
show(lambda: noon.astimezone(ZoneInfo("Etc/GMT-14")).tzname())
show(lambda: noon == datetime.datetime(2024, 7, 1, 12, tzinfo=datetime.timezone.utc))
show(lambda: datetime.datetime.fromtimestamp(0, ZoneInfo("GMT")).isoformat())
show(lambda: "UTC" in zoneinfo.available_timezones())
show(lambda: ZoneInfo("Nowhere/Land"))
show(lambda: ZoneInfo("/etc/passwd"))
show(lambda: ZoneInfo("../x"))
