"""Templates, mail texts, slugs, tables, number formatting."""
import html
import re
import string
import textwrap
from string import Template, Formatter


def slug(text):
    return re.sub(r"[^\w]+", "-", text.casefold()).strip("-")


def camel(s): return re.sub(r"(?<!^)(?=[A-Z])", "_", s).lower()
def snake(s): return "".join(w.title() if i else w for i, w in enumerate(s.split("_")))


class Safe(Formatter):
    def get_value(self, key, args, kwargs):
        return kwargs.get(key, "{" + str(key) + "}") if isinstance(key, str) else super().get_value(key, args, kwargs)

    def convert_field(self, value, conversion):
        return str(value).upper() if conversion == "u" else super().convert_field(value, conversion)


def table(rows, heads):
    widths = [max(len(str(r[i])) for r in [heads, *rows]) for i in range(len(heads))]
    line = "+".join("-" * (w + 2) for w in widths)
    yield " | ".join(f"{h:^{w}}" for h, w in zip(heads, widths)).rstrip()
    yield line
    for r in rows:
        yield " | ".join(f"{v:>{w}.2f}" if isinstance(v, float) else f"{v!s:<{w}}" for v, w in zip(r, widths))


print(slug("Héllo,  Wörld! 50% off"), camel("someHTTPValue"), snake("a_long_name"))
print(Template("Dear $name, you owe $$${amount}. $missing").safe_substitute(name="Bob", amount="5.00"))
try:
    Template("$a $b").substitute(a=1)
except KeyError as e:
    print("KeyError", e)
try:
    Template("bad $ x").substitute()
except ValueError as e:
    print(e)
print(Safe().format("{name!u} {0} {other} {n:05.1f}", "pos", name="bob", n=3.14159))
print("\n".join(table([("apple", 1.5, 10), ("kiwi", 22.25, 3)], ("fruit", "price", "n"))))
print(html.escape('<a href="x">\'&</a>'), html.unescape("&lt;&eacute;&#233;&#xe9;&amp;amp;&notit;"))
print(textwrap.fill("The quick brown fox jumped over the lazy dog. " * 3, width=40, initial_indent="* ", subsequent_indent="  "))
print(textwrap.dedent("""\
    SELECT *
      FROM t
    WHERE x"""), textwrap.shorten("Hello  world, this is long", width=15, placeholder="..."), textwrap.indent("a\n\nb\n", "> "))
for n in (0, 1234567.891, -0.5, 1e21, 1e-7, float("inf"), 123456789012345678, 0.1 + 0.2):
    print(f"{n:,}", f"{n:.3g}", f"{n:>15,.2f}", f"{n:e}", f"{n:%}", f"{n:+}", f"{n:_}", repr(n))
for n in (255, -255, 0, 10 ** 20):
    print(f"{n:x} {n:#X} {n:o} {n:#b} {n:08d} {n:+,d} {n:^12}| {n:c}" if 0 < n < 1000 else f"{n:x} {n:#o} {n:,} {n:=+12d}")
print("%-10s|%5d|%05.1f|%x|%r|%%|%c|%+d|%e|%s" % ("left", 42, 3.14159, 255, "q", "z", 5, 12345.678, None), "%(a)s-%(b)03d" % {"a": 1, "b": 2})
print("{0[0]} {1.real} {a[k]} {:>{w}}".format if False else "{0[0]} {1.real} {a[k]} {2:>{w}}".format([9], 5, "x", a={"k": "v"}, w=4))
for pattern, text in [(r"(\d{3})-(\d{4})", "call 555-1234 or 555-9999"), (r"(?i)hello", "HELLO hello"), (r"(?P<y>\d{4})-(?P<m>\d\d)", "2024-05 x 2023-11"), (r"\b\w+(?=,)", "a, bb, c"), (r"(a|b)*c", "ababc"), (r"^\s*#.*$", "# c1\nx\n  # c2"), (r"(?s)<(\w+)>.*?</\1>", "<b>x\ny</b><i></i>"), (r"[^\x00-\x7f]+", "añb→c"), (r"(?<=\$)\d+(?:\.\d+)?", "$5 $6.50")]:
    rx = re.compile(pattern, re.M)
    print([m.span() for m in rx.finditer(text)], rx.findall(text), rx.split(text), rx.sub(lambda m: f"<{m[0]}>", text), rx.groups, dict(rx.groupindex))
print(re.sub(r"(\w+) (\w+)", r"\2 \g<1>", "hello world"), re.escape("a.b*c"), re.split(r"([,;])\s*", "a, b;c"), re.subn("a", "b", "aaa", count=2), re.fullmatch(r"\d+", "12x"))
for bad in ("(", "[a", "*a", "(?P<x>a)(?P<x>b)", r"\1", "a{2,1}", "(?<=a+)b", "(?P<1>a)", "\\"):
    try:
        re.compile(bad)
    except re.error as e:
        print(repr(bad), e, e.pos)
print("a,b,,c".split(","), " a  b ".split(), "a-b-c".rsplit("-", 1), "x=1=2".partition("="), "abc".translate(str.maketrans("ab", "xy", "c")), "ß".upper(), "ǆ".title(), "İ".lower(), "ſ".casefold(), "Σας".lower())
print("tab\tx".expandtabs(4), "abc".center(9, "*"), "42".zfill(5), "-42".zfill(5), "x".isidentifier(), "½".isnumeric(), "²".isdigit(), "٣".isdecimal(), "a\u2028b\x0bc\r\nd".splitlines(), "AbC".swapcase(), "they're bill's".title(), string.capwords("they're bill's"))
print(ascii("é→😀"), "é".encode("latin-1"), b"\xff\xfe".decode("utf-8", "replace"), "é".encode("ascii", "xmlcharrefreplace"), b"abc".hex(" "), bytes.fromhex("61 62"), "😀".encode("utf-16-le"), len("😀"), "e\u0301" == "é")
