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


def _words(text):
    text = text.expandtabs()
    for space in "\n\r\v\f":
        text = text.replace(space, " ")
    chunks = []
    for word in text.split(" "):
        # A word may be broken behind a hyphen between letters.
        start = 0
        for at in range(1, len(word) - 1):
            if word[at] == "-" and word[at - 1].isalpha() and word[at + 1].isalpha() and at - start > 1:
                chunks.append((word[start:at + 1], False))
                start = at + 1
        chunks.append((word[start:], True))
    return chunks


def wrap(text, width=70, *, initial_indent="", subsequent_indent="", break_long_words=True, drop_whitespace=True, max_lines=None, placeholder=" [...]", **options):
    if width <= 0:
        raise ValueError(f"invalid width {width!r} (must be > 0)")
    lines = []
    line = ""
    glue = ""
    for word, spaced in _words(text):
        while True:
            room = width - len(subsequent_indent if lines else initial_indent)
            if not line and not word:
                break
            if len(line) + len(glue if line else "") + len(word) <= room:
                line = line + glue + word if line else word
                break
            if not line or (len(word) > room and break_long_words and room - len(line) - len(glue) > 0):
                take = max(room - len(line) - (len(glue) if line else 0), 1) if break_long_words else len(word)
                line = (line + glue if line else "") + word[:take]
                word = word[take:]
                if word:
                    lines.append((subsequent_indent if lines else initial_indent) + line.rstrip())
                    line = glue = ""
                    continue
                break
            lines.append((subsequent_indent if lines else initial_indent) + line.rstrip())
            line = glue = ""
        glue = " " if spaced else ""
    if line.strip():
        lines.append((subsequent_indent if lines else initial_indent) + line.rstrip())
    if max_lines is not None and len(lines) > max_lines:
        lines = lines[:max_lines]
        last = lines[-1]
        while last and len(last) + len(placeholder) > width:
            last = last.rstrip().rpartition(" ")[0]
        lines[-1] = last.rstrip() + placeholder if last else placeholder.lstrip()
    return lines


def fill(text, width=70, **kwargs):
    return "\n".join(wrap(text, width, **kwargs))


def shorten(text, width, *, placeholder=" [...]"):
    text = " ".join(text.split())
    if len(text) <= width:
        return text
    return fill(text, width, max_lines=1, placeholder=placeholder)
