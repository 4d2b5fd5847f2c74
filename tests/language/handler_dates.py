from datetime import date, datetime, time, timedelta, timezone
import calendar
import json
import re

UTC = timezone.utc
CET = timezone(timedelta(hours=1), "CET")
IST = timezone(timedelta(hours=5, minutes=30))


def parse(text):
    for f in ("%Y-%m-%dT%H:%M:%S.%fZ", "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d %H:%M", "%d/%b/%Y:%H:%M:%S %z", "%A, %B %d, %Y", "%m/%d/%y", "%I:%M %p", "%j %Y", "%d.%m.%Y"):
        try:
            return datetime.strptime(text, f), f
        except ValueError:
            continue
    raise ValueError(f"unrecognised date {text!r}")


for t in ["2024-02-29T12:34:56.789Z", "2024-02-29T12:34:56Z", "2023-11-05 01:30", "10/Oct/2000:13:55:36 -0700", "Monday, January 15, 2024", "12/31/99", "11:05 pm", "366 2024", "31.12.2023", "29.02.2023", "x"]:
    try:
        print(*parse(t), sep=" <- ")
    except ValueError as e:
        print(e)
d = datetime(2024, 3, 31, 1, 30, tzinfo=UTC)
print(d.astimezone(CET), d.astimezone(IST).isoformat(), repr(d.astimezone(CET)), d.timestamp(), d.astimezone(CET) == d, hash(d.astimezone(CET)) == hash(d))
print(d - timedelta(days=365, hours=1.5), d - datetime(2000, 1, 1, tzinfo=IST), (d - timedelta(weeks=2)).isocalendar(), d.isoweekday())
print(timedelta(days=-1, seconds=3661, microseconds=5), repr(timedelta(hours=-1)), timedelta(hours=25) // timedelta(hours=2), timedelta(hours=25) % timedelta(hours=2), timedelta(1) / 3, divmod(timedelta(1), timedelta(minutes=7)), timedelta(seconds=1.5).total_seconds())
for s in ["2024-01-02", "20240102", "2024-01-02T03:04", "2024-01-02T03:04:05.123", "2024-01-02T03:04:05.123456+05:30", "2024-W05-2", "2024-01-02T03:04:05Z", "2024-13-01", "2024-02-30", "nope", "2024-01-02T25:00"]:
    try:
        print(repr(datetime.fromisoformat(s)))
    except ValueError as e:
        print(s, "->", e)
for f in ["%Y%m%d", "%H:%M:%S.%f", "%a %A %b %B", "%j %U %W %w", "%y %I %p", "%c", "%x %X", "%z|%Z", "%%", "%G-W%V-%u", "%s" if False else "%e"]:
    print(f, d.strftime(f), f"{datetime(1999, 1, 3, 15, 4, 5):{f}}")
print(d.date(), d.time(), d.timetz(), d.replace(tzinfo=None), d.isoformat(timespec="minutes"), d.isoformat(" ", "milliseconds"))
print(date(2024, 1, 31).replace(month=3), date.fromordinal(738000), date.max - date.min, date(2024, 1, 1).timetuple())
print(calendar.monthrange(2024, 2), calendar.isleap(1900), calendar.timegm((2024, 1, 1, 0, 0, 0)))
for f in [lambda: d < datetime(2024, 1, 1), lambda: d - datetime(2024, 1, 1), lambda: date(2024, 1, 1) < d, lambda: datetime(2024, 2, 30), lambda: time(25), lambda: timedelta(days=1e10), lambda: datetime.max + timedelta(days=1), lambda: datetime.strptime("2024", "%Y-%m"), lambda: datetime.strptime("2024x", "%Y"), lambda: datetime.strptime("13", "%m"), lambda: d + 1, lambda: date.fromisoformat("2024-1-1"), lambda: timezone(timedelta(days=2)), lambda: json.dumps(d), lambda: datetime.strptime("1", "%Q")]:
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)
print(datetime.fromtimestamp(0, UTC), datetime.fromtimestamp(1e9 + 0.123456, tz=CET), datetime.utcfromtimestamp(86400), datetime(1970, 1, 1, tzinfo=CET).timestamp())


def business_days(start, n):
    step = 1 if n > 0 else -1
    while n:
        start += timedelta(days=step)
        if start.weekday() < 5:
            n -= step
    return start


def age(born, today):
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


print(business_days(date(2024, 5, 31), 3), business_days(date(2024, 6, 3), -1), age(date(2000, 2, 29), date(2024, 2, 28)))
print(min(datetime(2024, 1, 1), datetime(2023, 1, 1)), sorted([time(3), time(1, 2), time(1, 2, 0, 1)]), bool(time(0)), time(12, 30, tzinfo=CET).isoformat(), time.fromisoformat("04:23:01.5"))
