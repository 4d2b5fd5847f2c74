"""Where sequences differ, as numbers, as steps and as text."""

from collections import namedtuple as _namedtuple
from heapq import nlargest as _nlargest

Match = _namedtuple("Match", "a b size")


def _ratio(matches, length):
    return 2.0 * matches / length if length else 1.0


class SequenceMatcher:
    """The longest common block that has no junk in it, then the same on both sides of it (Ratcliff and Obershelp)."""

    def __init__(self, isjunk=None, a="", b="", autojunk=True):
        self.isjunk = isjunk
        self.autojunk = autojunk
        self.a = self.b = None
        self.set_seqs(a, b)

    def set_seqs(self, a, b):
        self.set_seq1(a)
        self.set_seq2(b)

    def set_seq1(self, a):
        if a is not self.a:
            self.a = a
            self.matching_blocks = self.opcodes = None

    def set_seq2(self, b):
        if b is self.b:
            return
        self.b = b
        self.matching_blocks = self.opcodes = self.fullbcount = None
        # Where each element stands.
        self.b2j = places = {}
        for index, element in enumerate(b):
            places.setdefault(element, []).append(index)
        self.bjunk = {element for element in places if self.isjunk and self.isjunk(element)}
        for element in self.bjunk:
            del places[element]
        # What stands everywhere says nothing.
        most = len(b) // 100 + 1
        is_long = self.autojunk and len(b) >= 200
        self.bpopular = {element for element in places if is_long and len(places[element]) > most}
        for element in self.bpopular:
            del places[element]

    def find_longest_match(self, alo=0, ahi=None, blo=0, bhi=None):
        a, b, junk = self.a, self.b, self.bjunk
        ahi = len(a) if ahi is None else ahi
        bhi = len(b) if bhi is None else bhi
        start_a, start_b, size = alo, blo, 0
        # Lengths of the blocks that end at the element before, by where they end in b.
        lengths = {}
        for i in range(alo, ahi):
            longer = {}
            for j in self.b2j.get(a[i], ()):
                if j >= bhi:
                    break
                if j >= blo:
                    length = longer[j] = lengths.get(j - 1, 0) + 1
                    if length > size:
                        start_a, start_b, size = i - length + 1, j - length + 1, length
            lengths = longer
        # Grown by what is popular, then by junk that is the same next to it.
        for is_junk in (False, True):
            while start_a > alo and start_b > blo and (b[start_b - 1] in junk) == is_junk and a[start_a - 1] == b[start_b - 1]:
                start_a, start_b, size = start_a - 1, start_b - 1, size + 1
            while start_a + size < ahi and start_b + size < bhi and (b[start_b + size] in junk) == is_junk and a[start_a + size] == b[start_b + size]:
                size += 1
        return Match(start_a, start_b, size)

    def get_matching_blocks(self):
        if self.matching_blocks is not None:
            return self.matching_blocks
        found = []
        open_ranges = [(0, len(self.a), 0, len(self.b))]
        while open_ranges:
            alo, ahi, blo, bhi = open_ranges.pop()
            i, j, size = match = self.find_longest_match(alo, ahi, blo, bhi)
            if size:
                found.append(match)
                if alo < i and blo < j:
                    open_ranges.append((alo, i, blo, j))
                if i + size < ahi and j + size < bhi:
                    open_ranges.append((i + size, ahi, j + size, bhi))
        blocks = []
        for i, j, size in sorted(found):
            if blocks and blocks[-1][0] + blocks[-1][2] == i and blocks[-1][1] + blocks[-1][2] == j:
                before = blocks.pop()
                i, j, size = before[0], before[1], before[2] + size
            blocks.append(Match(i, j, size))
        blocks.append(Match(len(self.a), len(self.b), 0))
        self.matching_blocks = blocks
        return blocks

    def get_opcodes(self):
        if self.opcodes is not None:
            return self.opcodes
        self.opcodes = steps = []
        i = j = 0
        for a, b, size in self.get_matching_blocks():
            if i < a or j < b:
                steps.append(("replace" if i < a and j < b else "delete" if i < a else "insert", i, a, j, b))
            i, j = a + size, b + size
            if size:
                steps.append(("equal", a, i, b, j))
        return steps

    def get_grouped_opcodes(self, n=3):
        # As in CPython, what get_opcodes() gives is cut too.
        steps = self.get_opcodes() or [("equal", 0, 1, 0, 1)]
        if steps[0][0] == "equal":
            tag, i, i_end, j, j_end = steps[0]
            steps[0] = tag, max(i, i_end - n), i_end, max(j, j_end - n), j_end
        if steps[-1][0] == "equal":
            tag, i, i_end, j, j_end = steps[-1]
            steps[-1] = tag, i, min(i_end, i + n), j, min(j_end, j + n)
        group = []
        for tag, i, i_end, j, j_end in steps:
            if tag == "equal" and i_end - i > 2 * n:
                # Long enough to part two groups.
                group.append((tag, i, min(i_end, i + n), j, min(j_end, j + n)))
                yield group
                group = []
                i, j = max(i, i_end - n), max(j, j_end - n)
            group.append((tag, i, i_end, j, j_end))
        if group and not (len(group) == 1 and group[0][0] == "equal"):
            yield group

    def ratio(self):
        return _ratio(sum([match[2] for match in self.get_matching_blocks()]), len(self.a) + len(self.b))

    def quick_ratio(self):
        if self.fullbcount is None:
            self.fullbcount = {}
            for element in self.b:
                self.fullbcount[element] = self.fullbcount.get(element, 0) + 1
        left = {}
        matches = 0
        for element in self.a:
            count = left.get(element, self.fullbcount.get(element, 0))
            left[element] = count - 1
            if count > 0:
                matches += 1
        return _ratio(matches, len(self.a) + len(self.b))

    def real_quick_ratio(self):
        return _ratio(min(len(self.a), len(self.b)), len(self.a) + len(self.b))


