# A line that cannot be written does not stop the program.
import io
import logging
import sys


class Stream(logging.StreamHandler):
    def handleError(self, record):
        error = sys.exc_info()[1]
        print("not logged:", record.msg, record.args, type(error).__name__, error)


log = logging.getLogger("a")
out = io.StringIO()
handler = Stream(out)
log.addHandler(handler)
log.propagate = False
log.error("%d", "x")
log.error("fine %s", 1)
handler.setFormatter(logging.Formatter("{levelname} {message} {user}", style="{", defaults={"user": "nobody"}))
log.error("whose")
log.error("whose", extra={"user": "ann"})
print(out.getvalue())
print(handler, logging.StreamHandler(sys.stdout), logging.NullHandler(logging.ERROR))
for make in (lambda: logging.Formatter("{message}"), lambda: logging.Formatter("%(message)s", style="{")):
    try:
        make()
    except ValueError as error:
        print(error)
adapter = logging.LoggerAdapter(log, {"user": "bob"})
adapter.warning("adapted")
print(adapter, adapter.name, adapter.getEffectiveLevel(), out.getvalue().splitlines()[-1])
handler.set_name("h")
print(handler.get_name())
