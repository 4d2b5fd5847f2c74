"""Regular expressions with CPython's syntax.

A pattern becomes a small program; a matcher runs it with a stack of alternatives. A place of the program that failed at
a place of the text is not tried there again, so the time is bounded by the product of their lengths. (Patterns with
references back to groups are the exception: what they match depends on more than the place.) What repeats a single
character is one operation, which remembers from where to where it failed.
"""

A = ASCII = 256
I = IGNORECASE = 2
L = LOCALE = 4
M = MULTILINE = 8
S = DOTALL = 16
X = VERBOSE = 64
U = UNICODE = 32
NOFLAG = 0
DEBUG = 128


class error(Exception):
    def __init__(self, msg, pattern=None, pos=None):
        self.msg = msg
        self.pattern = pattern
        self.pos = pos
        if pattern is not None and pos is not None:
            msg = f"{msg} at position {pos}"
            newline = "\n" if isinstance(pattern, str) else b"\n"
            self.lineno = pattern.count(newline, 0, pos) + 1
            self.colno = pos - pattern.rfind(newline, 0, pos)
            if newline in pattern:
                msg = f"{msg} (line {self.lineno}, column {self.colno})"
        else:
            self.lineno = self.colno = None
        super().__init__(msg)


# Operations of a program: (operation, operand, operand).
_CHAR, _ANY, _SET, _RUN, _TEXT, _SPLIT, _JUMP, _SAVE, _AT, _BACK, _LOOK, _ATOMIC, _IF, _MARK, _EMPTY, _MATCH, _FAIL = range(17)

_SPACES = " \t\n\r\v\f"


def _is_digit(c): return c.isdecimal()
def _is_space(c): return c.isspace()
def _is_word(c): return c.isalnum() or c == "_"
def _is_digit_ascii(c): return "0" <= c <= "9"
def _is_space_ascii(c): return c in _SPACES
def _is_word_ascii(c): return c.isascii() and (c.isalnum() or c == "_")


# Small letters that have one capital with another small letter, and those.
_TWINS = "\u0131\u017f\u03bc\u1fbe\u0345\u1fd3\u1fe3\u03d0\u03f5\u03d1\u03f0\u03d6\u03f1\u03c2\u03d5\u1e9b\ufb06" \
    "\u1c80\u1c81\u1c82\u1c83\u1c84\u1c85\u1c86\u1c87\u1c88"
_FIRSTS = "is\xb5\u03b9\u03b9\u0390\u03b0\u03b2\u03b5\u03b8\u03ba\u03c0\u03c1\u03c3\u03c6\u1e61\ufb05" \
    "\u0432\u0434\u043e\u0441\u0442\u0442\u044a\u0463\ua64b"


def _fold(c):
    """The character that stands for all that differ from it in case only."""
    c = c.lower() if len(c.lower()) == 1 else c
    if c < "\x80":
        return c
    at = _TWINS.find(c)
    return c if at < 0 else _FIRSTS[at]


def _fold_ascii(c):
    return c.lower() if c.isascii() else c


class _Set:
    """A set of characters: single ones, ranges, categories."""

    def __init__(self, negated, ignore):
        self.negated = negated
        # What makes one character of those that differ in case only; None where they count as different.
        self.ignore = ignore
        self.chars = set()
        self.ranges = []
        self.categories = []
        # Some that it has and some that it has not, for they are asked for again and again.
        self.known = set() if negated else self.chars
        self.others = set()

    def has(self, c):
        if c in self.others:
            return False
        found = self._has(c) != self.negated
        to = self.known if found else self.others
        if len(to) < 128:
            to.add(c)
        return found

    def _has(self, c):
        if c in self.chars:
            return True
        for low, high in self.ranges:
            if low <= c <= high:
                return True
        for test, negated in self.categories:
            if test(c) != negated:
                return True
        ignore = self.ignore
        if ignore:
            for other in (ignore(c), c.lower(), c.upper()):
                if other != c and ignore(other) == ignore(c):
                    if other in self.chars:
                        return True
                    for low, high in self.ranges:
                        if low <= other <= high:
                            return True
        return False


