"""Groups of characters, and templates."""

import re as _re

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
    _added = {}
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
            start = dollar + len(self.delimiter)
            if text.startswith(self.delimiter, start):
                out.append(self.delimiter)
                at = start + len(self.delimiter)
                continue
            braced = text[start:start + 1] == "{"
            begin = end = start + braced
            while end < len(text) and text[end].isascii() and (text[end] == "_" or text[end].isalpha() or (end > begin and text[end].isdigit())):
                end += 1
            if end == begin or (braced and text[end:end + 1] != "}"):
                if not safe:
                    _invalid(text, start)
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

    def is_valid(self):
        try:
            self._replace(_Asked(), {}, False)
        except ValueError:
            return False
        return True

    def get_identifiers(self):
        asked = _Asked()
        self._replace(asked, {}, True)
        return list(asked.names)


def _invalid(text, at):
    lines = text[:at].splitlines(keepends=True) or [""]
    column = at - len("".join(lines[:-1])) or 1
    raise ValueError(f"Invalid placeholder in string: line {len(lines)}, col {column}")


def _match_patterns(cls):
    """Lets placeholders be what patterns say."""
    if "idpattern" in cls.__dict__:
        return
    cls.idpattern, cls.braceidpattern, cls.flags = "(?a:[_a-z][_a-z0-9]*)", None, _re.IGNORECASE
    cls._replace = _replace_matches
    cls.__init_subclass__ = classmethod(_compile_pattern)
    _compile_pattern(cls)


def _compile_pattern(cls):
    pattern = cls.__dict__.get("pattern")
    if pattern is None:
        sign, name = _re.escape(cls.delimiter), cls.idpattern
        braced = cls.braceidpattern or name
        pattern = f"{sign}(?:(?P<escaped>{sign})|(?P<named>{name})|{{(?P<braced>{braced})}}|(?P<invalid>))"
    cls.pattern = _re.compile(pattern, cls.flags | _re.VERBOSE)


def _replace_matches(self, mapping, kwds, safe):
    def replaced(match):
        name = match["named"] or match["braced"]
        if name is not None:
            try:
                return str(kwds[name] if name in kwds else mapping[name])
            except KeyError:
                if safe:
                    return match[0]
                raise
        if match["escaped"] is not None:
            return self.delimiter
        if match["invalid"] is None:
            raise ValueError("Unrecognized named group in pattern", self.pattern)
        return match[0] if safe else _invalid(self.template, match.start("invalid"))

    return self.pattern.sub(replaced, self.template)


# Only for a program that changes what placeholders look like.
Template._added["pattern"] = _match_patterns(Template)
Template._added["flags"] = _match_patterns(Template)


class _Asked:
    """A mapping that has everything, and knows what it was asked for."""

    def __init__(self): self.names = {}
    def __contains__(self, name): return True

    def __getitem__(self, name):
        self.names[name] = True
        return ""


class Formatter:
    """`str.format` in parts that a subclass can change."""

    def format(self, format_string, /, *args, **kwargs):
        return self.vformat(format_string, args, kwargs)

    def vformat(self, format_string, args, kwargs):
        used = set()
        text, _ = self._fill(format_string, args, kwargs, used, 2, 0)
        self.check_unused_args(used, args, kwargs)
        return text

    def _fill(self, text, args, kwargs, used, depth, number):
        # `number` is that of the next field without a name, None once fields have been numbered by hand.
        if depth < 0:
            raise ValueError("Max string recursion exceeded")
        out = []
        for literal, name, spec, conversion in self.parse(text):
            out.append(literal)
            if name is None:
                continue
            if name == "":
                if number is None:
                    raise ValueError("cannot switch from manual field specification to automatic field numbering")
                name = str(number)
                number += 1
            elif name.isdigit():
                if number:
                    raise ValueError("cannot switch from manual field specification to automatic field numbering")
                number = None
            value, key = self.get_field(name, args, kwargs)
            used.add(key)
            value = self.convert_field(value, conversion)
            spec, number = self._fill(spec, args, kwargs, used, depth - 1, number)
            out.append(self.format_field(value, spec))
        return "".join(out), number

    def get_value(self, key, args, kwargs):
        return args[key] if isinstance(key, int) else kwargs[key]

    def check_unused_args(self, used_args, args, kwargs):
        pass

    def format_field(self, value, format_spec):
        return format(value, format_spec)

    def convert_field(self, value, conversion):
        if conversion is None:
            return value
        if conversion == "s":
            return str(value)
        if conversion == "r":
            return repr(value)
        if conversion == "a":
            return ascii(value)
        raise ValueError(f"Unknown conversion specifier {conversion}")

    def parse(self, format_string):
        literal, at = "", 0
        while at < len(format_string):
            one = format_string[at]
            if one not in "{}":
                literal += one
                at += 1
                continue
            if format_string[at + 1:at + 2] == one:
                yield literal + one, None, None, None
                literal, at = "", at + 2
                continue
            if one == "}" or at + 1 == len(format_string):
                raise ValueError(f"Single '{one}' encountered in format string")
            depth, end = 1, at + 1
            while end < len(format_string) and depth:
                depth += (format_string[end] == "{") - (format_string[end] == "}")
                end += 1
            if depth:
                raise ValueError("expected '}' before end of string")
            field, spec, conversion = format_string[at + 1:end - 1], "", None
            in_brackets = False
            for index, one in enumerate(field):
                in_brackets = one == "[" or in_brackets and one != "]"
                if one in "!:" and not in_brackets:
                    if one == "!":
                        conversion = field[index + 1:index + 2]
                        spec = field[index + 3:]
                    else:
                        spec = field[index + 1:]
                    field = field[:index]
                    break
            yield literal, field, spec, conversion
            literal, at = "", end
        if literal:
            yield literal, None, None, None

    def get_field(self, field_name, args, kwargs):
        end = 0
        while end < len(field_name) and field_name[end] not in ".[":
            end += 1
        key = field_name[:end]
        key = int(key) if key.isdigit() else key
        value = self.get_value(key, args, kwargs)
        while end < len(field_name):
            start = end + 1
            if field_name[end] == ".":
                end = start
                while end < len(field_name) and field_name[end] not in ".[":
                    end += 1
                value = getattr(value, field_name[start:end])
            else:
                end = field_name.index("]", start)
                index = field_name[start:end]
                value = value[int(index) if index.isdigit() else index]
                end += 1
        return value, key
