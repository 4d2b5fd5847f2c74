"""Odd corners of the library that the author of a handler meets."""
import pprint, shlex, base64, binascii, calendar, gzip, fractions, urllib.parse, email.utils, mimetypes
def show(f):
    try: print(f())
    except Exception as e: print(type(e).__name__, e)
show(lambda: pprint.pformat({"a": list(range(30)), "b": {"c": "x" * 90}}, width=60)); show(lambda: shlex.split("a 'b c' \"d\\\"e\" f\\ g # h")); show(lambda: shlex.join(["a b", "c'd"])); show(lambda: fractions.Fraction("3/4") + fractions.Fraction(1.5)); show(lambda: calendar.monthcalendar(2024, 2)[0]); show(lambda: gzip.decompress(base64.b64decode("H4sIAAAAAAAAA8tIzcnJBwCGphA2BQAAAA=="))); show(lambda: email.utils.formatdate(0, usegmt=True)); show(lambda: mimetypes.guess_type("a/b.tar.gz")); show(lambda: binascii.hexlify(b"ab", "-")); show(lambda: base64.b32encode(b"hi")); show(lambda: base64.b64decode("a b=c", validate=True)); show(lambda: urllib.parse.urlsplit("https://u:p@h:8080/a;b?c=d#e").port); show(lambda: urllib.parse.urljoin("http://a/b/c", "../d?x")); show(lambda: urllib.parse.quote("a b/é~"))