class _Parser:
    def __init__(self, pattern, source, flags):
        self.pattern = pattern
        self.text = source
        self.at = 0
        self.flags = flags
        self.groups = 1
        self.names = {}
        self.open = []
        self.marks = 0
        self.has_back = False
        # How far global flags may stand.
        self.start = 0

    def fail(self, message, at=-1):
        raise error(message, self.pattern, self.at if at == -1 else at)

    def peek(self):
        return self.text[self.at:self.at + 1]

    def take(self, text):
        if self.text.startswith(text, self.at):
            self.at += len(text)
            return True
        return False

    def until(self, end, what):
        start = self.at
        found = self.text.find(end, start)
        if found < 0:
            if start == len(self.text):
                self.fail(f"missing {what}", start)
            self.fail(f"missing {end}, unterminated name", start)
        if found == start:
            self.fail(f"missing {what}", start)
        self.at = found + 1
        return self.text[start:found]

    # Nodes are tuples: ("char", c, ignore), ("any", dotall), ("set", set), ("cat", nodes), ("alt", branches),
    # ("repeat", node, low, high, kind), ("group", number, node), ("at", kind), ("back", number, ignore),
    # ("look", node, ahead, negated), ("atomic", node), ("if", number, yes, no).

    def alternatives(self):
        branches = [self.sequence()]
        while self.take("|"):
            branches.append(self.sequence())
        return branches[0] if len(branches) == 1 else ("alt", branches)

    def sequence(self):
        nodes = []
        while self.at < len(self.text):
            c = self.text[self.at]
            if c in "|)":
                break
            if self.flags & X:
                is_blank = c in _SPACES or c == "#"
                if is_blank:
                    end = self.text.find("\n", self.at) if c == "#" else self.at
                    if self.start == self.at:
                        self.start = len(self.text) if end < 0 else end + 1
                    self.at = len(self.text) if end < 0 else end + 1
                    continue
            start = self.at
            node = self.atom()
            if node is None:
                if self.start == start:
                    self.start = self.at
                continue
            nodes.append(self.repeats(node, start))
        return ("cat", nodes)

    def repeats(self, node, start):
        while True:
            if self.flags & X:
                while self.peek() and self.peek() in _SPACES:
                    self.at += 1
            here = self.at
            c = self.peek()
            if c == "*":
                low, high = 0, None
            elif c == "+":
                low, high = 1, None
            elif c == "?":
                low, high = 0, 1
            elif c == "{":
                bounds = self.bounds()
                if bounds is None:
                    return node
                low, high = bounds
                self.at -= 1
            else:
                return node
            self.at += 1
            if node[0] == "at":
                self.fail("nothing to repeat", here)
            if node[0] == "repeat":
                self.fail("multiple repeat", here)
            kind = "greedy"
            if self.take("?"):
                kind = "lazy"
            elif self.take("+"):
                kind = "possessive"
            node = ("repeat", node, low, high, kind)

    def bounds(self):
        """`{m,n}` at the current place; None where it is text."""
        start = self.at
        end = self.text.find("}", start)
        body = self.text[start + 1:end] if end > 0 else ""
        low, comma, high = body.partition(",")
        if not body or (low and not low.isdecimal()) or (high and not high.isdecimal()) or (not low and not comma):
            return None
        self.at = end + 1
        least = int(low) if low else 0
        most = int(high) if high else (None if comma else least)
        if most is not None and most < least:
            self.fail("min repeat greater than max repeat", start + 1)
        if max(least, most or 0) > 1000:
            raise OverflowError("the repetition number is too large: at most 1000 here")
        return least, most

    def atom(self):
        c = self.text[self.at]
        start = self.at
        self.at += 1
        if c == ".":
            return ("any", bool(self.flags & S))
        if c == "^":
            return ("at", "line" if self.flags & M else "start")
        if c == "$":
            return ("at", "lineend" if self.flags & M else "end")
        if c == "(":
            return self.group(start)
        if c == "[":
            return self.set(start)
        if c == "\\":
            return self.escape(start)
        if c in "*+?":
            self.fail("nothing to repeat", start)
        if c == "{":
            self.at = start
            if self.bounds() is not None:
                self.fail("nothing to repeat", start)
            self.at = start + 1
        return self.char(c)

    def char(self, c):
        fold = self.fold()
        return ("char", fold(c) if fold else c, fold)

    def fold(self):
        return (_fold_ascii if self.flags & A else _fold) if self.flags & I else None

    def category(self, c):
        ascii_only = self.flags & A
        test = {
            "d": _is_digit_ascii if ascii_only else _is_digit,
            "s": _is_space_ascii if ascii_only else _is_space,
            "w": _is_word_ascii if ascii_only else _is_word,
        }.get(c.lower())
        return test and (test, c.isupper())

    def escape(self, start):
        if self.at >= len(self.text):
            self.fail("bad escape (end of pattern)", start)
        c = self.text[self.at]
        category = self.category(c) if c in "dDsSwW" else None
        if category:
            self.at += 1
            made = _Set(False, False)
            made.categories.append(category)
            return ("set", made)
        if c in "AZbB":
            self.at += 1
            kind = {"A": "start", "Z": "stop", "b": "word", "B": "inside"}[c]
            return ("at", kind + "_ascii" if self.flags & A and c in "bB" else kind)
        if c.isdecimal() and c != "0":
            digits = c
            self.at += 1
            if self.peek().isdecimal():
                following = self.text[self.at:self.at + 2]
                if len(following) == 2 and all(d in "01234567" for d in c + following):
                    self.at += 2
                    return self.char(self.octal(c + following, start))
                digits += self.peek()
                self.at += 1
            number = int(digits)
            if number >= self.groups:
                self.fail(f"invalid group reference {number}", start + 1)
            if number in self.open:
                self.fail("cannot refer to an open group", start)
            self.has_back = True
            return ("back", number, self.fold())
        return self.char(self.character(start))

    def octal(self, digits, start):
        number = int(digits, 8)
        if number > 0o377:
            self.fail(f"octal escape value \\{digits} outside of range 0-0o377", start)
        return chr(number)

    def character(self, start):
        """The character of an escape, in and out of sets."""
        c = self.text[self.at]
        self.at += 1
        simple = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v", "a": "\a", "\\": "\\"}.get(c)
        if simple:
            return simple
        if c == "x" or c in "uU" and isinstance(self.pattern, str):
            width = {"x": 2, "u": 4, "U": 8}[c]
            digits = ""
            while len(digits) < width and self.peek() and self.peek() in "0123456789abcdefABCDEF":
                digits += self.peek()
                self.at += 1
            if len(digits) < width:
                self.fail(f"incomplete escape \\{c}{digits}", start)
            if int(digits, 16) > 0x10FFFF:
                self.fail(f"bad escape \\{c}{digits}", start)
            return chr(int(digits, 16))
        if c == "0":
            digits = ""
            while len(digits) < 2 and self.peek() and self.peek() in "01234567":
                digits += self.peek()
                self.at += 1
            return chr(int(digits or "0", 8))
        if c.isascii() and c.isalnum():
            self.fail(f"bad escape \\{c}", start)
        return c

    def set(self, start):
        negated = self.take("^")
        made = _Set(negated, self.fold())
        first = True
        while True:
            if self.at >= len(self.text):
                self.fail("unterminated character set", start)
            here = self.at
            c = self.text[self.at]
            self.at += 1
            if c == "]" and not first:
                break
            first = False
            low = self.set_item(c, here, made)
            if self.peek() == "-" and self.text[self.at + 1:self.at + 2] not in ("]", ""):
                self.at += 1
                there = self.at
                c = self.text[self.at]
                self.at += 1
                high = self.set_item(c, there, None)
                if low is None or high is None:
                    self.fail(f"bad character range {self.text[here:self.at]}", here)
                if high < low:
                    self.fail(f"bad character range {self.text[here:self.at]}", here)
                made.ranges.append((low, high))
            elif low is not None:
                made.chars.add(low)
                if made.ignore:
                    made.chars.add(made.ignore(low))
        return ("set", made)

    def set_item(self, c, here, made):
        """A character; None where a category was added."""
        if c != "\\":
            return c
        if self.at >= len(self.text):
            self.fail("unterminated character set", here)
        c = self.text[self.at]
        category = self.category(c) if c in "dDsSwW" else None
        if category:
            self.at += 1
            if made is not None:
                made.categories.append(category)
            return None
        if c == "b":
            self.at += 1
            return "\b"
        if c in "01234567":
            digits = ""
            while len(digits) < 3 and self.peek() and self.peek() in "01234567":
                digits += self.peek()
                self.at += 1
            return self.octal(digits, here)
        return self.character(here)

    def group(self, start):
        number = None
        flags = self.flags
        wrap = None
        if self.take("?"):
            c = self.peek()
            self.at += 1
            if c == "P":
                if self.take("<"):
                    number = self.new_group(self.name(">"), start)
                elif self.take("="):
                    return self.back(self.name(")"), start)
                elif not self.peek():
                    self.fail("unexpected end of pattern")
                else:
                    self.fail(f"unknown extension ?P{self.peek()}", start + 1)
            elif c == ":":
                pass
            elif c == "#":
                end = self.text.find(")", self.at)
                if end < 0:
                    self.fail("missing ), unterminated comment", start)
                self.at = end + 1
                return None
            elif c in ("=", "!"):
                wrap = ("ahead", c == "!")
            elif c == "<":
                c = self.peek()
                self.at += 1
                if not c:
                    self.fail("unexpected end of pattern", self.at - 1)
                if c not in ("=", "!"):
                    self.fail(f"unknown extension ?<{c}", start + 1)
                wrap = ("behind", c == "!")
            elif c == ">":
                wrap = ("atomic", False)
            elif c == "(":
                return self.conditional(start)
            elif c and c in "aiLmsux-":
                self.at -= 1
                scoped = self.inline_flags(start)
                if not scoped:
                    return None
            else:
                if not c:
                    self.fail("unexpected end of pattern", self.at - 1)
                self.fail(f"unknown extension ?{c}", start + 1)
        else:
            number = self.new_group(None, start)
        if number is not None:
            self.open.append(number)
        node = self.alternatives()
        if not self.take(")"):
            self.fail("missing ), unterminated subpattern", start)
        self.flags = flags
        if number is not None:
            self.open.remove(number)
            return ("group", number, node)
        if wrap is None:
            return ("plain", node)
        if wrap[0] == "atomic":
            return ("atomic", node)
        if wrap[0] == "behind":
            low, high = _width(node, self)
            if low != high:
                self.fail("look-behind requires fixed-width pattern", None)
            return ("look", node, low, wrap[1])
        return ("look", node, None, wrap[1])

    def inline_flags(self, start):
        added = removed = 0
        removes = False
        types = A | L | U
        while True:
            c = self.peek()
            here = self.at
            self.at += 1
            flag = {"a": A, "i": I, "L": L, "m": M, "s": S, "u": U, "x": X}.get(c)
            if flag is None:
                if c == "-" and not removes:
                    removes = True
                    if not self.peek().isalpha():
                        self.fail("missing flag")
                    continue
                if removes and c != ":" or not removes and c not in (":", ")"):
                    missing = "missing :" if removes else "missing -, : or )"
                    self.fail("unknown flag" if c.isalpha() else missing, here)
                break
            if removes:
                if flag & types:
                    self.fail("bad inline flags: cannot turn off flags 'a', 'u' and 'L'", self.at)
                removed |= flag
            else:
                if flag == L and isinstance(self.pattern, str):
                    self.fail("bad inline flags: cannot use 'L' flag with a str pattern", self.at)
                if flag == U and not isinstance(self.pattern, str):
                    self.fail("bad inline flags: cannot use 'u' flag with a bytes pattern", self.at)
                if flag & types and added & types & ~flag:
                    self.fail("bad inline flags: flags 'a', 'u' and 'L' are incompatible", self.at)
                added |= flag
        if added & removed:
            self.fail("bad inline flags: flag turned on and off", here)
        if c == ")" and self.start != start:
            self.fail("global flags not at the start of the expression", start)
        if added & types:
            # For bytes, and what is asked of them, the letters of ASCII are all there are.
            self.flags &= ~types | (0 if isinstance(self.pattern, str) else A)
        self.flags = (self.flags | added) & ~removed
        return c == ":"

    def name(self, end):
        start = self.at
        name = self.until(end, "group name")
        if not name.isidentifier():
            self.fail(f"bad character in group name {name!r}", start)
        return name

    def new_group(self, name, start):
        number = self.groups
        self.groups += 1
        if name is not None:
            if name in self.names:
                self.fail(
                    f"redefinition of group name {name!r} as group {number}; was group {self.names[name]}",
                    self.at - len(name) - 1,
                )
            self.names[name] = number
        return number

    def back(self, name, start):
        number = self.names.get(name)
        if number is None:
            self.fail(f"unknown group name {name!r}", self.at - len(name) - 1)
        if number in self.open:
            self.fail("cannot refer to an open group", start)
        self.has_back = True
        return ("back", number, self.fold())

    def conditional(self, start):
        here = self.at
        name = self.until(")", "group name")
        if name.isdecimal():
            number = int(name)
            if number == 0:
                self.fail("bad group number", here)
        else:
            number = self.names.get(name)
            if number is None:
                self.fail(f"unknown group name {name!r}", here)
        self.has_back = True
        yes = self.sequence()
        no = ("cat", [])
        if self.take("|"):
            no = self.sequence()
            if self.peek() == "|":
                self.fail("conditional backref with more than two branches")
        if not self.take(")"):
            self.fail("missing ), unterminated subpattern", start)
        return ("if", number, yes, no)


