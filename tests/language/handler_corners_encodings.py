"""Odd corners of encodings that the author of a handler meets."""
import base64, binascii, email.utils, gzip, mimetypes, urllib.parse


def show(f):
    try: print(f())
    except Exception as e: print(type(e).__name__, e)


show(lambda: gzip.decompress(base64.b64decode("H4sIAAAAAAAAA8tIzcnJBwCGphA2BQAAAA==")))
show(lambda: email.utils.formatdate(0, usegmt=True))
show(lambda: mimetypes.guess_type("a/b.tar.gz"))
show(lambda: binascii.hexlify(b"ab", "-"))
show(lambda: base64.b32encode(b"hi"))
show(lambda: base64.b64decode("a b=c", validate=True))
show(lambda: urllib.parse.urlsplit("https://u:p@h:8080/a;b?c=d#e").port)
show(lambda: urllib.parse.urljoin("http://a/b/c", "../d?x"))
show(lambda: urllib.parse.quote("a b/é~"))
