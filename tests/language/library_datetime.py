from datetime import datetime, date, time, timedelta, timezone
import datetime as dtm
d = datetime(2024, 2, 29, 13, 5, 9, 123456)
print(d, repr(d), d.isoformat(), d.date(), d.time(), d.weekday(), d.isoweekday(), d.isocalendar(), d.toordinal(), d.timetuple().tm_yday, d.ctime())
print(d + timedelta(days=1, hours=12), d - timedelta(weeks=60), d - datetime(2023, 1, 1), d.replace(year=2020, month=1), d.strftime("%Y-%m-%d %H:%M:%S.%f %j %a %A %b %B %p %I %y %U %W %w %x %X %c %%"))
print(timedelta(1.5), repr(timedelta(seconds=-1)), timedelta(hours=25) / 2, timedelta(days=1) // timedelta(hours=7), timedelta(days=1) % timedelta(hours=7), timedelta(minutes=5).total_seconds(), timedelta(1) * 1.5, -timedelta(1, 2), abs(timedelta(-1)), timedelta(microseconds=1.5), timedelta(1) < timedelta(2), divmod(timedelta(days=1), timedelta(hours=5)))
u = datetime(2024, 1, 1, tzinfo=timezone.utc)
e = timezone(timedelta(hours=5, minutes=30))
print(u, repr(u), u.astimezone(e), u.astimezone(e).isoformat(), u == u.astimezone(e), u.timestamp(), datetime.fromtimestamp(1700000000, timezone.utc), datetime.utcfromtimestamp(1.5), e, repr(e), u.tzname(), u.utcoffset())
for s in ["2024-01-02", "2024-01-02T03:04", "2024-01-02 03:04:05.678", "2024-01-02T03:04:05+02:00", "20240102T030405Z", "2024-W01-2"]:
    print(datetime.fromisoformat(s))
for s, f in [("2024-03-04 05:06:07", "%Y-%m-%d %H:%M:%S"), ("4 Mar 24 5PM", "%d %b %y %I%p"), ("12/31/1999", "%m/%d/%Y"), ("2024-01-01T00:00:00.25+0130", "%Y-%m-%dT%H:%M:%S.%f%z")]:
    print(datetime.strptime(s, f))
for bad in [lambda: datetime(2023, 2, 29), lambda: date(2023, 13, 1), lambda: time(25), lambda: datetime.strptime("x", "%Y"), lambda: date.fromisoformat("nope"), lambda: u < d, lambda: datetime.strptime("2024-01-01x", "%Y-%m-%d"), lambda: date(1, 1, 1) - timedelta(1), lambda: datetime(2024, 1, "a")]:
    try: print(bad())
    except Exception as x: print(type(x).__name__, x)
print(date(2024, 1, 31), repr(date(2024, 1, 31)), date(2024, 3, 1) - date(2024, 2, 1), date.fromordinal(738000), date(2024, 5, 5) > date(2024, 5, 4), date.min, date.max, f"{date(2024, 1, 2):%d.%m.%Y}", date.fromisocalendar(2024, 10, 3), hash(date(2024, 1, 1)) == hash(date(2024, 1, 1)), d > datetime(2023, 1, 1), d == date(2024, 2, 29))
t = time(1, 2, 3, 4); print(t, repr(t), t.isoformat("milliseconds"), time.fromisoformat("04:05:06"), t.replace(hour=9), time(5) < time(6), t.strftime("%H-%M"))
print(sorted([date(2024, 2, 1), date(2023, 1, 1)])[0], {date(2024, 1, 1): 1}[date(2024, 1, 1)], isinstance(d, date), datetime.combine(date(2024, 1, 1), time(2)), datetime.max, d.timestamp())
import time as tm
print(tm.gmtime(0), tm.strftime("%Y-%m-%d", tm.gmtime(86400 * 365)), tm.strptime("2024-05-06", "%Y-%m-%d").tm_yday, tm.gmtime(1700000000)[:6], tm.asctime(tm.gmtime(0)))
import logging, sys, io, os
s = io.StringIO()
logging.basicConfig(stream=s, level=logging.INFO, format="%(levelname)s:%(name)s:%(message)s")
log = logging.getLogger("app.sub"); log.info("hi %s %d", "x", 5); log.debug("no"); log.warning("w"); logging.error("root"); log.setLevel("DEBUG"); log.debug("%(a)s", {"a": 1})
print(s.getvalue(), log, log.isEnabledFor(10), log.parent.name, logging.getLevelName(20))
h = logging.StreamHandler(sys.stdout); h.setFormatter(logging.Formatter("[%(levelname)s] %(message)s")); l2 = logging.getLogger("z"); l2.propagate = False; l2.addHandler(h); l2.error("out"); l2.info("nothing", extra={"k": 1})
print("PATH" in os.environ or True, os.environ.get("NOPE_X"), os.getenv("NOPE_X", "d"), os.path.join("a", "b"), os.path.splitext("a/b.txt"), os.path.basename("/x/y"))
try: os.environ["NOPE_X"]
except KeyError as x: print("KeyError", x)
print("to file", file=s); print(s.getvalue().splitlines()[-1], sys.maxsize, sys.version_info[:2], sys.byteorder)
try: 1 / 0
except ZeroDivisionError: print(sys.exc_info()[0].__name__)
import json
b = io.StringIO(); json.dump({"a": [1, 2]}, b); b.seek(0); print(b.getvalue(), json.load(b))
class Enc(json.JSONEncoder):
    def default(self, o): return list(o) if isinstance(o, set) else super().default(o)
print(Enc().encode({"s": {1}}), json.JSONDecoder().decode("[1]"), json.JSONDecoder().raw_decode('{"a": 1} x'))
import textwrap
print(textwrap.dedent("  a\n    b\n  c"), textwrap.indent("x\ny", "> "), textwrap.fill("the quick brown fox jumps over the lazy dog", 15), textwrap.shorten("hello big world", 12), textwrap.wrap("aaaaaaaaaa bb", 4))