def _width(node, parser=None):
    """Fewest and most characters a node matches."""
    kind = node[0]
    if kind in ("char", "any", "set"):
        return 1, 1
    if kind == "cat":
        low = high = 0
        for one in node[1]:
            a, b = _width(one)
            low += a
            high += b
        return low, high
    if kind == "alt":
        widths = [_width(one) for one in node[1]]
        return min([a for a, _ in widths]), max([b for _, b in widths])
    if kind == "repeat":
        a, b = _width(node[1])
        return a * node[2], (b * node[3] if node[3] is not None else (1 << 30 if b else 0))
    if kind == "group":
        return _width(node[2])
    if kind in ("plain", "atomic"):
        return _width(node[1])
    if kind == "if":
        (a, b), (c, d) = _width(node[2]), _width(node[3])
        return min(a, c), max(b, d)
    if kind == "back":
        return 0, 1 << 30
    return 0, 0


def _begins(node, out):
    """Adds the one-character nodes that a match may begin with, None where there is no telling; does it have to?"""
    kind = node[0]
    if kind in ("at", "look"):
        return False
    if kind == "cat":
        return any(_begins(one, out) for one in node[1])
    if kind == "alt":
        return all([_begins(one, out) for one in node[1]])
    if kind == "repeat":
        return _begins(node[1], out) and node[2] > 0
    if kind in ("group", "plain", "atomic"):
        return _begins(node[-1], out)
    out.append(node if kind in ("char", "set") else None)
    return True