def get_close_matches(word, possibilities, n=3, cutoff=0.6):
    if not n > 0:
        raise ValueError(f"n must be > 0: {n!r}")
    if not 0.0 <= cutoff <= 1.0:
        raise ValueError(f"cutoff must be in [0.0, 1.0]: {cutoff!r}")
    matcher = SequenceMatcher()
    matcher.set_seq2(word)
    found = []
    for one in possibilities:
        matcher.set_seq1(one)
        if matcher.real_quick_ratio() >= cutoff and matcher.quick_ratio() >= cutoff and matcher.ratio() >= cutoff:
            found.append((matcher.ratio(), one))
    return [one for _, one in _nlargest(n, found)]


class Differ:
    def __init__(self, linejunk=None, charjunk=None):
        self.linejunk = linejunk
        self.charjunk = charjunk

    def compare(self, a, b):
        for tag, alo, ahi, blo, bhi in SequenceMatcher(self.linejunk, a, b).get_opcodes():
            if tag == "replace":
                yield from self._replaced(a, alo, ahi, b, blo, bhi)
            elif tag == "insert":
                yield from _marked("+", b[blo:bhi])
            else:
                yield from _marked("-" if tag == "delete" else " ", a[alo:ahi])

    def _between(self, a, alo, ahi, b, blo, bhi):
        if alo < ahi and blo < bhi:
            yield from self._replaced(a, alo, ahi, b, blo, bhi)
        else:
            yield from _marked("-", a[alo:ahi])
            yield from _marked("+", b[blo:bhi])

    def _replaced(self, a, alo, ahi, b, blo, bhi):
        """Around the two lines that look most alike."""
        best, found, equal = 0.74, None, None
        matcher = SequenceMatcher(self.charjunk)
        for j in range(blo, bhi):
            matcher.set_seq2(b[j])
            for i in range(alo, ahi):
                if a[i] == b[j]:
                    equal = equal or (i, j)
                    continue
                matcher.set_seq1(a[i])
                if matcher.real_quick_ratio() > best and matcher.quick_ratio() > best and matcher.ratio() > best:
                    best, found = matcher.ratio(), (i, j)
        if best >= 0.75:
            equal = None
        elif equal is None:
            is_shorter = bhi - blo < ahi - alo
            lines = [_marked("-", a[alo:ahi]), _marked("+", b[blo:bhi])]
            for part in reversed(lines) if is_shorter else lines:
                yield from part
            return
        i, j = equal or found
        yield from self._between(a, alo, i, b, blo, j)
        if equal:
            yield "  " + a[i]
        else:
            matcher.set_seqs(a[i], b[j])
            yield from _pointed(a[i], b[j], matcher.get_opcodes())
        yield from self._between(a, i + 1, ahi, b, j + 1, bhi)


