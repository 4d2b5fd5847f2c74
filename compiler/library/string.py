"""Groups of characters, and templates."""

whitespace = " \t\n\r\v\f"
ascii_lowercase = "abcdefghijklmnopqrstuvwxyz"
ascii_uppercase = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ascii_letters = ascii_lowercase + ascii_uppercase
digits = "0123456789"
hexdigits = digits + "abcdef" + "ABCDEF"
octdigits = "01234567"
punctuation = r"""!"#$%&'()*+,-./:;<=>?@[\]^_`{|}~"""
printable = digits + ascii_letters + punctuation + whitespace


def capwords(s, sep=None):
    return (sep or " ").join([word.capitalize() for word in s.split(sep)])


class Template:
    delimiter = "$"

    def __init__(self, template):
        self.template = template

    def _replace(self, mapping, kwds, safe):
        text, out, at = self.template, [], 0
        while True:
            dollar = text.find(self.delimiter, at)
            if dollar < 0:
                out.append(text[at:])
                return "".join(out)
            out.append(text[at:dollar])
            start = dollar + 1
            if text[start:start + 1] == self.delimiter:
                out.append(self.delimiter)
                at = start + 1
                continue
            braced = text[start:start + 1] == "{"
            begin = end = start + braced
            while end < len(text) and text[end].isascii() and (text[end] == "_" or text[end].isalpha() or (end > begin and text[end].isdigit())):
                end += 1
            if end == begin or (braced and text[end:end + 1] != "}"):
                if not safe:
                    lines = text[:dollar].splitlines(keepends=True)
                    line = max(len(lines), 1)
                    column = dollar - len("".join(lines[:-1])) + 1 if lines else 1
                    raise ValueError(f"Invalid placeholder in string: line {line}, col {column}")
                out.append(self.delimiter)
                at = start
                continue
            name = text[begin:end]
            end += braced
            if name in kwds:
                out.append(str(kwds[name]))
            elif safe and name not in mapping:
                out.append(text[dollar:end])
            else:
                out.append(str(mapping[name]))
            at = end

    def substitute(self, mapping={}, /, **kwds):
        return self._replace(mapping, kwds, False)

    def safe_substitute(self, mapping={}, /, **kwds):
        return self._replace(mapping, kwds, True)