def _set_of(nodes):
    """The set of what one of these one-character nodes matches."""
    if len(nodes) == 1 and nodes[0][0] == "set":
        return nodes[0][1]
    made = _Set(False, None)
    for node in nodes:
        if node[0] == "set":
            made.categories.append((node[1].has, False))
        elif node[2]:
            one = _Set(False, node[2])
            one.chars.add(node[1])
            made.categories.append((one.has, False))
        else:
            made.chars.add(node[1])
    return made


class _Compiler:
    def __init__(self, groups):
        self.slots = groups * 2

    def program(self, node):
        code = []
        self.emit(node, code)
        code.append((_MATCH, None, None))
        return code

    def emit(self, node, code):
        kind = node[0]
        if kind == "char":
            code.append((_CHAR, node[1], node[2]))
        elif kind == "any":
            code.append((_ANY, node[1], None))
        elif kind == "set":
            code.append((_SET, node[1].known, node[1].has))
        elif kind == "cat":
            text = ""
            for one in node[1]:
                if one[0] == "char" and not one[2]:
                    text += one[1]
                else:
                    text = self.text(text, code)
                    self.emit(one, code)
            self.text(text, code)
        elif kind == "plain":
            self.emit(node[1], code)
        elif kind == "alt":
            jumps = []
            for index, one in enumerate(node[1]):
                if index + 1 < len(node[1]):
                    split = len(code)
                    code.append(None)
                    self.emit(one, code)
                    jumps.append(len(code))
                    code.append(None)
                    code[split] = (_SPLIT, split + 1, len(code))
                else:
                    self.emit(one, code)
            for place in jumps:
                code[place] = (_JUMP, len(code), None)
        elif kind == "group":
            code.append((_SAVE, node[1] * 2, None))
            self.emit(node[2], code)
            code.append((_SAVE, node[1] * 2 + 1, None))
        elif kind == "at":
            code.append((_AT, node[1], None))
        elif kind == "back":
            code.append((_BACK, node[1], node[2]))
        elif kind == "look":
            code.append((_LOOK, (self.program(node[1]), node[3]), node[2]))
        elif kind == "atomic":
            code.append((_ATOMIC, self.program(node[1]), None))
        elif kind == "if":
            place = len(code)
            code.append(None)
            self.emit(node[2], code)
            jump = len(code)
            code.append(None)
            code[place] = (_IF, node[1], len(code))
            self.emit(node[3], code)
            code[jump] = (_JUMP, len(code), None)
        else:
            self.repeat(node, code)

    def text(self, text, code):
        if text:
            code.append((_CHAR if len(text) == 1 else _TEXT, text, None))
        return ""

    def repeat(self, node, code):
        _, inner, low, high, kind = node
        if kind == "possessive":
            code.append((_ATOMIC, self.program(("repeat", inner, low, high, "greedy")), None))
            return
        for _ in range(low):
            self.emit(inner, code)
        lazy = kind == "lazy"
        if not lazy and inner[0] in ("char", "any", "set") and high != low:
            # What matches any character matches up to the end, or up to a line's.
            test = ("" if inner[1] else "\n") if inner[0] == "any" else _set_of([inner])
            code.append((_RUN, test, None if high is None else high - low))
            return
        if high is None:
            top = len(code)
            code.append(None)
            mark = None
            if _width(inner)[0] == 0:
                mark = self.slots
                self.slots += 1
                code.append((_MARK, mark, None))
            self.emit(inner, code)
            if mark is not None:
                # An iteration that matched nothing is the last.
                code.append((_EMPTY, mark, len(code) + 2))
            code.append((_JUMP, top, None))
            end = len(code)
            code[top] = (_SPLIT, end, top + 1) if lazy else (_SPLIT, top + 1, end)
            return
        splits = []
        for _ in range(high - low):
            splits.append(len(code))
            code.append(None)
            self.emit(inner, code)
        end = len(code)
        for place in splits:
            code[place] = (_SPLIT, end, place + 1) if lazy else (_SPLIT, place + 1, end)