def _marked(tag, lines):
    return [f"{tag} {line}" for line in lines]


def _pointed(old, new, steps):
    """Both lines, with what differs in them below."""
    marks = {"replace": "^^", "delete": "- ", "insert": " +", "equal": "  "}
    below = ["", ""]
    for tag, i, i_end, j, j_end in steps:
        below[0] += marks[tag][0] * (i_end - i)
        below[1] += marks[tag][1] * (j_end - j)
    for sign, line, tags in (("-", old, below[0]), ("+", new, below[1])):
        # Under a tab stands one.
        tags = "".join([own if mark == " " and own.isspace() else mark for own, mark in zip(line, tags)]).rstrip()
        yield f"{sign} {line}"
        if tags:
            yield f"? {tags}\n"


def IS_LINE_JUNK(line, pat=None):
    return line.strip() in ("", "#")


def IS_CHARACTER_JUNK(ch, ws=" \t"):
    return ch in ws


def ndiff(a, b, linejunk=None, charjunk=IS_CHARACTER_JUNK):
    return Differ(linejunk, charjunk).compare(a, b)


def restore(delta, which):
    if which not in (1, 2):
        raise ValueError(f"unknown delta choice (must be 1 or 2): {which!r}")
    for line in delta:
        if line[:2] in ("  ", "- " if which == 1 else "+ "):
            yield line[2:]


def _check(a, b, *texts):
    for lines in (a, b):
        if lines and not isinstance(lines[0], str):
            raise TypeError(f"lines to compare must be str, not {type(lines[0]).__name__} ({lines[0]!r})")
    for text in texts:
        if not isinstance(text, str):
            raise TypeError(f"all arguments must be str, not: {text!r}")


def _dated(name, date):
    return f"{name}\t{date}" if date else name


def unified_diff(a, b, fromfile="", tofile="", fromfiledate="", tofiledate="", n=3, lineterm="\n"):
    _check(a, b, fromfile, tofile, fromfiledate, tofiledate, lineterm)
    is_first = True
    for group in SequenceMatcher(None, a, b).get_grouped_opcodes(n):
        if is_first:
            is_first = False
            yield f"--- {_dated(fromfile, fromfiledate)}{lineterm}"
            yield f"+++ {_dated(tofile, tofiledate)}{lineterm}"
        ranges = [_unified(group[0][at], group[-1][at + 1]) for at in (1, 3)]
        yield f"@@ -{ranges[0]} +{ranges[1]} @@{lineterm}"
        for tag, i, i_end, j, j_end in group:
            if tag == "equal":
                yield from [" " + line for line in a[i:i_end]]
            else:
                yield from ["-" + line for line in a[i:i_end]]
                yield from ["+" + line for line in b[j:j_end]]


def _unified(start, stop):
    length = stop - start
    if length == 1:
        return f"{start + 1}"
    return f"{start + 1 if length else start},{length}"


def context_diff(a, b, fromfile="", tofile="", fromfiledate="", tofiledate="", n=3, lineterm="\n"):
    _check(a, b, fromfile, tofile, fromfiledate, tofiledate, lineterm)
    marks = {"insert": "+ ", "delete": "- ", "replace": "! ", "equal": "  "}
    is_first = True
    for group in SequenceMatcher(None, a, b).get_grouped_opcodes(n):
        if is_first:
            is_first = False
            yield f"*** {_dated(fromfile, fromfiledate)}{lineterm}"
            yield f"--- {_dated(tofile, tofiledate)}{lineterm}"
        yield f"***************{lineterm}"
        for sign, lines, at, other in (("*", a, 1, "insert"), ("-", b, 3, "delete")):
            yield f"{sign * 3} {_context(group[0][at], group[-1][at + 1])} {sign * 4}{lineterm}"
            if [step for step in group if step[0] not in ("equal", other)]:
                for step in group:
                    if step[0] != other:
                        yield from [marks[step[0]] + line for line in lines[step[at]:step[at + 1]]]


def _context(start, stop):
    length = stop - start
    if length <= 1:
        return f"{start + 1 if length else start}"
    return f"{start + 1},{start + length}"
