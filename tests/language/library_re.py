import re
def t(p, s, flags=0):
    out = []
    for f in (re.match, re.search, re.fullmatch):
        m = f(p, s, flags)
        out.append(None if m is None else (m.span(), m.groups(), m.group()))
    out.append(re.findall(p, s, flags))
    print(p, s, out)
for p, s in [("a", "banana"), ("a+b", "caaab"), ("(a|b)*c", "ababc"), ("(a*)*", "b"), ("(a*)+", "aab"), ("^x$", "x\n"), (r"\bfoo\b", "a foo b"), (r"(\d+)-(\d+)", "tel 12-345 and 6-7"), (r"(?P<y>\d{4})-(?P<m>\d\d)", "on 2024-05-06"), (r"(a)?b", "b"), (r"[^a-c]+", "abcxyz"), (r"[\w.-]+@[\w.-]+", "me@x.org, you@y.com"), (r"a.c", "a\nc abc"), (r"(?i)HeLLo", "hello"), (r"a{2,3}", "aaaaa"), (r"a{2,3}?", "aaaaa"), (r"a*?b", "aaab"), (r"(?=a)a", "a"), (r"a(?!b)", "abac"), (r"(?<=x)y", "xy y"), (r"(?<!x)y", "xy y"), (r"(\w)\1", "hello aab"), (r"(?:ab)+", "ababx"), (r"[]a]+", "]a]"), (r"\$\d+\.\d\d", "cost $12.50"), (r"", "abc"), (r"x*", "axb"), (r"(?s)a.b", "a\nb"), (r"(?m)^\w+", "ab\ncd"), (r"\s+", "a  b\tc"), (r"(a)|(b)", "ab"), (r"(?(1)x|y)|(z)", "yz"), (r"(<)?\w+(?(1)>|$)", "<ab>"), (r"(?>a+)b", "aab"), (r"a++b", "aab"), (r"(?x) a b # c", "ab"), (r"\x41\u0042", "AB"), (r"[\d-]+", "1-2"), (r"é+", "éé"), (r"\D\S\W", "a1!"), (r"((a)(b)?)+", "aab"), (r"(x?)*?y", "xxy"), (r"\Aab\Z", "ab"), (r"[a-z]{3}", "abcdef")]:
    t(p, s)
print(re.sub(r"(\w+) (\w+)", r"\2 \1", "hello world"), re.sub("a", lambda m: m.group().upper(), "banana", 2), re.subn("x*", "-", "abxd"), re.sub(r"(?P<n>\d)", r"<\g<n>>", "a1b2"), re.sub("b", r"\n\\", "abc"))
print(re.split(r"[,;]\s*", "a, b;c"), re.split(r"(,)", "a,b,c", 1), re.split("x*", "axbc"), re.escape("a.b*c d"))
m = re.search(r"(?P<first>\w+) (?P<last>\w+)?", "John Smith x")
print(m, m["first"], m.group(1, 2), m.groupdict(), m.start("last"), m.end(2), m.lastindex, m.lastgroup, m.expand(r"\2-\1"), m.re.pattern, m.string, m.pos, m.endpos)
p = re.compile(r"b(\w)", re.I)
print(p, p.groups, p.flags, p.match("xBa", 1), p.search("abxbY", 2), [x.span() for x in p.finditer("bxBy")], p.groupindex)
print(re.findall(rb"\w+", b"ab cd"), re.sub(rb"a", b"z", b"banana"), re.match(b"a", b"abc"))
for bad in ["(", "a)", "[a", "*a", "a**", r"\1", "(?P<1a>x)", "(?Z)", "a{3,1}", "(?P<a>x)(?P<a>y)", "\\", r"\q", "(?<=a+)b", "[z-a]"]:
    try: re.compile(bad); print("no error", bad)
    except re.error as e: print(bad, "|", e)
try: re.match("a", b"a")
except TypeError as e: print(e)
try: re.match("a", 5)
except TypeError as e: print(e)
print(re.search("(a+)+$", "a" * 18 + "b"), re.match("(x+x+)+y", "x" * 12), len(re.findall("a|b|ab", "abab")))
text = "The rain in Spain falls mainly"
print(re.findall(r"\b\w*ai\w*\b", text), re.sub(r"\bT\w+", "X", text), bool(re.fullmatch(r"[A-Za-z ]+", text)))
