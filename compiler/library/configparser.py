"""Configuration files of sections and options. There are no files to `read`; texts, lines and dicts are."""

from collections.abc import MutableMapping

DEFAULTSECT = "DEFAULT"
MAX_INTERPOLATION_DEPTH = 10

_none_given = object()


class Error(Exception):
    def __init__(self, msg=""):
        self.message = msg
        super().__init__(msg)

    def __repr__(self):
        return self.message

    __str__ = __repr__


class NoSectionError(Error):
    def __init__(self, section):
        super().__init__(f"No section: {section!r}")
        self.section = section
        self.args = (section,)


def _exists(what, source, lineno):
    if source is None:
        return f"{what[0].upper()}{what[1:]} already exists"
    line = "" if lineno is None else f" [line {lineno:2d}]"
    return f"While reading from {source!r}{line}: {what} already exists"


class DuplicateSectionError(Error):
    def __init__(self, section, source=None, lineno=None):
        super().__init__(_exists(f"section {section!r}", source, lineno))
        self.section, self.source, self.lineno = section, source, lineno
        self.args = (section, source, lineno)


class DuplicateOptionError(Error):
    def __init__(self, section, option, source=None, lineno=None):
        super().__init__(_exists(f"option {option!r} in section {section!r}", source, lineno))
        self.section, self.option, self.source, self.lineno = section, option, source, lineno
        self.args = (section, option, source, lineno)


class NoOptionError(Error):
    def __init__(self, option, section):
        super().__init__(f"No option {option!r} in section: {section!r}")
        self.option, self.section = option, section
        self.args = (option, section)


class InterpolationError(Error):
    def __init__(self, option, section, msg):
        super().__init__(msg)
        self.option, self.section = option, section
        self.args = (option, section, msg)


class InterpolationMissingOptionError(InterpolationError):
    def __init__(self, option, section, rawval, reference):
        super().__init__(
            option,
            section,
            f"Bad value substitution: option {option!r} in section {section!r} contains an interpolation key "
            f"{reference!r} which is not a valid option name. Raw value: {rawval!r}",
        )
        self.reference = reference
        self.args = (option, section, rawval, reference)


class InterpolationSyntaxError(InterpolationError):
    pass


class InterpolationDepthError(InterpolationError):
    def __init__(self, option, section, rawval):
        super().__init__(
            option,
            section,
            f"Recursion limit exceeded in value substitution: option {option!r} in section {section!r} contains an "
            f"interpolation key which cannot be substituted in {MAX_INTERPOLATION_DEPTH} steps. Raw value: {rawval!r}",
        )
        self.args = (option, section, rawval)


class ParsingError(Error):
    def __init__(self, source=None, filename=None):
        if filename and source:
            raise ValueError("Cannot specify both `filename' and `source'. Use `source'.")
        if not filename and not source:
            raise ValueError("Required argument `source' not given.")
        self.source = source or filename
        super().__init__(f"Source contains parsing errors: {self.source!r}")
        self.errors = []
        self.args = (self.source,)

    @property
    def filename(self):
        return self.source

    @filename.setter
    def filename(self, value):
        self.source = value

    def append(self, lineno, line):
        self.errors.append((lineno, line))
        self.message += f"\n\t[line {lineno:2d}]: {line}"


class MissingSectionHeaderError(ParsingError):
    def __init__(self, filename, lineno, line):
        super().__init__(filename)
        self.message = f"File contains no section headers.\nfile: {filename!r}, line: {lineno}\n{line!r}"
        self.lineno, self.line = lineno, line
        self.args = (filename, lineno, line)


class Interpolation:
    """Values are what is written."""

    def before_get(self, parser, section, option, value, defaults):
        return value

    def before_set(self, parser, section, option, value):
        return value

    def before_read(self, parser, section, option, value):
        return value

    def before_write(self, parser, section, option, value):
        return value