def _at(kind, text, at, end):
    if kind == "start":
        return at == 0
    if kind == "stop":
        return at == end
    if kind == "line":
        return at == 0 or text[at - 1] == "\n"
    if kind == "end":
        return at == end or (at == end - 1 and text[at] == "\n")
    if kind == "lineend":
        return at == end or text[at] == "\n"
    if end == 0:
        return False
    test = _is_word_ascii if kind.endswith("_ascii") else _is_word
    before = at > 0 and test(text[at - 1])
    after = at < end and test(text[at])
    return (before != after) == kind.startswith("word")


def _run(code, text, at, end, slots, memo, whole):
    """Matches from a place on: the slots where groups begin and end, the last one the end of all; None for no match.

    The memo has what failed before: places of the program and the text, and of each run from where to where.
    """
    stack = []
    pc = 0
    seen, failed = memo or (None, None)
    width = len(code)
    while True:
        op, a, b = code[pc]
        if op == _CHAR:
            if at < end and (text[at] == a or (b and b(text[at]) == a)):
                at += 1
                pc += 1
                continue
        elif op == _SET:
            if at < end and (text[at] in a or b(text[at])):
                at += 1
                pc += 1
                continue
        elif op == _TEXT:
            if text.startswith(a, at, end):
                at += len(a)
                pc += 1
                continue
        elif op == _RUN:
            low, high = failed.get(pc, (-1, -1)) if failed is not None and b is None else (-1, -1)
            if not low <= at <= high:
                stop = end if b is None else min(end, at + b)
                if a == "\n":
                    line = text.find(a, at, stop)
                    if line >= 0:
                        stop = line
                elif a:
                    last, stop, known, has = stop, at, a.known, a.has
                    while stop < last and stop != low and (text[stop] in known or has(text[stop])):
                        stop += 1
                if failed is not None and b is None:
                    # Where it comes to what failed before, it ends before that, and is one with it.
                    joins = at < low <= stop
                    failed[pc] = at, high if joins else stop
                    if joins:
                        stop = low - 1
                pc += 1
                if at < stop:
                    stack.append((~pc, (at, stop - 1), slots))
                at = stop
                continue
        elif op == _ANY:
            if at < end and (a or text[at] != "\n"):
                at += 1
                pc += 1
                continue
        elif op == _SPLIT:
            key = at * width + pc
            if seen is None or key not in seen:
                if seen is not None:
                    seen.add(key)
                stack.append((b, at, slots))
                pc = a
                continue
        elif op == _JUMP:
            pc = a
            continue
        elif op == _SAVE or op == _MARK:
            slots = slots[:]
            slots[a] = at
            if op == _SAVE and a & 1:
                slots[-1] = a >> 1
            pc += 1
            continue
        elif op == _AT:
            if _at(a, text, at, end):
                pc += 1
                continue
        elif op == _EMPTY:
            pc = b if slots[a] == at else pc + 1
            continue
        elif op == _MATCH:
            if not whole or at == end:
                return slots, at
        elif op == _BACK:
            start, stop = slots[a * 2], slots[a * 2 + 1]
            if start is not None and stop is not None:
                part = text[start:stop]
                other = text[at:min(end, at + len(part))]
                if part == other or (b and len(part) == len(other) and all([b(x) == b(y) for x, y in zip(part, other)])):
                    at += len(part)
                    pc += 1
                    continue
        elif op == _LOOK:
            inner, negated = a
            start = at if b is None else at - b
            found = _run(inner, text, start, end, slots, memo and (set(), {}), False) if start >= 0 else None
            if (found is None) == negated:
                if found is not None:
                    slots = found[0]
                pc += 1
                continue
        elif op == _ATOMIC:
            found = _run(a, text, at, end, slots, memo and (set(), {}), False)
            if found is not None:
                slots, at = found
                pc += 1
                continue
        elif op == _IF:
            pc = pc + 1 if slots[a * 2 + 1] is not None else b
            continue
        if not stack:
            return None
        pc, at, slots = stack.pop()
        if pc < 0:
            # A run may be shorter by one still.
            low, at = at
            if low < at:
                stack.append((pc, (low, at - 1), slots))
            pc = ~pc


