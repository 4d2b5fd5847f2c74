"""Odd corners of the library that the author of a handler meets."""
import calendar, fractions, pprint, shlex


def show(f):
    try: print(f())
    except Exception as e: print(type(e).__name__, e)


show(lambda: pprint.pformat({"a": list(range(30)), "b": {"c": "x" * 90}}, width=60))
show(lambda: shlex.split("a 'b c' \"d\\\"e\" f\\ g # h"))
show(lambda: shlex.join(["a b", "c'd"]))
show(lambda: fractions.Fraction("3/4") + fractions.Fraction(1.5))
show(lambda: calendar.monthcalendar(2024, 2)[0])