class _References(Interpolation):
    """Values that refer to others: what both ways of writing that have in common."""

    def before_get(self, parser, section, option, value, defaults):
        parts = []
        self._expand(parser, option, parts, value, section, defaults, 1)
        return "".join(parts)

    def before_set(self, parser, section, option, value):
        mark = self._mark
        rest = value.replace(mark * 2, "")
        kept, at = "", 0
        while at < len(rest):
            end = self._end(rest, at) if rest[at] == mark else 0
            if end:
                at = end
            else:
                kept += rest[at]
                at += 1
        if mark in kept:
            raise ValueError(f"invalid interpolation syntax in {value!r} at position {kept.find(mark)}")
        return value

    def _end(self, text, start):
        """Where a reference that begins here ends; 0 where there is none."""
        if text[start + 1:start + 2] != self._opening:
            return 0
        at = text.find(self._closing[0], start + 2)
        return at + len(self._closing) if at > start + 2 and text.startswith(self._closing, at) else 0

    def _expand(self, parser, option, parts, text, section, known, depth):
        raw = parser.get(section, option, raw=True, fallback=text)
        if depth > MAX_INTERPOLATION_DEPTH:
            raise InterpolationDepthError(option, section, raw)
        mark, opening = self._mark, self._opening
        while text:
            before, found, rest = text.partition(mark)
            if before:
                parts.append(before)
            if not found:
                return
            text = mark + rest
            if rest[:1] == mark:
                parts.append(mark)
                text = rest[1:]
                continue
            if rest[:1] != opening:
                raise InterpolationSyntaxError(
                    option, section, f"'{mark}' must be followed by '{mark}' or '{opening}', found: {text!r}"
                )
            end = self._end(text, 0)
            if not end:
                raise InterpolationSyntaxError(option, section, f"bad interpolation variable reference {text!r}")
            name, text = text[2:end - len(self._closing)], text[end:]
            place, where, value = self._look(parser, option, section, raw, name, known, text)
            if mark not in value:
                parts.append(value)
            elif where is None:
                self._expand(parser, place, parts, value, section, known, depth + 1)
            else:
                inner = dict(parser.items(where, raw=True))
                self._expand(parser, place, parts, value, where, inner, depth + 1)


class BasicInterpolation(_References):
    """`%(name)s` is the value of another option of the section."""

    _mark, _opening, _closing = "%", "(", ")s"

    def _look(self, parser, option, section, raw, name, known, rest):
        name = parser.optionxform(name)
        try:
            return option, None, known[name]
        except KeyError:
            raise InterpolationMissingOptionError(option, section, raw, name) from None


class ExtendedInterpolation(_References):
    """`${name}` is the value of another option, `${section:name}` that of another section's."""

    _mark, _opening, _closing = "$", "{", "}"

    def _look(self, parser, option, section, raw, name, known, rest):
        path = name.split(":")
        where, place = section, option
        try:
            if len(path) == 1:
                place = parser.optionxform(path[0])
                return place, where, known[place]
            if len(path) == 2:
                where, place = path[0], parser.optionxform(path[1])
                return place, where, parser.get(where, place, raw=True)
        except (KeyError, NoSectionError, NoOptionError):
            raise InterpolationMissingOptionError(option, section, raw, name) from None
        raise InterpolationSyntaxError(option, section, f"More than one ':' found: {rest!r}")


