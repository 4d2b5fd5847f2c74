# Flags in patterns, case beyond ASCII, types of what is found, and where errors are.
import re


class Text(str):
    pass


print(re.findall("a", Text("xaxa")), type(re.sub("q", "x", Text("abc"))).__name__, re.split(b",", bytearray(b"a,b")))
print(re.search(b"b", bytearray(b"abc")), re.search(b"b", memoryview(b"abc")))
print(re.match("(?i)\u017f", "S"), re.match(b"(?i)\xc0", b"\xe0"), re.match("\xc0", "\xe0", re.A | re.I))
print(re.match("[\u0412]", "\u1c80", re.I), re.match("[a-z]+", "ABC", re.I), re.match("[^a]", "A", re.I))
print(re.search(r"\B", ""), re.compile(b"x", re.A | re.I), re.compile("x", re.M | 0x10000))
print(re.match("\\W(?u:\\w)\\W", "ààà", re.ASCII), re.match("\\w(?a:\\W)\\w", "ààà"))
print(re.match(r"(?x) (?i) A", "a"), re.match("#c\n(?i)A", "a", re.X), re.match(r"(a)(b)?", "a").regs)
for pattern in (
    "(?-i+", "(?i-i:a)", "a(?i)b", "(?au:a)", "(?-a:b)", "\\567", "(?P", "(?<", "\\U00110000", "(?iz)", "(?<=a+)b", "[\\911]",
    " (?i)x", "(?i", "(?-i)", b"\\u1234", b"(?u)",
):
    try:
        print(re.compile(pattern))
    except re.error as e:
        print(pattern, e.msg, e.pos)
for wrong in (
    lambda: re.compile("a", re.L),
    lambda: re.compile(b"a", re.U),
    lambda: re.compile("a", re.A | re.U),
    lambda: re.sub("x", "\\400", "x"),
    lambda: re.match("a", memoryview(b"a")),
):
    try:
        print(wrong())
    except Exception as e:
        print(type(e).__name__, e)
