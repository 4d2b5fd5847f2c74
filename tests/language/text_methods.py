# Methods of str: searching, splitting, joining, stripping, padding, replacing.


def show(f):
    try:
        print(repr(f()))
    except Exception as e:
        print(type(e).__name__, e)


texts = ["", "a", "abc", "abcabc", "  a b  c ", "a,b,,c", "äöü", "a€b😀c€", "\t x\ny\r\nz ", "aaaa", "ÄB€ÄB€"]
needles = ["", "a", "b", "bc", "€", "😀", "ab", "x", "aa", ",", "Ä", "B€"]

for text in texts:
    for needle in needles:
        print(text.find(needle), text.rfind(needle), text.count(needle), needle in text, end=" ")
        print(text.startswith(needle), text.endswith(needle), end=" ")
        print(text.find(needle, 1), text.find(needle, -2), text.rfind(needle, 0, -1), text.count(needle, 1, 3))
        show(lambda: text.index(needle, 1))
        show(lambda: text.rindex(needle))
        show(lambda: text.split(needle))
        show(lambda: text.split(needle, 1))
        show(lambda: text.rsplit(needle, 1))
        show(lambda: text.rsplit(needle))
        show(lambda: text.partition(needle))
        show(lambda: text.rpartition(needle))
        print(repr(text.replace(needle, "<>")), repr(text.replace(needle, "€", 1)), repr(text.replace(needle, "", 2)))
        print(repr(text.strip(needle)), repr(text.lstrip(needle)), repr(text.rstrip(needle)))
        print(repr(text.removeprefix(needle)), repr(text.removesuffix(needle)))
    print(text.split(), text.split(None, 1), text.rsplit(None, 1), text.split(maxsplit=0), text.rsplit(None, 2))
    print(text.splitlines(), text.splitlines(True), text.splitlines(keepends=True))
    print(repr(text.strip()), repr(text.lstrip()), repr(text.rstrip()), repr(text.strip(None)))
    for width in (0, 3, 6, 9, -4):
        print(repr(text.center(width)), repr(text.center(width, "*")), repr(text.ljust(width, "€")), end=" ")
        print(repr(text.rjust(width, "😀")), repr(text.zfill(width)))
    print(repr(text.expandtabs()), repr(text.expandtabs(3)), repr(text.expandtabs(tabsize=0)))
    print(len(text), [c for c in text], list(reversed(text)))
    print(text * 0, text * 2, 3 * text, text + "!" + text)

print("+5".zfill(5), "-5".zfill(5), "--5".zfill(6), "-".zfill(3))
print("a\tbc\td".expandtabs(4), "1\t22\n333\t4".expandtabs(4))
print(",".join([]), ",".join(["x"]), ",".join(("a", "b")), ",".join("abc"), ",".join({"k": 1, "l": 2}))
print("".join(str(i) for i in range(10)), "€".join(["ä", "b"]))
print("a\x0bb\x0cc\x1cd\x1de\x1ef\x85g\u2028h\u2029i".splitlines())
print("a\x1cb\x1fc d\u00a0e\u3000f".split())
print("abc".startswith(("x", "ab")), "abc".endswith(("x", "bc")), "abc".startswith(()), "abc".startswith("", 4))
print("abc".startswith("b", 1), "abc".endswith("b", 0, 2), "äbc".startswith("b", 1), "abc".find("", 3), "abc".find("", 4))
print("a-b_c".translate({45: "+", 95: None, 97: 65}), "abc".translate(str.maketrans("ab", "xy", "c")))
print("häh".translate({228: "ae"}), str.maketrans({"a": 1, 5: "x"}), "abc".translate(["?"] * 98))
print("abc" < "abd", "abc" == "abc", "abc" < "ab", "ä" > "z", "a" != "b", "" < "a", "😀" > "€", "abc" >= "abc")
print(min("hello"), max("hello"), sorted("hällo"))
print(str(), str("x"), str(5), str(object="y"))
print("x".join(["a"] * 3), "abcdef".count("cd", 2), "abcdef".count("cd", 3), "aXbXc".split("X", -1))
print("%s" % "abc".islower(), "a b".isidentifier(), "ab".isidentifier(), "1a".isidentifier(), "_ä1".isidentifier(), "".isidentifier())

for text in ["abcdef", "äöüß€😀"]:
    for start in (None, 0, 2, -2, 9, -9):
        for stop in (None, 0, 4, -1, 9, -9):
            print(repr(text[start:stop]), end=" ")
            for step in (1, 2, -1, -2, 5):
                print(repr(text[start:stop:step]), end=" ")
        print()
    for index in range(-7, 7):
        show(lambda: text[index])
    print(text[True], text[:True])

long = "ab" * 500 + "c"
print(long.find("bc"), long.rfind("ab" * 20), long.find("ab" * 300 + "c"), long.count("ab" * 17), ("ab" * 20 + "x") in long)
print(long.find("ba" * 200 + "bb"), long.rfind("ba" * 200), long.replace("ab" * 100, "<")[-8:])

# Text that grows in a loop grows where it is, as long as nobody else can see it.
def growing(words):
    seen = []
    text = ''
    for word in words:
        text += word
    seen.append(text)
    other = text
    for word in words:
        text += word
    seen += [other, text]
    for round in range(3):
        kept = text
        for letter in 'aé\u20ac':
            text += letter
            text += '-' + letter
        seen.append((kept, text, kept is text))
    total = f'{3}'
    count = 0
    while len(seen) < 40:
        total += 'x'
        count += 1
        if count % 3 == 0:
            seen.append(count)
    seen.append(total)
    line = 'start'
    for part in (line := line + '!'):
        line += part
    seen.append(line)
    tail = ''
    try:
        for number in range(5):
            tail += str(number) * 7
            tail += 1 if number == 3 else ''
    except TypeError as error:
        seen.append(str(error))
    copy = tail
    for number in range(2):
        tail += '.'
    return seen + [copy, tail, {copy: 1}[copy]]


for item in growing(['one', '', 'two', 'three', '\N{SNOWMAN}']):
    print(item)


def letters(source):
    out = ''
    for letter in source:
        out += letter
        if len(letter) == 1:
            yield letter


def doubled(text):
    held = []
    grown = ''
    for letter in text:
        grown += letter
        held.append(''.join(letters(text)))
    return grown, held


print(doubled('abcdefgh'))
