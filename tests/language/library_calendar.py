# Calendars, secrets.
import secrets
import calendar


def show(f):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)


print(len(secrets.token_bytes(5)), len(secrets.token_hex(4)), secrets.randbelow(1), secrets.choice([7]), len(secrets.token_urlsafe(16)))
print(secrets.compare_digest("a", "a"), secrets.randbits(8) < 256)
show(lambda: secrets.randbelow(0))

print(calendar.month(2024, 2), calendar.isleap(1900), calendar.leapdays(1900, 2001), calendar.monthrange(2023, 2))
print(calendar.weekday(2024, 2, 29), calendar.timegm((2024, 2, 29, 1, 2, 3)), calendar.monthcalendar(2021, 8))
print(calendar.calendar(2023))
print(list(calendar.Calendar(6).itermonthdates(2022, 5))[:3], list(calendar.Calendar(6).itermonthdays4(2022, 12))[-3:])
print(calendar.day_name[0], calendar.month_abbr[12], calendar.TextCalendar(6).formatmonth(2015, 11, 3, 2))
show(lambda: calendar.monthrange(2000, 13))
show(lambda: calendar.setfirstweekday(9))
