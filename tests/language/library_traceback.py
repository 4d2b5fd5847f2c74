"""Where exceptions come from: as text, as objects, and in logs."""

import asyncio
import io
import json
import logging
import re
import sys
import traceback
import types

write = print


FOLDER = __file__[:__file__.rfind("/") + 1]


def print(*values):
    """Without the folders of files."""
    text = " ".join([str(value) for value in values])
    write(text.replace(FOLDER, "") if FOLDER else text)


class Stdout:
    def write(self, text):
        print(text.removesuffix("\n"))



def parse(order):
    total = 0
    for line in order["lines"]:
        total += line["price"] * line["count"]
    return total / order["rate"]


def handler(event, context):
    try:
        return {"total": parse(event)}
    except ZeroDivisionError as error:
        print(traceback.format_exc())
        raise ValueError("bad rate") from error
    except KeyError as error:
        print(traceback.format_exc(limit=1))
        raise
    except Exception:
        kind, value, tb = sys.exc_info()
        print(kind, value, tb is not None, tb.tb_lineno, tb.tb_frame.f_code.co_name)
        while tb:
            print(tb.tb_lineno, tb.tb_frame.f_code.co_name, tb.tb_frame.f_code.co_firstlineno, isinstance(tb, types.TracebackType))
            tb = tb.tb_next
        raise RuntimeError("odd")


for event in (
    {"lines": [{"price": 2, "count": 3}], "rate": 0},
    {"lines": [{"price": 2}], "rate": 0},
    {"lines": [{"price": 2, "count": "x"}], "rate": 0},
    {"lines": [{"price": 2, "count": None}], "rate": 0},
    {"lines": None},
):
    try:
        handler(event, None)
    except Exception as e:
        print("".join(traceback.format_exception(e)))
        print("".join(traceback.format_exception(type(e), e, e.__traceback__)))
        print("".join(traceback.format_exception(type(e), e, None)))
        print(traceback.format_exception_only(e), traceback.format_exception_only(type(e), e))
        print(traceback.format_tb(e.__traceback__))
        for frame in traceback.extract_tb(e.__traceback__):
            print(frame.filename, frame.lineno, frame.name, frame.line)
            f, l, n, t = frame
            print(f, l, n, t, frame)
        print(traceback.extract_tb(e.__traceback__)[-1].lineno)


def deep(n):
    if n == 0:
        raise RecursionError("made")
    deep(n - 1)


try:
    deep(10)
except RecursionError:
    print(traceback.format_exc())
    print(traceback.format_exc(3))
    print(traceback.format_exc(-2))


class Guard:
    def __enter__(self):
        return self

    def __exit__(self, kind, error, tb):
        print(kind, error, tb is None)
        if tb:
            print(tb.tb_lineno, traceback.format_tb(tb), traceback.extract_tb(tb)[-1].line)
            traceback.print_exception(kind, error, tb, file=Stdout())
        return True


class Splat:
    def __enter__(self):
        return self

    def __exit__(self, *args):
        traceback.print_exception(*args, file=Stdout())
        return True


with Guard():
    pass
with Guard():
    raise KeyError("in with")
with Splat():
    len(5)

out = io.StringIO()
logging.basicConfig(stream=out, format="%(levelname)s %(message)s")
try:
    json.loads("{")[1]
except ValueError:
    logging.exception("cannot %s", "parse")
    try:
        {}["a"]
    except KeyError as e:
        logging.error("inner", exc_info=True)
        logging.error("inner", exc_info=e)
        logging.error("inner", exc_info=sys.exc_info())
logging.exception("nothing")
text = out.getvalue()
# What the library itself is made of is not there.
print(re.sub(r'  File "[^"]*json[^"]*",.*\n(    .*\n)*', "", text))
print(repr(traceback.format_exc()))
traceback.print_exc(file=Stdout())


def reraise():
    try:
        raise ValueError("first")
    except ValueError as e:
        saved = e
    raise saved.with_traceback(saved.__traceback__)


try:
    reraise()
except ValueError as e:
    print(traceback.format_exc())
    e.__traceback__ = None
    print(e.__traceback__, traceback.format_exception(e))
    tb = None
try:
    try:
        1 / 0
    except ZeroDivisionError as e:
        raise KeyError("other").with_traceback(e.__traceback__) from None
except KeyError as e:
    print(traceback.format_exc())
    e.add_note("a note\nof two lines")
    print("".join(traceback.format_exception(e)))
try:
    raise ExceptionGroup("many", [ValueError(1), ExceptionGroup("inner", [KeyError("k"), TypeError("t")])])
except ExceptionGroup as e:
    print(traceback.format_exc())
    print(traceback.format_exception(e))

te = None
try:
    handler({"lines": 5}, None)
except Exception as e:
    te = traceback.TracebackException.from_exception(e)
    print("".join(te.format()))
    print(list(te.format_exception_only()), str(te), te.stack[0].name, te.exc_type)
    print(te.stack.format())
print(type(te).__name__)


def g():
    yield 1
    raise ValueError("in generator")


try:
    for x in g():
        print(x)
except ValueError as e:
    traceback.print_exc(file=Stdout())
    print(repr(e.__traceback__)[:17], type(e.__traceback__))

try:
    print((lambda a: a["x"]
           ["y"])({"x": 5}))
except TypeError as e:
    traceback.print_exc(file=Stdout())


async def work():
    raise OSError(2, "nothing there")


async def main():
    try:
        await work()
    except OSError:
        traceback.print_exc(file=Stdout())

asyncio.run(main())
