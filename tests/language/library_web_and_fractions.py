# Addresses, texts for HTML, secrets, calendars, fractions.
from urllib.parse import *
import urllib.parse
import html
import secrets
import calendar
import fractions
from fractions import Fraction


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

print(html.escape("<a href='x'>\"&\"</a>"), html.escape("'\"", quote=False))
for text in ["&lt;&gt;&amp;", "&#65;&#x42;&#x43", "&eacute;&euro;&copy", "&unknown;", "&#0;&#128;&#xD800;", "&amp", "&ltx",
             "&notit;", "a & b", "&apos;&nbsp;|", "&#1;&#13;", "&lt", "&hellip;&hellip", "&frac12;", "&#99999999;"]:
    print(ascii(html.unescape(text)))

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

values = [Fraction(1, 3), Fraction(-7, 2), Fraction("0.125"), Fraction("-3/6"), Fraction(2.5), Fraction("1e-3"), Fraction(0), Fraction(7)]
for a in values:
    print(repr(a), a, float(a), int(a), round(a), round(a, 1), hash(a) == hash(Fraction(a)), -a, abs(a), bool(a))
    for b in [Fraction(2, 3), 3, -2, 0.5, 0, 1 + 2j]:
        for op in [lambda: a + b, lambda: b - a, lambda: a * b, lambda: a / b, lambda: b / a, lambda: a // b, lambda: a % b,
                   lambda: divmod(b, a), lambda: abs(a) ** b, lambda: a < b, lambda: a == b, lambda: b >= a]:
            try:
                print(repr(op()), end=" ")
            except Exception as e:
                print(type(e).__name__, e, end=" ")
    print()
for text in ["x", "1/0", "1_000/3", " 3 / 4", "-1.5e3", ".5", "5.", "1__0", "", "-", "1/-2", "0x10", "\u0663"]:
    show(lambda: repr(Fraction(text)))
show(lambda: Fraction(1.5, 2))
show(lambda: Fraction([]))
show(lambda: Fraction(float("nan")))
print(Fraction(3.141592653589793).limit_denominator(100), Fraction("3.14159").limit_denominator(10), Fraction(1, 3) == 1 / 3)
print(hash(Fraction(5)) == hash(5), hash(Fraction(1, 2)) == hash(0.5), hash(Fraction(-1)), {Fraction(5): 1}[5], {-7: 2}[Fraction(-7)])
for format, width in [("%*d", 10**20), ("%.*f", 2**31), ("%*d", -(10**20)), ("%*d", 5)]:
    show(lambda: format % (width, 1))
print(sum([Fraction(1, n) for n in range(1, 11)]), max(values), sorted(values), f"{Fraction(1, 2)}")
import math
print(math.floor(Fraction(-7, 2)), math.ceil(Fraction(-7, 2)), math.trunc(Fraction(-7, 2)), Fraction(4, 6).as_integer_ratio())
