"""Months and weeks of the Gregorian calendar. HTML calendars and locales are left out."""

from datetime import MAXYEAR, MINYEAR, date as _date

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = range(7)
January, February = 1, 2
EPOCH = 1970
day_name = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
day_abbr = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
month_name = ["", "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December"]
month_abbr = ["", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
mdays = [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]


class IllegalMonthError(ValueError):
    def __init__(self, month): self.month = month
    def __str__(self): return "bad month number %r; must be 1-12" % self.month


class IllegalWeekdayError(ValueError):
    def __init__(self, weekday): self.weekday = weekday
    def __str__(self): return "bad weekday number %r; must be 0 (Monday) to 6 (Sunday)" % self.weekday


def isleap(year): return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def leapdays(y1, y2):
    y1, y2 = y1 - 1, y2 - 1
    return y2 // 4 - y1 // 4 - (y2 // 100 - y1 // 100) + y2 // 400 - y1 // 400


def weekday(year, month, day):
    if not MINYEAR <= year <= MAXYEAR:
        year = 2000 + year % 400
    return _date(year, month, day).weekday()


def monthrange(year, month):
    if not 1 <= month <= 12:
        raise IllegalMonthError(month)
    return weekday(year, month, 1), mdays[month] + (month == 2 and isleap(year))


def timegm(tuple):
    year, month, day, hour, minute, second = tuple[:6]
    days = _date(year, month, 1).toordinal() - 719163 + day - 1
    return ((days * 24 + hour) * 60 + minute) * 60 + second


def week(firstweekday): return [day % 7 for day in range(firstweekday, firstweekday + 7)]


class Calendar:
    def __init__(self, firstweekday=0): self.firstweekday = firstweekday
    def getfirstweekday(self): return self._firstweekday % 7
    def setfirstweekday(self, firstweekday): self._firstweekday = firstweekday

    firstweekday = property(getfirstweekday, setfirstweekday)

    def iterweekdays(self): yield from week(self.firstweekday)

    def itermonthdays(self, year, month):
        first, count = monthrange(year, month)
        yield from [0] * ((first - self.firstweekday) % 7)
        yield from range(1, count + 1)
        yield from [0] * ((self.firstweekday - first - count) % 7)

    def itermonthdays2(self, year, month):
        for at, day in enumerate(self.itermonthdays(year, month), self.firstweekday):
            yield day, at % 7

    def itermonthdays3(self, year, month):
        first, count = monthrange(year, month)
        before = (first - self.firstweekday) % 7
        year_before, month_before = (year, month - 1) if month > 1 else (year - 1, 12)
        last = monthrange(year_before, month_before)[1]
        for day in range(last - before + 1, last + 1):
            yield year_before, month_before, day
        for day in range(1, count + 1):
            yield year, month, day
        year_after, month_after = (year, month + 1) if month < 12 else (year + 1, 1)
        for day in range(1, (self.firstweekday - first - count) % 7 + 1):
            yield year_after, month_after, day

    def itermonthdays4(self, year, month):
        for at, (y, m, d) in enumerate(self.itermonthdays3(year, month)):
            yield y, m, d, (self.firstweekday + at) % 7

    def itermonthdates(self, year, month):
        for y, m, d in self.itermonthdays3(year, month):
            yield _date(y, m, d)

    def monthdatescalendar(self, year, month): return _weeks(self.itermonthdates(year, month))
    def monthdays2calendar(self, year, month): return _weeks(self.itermonthdays2(year, month))
    def monthdayscalendar(self, year, month): return _weeks(self.itermonthdays(year, month))
    def yeardatescalendar(self, year, width=3): return _rows(self.monthdatescalendar, year, width)
    def yeardays2calendar(self, year, width=3): return _rows(self.monthdays2calendar, year, width)
    def yeardayscalendar(self, year, width=3): return _rows(self.monthdayscalendar, year, width)


def _weeks(days):
    days = list(days)
    return [days[at:at + 7] for at in range(0, len(days), 7)]


def _rows(make, year, width):
    months = [make(year, month) for month in range(1, 13)]
    return [months[at:at + width] for at in range(0, 12, width)]


class TextCalendar(Calendar):
    def prmonth(self, theyear, themonth, w=0, l=0): print(self.formatmonth(theyear, themonth, w, l), end="")
    def formatday(self, day, weekday, width): return ("" if day == 0 else "%2i" % day).center(width)
    def formatweek(self, theweek, width): return " ".join([self.formatday(day, at, width) for day, at in theweek])
    def prweek(self, theweek, width): print(self.formatweek(theweek, width), end="")

    def formatweekday(self, day, width):
        return (day_name if width >= 9 else day_abbr)[day][:width].center(width)

    def formatweekheader(self, width):
        return " ".join([self.formatweekday(day, width) for day in self.iterweekdays()])

    def formatmonthname(self, theyear, themonth, width, withyear=True):
        name = month_name[themonth]
        return (f"{name} {theyear!r}" if withyear else name).center(width)

    def formatmonth(self, theyear, themonth, w=0, l=0):
        w, l = max(2, w), max(1, l)
        lines = [self.formatmonthname(theyear, themonth, 7 * (w + 1) - 1), self.formatweekheader(w)]
        lines += [self.formatweek(one, w) for one in self.monthdays2calendar(theyear, themonth)]
        return "".join([line.rstrip() + "\n" * l for line in lines])

    def formatyear(self, theyear, w=2, l=1, c=6, m=3):
        w, l, c = max(2, w), max(1, l), max(2, c)
        column = (w + 1) * 7 - 1
        out = [repr(theyear).center(column * m + c * (m - 1)).rstrip(), "\n" * l]
        header = self.formatweekheader(w)
        for index, row in enumerate(self.yeardays2calendar(theyear, m)):
            months = range(m * index + 1, min(m * (index + 1) + 1, 13))
            out.append("\n" * l)
            names = [self.formatmonthname(theyear, month, column, False) for month in months]
            out.append(formatstring(names, column, c).rstrip())
            out.append("\n" * l)
            out.append(formatstring([header for month in months], column, c).rstrip())
            out.append("\n" * l)
            for at in range(max([len(one) for one in row])):
                weeks = [self.formatweek(one[at], w) if at < len(one) else "" for one in row]
                out.append(formatstring(weeks, column, c).rstrip())
                out.append("\n" * l)
        return "".join(out)

    def pryear(self, theyear, w=0, l=0, c=6, m=3): print(self.formatyear(theyear, w, l, c, m), end="")


def formatstring(cols, colwidth=20, spacing=6):
    return (" " * spacing).join([column.center(colwidth) for column in cols])


def format(cols, colwidth=20, spacing=6): print(formatstring(cols, colwidth, spacing))


c = TextCalendar()


def firstweekday(): return c.firstweekday


def setfirstweekday(firstweekday):
    if not MONDAY <= firstweekday <= SUNDAY:
        raise IllegalWeekdayError(firstweekday)
    c.firstweekday = firstweekday


def monthcalendar(year, month): return c.monthdayscalendar(year, month)
def prweek(theweek, width): c.prweek(theweek, width)
def weekheader(width): return c.formatweekheader(width)
def prmonth(theyear, themonth, w=0, l=0): c.prmonth(theyear, themonth, w, l)
def month(theyear, themonth, w=0, l=0): return c.formatmonth(theyear, themonth, w, l)
def calendar(theyear, w=2, l=1, c=6, m=3): return TextCalendar(firstweekday()).formatyear(theyear, w, l, c, m)
def prcal(theyear, w=0, l=0, c=6, m=3): print(calendar(theyear, w, l, c, m), end="")
