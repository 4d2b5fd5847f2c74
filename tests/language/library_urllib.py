# Addresses.
from urllib.parse import *
import urllib.parse


def show(f):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)


for text in ["", "a b", "a/b?c=d&e", "\u00e4\u20ac\U0001f600", "~-_.", "100%", "a+b"]:
    q = quote(text)
    print(q, quote_plus(text), quote(text, safe=""), unquote(q), unquote_plus(quote_plus(text)))
print(quote(b"\xff\x00a"), unquote("%FF%zz%4"), unquote("%e4%BD%a0x\u00e9%41"), unquote_to_bytes("a%20%4"))
show(lambda: quote(5))
show(lambda: quote(b"x", encoding="utf-8"))
print(urlencode({"a": 1, "b c": "d&e", "f": [1, 2]}), urlencode({"f": [1, "x y"], "g": "h"}, doseq=True))
print(urlencode([("a", b"\xff"), ("b", None)]), urlencode({"a": "b c"}, quote_via=quote))
show(lambda: urlencode(5))
show(lambda: urlencode("ab"))
print(parse_qs("a=1&a=2&b=&c&d=%41+x"), parse_qs("b=&c", keep_blank_values=True), parse_qsl("x=1;y=2", separator=";"))
show(lambda: parse_qs("a", strict_parsing=True))
show(lambda: parse_qsl("a=1&b=2&c=3", max_num_fields=2))
for url in ["http://user:pa%20ss@Example.COM:8080/p/a;x=1/b;y?q=1&r=2#frag", "mailto:a@b.c", "//host/path", "/p?q",
            "http://[::1]:80/x", "HTTPS://h", "", "a:b", "s3://bucket/key with space", "path;p", "http://h;p/x;y",
            "http://h?x", "file:///etc/x", "1a:b", "http://h:99999/", "http://h:x/", "tel:+1;ext=2", "ftp://h/a;type=a"]:
    p = urlparse(url)
    print(p, urlsplit(url))
    show(lambda: (p.username, p.password, p.hostname, p.port))
    print(p.geturl(), urlunparse(p), urlsplit(url).geturl(), urldefrag(url))
show(lambda: urlsplit("http://[::1/"))
base = "http://a/b/c/d;p?q"
for ref in ["g:h", "g", "./g", "g/", "/g", "//g", "?y", "g?y", "#s", "g#s", ";x", "g;x", "", ".", "./", "..", "../", "../g",
            "../..", "../../g", "../../../g", "/./g", "/../g", "g.", ".g", "g..", "..g", "./../g", "./g/.", "g/./h", "g/../h",
            "http:g", "a//b", "g;x=1/../y"]:
    print(ref, urljoin(base, ref), urljoin("s3://b/k", ref), urljoin("", ref))
print(urlparse("http://x/y")._replace(scheme="https").geturl(), urlparse("//h/x", scheme="http").scheme)
