# Characters beyond ASCII: case, classes, identifiers, lengths.

words = [
    "hello world", "HELLO", "Hello World", "hELLO wORLD 1a2b", "straße", "ÀÉÎ", "àéî ôû", "ΑΣ", "ΑΣ ΒΣΓ Σ", "ὈΔΥΣΣΕΎΣ",
    "ﬁne ﬂag", "ǆabc", "ǅabc ǈ", "İstanbul", "ıi", "Ω", "ŉ", "ᾳ", "Ϊ́", "日本語", "ⅷ Ⅷ", "ªº", "they're bill's", "x-ray's",
    "", " ", "1", "٣", "²", "½", "一", "a1", "abc_", "\t\n", "\u00a0", "\u200b", "a\u0301", "ß", "ẞ", "ꭰ", "Ꭰ",
]
for word in words:
    print(ascii(word), ascii(word.upper()), ascii(word.lower()), ascii(word.title()), ascii(word.capitalize()), end=" ")
    print(ascii(word.swapcase()), ascii(word.casefold()), len(word))
    print(word.isalpha(), word.isalnum(), word.isdigit(), word.isdecimal(), word.isspace(), end=" ")
    print(word.isupper(), word.islower(), word.istitle(), word.isprintable(), word.isascii(), word.isidentifier())

# Each character of some ranges, by what it is.
for start, stop in ((0, 0x250), (0x370, 0x530), (0x600, 0x700), (0x900, 0x980), (0x1E00, 0x2200), (0x2460, 0x2500),
                    (0x3000, 0x3100), (0xFF00, 0xFFF0), (0x1D7C0, 0x1D800), (0x1F100, 0x1F200)):
    counts = {}
    total = 0
    for code in range(start, stop):
        c = chr(code)
        if code == 0x19B or code == 0x20C1:
            continue  # not the same since Unicode 14
        key = (c.isalpha(), c.isalnum(), c.isdigit(), c.isdecimal(), c.isspace(), c.isupper(), c.islower(),
               c.istitle(), c.isprintable(), len(c.upper()), len(c.title()), len(c.casefold()), ("a" + c).isidentifier())
        counts[key] = counts.get(key, 0) + 1
        for changed in (c.upper(), c.lower(), c.title(), c.swapcase(), c.casefold()):
            for d in changed:
                total = (total * 31 + ord(d)) % 1000003
    print(hex(start), total, len(counts))
    for key in counts:
        print(key, counts[key])

print(ord("€"), chr(8364), chr(0x1F600), ord("😀"), "\N{EURO SIGN}", "\u20ac\U0001f600")
print("😀".encode(), "äöü".encode("latin-1"), "aé€😀".encode("utf8"), b"\xc3\xa4".decode(), b"\xe4".decode("latin1"))
print("aé€".encode("ascii", "ignore"), "aé€".encode("ascii", "replace"), "aé€😀".encode("ascii", "backslashreplace"))
print("aé€".encode("ascii", "xmlcharrefreplace"), "aé€".encode("Latin-1", "replace"), "a".encode("US-ASCII"))
print(ascii(b"a\xffb\xe2\x82c\xf0\x9f".decode("utf-8", "replace")), b"a\xffb\xe2\x82c".decode("utf-8", "ignore"))
print(b"a\xffb".decode("utf-8", "backslashreplace"), ascii(b"a\xffb".decode("ascii", "replace")))