class RawConfigParser(MutableMapping):
    BOOLEAN_STATES = {
        "1": True, "yes": True, "true": True, "on": True,
        "0": False, "no": False, "false": False, "off": False,
    }
    _DEFAULT_INTERPOLATION = Interpolation()

    def __init__(
        self,
        defaults=None,
        dict_type=dict,
        allow_no_value=False,
        *,
        delimiters=("=", ":"),
        comment_prefixes=("#", ";"),
        inline_comment_prefixes=None,
        strict=True,
        empty_lines_in_values=True,
        default_section=DEFAULTSECT,
        interpolation=_none_given,
        converters=_none_given,
    ):
        self._dict = dict_type
        self._sections, self._defaults, self._proxies = dict_type(), dict_type(), dict_type()
        self._converters = ConverterMapping(self)
        self._proxies[default_section] = SectionProxy(self, default_section)
        self._delimiters = tuple(delimiters)
        self._comment_prefixes = tuple(comment_prefixes or ())
        self._inline_comment_prefixes = tuple(inline_comment_prefixes or ())
        self._strict, self._allow_no_value = strict, allow_no_value
        self._empty_lines_in_values = empty_lines_in_values
        self.default_section = default_section
        if interpolation is _none_given:
            interpolation = self._DEFAULT_INTERPOLATION
        if interpolation is None:
            interpolation = Interpolation()
        self._interpolation = interpolation
        if not isinstance(interpolation, Interpolation):
            raise TypeError(
                "interpolation= must be None or an instance of Interpolation; "
                f"got an object of type {type(interpolation)}"
            )
        if converters is not _none_given:
            self._converters.update(converters)
        if defaults:
            self._read_defaults(defaults)

    def _read_defaults(self, defaults):
        for name, value in defaults.items():
            self._defaults[self.optionxform(name)] = value

    def _options_of(self, section):
        """The dict of a section, the default one included."""
        if not section or section == self.default_section:
            return self._defaults
        try:
            return self._sections[section]
        except KeyError:
            raise NoSectionError(section) from None

    def defaults(self):
        return self._defaults

    def sections(self):
        return list(self._sections)

    def add_section(self, section):
        if section == self.default_section:
            raise ValueError(f"Invalid section name: {section!r}")
        if section in self._sections:
            raise DuplicateSectionError(section)
        self._begin(section)

    def _begin(self, section):
        options = self._sections[section] = self._dict()
        self._proxies[section] = SectionProxy(self, section)
        return options

    def has_section(self, section):
        return section in self._sections

    def options(self, section):
        try:
            options = self._sections[section].copy()
        except KeyError:
            raise NoSectionError(section) from None
        options.update(self._defaults)
        return list(options)

    def read(self, filenames, encoding=None):
        """Files that are not there are passed over, and there are none."""
        return []

    def read_file(self, f, source=None):
        self._read(f, getattr(f, "name", "<???>") if source is None else source)

    def read_string(self, string, source="<string>"):
        lines = string.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        last = lines.pop()
        self.read_file([line + "\n" for line in lines] + ([last] if last else []), source)

    def read_dict(self, dictionary, source="<dict>"):
        added = set()
        for section, options in dictionary.items():
            section = str(section)
            try:
                self.add_section(section)
            except (DuplicateSectionError, ValueError):
                if self._strict and section in added:
                    raise
            added.add(section)
            for name, value in options.items():
                name = self.optionxform(str(name))
                if value is not None:
                    value = str(value)
                if self._strict and (section, name) in added:
                    raise DuplicateOptionError(section, name, source)
                added.add((section, name))
                self.set(section, name, value)

    def _known(self, section, vars):
        """Values by option: of the call, of the section, of the default section."""
        known = dict(self._defaults)
        try:
            known.update(self._sections[section])
        except KeyError:
            if section != self.default_section:
                raise NoSectionError(section) from None
        for name, value in (vars or {}).items():
            known[self.optionxform(name)] = value if value is None else str(value)
        return known

    def get(self, section, option, *, raw=False, vars=None, fallback=_none_given):
        try:
            known = self._known(section, vars)
        except NoSectionError:
            if fallback is _none_given:
                raise
            return fallback
        option = self.optionxform(option)
        try:
            value = known[option]
        except KeyError:
            if fallback is _none_given:
                raise NoOptionError(option, section)
            return fallback
        if raw or value is None:
            return value
        return self._interpolation.before_get(self, section, option, value, known)

    def _get_conv(self, section, option, conv, *, raw=False, vars=None, fallback=_none_given, **kwargs):
        try:
            return conv(self.get(section, option, raw=raw, vars=vars, **kwargs))
        except (NoSectionError, NoOptionError):
            if fallback is _none_given:
                raise
            return fallback

    def getint(self, section, option, *, raw=False, vars=None, fallback=_none_given, **kwargs):
        return self._get_conv(section, option, int, raw=raw, vars=vars, fallback=fallback, **kwargs)

    def getfloat(self, section, option, *, raw=False, vars=None, fallback=_none_given, **kwargs):
        return self._get_conv(section, option, float, raw=raw, vars=vars, fallback=fallback, **kwargs)

    def getboolean(self, section, option, *, raw=False, vars=None, fallback=_none_given, **kwargs):
        conv = self._convert_to_boolean
        return self._get_conv(section, option, conv, raw=raw, vars=vars, fallback=fallback, **kwargs)

    def _convert_to_boolean(self, value):
        if value.lower() not in self.BOOLEAN_STATES:
            raise ValueError(f"Not a boolean: {value}")
        return self.BOOLEAN_STATES[value.lower()]

    def items(self, section=_none_given, raw=False, vars=None):
        if section is _none_given:
            return super().items()
        options = self._defaults.copy()
        try:
            options.update(self._sections[section])
        except KeyError:
            if section != self.default_section:
                raise NoSectionError(section)
        names = list(options)
        for name, value in (vars or {}).items():
            options[self.optionxform(name)] = value
        if raw:
            return [(name, options[name]) for name in names]
        expand = self._interpolation.before_get
        return [(name, expand(self, section, name, options[name], options)) for name in names]

    def popitem(self):
        for section in self.sections():
            proxy = self[section]
            del self[section]
            return section, proxy
        raise KeyError

    def optionxform(self, optionstr):
        return optionstr.lower()

    def has_option(self, section, option):
        if section and section != self.default_section and section not in self._sections:
            return False
        option = self.optionxform(option)
        return option in self._options_of(section) or option in self._defaults

    def set(self, section, option, value=None):
        if value:
            value = self._interpolation.before_set(self, section, option, value)
        self._options_of(section)[self.optionxform(option)] = value

    def write(self, fp, space_around_delimiters=True):
        delimiter = self._delimiters[0]
        if space_around_delimiters:
            delimiter = f" {delimiter} "
        if self._defaults:
            self._write_section(fp, self.default_section, self._defaults, delimiter)
        for section, options in self._sections.items():
            self._write_section(fp, section, options, delimiter)

    def _write_section(self, fp, section, options, delimiter):
        fp.write(f"[{section}]\n")
        for name, value in options.items():
            value = self._interpolation.before_write(self, section, name, value)
            if value is None and self._allow_no_value:
                fp.write(f"{name}\n")
            else:
                written = str(value).replace("\n", "\n\t")
                fp.write(f"{name}{delimiter}{written}\n")
        fp.write("\n")

    def remove_option(self, section, option):
        options = self._options_of(section)
        option = self.optionxform(option)
        existed = option in options
        if existed:
            del options[option]
        return existed

    def remove_section(self, section):
        existed = section in self._sections
        if existed:
            del self._sections[section]
            del self._proxies[section]
        return existed

    def __getitem__(self, key):
        if key != self.default_section and not self.has_section(key):
            raise KeyError(key)
        return self._proxies[key]

    def __setitem__(self, key, value):
        if key in self and self[key] is value:
            return
        if key == self.default_section:
            self._defaults.clear()
        elif key in self._sections:
            self._sections[key].clear()
        self.read_dict({key: value})

    def __delitem__(self, key):
        if key == self.default_section:
            raise ValueError("Cannot remove the default section.")
        if not self.has_section(key):
            raise KeyError(key)
        self.remove_section(key)

    def __contains__(self, key):
        return key == self.default_section or self.has_section(key)

    def __len__(self):
        return len(self._sections) + 1

    def __iter__(self):
        yield self.default_section
        yield from self._sections

    def _comment(self, line):
        """Where the comment of a line begins; None where it has none."""
        stripped = line.strip()
        for prefix in self._comment_prefixes:
            if stripped.startswith(prefix):
                return 0
        starts = []
        for prefix in self._inline_comment_prefixes:
            at = line.find(prefix)
            while at > 0 and not line[at - 1].isspace():
                at = line.find(prefix, at + 1)
            if at >= 0:
                starts.append(at)
        return min(starts) if starts else None

    def _split(self, text):
        """(option, value) of a line; the value None where it has no delimiter; None where that is an error."""
        at, length = -1, 0
        for delimiter in self._delimiters:
            found = text.find(delimiter)
            if found >= 0 and (at < 0 or found < at):
                at, length = found, len(delimiter)
        if at >= 0:
            return text[:at].rstrip(), text[at + length:].strip()
        return (text, None) if self._allow_no_value else None

    def _read(self, lines, source):
        added, options, section, option, wrong = set(), None, None, None, None
        level, number = 0, 0
        for line in lines:
            number += 1
            comment = self._comment(line)
            text = line[:comment].strip()
            if not text:
                if not self._empty_lines_in_values:
                    # No value goes on behind an empty line.
                    level = 1 << 30
                elif comment is None and options is not None and option and options[option] is not None:
                    options[option].append("")
                continue
            indent = len(line) - len(line.lstrip())
            if options is not None and option and indent > level:
                options[option].append(text)
                continue
            level = indent
            end = text.rfind("]")
            if text[0] == "[" and end > 1:
                section, option = text[1:end], None
                if section in self._sections:
                    if self._strict and section in added:
                        raise DuplicateSectionError(section, source, number)
                    options = self._sections[section]
                elif section == self.default_section:
                    options = self._defaults
                    continue
                else:
                    options = self._begin(section)
                added.add(section)
                continue
            if options is None:
                raise MissingSectionHeaderError(source, number, line)
            found = self._split(text)
            if not found or not found[0]:
                wrong = wrong or ParsingError(source)
                wrong.append(number, repr(line))
            if not found:
                continue
            option = self.optionxform(found[0])
            if self._strict and (section, option) in added:
                raise DuplicateOptionError(section, option, source, number)
            added.add((section, option))
            options[option] = None if found[1] is None else [found[1]]
        self._join(self.default_section, self._defaults)
        for section, options in self._sections.items():
            self._join(section, options)
        if wrong:
            raise wrong

    def _join(self, section, options):
        for name, value in options.items():
            if isinstance(value, list):
                value = "\n".join(value).rstrip()
            options[name] = self._interpolation.before_read(self, section, name, value)

    def _validate_value_types(self, *, section="", option="", value=""):
        if not isinstance(section, str):
            raise TypeError("section names must be strings")
        if not isinstance(option, str):
            raise TypeError("option keys must be strings")
        if (not self._allow_no_value or value) and not isinstance(value, str):
            raise TypeError("option values must be strings")

    @property
    def converters(self):
        return self._converters


