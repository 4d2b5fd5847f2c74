"""Differences of sequences and texts."""

import difflib
import random

random.seed(7)
WORDS = "the quick brown fox jumps over a lazy dog while it sleeps and dreams of cats".split()


def lines(count):
    return [" ".join(random.choices(WORDS, k=random.randint(1, 5))) + "\n" for _ in range(count)]


def changed(old):
    new = list(old)
    for _ in range(random.randint(0, 4)):
        at = random.randrange(len(new) + 1)
        kind = random.random()
        if kind < 0.3:
            new.insert(at, random.choice(WORDS) + "\n")
        elif at < len(new) and kind < 0.6:
            del new[at]
        elif at < len(new):
            new[at] = new[at].replace(random.choice("aeiou"), random.choice("aeiou"), 2)
    return new


for turn in range(25):
    a = lines(random.randint(0, 14))
    b = changed(a)
    print("".join(difflib.unified_diff(a, b, "old", "new", n=turn % 4)), end="")
    print("".join(difflib.context_diff(a, b, "old", "new", "1970", "1971")), end="")
    delta = list(difflib.ndiff(a, b))
    print("".join(delta), end="")
    print(list(difflib.restore(delta, 1)) == a, list(difflib.restore(delta, 2)) == b)
    matcher = difflib.SequenceMatcher(None, a, b)
    print(matcher.ratio(), matcher.quick_ratio(), matcher.real_quick_ratio(), matcher.get_opcodes(), matcher.get_matching_blocks())
for a, b in (("qabxcd", "abycdf"), ("", ""), ("a", ""), ("abcd", "bcde"), (" abcd", "abcd abcd"), ("private Thread currentThread;", "private volatile Thread currentThread;")):
    for junk in (None, lambda x: x == " "):
        s = difflib.SequenceMatcher(junk, a, b)
        print(s.find_longest_match(), s.find_longest_match(1, len(a), 0, len(b)) if a else None, round(s.ratio(), 9), s.get_opcodes(), list(s.get_grouped_opcodes(1)), sorted(s.bjunk))
long = "".join(random.choices("ab", k=150)) + "xyz" + "a" * 100
s = difflib.SequenceMatcher(None, long, long[3:] + "q")
print(s.ratio(), sorted(s.bpopular), difflib.SequenceMatcher(None, long, long[3:], autojunk=False).ratio())
print(difflib.get_close_matches("appel", ["ape", "apple", "peach", "puppy"]), difflib.get_close_matches("wheel", ["while", "heel"], n=1, cutoff=0.3), difflib.get_close_matches("x", []))
for call in (lambda: difflib.get_close_matches("a", [], n=0), lambda: difflib.get_close_matches("a", [], cutoff=2), lambda: list(difflib.unified_diff([1], ["a"])), lambda: list(difflib.unified_diff(["a"], ["b"], lineterm=None)), lambda: list(difflib.restore([], 3))):
    try:
        print(call())
    except (ValueError, TypeError) as error:
        print(type(error).__name__, error)
print(list(difflib.Differ().compare(["\tone\n", "two\n"], ["\tone!\n", "three\n"])), difflib.IS_LINE_JUNK(" # \n"), difflib.IS_LINE_JUNK("x"), difflib.IS_CHARACTER_JUNK(" "))
