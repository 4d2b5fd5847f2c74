"""Words of a POSIX shell's line: taken apart, quoted, joined."""

from re import compile as _compile

_unsafe = _compile(r"[^\w@%+=:,./-]", 256)


def quote(s):
    if not s:
        return "''"
    if _unsafe.search(s) is None:
        return s
    return "'" + s.replace("'", "'\"'\"'") + "'"


def join(split_command):
    return " ".join([quote(word) for word in split_command])


def split(s, comments=False, posix=True):
    if not posix:
        raise ValueError("only the POSIX rules are here")
    words, word, state, at = [], None, "", 0
    while at < len(s):
        c = s[at]
        at += 1
        if state == "'":
            if c == "'":
                state = ""
            else:
                word += c
        elif state == '"':
            if c == '"':
                state = ""
            elif c == "\\":
                if at == len(s):
                    raise ValueError("No escaped character")
                if s[at] not in '"\\':
                    word += c
                word += s[at]
                at += 1
            else:
                word += c
        elif c in " \t\r\n":
            if word is not None:
                words.append(word)
                word = None
        elif comments and c == "#":
            end = s.find("\n", at)
            at = len(s) if end < 0 else end
        elif c in "'\"":
            word = word or ""
            state = c
        elif c == "\\":
            if at == len(s):
                raise ValueError("No escaped character")
            word = (word or "") + s[at]
            at += 1
        else:
            word = (word or "") + c
    if state:
        raise ValueError("No closing quotation")
    if word is not None:
        words.append(word)
    return words