class Match:
    def __init__(self, pattern, string, data, pos, endpos, slots):
        self.re = pattern
        self.string = string
        # The same without what a class adds to it, and bytes of what has bytes: its parts are of that type.
        self._data = data
        self.pos = pos
        self.endpos = endpos
        self._slots = slots

    def _number(self, group):
        if isinstance(group, str):
            if group not in self.re.groupindex:
                raise IndexError("no such group")
            return self.re.groupindex[group]
        if not isinstance(group, int) and hasattr(type(group), "__index__"):
            group = group.__index__()
        if not isinstance(group, int) or not 0 <= group <= self.re.groups:
            raise IndexError("no such group")
        return group

    def _part(self, number, default=None):
        start, end = self._slots[number * 2], self._slots[number * 2 + 1]
        return default if start is None or end is None else self._data[start:end]

    def group(self, *groups):
        if not groups:
            return self._part(0)
        if len(groups) == 1:
            return self._part(self._number(groups[0]))
        return tuple([self._part(self._number(group)) for group in groups])

    def __getitem__(self, group):
        return self._part(self._number(group))

    def groups(self, default=None):
        return tuple([self._part(number, default) for number in range(1, self.re.groups + 1)])

    def groupdict(self, default=None):
        return {name: self._part(number, default) for name, number in self.re.groupindex.items()}

    def start(self, group=0):
        number = self._number(group)
        return -1 if self._slots[number * 2 + 1] is None else self._slots[number * 2]

    def end(self, group=0):
        found = self._slots[self._number(group) * 2 + 1]
        return -1 if found is None else found

    def span(self, group=0):
        return self.start(group), self.end(group)

    def expand(self, template):
        return _expand(_template(template, self.re), self)

    @property
    def regs(self):
        return tuple([self.span(number) for number in range(self.re.groups + 1)])

    @property
    def lastindex(self):
        return self._slots[-1]

    @property
    def lastgroup(self):
        for name, number in self.re.groupindex.items():
            if number == self._slots[-1]:
                return name
        return None

    def __repr__(self):
        return f"<re.Match object; span={self.span()!r}, match={self.group()!r}>"

    def __copy__(self): return self
    def __deepcopy__(self, memo): return self


