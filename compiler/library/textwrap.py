"""Text in lines of a width."""


def dedent(text):
    lines = text.split("\n")
    margin = None
    for index, line in enumerate(lines):
        if not line.strip():
            lines[index] = ""
            continue
        indent = line[:len(line) - len(line.lstrip(" \t"))]
        if margin is None:
            margin = indent
        else:
            common = 0
            while common < min(len(margin), len(indent)) and margin[common] == indent[common]:
                common += 1
            margin = margin[:common]
    if margin:
        lines = [line[len(margin):] if line else line for line in lines]
    return "\n".join(lines)


def indent(text, prefix, predicate=None):
    def wanted(line):
        return line.strip() if predicate is None else predicate(line)
    return "".join([prefix + line if wanted(line) else line for line in text.splitlines(True)])


_SPACES = "\t\n\v\f\r "


def _is_letter(text, at):
    return 0 <= at < len(text) and (text[at] == "_" or text[at].isalnum() and not text[at].isdecimal())


def _breaks_behind(text, at):
    """Is it the hyphen of a word: with letters on both sides, of which one may stand between hyphens?"""
    if not _is_letter(text, at - 1) or not _is_letter(text, at + 1):
        return False
    left = _is_letter(text, at - 2) or text[at - 2:at - 1] == "-" and _is_letter(text, at - 3)
    return left and (_is_letter(text, at + 2) or text[at + 2:at + 3] == "-" and _is_letter(text, at + 3))


def _dash(text, at):
    """The end of a dash of several hyphens between words, or 0."""
    end = at
    while text[end:end + 1] == "-":
        end += 1
    if end - at < 2 or at == 0 or end == len(text):
        return 0
    before, behind = text[at - 1], text[end]
    is_between = (before.isalnum() or before in "_!\"'&.,?") and (behind.isalnum() or behind == "_")
    return end if is_between else 0


def _chunks(text, on_hyphens):
    """Words, parts of words, and the spaces between them."""
    chunks = []
    at = 0
    while at < len(text):
        start = at
        if text[at] in _SPACES:
            while at < len(text) and text[at] in _SPACES:
                at += 1
        elif on_hyphens and _dash(text, at):
            at = _dash(text, at)
        else:
            at += 1
            while at < len(text) and text[at] not in _SPACES:
                if on_hyphens and text[at] == "-":
                    if _breaks_behind(text, at):
                        at += 1
                        break
                    if _dash(text, at):
                        break
                at += 1
        chunks.append(text[start:at])
    return chunks


class TextWrapper:
    def __init__(self, width=70, initial_indent="", subsequent_indent="", expand_tabs=True, replace_whitespace=True, fix_sentence_endings=False, break_long_words=True, drop_whitespace=True, break_on_hyphens=True, tabsize=8, *, max_lines=None, placeholder=" [...]"):
        self.width = width
        self.initial_indent = initial_indent
        self.subsequent_indent = subsequent_indent
        self.expand_tabs = expand_tabs
        self.replace_whitespace = replace_whitespace
        self.fix_sentence_endings = fix_sentence_endings
        self.break_long_words = break_long_words
        self.drop_whitespace = drop_whitespace
        self.break_on_hyphens = break_on_hyphens
        self.tabsize = tabsize
        self.max_lines = max_lines
        self.placeholder = placeholder

    def wrap(self, text):
        if self.expand_tabs:
            text = text.expandtabs(self.tabsize)
        if self.replace_whitespace:
            for space in _SPACES:
                text = text.replace(space, " ")
        chunks = _chunks(text, self.break_on_hyphens)
        if self.fix_sentence_endings:
            for index in range(len(chunks) - 1):
                if chunks[index + 1] == " " and _ends_sentence(chunks[index]):
                    chunks[index + 1] = "  "
        return self._lines(chunks)

    def fill(self, text):
        return "\n".join(self.wrap(text))

    def _indent(self, lines):
        return self.subsequent_indent if lines else self.initial_indent

    def _lines(self, chunks):
        if self.width <= 0:
            raise ValueError(f"invalid width {self.width!r} (must be > 0)")
        if self.max_lines is not None:
            indent = self._indent(self.max_lines > 1)
            if len(indent) + len(self.placeholder.lstrip()) > self.width:
                raise ValueError("placeholder too large for max width")
        lines = []
        # Taken from the end.
        chunks.reverse()
        while chunks:
            line = []
            room = self.width - len(self._indent(lines))
            if self.drop_whitespace and lines and not chunks[-1].strip():
                chunks.pop()
            length = 0
            while chunks and length + len(chunks[-1]) <= room:
                length += len(chunks[-1])
                line.append(chunks.pop())
            if chunks and len(chunks[-1]) > room:
                self._break(chunks, line, length, room)
                length = len("".join(line))
            if self.drop_whitespace and line and not line[-1].strip():
                length -= len(line.pop())
            if not line:
                continue
            is_rest = not chunks or self.drop_whitespace and len(chunks) == 1 and not chunks[0].strip()
            if self.max_lines is None or len(lines) + 1 < self.max_lines or is_rest and length <= room:
                lines.append(self._indent(lines) + "".join(line))
            else:
                self._cut(lines, line, length, room)
                break
        return lines

    def _break(self, chunks, line, length, room):
        """A chunk that fits in no line."""
        if self.break_long_words:
            chunk = chunks[-1]
            end = 1 if room < 1 else room - length
            if self.break_on_hyphens and len(chunk) > end:
                hyphen = chunk.rfind("-", 0, end)
                if hyphen > 0 and chunk[:hyphen].strip("-"):
                    end = hyphen + 1
            line.append(chunk[:end])
            chunks[-1] = chunk[end:]
        elif not line:
            line.append(chunks.pop())

    def _cut(self, lines, line, length, room):
        """The last line that there may be, with the placeholder."""
        while line:
            if line[-1].strip() and length + len(self.placeholder) <= room:
                lines.append(self._indent(lines) + "".join(line) + self.placeholder)
                return
            length -= len(line.pop())
        if lines and len(lines[-1].rstrip()) + len(self.placeholder) <= self.width:
            lines[-1] = lines[-1].rstrip() + self.placeholder
        else:
            lines.append(self._indent(lines) + self.placeholder.lstrip())


def _ends_sentence(chunk):
    chunk = chunk[:-1] if chunk[-1:] in ("'", '"') else chunk
    return len(chunk) > 1 and chunk[-1] in ".!?" and "a" <= chunk[-2] <= "z"


def wrap(text, width=70, **kwargs):
    return TextWrapper(width, **kwargs).wrap(text)


def fill(text, width=70, **kwargs):
    return TextWrapper(width, **kwargs).fill(text)


def shorten(text, width, **kwargs):
    return TextWrapper(width, max_lines=1, **kwargs).fill(" ".join(text.strip().split()))
