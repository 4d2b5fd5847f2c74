# Weeks in `strptime`, and what it refuses.
import time
from datetime import datetime, timedelta, tzinfo

for text, format in (
    ("2024 10 1", "%Y %W %w"), ("2024 10 1", "%Y %U %w"), ("2024 05 3", "%G %V %u"), ("2024 00 Mon", "%Y %W %a"),
    ("2024 53 Sunday", "%Y %W %A"), ("2024 05", "%G %V"), ("2024 05 1", "%Y %V %u"), ("05 1", "%V %u"),
    ("2024 1 1 1", "%G %V %u %j"), ("2024-01-01 +01:30:15", "%Y-%m-%d %z"), ("2024-01-01 -0130", "%Y-%m-%d %z"),
    ("2024", "%Y%"), ("1:2", "%T"), ("5", "%y"), ("05/06/24", "%x"), ("01", "%Q"),
):
    try:
        print(datetime.strptime(text, format).isoformat())
    except ValueError as error:
        print(error)
parts = time.strptime("2024-02-29 01:02:03", "%Y-%m-%d %H:%M:%S")
print(parts, parts.n_fields, time.localtime(0).tm_gmtoff)


class Odd(tzinfo):
    answer = 3

    def utcoffset(self, dt):
        return self.answer


for answer in (3, timedelta(hours=25)):
    Odd.answer = answer
    try:
        datetime(2024, 1, 1, tzinfo=Odd()).utcoffset()
    except (TypeError, ValueError) as error:
        print(error)