class Pattern:
    def __init__(self, pattern, flags):
        given = int(flags)
        if isinstance(pattern, str):
            if given & L:
                raise ValueError("cannot use LOCALE flag with a str pattern")
            if given & A and given & U:
                raise ValueError("ASCII and UNICODE flags are incompatible")
            source = pattern
        elif isinstance(pattern, (bytes, bytearray)):
            if given & U:
                raise ValueError("cannot use UNICODE flag with a bytes pattern")
            if given & L and given & A:
                raise ValueError("ASCII and LOCALE flags are incompatible")
            source = bytes(pattern).decode("latin-1")
            flags |= A
        else:
            raise TypeError("first argument must be string or compiled pattern")
        parser = _Parser(pattern, source, int(flags))
        node = parser.alternatives()
        if parser.at < len(source):
            parser.fail("unbalanced parenthesis")
        compiler = _Compiler(parser.groups)
        self.pattern = pattern
        self.flags = parser.flags | (0 if parser.flags & A else U) if isinstance(pattern, str) else (parser.flags & ~A) | (given & A)
        self.groups = parser.groups - 1
        self.groupindex = parser.names
        self._code = compiler.program(node)
        self._slots = compiler.slots
        self._memo = not parser.has_back
        self._prefix = ""
        begins = []
        self._first = _set_of(begins) if _begins(node, begins) and None not in begins else None
        self._anchored = self._code[0] == (_AT, "start", None)
        for op, a, b in self._code:
            if op in (_CHAR, _TEXT) and not b:
                self._prefix += a
            elif op != _SAVE:
                break

    def _text(self, string):
        """The text to look through, and what its parts are taken from."""
        if isinstance(self.pattern, str):
            if isinstance(string, str):
                return string, string if type(string) is str else str(string)
            if isinstance(string, (bytes, bytearray)) or hasattr(type(string), "__buffer__"):
                raise TypeError("cannot use a string pattern on a bytes-like object")
            raise TypeError(f"expected string or bytes-like object, got '{type(string).__name__}'")
        if isinstance(string, (bytes, bytearray)) or hasattr(type(string), "__buffer__"):
            data = string if type(string) is bytes else bytes(string)
            return data.decode("latin-1"), data
        if isinstance(string, str):
            raise TypeError("cannot use a bytes pattern on a string-like object")
        raise TypeError(f"expected string or bytes-like object, got '{type(string).__name__}'")

    def _find(self, text, at, end, whole=False, only_here=False, forbidden=None):
        """The slots of the first match at or behind a place."""
        memo = (set(), {}) if self._memo else None
        code = self._code
        while at <= end:
            if only_here:
                pass
            elif self._prefix:
                at = text.find(self._prefix, at, end)
                if at < 0:
                    return None
            elif self._first:
                known, has = self._first.known, self._first.has
                while at < end and text[at] not in known and not has(text[at]):
                    at += 1
                if at == end:
                    return None
            slots = [None] * (self._slots + 1)
            slots[0] = at
            found = _run(code, text, at, end, slots, memo, whole)
            if found is not None and not (found[1] == at and forbidden == at):
                slots = found[0][:]
                slots[0], slots[1] = at, found[1]
                return slots
            if found is not None:
                # The empty match right behind the one before: another way to match here, or further on.
                slots = self._longer(text, at, end)
                if slots is not None:
                    return slots
                memo = (set(), {}) if self._memo else None
            if only_here or (self._anchored and not self.flags & M):
                return None
            at += 1
        return None

    def _longer(self, text, at, end):
        """A match at this place that is not empty."""
        code = self._code[:-1] + [(_EMPTY, 0, len(self._code) + 1), (_MATCH, None, None), (_FAIL, None, None)]
        slots = [None] * (self._slots + 1)
        slots[0] = at
        found = _run(code, text, at, end, slots, (set(), {}) if self._memo else None, False)
        if found is None:
            return None
        slots = found[0][:]
        slots[0], slots[1] = at, found[1]
        return slots

    def _bounds(self, text, pos, endpos):
        end = len(text) if endpos is None else max(0, min(endpos, len(text)))
        return max(0, min(pos, len(text))), end

    def match(self, string, pos=0, endpos=None):
        text, data = self._text(string)
        pos, end = self._bounds(text, pos, endpos)
        slots = self._find(text, pos, end, only_here=True)
        return None if slots is None else Match(self, string, data, pos, end, slots)

    def fullmatch(self, string, pos=0, endpos=None):
        text, data = self._text(string)
        pos, end = self._bounds(text, pos, endpos)
        slots = self._find(text, pos, end, whole=True, only_here=True)
        return None if slots is None else Match(self, string, data, pos, end, slots)

    def search(self, string, pos=0, endpos=None):
        text, data = self._text(string)
        pos, end = self._bounds(text, pos, endpos)
        slots = self._find(text, pos, end)
        return None if slots is None else Match(self, string, data, pos, end, slots)

    def finditer(self, string, pos=0, endpos=None):
        text, data = self._text(string)
        pos, end = self._bounds(text, pos, endpos)
        return self._iterate(string, text, data, pos, end)

    def _iterate(self, string, text, data, pos, end):
        at, last = pos, None
        while at <= end:
            slots = self._find(text, at, end, forbidden=last)
            if slots is None:
                return
            yield Match(self, string, data, pos, end, slots)
            at = slots[1]
            # Behind an empty match the next one is not empty, or elsewhere.
            last = at if slots[0] == at else None

    def findall(self, string, pos=0, endpos=None):
        out = []
        text, data = self._text(string)
        empty = data[:0]
        pos, end = self._bounds(text, pos, endpos)
        for found in self._iterate(string, text, data, pos, end):
            if self.groups == 0:
                out.append(found._part(0))
            elif self.groups == 1:
                out.append(found._part(1, empty))
            else:
                out.append(found.groups(empty))
        return out

    def split(self, string, maxsplit=0):
        out = []
        at = 0
        text, data = self._text(string)
        for found in self._iterate(string, text, data, 0, len(text)):
            if maxsplit and len(out) >= maxsplit * (1 + self.groups):
                break
            out.append(data[at:found.start()])
            out.extend(found.groups())
            at = found.end()
        out.append(data[at:])
        return out

    def sub(self, repl, string, count=0):
        return self.subn(repl, string, count)[0]

    def subn(self, repl, string, count=0):
        template = None if callable(repl) else _template(repl, self)
        out = []
        at = made = 0
        text, data = self._text(string)
        for found in self._iterate(string, text, data, 0, len(text)):
            if count and made >= count:
                break
            out.append(data[at:found.start()])
            out.append(repl(found) if template is None else _expand(template, found))
            at = found.end()
            made += 1
        out.append(data[at:])
        return data[:0].join(out), made

    def scanner(self, string, pos=0, endpos=None):
        return self.finditer(string, pos, endpos)

    def __repr__(self):
        names = []
        flags = self.flags & ~U if isinstance(self.pattern, str) else self.flags
        for name, flag in (
            ("IGNORECASE", I), ("LOCALE", L), ("MULTILINE", M), ("DOTALL", S), ("VERBOSE", X), ("DEBUG", DEBUG), ("ASCII", A)
        ):
            if flags & flag:
                names.append(f"re.{name}")
                flags -= flag
        if flags:
            names.append(hex(flags))
        pattern = repr(self.pattern)[:200]
        return f"re.compile({pattern}, {'|'.join(names)})" if names else f"re.compile({pattern})"

    def __eq__(self, other):
        if not isinstance(other, Pattern):
            return NotImplemented
        return self.pattern == other.pattern and self.flags == other.flags

    def __hash__(self):
        return hash((self.pattern, self.flags))

    def __copy__(self): return self
    def __deepcopy__(self, memo): return self