class ConfigParser(RawConfigParser):
    _DEFAULT_INTERPOLATION = BasicInterpolation()

    def set(self, section, option, value=None):
        self._validate_value_types(option=option, value=value)
        super().set(section, option, value)

    def add_section(self, section):
        self._validate_value_types(section=section)
        super().add_section(section)

    def _read_defaults(self, defaults):
        held, self._interpolation = self._interpolation, Interpolation()
        try:
            self.read_dict({self.default_section: defaults})
        finally:
            self._interpolation = held


class SectionProxy(MutableMapping):
    """A section as a mapping."""

    def __init__(self, parser, name):
        self._parser, self._name = parser, name
        for kind in parser.converters:
            setattr(self, "get" + kind, _Getter(self, getattr(parser, "get" + kind)))

    def __repr__(self):
        return f"<Section: {self._name}>"

    def __getitem__(self, key):
        if not self._parser.has_option(self._name, key):
            raise KeyError(key)
        return self._parser.get(self._name, key)

    def __setitem__(self, key, value):
        self._parser._validate_value_types(option=key, value=value)
        return self._parser.set(self._name, key, value)

    def __delitem__(self, key):
        if not (self._parser.has_option(self._name, key) and self._parser.remove_option(self._name, key)):
            raise KeyError(key)

    def __contains__(self, key):
        return self._parser.has_option(self._name, key)

    def __len__(self):
        return len(self._options())

    def __iter__(self):
        return iter(self._options())

    def _options(self):
        if self._name == self._parser.default_section:
            return self._parser.defaults()
        return self._parser.options(self._name)

    @property
    def parser(self):
        return self._parser

    @property
    def name(self):
        return self._name

    def get(self, option, fallback=None, *, raw=False, vars=None, _impl=None, **kwargs):
        get = _impl or self._parser.get
        return get(self._name, option, raw=raw, vars=vars, fallback=fallback, **kwargs)


