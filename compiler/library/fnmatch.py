"""Names that match a shell's pattern."""

from functools import lru_cache as _lru_cache
from re import compile as _compile, escape as _escape


@_lru_cache(maxsize=256)
def _match(pat):
    if isinstance(pat, bytes):
        return _compile(translate(pat.decode("latin-1")).encode("latin-1")).match
    return _compile(translate(pat)).match


def fnmatchcase(name, pat):
    return _match(pat)(name) is not None


fnmatch = fnmatchcase


def filter(names, pat):
    match = _match(pat)
    return [name for name in names if match(name) is not None]


def _bracket(pat, at):
    """The class that begins behind `[`, and where it ends; None where it doesn't."""
    end = at
    if pat[end:end + 1] == "!":
        end += 1
    if pat[end:end + 1] == "]":
        end += 1
    end = pat.find("]", end)
    if end < 0:
        return None
    inside = pat[at:end]
    if "-" not in inside:
        inside = inside.replace("\\", r"\\")
    else:
        parts = []
        start = at
        dash = pat.find("-", at + 2 if pat[at] == "!" else at + 1, end)
        while dash >= 0:
            parts.append(pat[start:dash])
            start = dash + 1
            dash = pat.find("-", dash + 3, end)
        last = pat[start:end]
        if last:
            parts.append(last)
        else:
            parts[-1] += "-"
        # Ranges that run backwards match nothing.
        for place in range(len(parts) - 1, 0, -1):
            if parts[place - 1][-1] > parts[place][0]:
                parts[place - 1] = parts[place - 1][:-1] + parts[place][1:]
                del parts[place]
        inside = "-".join([part.replace("\\", r"\\").replace("-", r"\-") for part in parts])
    for sign in "&~|":
        inside = inside.replace(sign, "\\" + sign)
    if not inside:
        return "(?!)", end + 1
    if inside == "!":
        return ".", end + 1
    if inside[0] == "!":
        inside = "^" + inside[1:]
    elif inside[0] in ("^", "["):
        inside = "\\" + inside
    return f"[{inside}]", end + 1


def translate(pat):
    parts, at = [], 0
    while at < len(pat):
        c = pat[at]
        at += 1
        if c == "*":
            if not parts or parts[-1] != ".*":
                parts.append(".*")
        elif c == "?":
            parts.append(".")
        elif c == "[":
            found = _bracket(pat, at)
            if found is None:
                parts.append("\\[")
            else:
                parts.append(found[0])
                at = found[1]
        else:
            parts.append(_escape(c))
    # Between stars the first place that fits is the only one to try.
    made, index = [], 0
    while index < len(parts) and parts[index] != ".*":
        made.append(parts[index])
        index += 1
    group = 0
    while index < len(parts):
        index += 1
        fixed = []
        while index < len(parts) and parts[index] != ".*":
            fixed.append(parts[index])
            index += 1
        fixed = "".join(fixed)
        if index == len(parts):
            made.append(".*" + fixed)
        else:
            made.append(f"(?>.*?{fixed})")
    return f"(?s:{''.join(made)})\\Z"