def _template(template, pattern):
    """A replacement: parts of text, and numbers of groups."""
    is_bytes = isinstance(template, (bytes, bytearray))
    text = bytes(template).decode("latin-1") if is_bytes else template
    parts = []
    at = 0
    while True:
        slash = text.find("\\", at)
        if slash < 0:
            parts.append(text[at:])
            break
        parts.append(text[at:slash])
        at = slash + 1
        c = text[at:at + 1]
        if not c:
            raise error("bad escape (end of pattern)", template, slash)
        if c == "g":
            if text[at + 1:at + 2] != "<":
                raise error("missing <", template, at + 1)
            end = text.find(">", at)
            name = text[at + 2:end] if end > 0 else ""
            if end < 0:
                raise error("missing >, unterminated name", template, at + 2)
            if not name:
                raise error("missing group name", template, at + 2)
            if name.isdecimal():
                number = int(name)
                if number > pattern.groups:
                    raise error(f"invalid group reference {number}", template, at + 2)
            elif not name.isidentifier():
                raise error(f"bad character in group name {name!r}", template, at + 2)
            elif name not in pattern.groupindex:
                raise IndexError(f"unknown group name {name!r}")
            else:
                number = pattern.groupindex[name]
            parts.append(number)
            at = end + 1
        elif c == "0":
            digits = ""
            at += 1
            while len(digits) < 2 and text[at:at + 1] and text[at] in "01234567":
                digits += text[at]
                at += 1
            parts.append(chr(int(digits or "0", 8)))
        elif c.isdecimal():
            digits = c
            at += 1
            if text[at:at + 1].isdecimal():
                if text[at + 1:at + 2] and c in "01234567" and text[at] in "01234567" and text[at + 1] in "01234567":
                    if c > "3":
                        raise error(f"octal escape value \\{text[at - 1:at + 2]} outside of range 0-0o377", template, slash)
                    parts.append(chr(int(text[at - 1:at + 2], 8)))
                    at += 2
                    continue
                digits += text[at]
                at += 1
            number = int(digits)
            if number > pattern.groups:
                raise error(f"invalid group reference {number}", template, slash + 1)
            parts.append(number)
        else:
            simple = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v", "a": "\a", "b": "\b", "\\": "\\"}.get(c)
            if simple is None:
                if c.isascii() and c.isalpha():
                    raise error(f"bad escape \\{c}", template, slash)
                simple = "\\" + c
            parts.append(simple)
            at += 1
    if is_bytes:
        return [part.encode("latin-1") if isinstance(part, str) else part for part in parts]
    return parts


def _expand(parts, found):
    empty = found._data[:0]
    return empty.join([found._part(part, empty) if isinstance(part, int) else part for part in parts])


_cache = {}


def compile(pattern, flags=0):
    if isinstance(pattern, Pattern):
        if flags:
            raise ValueError("cannot process flags argument with a compiled pattern")
        return pattern
    key = (type(pattern), pattern, int(flags))
    found = _cache.get(key)
    if found is None:
        found = Pattern(pattern, flags)
        if len(_cache) >= 16:
            del _cache[next(iter(_cache))]
        _cache[key] = found
    return found


def match(pattern, string, flags=0): return compile(pattern, flags).match(string)
def fullmatch(pattern, string, flags=0): return compile(pattern, flags).fullmatch(string)
def search(pattern, string, flags=0): return compile(pattern, flags).search(string)
def sub(pattern, repl, string, count=0, flags=0): return compile(pattern, flags).sub(repl, string, count)
def subn(pattern, repl, string, count=0, flags=0): return compile(pattern, flags).subn(repl, string, count)
def split(pattern, string, maxsplit=0, flags=0): return compile(pattern, flags).split(string, maxsplit)
def findall(pattern, string, flags=0): return compile(pattern, flags).findall(string)
def finditer(pattern, string, flags=0): return compile(pattern, flags).finditer(string)
def purge(): _cache.clear()


_SPECIAL = "()[]{}?*+-|^$\\.&~# \t\n\r\v\f"


def escape(pattern):
    if isinstance(pattern, str):
        return "".join(["\\" + c if c in _SPECIAL else c for c in pattern])
    return "".join(["\\" + c if c in _SPECIAL else c for c in pattern.decode("latin-1")]).encode("latin-1")