class _Getter:
    """`section.getint` and the like."""

    def __init__(self, proxy, get):
        self._proxy, self._get = proxy, get

    def __call__(self, option, fallback=None, **kwargs):
        return self._proxy.get(option, fallback, _impl=self._get, **kwargs)


class _Converted:
    """The method of a parser that a converter makes."""

    def __init__(self, parser, converter):
        self._parser, self.converter = parser, converter

    def __call__(self, section, option, **kwargs):
        return self._parser._get_conv(section, option, self.converter, **kwargs)


class ConverterMapping(MutableMapping):
    """Converters by the name of their kind; None where the class of the parser has the method."""

    def __init__(self, parser):
        self._parser = parser
        names = [name[3:] for name in dir(parser) if name.startswith("get") and len(name) > 3]
        self._data = {name: None for name in names if callable(getattr(parser, "get" + name))}

    def __getitem__(self, key):
        return self._data[key]

    def __setitem__(self, key, value):
        if not isinstance(key, str):
            raise ValueError(f"Incompatible key: {key} (type: {type(key)})")
        if not key:
            raise ValueError('Incompatible key: cannot use "" as a name')
        self._data[key] = value
        get = _Converted(self._parser, value)
        setattr(self._parser, "get" + key, get)
        for proxy in self._parser.values():
            setattr(proxy, "get" + key, _Getter(proxy, get))

    def __delitem__(self, key):
        if not isinstance(key, str) or not key:
            raise KeyError(key)
        del self._data[key]
        for holder in [self._parser, *self._parser.values()]:
            if "get" + key in vars(holder):
                delattr(holder, "get" + key)

    def __iter__(self):
        return iter(self._data)

    def __len__(self):
        return len(self._data)
