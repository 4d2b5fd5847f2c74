"""XML as trees of elements. Texts, bytes and objects with `read` are parsed; there are no files."""


class ParseError(SyntaxError):
    pass


_ERRORS = {
    "syntax error": 2, "no element found": 3, "not well-formed (invalid token)": 4, "unclosed token": 5,
    "mismatched tag": 7, "duplicate attribute": 8, "junk after document element": 9, "undefined entity": 11,
    "reference to invalid character number": 14, "XML or text declaration not at start of entity": 17, "unclosed CDATA section": 20,
    "unbound prefix": 27,
}


def iselement(element):
    return hasattr(element, "tag")


class Element:
    __module__ = "xml.etree.ElementTree"

    def __init__(self, tag, attrib={}, **extra):
        if not isinstance(attrib, dict):
            kind = type(attrib).__name__
            raise TypeError(f"Element() argument 2 must be dict, not {kind}")
        self.tag = tag
        self.attrib = {**attrib, **extra}
        self.text = self.tail = None
        self._children = []

    def __repr__(self):
        return f"<Element {self.tag!r} at {id(self):#x}>"

    def makeelement(self, tag, attrib, /):
        return Element(tag, attrib)

    def __copy__(self):
        made = Element(self.tag, self.attrib)
        made.text, made.tail, made._children = self.text, self.tail, self._children[:]
        return made

    def __deepcopy__(self, memo):
        made = Element(self.tag, self.attrib)
        made.text, made.tail = self.text, self.tail
        made._children = [child.__deepcopy__(memo) for child in self._children]
        return made

    def __len__(self):
        return len(self._children)

    def __getitem__(self, index):
        try:
            return self._children[index]
        except IndexError:
            raise IndexError("child index out of range") from None
        except TypeError:
            raise TypeError("element indices must be integers") from None

    def __setitem__(self, index, element):
        if isinstance(index, slice):
            for one in element:
                _check(one)
        else:
            _check(element)
        try:
            self._children[index] = element
        except IndexError:
            raise IndexError("child assignment index out of range") from None

    def __delitem__(self, index):
        try:
            del self._children[index]
        except IndexError:
            raise IndexError("child assignment index out of range") from None

    def __iter__(self):
        return iter(self._children)

    def append(self, subelement, /):
        _check(subelement)
        self._children.append(subelement)

    def extend(self, elements, /):
        for element in elements:
            if not isinstance(element, Element):
                raise TypeError(f"expected an Element, not \"{type(element).__name__}\"")
            self._children.append(element)

    def insert(self, index, subelement, /):
        if not isinstance(subelement, Element):
            kind = type(subelement).__name__
            raise TypeError(f"insert() argument 2 must be xml.etree.ElementTree.Element, not {kind}")
        self._children.insert(index, subelement)

    def remove(self, subelement, /):
        for index, child in enumerate(self._children):
            if child is subelement:
                del self._children[index]
                return
        raise ValueError("list.remove(x): x not in list")

    def find(self, path, namespaces=None):
        return next(_select(self, path, namespaces), None)

    def findtext(self, path, default=None, namespaces=None):
        found = self.find(path, namespaces)
        return default if found is None else found.text or ""

    def findall(self, path, namespaces=None):
        return list(_select(self, path, namespaces))

    def iterfind(self, path, namespaces=None):
        return _select(self, path, namespaces)

    def clear(self):
        self.attrib = {}
        self._children = []
        self.text = self.tail = None

    def get(self, key, default=None):
        return self.attrib.get(key, default)

    def set(self, key, value, /):
        self.attrib[key] = value

    def keys(self):
        return list(self.attrib)

    def items(self):
        return list(self.attrib.items())

    def iter(self, tag=None):
        if tag == "*":
            tag = None
        if tag is None or self.tag == tag:
            yield self
        for child in self._children:
            yield from child.iter(tag)

    def itertext(self):
        if not isinstance(self.tag, str) and self.tag is not None:
            return
        if self.text:
            yield self.text
        for child in self._children:
            yield from child.itertext()
            if child.tail:
                yield child.tail


def _check(element):
    if not isinstance(element, Element):
        kind = type(element).__name__
        raise TypeError(f"append() argument must be xml.etree.ElementTree.Element, not {kind}")


def SubElement(parent, tag, attrib={}, **extra):
    element = Element(tag, attrib, **extra)
    parent.append(element)
    return element


def Comment(text=None):
    element = Element(Comment)
    element.text = text
    return element


def ProcessingInstruction(target, text=None):
    element = Element(ProcessingInstruction)
    element.text = f"{target} {text}" if text else target
    return element


PI = ProcessingInstruction


class QName:
    """A name with its namespace."""

    def __init__(self, text_or_uri, tag=None):
        self.text = f"{{{text_or_uri}}}{tag}" if tag else text_or_uri

    def __str__(self):
        return self.text

    def __repr__(self):
        return f"<QName {self.text!r}>"

    def __hash__(self):
        return hash(self.text)

    def __eq__(self, other):
        return self.text == (other.text if isinstance(other, QName) else other)

    def __lt__(self, other):
        return self.text < (other.text if isinstance(other, QName) else other)

    def __le__(self, other):
        return self.text <= (other.text if isinstance(other, QName) else other)

    def __gt__(self, other):
        return self.text > (other.text if isinstance(other, QName) else other)

    def __ge__(self, other):
        return self.text >= (other.text if isinstance(other, QName) else other)


# ---- paths ----


def _tokens(path, namespaces):
    """The parts of a path: operators, and names with their namespace in braces."""
    at, made, within = 0, [], 0
    default = (namespaces or {}).get("")
    while at < len(path):
        character = path[at]
        if character in "'\"":
            end = path.find(character, at + 1)
            if end < 0:
                raise SyntaxError("invalid predicate")
            made.append(("'", path[at + 1:end]))
            at = end + 1
        elif path.startswith(("::", "//", "..", "()", "!="), at):
            made.append((path[at:at + 2], ""))
            at += 2
        elif character in "/.*:[]()@=":
            made.append((character, ""))
            within += (character == "[") - (character == "]")
            at += 1
        elif character.isspace():
            while at < len(path) and path[at].isspace():
                at += 1
            made.append(("", " "))
        else:
            start = at
            if character == "{":
                at = path.find("}", at) + 1 or len(path)
                if path.startswith("*", at):
                    at += 1
            while at < len(path) and path[at] not in "/[]()@!='\"" and not path[at].isspace():
                if path[at] == "*" or path.startswith("::", at):
                    break
                at += 1
            name = path[start:at]
            attribute = bool(made) and made[-1][0] == "@"
            if name[0] != "{" and ":" in name:
                prefix, _, local = name.partition(":")
                if not namespaces or prefix not in namespaces:
                    raise SyntaxError(f"prefix {prefix!r} not found in prefix map")
                name = f"{{{namespaces[prefix]}}}{local}"
            elif default and not attribute and name[0] != "{" and not name.isdigit() and name != "last":
                name = f"{{{default}}}{name}"
            made.append(("", name))
    return made


def _fits(tag, wanted):
    """Does the tag of an element fit a name, in which there may be wildcards?"""
    if wanted == "*" or wanted == "{*}*":
        return wanted == "*" or isinstance(tag, str)
    if not isinstance(tag, str):
        return False
    if wanted.startswith("{*}"):
        return tag == wanted[3:] or tag.endswith(wanted[2:]) and tag[0] == "{"
    if wanted.endswith("}*"):
        return "{" not in tag if wanted == "{}*" else tag.startswith(wanted[:-1])
    if wanted.startswith("{}"):
        return tag == wanted[2:]
    return tag == wanted


def _select(element, path, namespaces):
    if not namespaces and not any(one in path for one in "/*[@.{"):
        return iter([child for child in element if child.tag == path])
    if path[-1:] == "/":
        path += "*"
    if path[:1] == "/":
        raise SyntaxError("cannot use absolute path on element")
    tokens = _tokens(path, namespaces)
    found, at = [element], 0
    parents = {}
    while at < len(tokens):
        operator, name = tokens[at]
        at += 1
        if operator == "" and name.strip():
            found = [child for one in found for child in one if _fits(child.tag, name)]
        elif operator == "*":
            found = [child for one in found for child in one]
        elif operator == ".":
            pass
        elif operator == "..":
            if not parents:
                for parent in element.iter():
                    for child in parent:
                        parents[child] = parent
            above = []
            for one in found:
                parent = parents.get(one)
                if parent is not None and not any(parent is other for other in above):
                    above.append(parent)
            found = above
        elif operator == "//":
            if at == len(tokens):
                raise SyntaxError("invalid descendant")
            operator, name = tokens[at]
            at += 1
            if operator == "*":
                name = "*"
            elif operator or not name.strip():
                raise SyntaxError("invalid descendant")
            found = [inner for one in found for inner in one.iter() if inner is not one and _fits(inner.tag, name)]
        elif operator == "[":
            predicate = []
            while at < len(tokens) and tokens[at][0] != "]":
                if tokens[at] != ("", " "):
                    predicate.append(tokens[at])
                at += 1
            if at == len(tokens):
                return iter(())
            at += 1
            if not parents:
                for parent in element.iter():
                    for child in parent:
                        parents[child] = parent
            found = _filter(found, predicate, parents)
        else:
            raise SyntaxError("invalid path")
        if at < len(tokens) and tokens[at][0] == "/":
            at += 1
            if at == len(tokens):
                raise SyntaxError("invalid path")
        elif at < len(tokens) and tokens[at][0] not in ("[", "//"):
            raise SyntaxError("invalid path")
    return iter(found)


def _filter(found, predicate, parents):
    signature = "".join([operator or "-" for operator, _ in predicate])
    values = [value for _, value in predicate]
    if signature == "@-":
        return [one for one in found if one.get(values[1]) is not None]
    if signature == "@-='":
        return [one for one in found if one.get(values[1]) == values[3]]
    if signature == "@-!='":
        return [one for one in found if one.get(values[1]) not in (None, values[3])]
    if signature == "-" and not values[0].lstrip("-").isdigit():
        return [one for one in found if one.find(values[0]) is not None]
    if signature in (".='", ".!='"):
        return [one for one in found if ("".join(one.itertext()) == values[2]) == (signature[1] == "=")]
    if signature in ("-='", "-!='"):
        same = signature[1] == "="
        texts = [(one, ["".join(child.itertext()) for child in one.findall(values[0])]) for one in found]
        return [one for one, inner in texts if any((text == values[2]) == same for text in inner)]
    if signature in ("-", "-()", "-()-"):
        if signature == "-":
            index = int(values[0]) - 1
            if index < 0:
                raise SyntaxError("XPath position >= 1 expected")
        else:
            if values[0] != "last":
                raise SyntaxError("unsupported function")
            index = -1
            if signature == "-()-":
                try:
                    index = int(values[2]) - 1
                except ValueError:
                    raise SyntaxError("unsupported expression") from None
                if index > -2:
                    raise SyntaxError("XPath offset from last() must be negative")
        kept = []
        for one in found:
            parent = parents.get(one)
            alike = [] if parent is None else [child for child in parent if child.tag == one.tag]
            if -len(alike) <= index < len(alike) and alike[index] is one:
                kept.append(one)
        return kept
    raise SyntaxError("invalid predicate")


# ---- trees ----


class ElementTree:
    def __init__(self, element=None, file=None):
        self._root = element
        if file:
            self.parse(file)

    def getroot(self):
        return self._root

    def _setroot(self, element):
        self._root = element

    def parse(self, source, parser=None):
        self._root = parse(source, parser).getroot()
        return self._root

    def iter(self, tag=None):
        return self._root.iter(tag)

    def _path(self, path):
        return "." + path if path[:1] == "/" else path

    def find(self, path, namespaces=None):
        return self._root.find(self._path(path), namespaces)

    def findtext(self, path, default=None, namespaces=None):
        return self._root.findtext(self._path(path), default, namespaces)

    def findall(self, path, namespaces=None):
        return self._root.findall(self._path(path), namespaces)

    def iterfind(self, path, namespaces=None):
        return self._root.iterfind(self._path(path), namespaces)

    def write(
        self,
        file_or_filename,
        encoding=None,
        xml_declaration=None,
        default_namespace=None,
        method=None,
        *,
        short_empty_elements=True,
    ):
        declared = (encoding or "us-ascii").lower()
        parts = []
        if xml_declaration or xml_declaration is None and declared not in ("unicode", "utf-8", "us-ascii"):
            name = "utf-8" if declared == "unicode" else encoding or "us-ascii"
            parts.append(f"<?xml version='1.0' encoding='{name}'?>\n")
        _write_tree(parts, self._root, default_namespace, method or "xml", short_empty_elements)
        text = "".join(parts)
        file_or_filename.write(text if declared == "unicode" else text.encode(declared, "xmlcharrefreplace"))


_namespace_map = {
    "http://www.w3.org/XML/1998/namespace": "xml",
    "http://www.w3.org/1999/xhtml": "html",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf",
    "http://schemas.xmlsoap.org/wsdl/": "wsdl",
    "http://www.w3.org/2001/XMLSchema": "xs",
    "http://www.w3.org/2001/XMLSchema-instance": "xsi",
    "http://purl.org/dc/elements/1.1/": "dc",
}


def register_namespace(prefix, uri):
    if prefix[:2] == "ns" and prefix[2:].isdigit():
        raise ValueError("Prefix format reserved for internal use")
    for known, name in list(_namespace_map.items()):
        if known == uri or name == prefix:
            del _namespace_map[known]
    _namespace_map[uri] = prefix


def _cannot_write(text):
    raise TypeError(f"cannot serialize {text!r} (type {type(text).__name__})")


def _escaped(text):
    if not isinstance(text, str):
        _cannot_write(text)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _escaped_attribute(text):
    text = _escaped(text).replace('"', "&quot;").replace("\r", "&#13;")
    return text.replace("\n", "&#10;").replace("\t", "&#09;")


def _escaped_in_html(text):
    return _escaped(text).replace("&lt;", "<").replace('"', "&quot;")


class _Names:
    """Names as they are written, and the namespaces they need."""

    def __init__(self, default):
        self.default, self.made, self.prefixes = default, {}, {}
        if default:
            self.prefixes[default] = ""

    def add(self, name):
        if name in self.made:
            return
        if name[:1] == "{":
            uri, _, local = name[1:].rpartition("}")
            prefix = self.prefixes.get(uri)
            if prefix is None:
                prefix = _namespace_map.get(uri)
                if prefix is None:
                    prefix = f"ns{len(self.prefixes)}"
                if prefix != "xml":
                    self.prefixes[uri] = prefix
            self.made[name] = f"{prefix}:{local}" if prefix else local
        elif self.default:
            raise ValueError("cannot use non-qualified names with default_namespace option")
        else:
            self.made[name] = name


def _plain(name):
    return name.text if isinstance(name, QName) else name


def _write_tree(parts, root, default, method, short):
    if method == "text":
        parts.extend(root.itertext())
        if root.tail:
            parts.append(root.tail)
        return
    if method not in ("xml", "html"):
        raise ValueError(f"unknown method {method!r}")
    names = _Names(default)
    for element in root.iter():
        tag = _plain(element.tag)
        if isinstance(tag, str):
            names.add(tag)
        elif tag is not None and tag is not Comment and tag is not PI:
            _cannot_write(tag)
        for key, value in element.items():
            key = _plain(key)
            if not isinstance(key, str):
                _cannot_write(key)
            names.add(key)
            if isinstance(value, QName):
                names.add(value.text)
        if isinstance(element.text, QName):
            names.add(element.text.text)
    _write(parts, root, names, method == "html", short, True)


_EMPTY_IN_HTML = (
    "area", "base", "basefont", "br", "col", "embed", "frame", "hr", "img", "input", "isindex", "link", "meta",
    "param", "source", "track", "wbr",
)


def _write(parts, element, names, html, short, first):
    tag, text = _plain(element.tag), element.text
    if isinstance(text, QName):
        text = names.made[text.text]
    if tag is Comment:
        parts.append(f"<!--{_escaped(text) if html else text}-->")
    elif tag is PI:
        parts.append(f"<?{_escaped(text) if html else text}?>")
    elif tag is None:
        if text:
            parts.append(_escaped(text))
        for child in element:
            _write(parts, child, names, html, short, False)
    else:
        name = names.made[tag]
        parts.append("<" + name)
        if first:
            for uri, prefix in sorted(names.prefixes.items(), key=lambda item: item[1]):
                prefix = ":" + prefix if prefix else ""
                parts.append(f' xmlns{prefix}="{_escaped_attribute(uri)}"')
        for key, value in element.items():
            value = names.made[value.text] if isinstance(value, QName) else value
            value = _escaped_in_html(value) if html else _escaped_attribute(value)
            parts.append(f' {names.made[_plain(key)]}="{value}"')
        if html:
            parts.append(">")
            lower = tag.lower()
            if text:
                parts.append(text if lower in ("script", "style") else _escaped(text))
            for child in element:
                _write(parts, child, names, html, short, False)
            if lower not in _EMPTY_IN_HTML:
                parts.append(f"</{name}>")
        elif text or len(element) or not short:
            parts.append(">")
            if text:
                parts.append(_escaped(text))
            for child in element:
                _write(parts, child, names, html, short, False)
            parts.append(f"</{name}>")
        else:
            parts.append(" />")
    if element.tail:
        parts.append(_escaped(element.tail))


class _Written:
    def __init__(self):
        self.parts = []

    def write(self, part):
        self.parts.append(part)


def tostring(
    element, encoding=None, method=None, *, xml_declaration=None, default_namespace=None, short_empty_elements=True
):
    out = _Written()
    ElementTree(element).write(
        out,
        encoding,
        xml_declaration=xml_declaration,
        default_namespace=default_namespace,
        method=method,
        short_empty_elements=short_empty_elements,
    )
    return ("" if encoding == "unicode" else b"").join(out.parts)


def tostringlist(element, encoding=None, method=None, **options):
    return [tostring(element, encoding, method, **options)]


def dump(elem):
    root = elem.getroot() if isinstance(elem, ElementTree) else elem
    text = tostring(root, "unicode")
    print(text, end="" if root.tail and root.tail.endswith("\n") else "\n")


def indent(tree, space="  ", level=0):
    if isinstance(tree, ElementTree):
        tree = tree.getroot()
    if level < 0:
        raise ValueError(f"Initial indentation level must be >= 0, got {level}")
    if len(tree):
        _indent(tree, space, "\n" + level * space)


def _indent(element, space, before):
    inner = before + space
    if not element.text or not element.text.strip():
        element.text = inner
    child = None
    for child in element:
        if len(child):
            _indent(child, space, inner)
        if not child.tail or not child.tail.strip():
            child.tail = inner
    if not child.tail.strip():
        child.tail = before


# ---- parsing ----


class TreeBuilder:
    """Makes a tree of what a parser finds."""

    def __init__(
        self, element_factory=None, *, comment_factory=None, pi_factory=None, insert_comments=False, insert_pis=False
    ):
        self._made = element_factory or Element
        self._comment, self._pi = comment_factory or Comment, pi_factory or PI
        self._with_comments, self._with_pis = insert_comments, insert_pis
        self._open, self._last, self._root, self._texts, self._behind = [], None, None, [], False

    def _flush(self):
        if self._texts and self._last is not None:
            text = "".join(self._texts)
            if self._behind:
                self._last.tail = text
            else:
                self._last.text = text
        self._texts = []

    def data(self, data, /):
        self._texts.append(data)

    def start(self, tag, attrs, /):
        return self._put(self._made(tag, attrs), True)

    def _put(self, element, opens):
        self._flush()
        if self._open:
            self._open[-1].append(element)
        elif opens and self._root is None:
            self._root = element
        if opens:
            self._open.append(element)
        self._last, self._behind = element, not opens
        return element

    def end(self, tag, /):
        self._flush()
        self._last, self._behind = self._open.pop(), True
        return self._last

    def comment(self, text, /):
        element = self._comment(text)
        if self._with_comments:
            self._put(element, False)
        return element

    def pi(self, target, text=None, /):
        element = self._pi(target, text)
        if self._with_pis:
            self._put(element, False)
        return element

    def close(self):
        return self._root


# What no document may contain.
_CONTROLS = [chr(code) for code in range(32) if code not in (9, 10, 13)]
_ENTITIES = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}


class XMLParser:
    def __init__(self, *, target=None, encoding=None):
        self.target = self._target = TreeBuilder() if target is None else target
        self.entity = {}
        self.version = "Expat 2.5.0"
        self._encoding, self._fed = encoding, []

    def feed(self, data, /):
        self._fed.append(data)

    def flush(self):
        pass

    def close(self):
        fed, self._fed = self._fed, []
        if fed and not isinstance(fed[0], str):
            data = b"".join([bytes(one) for one in fed])
            text = _decoded(data, self._encoding)
        else:
            text = "".join(fed)
        _Reader(text.removeprefix("\ufeff"), self.target, self.entity).read()
        close = getattr(self.target, "close", None)
        return close() if close is not None else None


def _decoded(data, encoding):
    if encoding is None:
        head = data[:100]
        encoding = "utf-8"
        if head.startswith((b"\xff\xfe", b"\xfe\xff")):
            encoding = "utf-16"
        elif head.startswith(b"<?xml") and b"encoding=" in head:
            rest = head[head.find(b"encoding=") + 9:]
            encoding = rest[1:rest.find(rest[:1], 1)].decode("ascii")
    return data.decode(encoding)


class _Reader:
    """Goes through a document and tells a target what it finds."""

    def __init__(self, text, target, entities):
        self.text = text.replace("\r\n", "\n").replace("\r", "\n")
        self.target, self.entities, self.at, self.began = target, entities, 0, False
        self.open, self.scopes = [], [{"xml": "http://www.w3.org/XML/1998/namespace"}]

    def fail(self, cause, at):
        line = self.text.count("\n", 0, at) + 1
        column = at - (self.text.rfind("\n", 0, at) + 1)
        error = ParseError(f"{cause}: line {line}, column {column}")
        error.code, error.position = _ERRORS[cause], (line, column)
        raise error

    def invalid(self, at):
        self.fail("not well-formed (invalid token)", at)

    def cut(self, at, begin):
        """Something else was expected at a place; where the text ends there, what began is not closed."""
        if at >= len(self.text):
            self.fail("unclosed token", begin)
        self.invalid(at)

    def read(self):
        text, target = self.text, self.target
        data, ended = getattr(target, "data", None), False
        while self.at < len(text):
            if text[self.at] != "<":
                end = text.find("<", self.at)
                end = len(text) if end < 0 else end
                if not self.open:
                    for at in range(self.at, end):
                        if not text[at].isspace():
                            if ended:
                                self.fail("junk after document element", at)
                            self.fail("syntax error", at)
                elif data is not None:
                    data(self.expand(self.at, end))
                self.at = end
            elif text.startswith("<!--", self.at):
                end = text.find("-->", self.at + 4)
                if end < 0:
                    self.fail("unclosed token", self.at)
                comment = getattr(target, "comment", None)
                if comment is not None:
                    comment(text[self.at + 4:end])
                self.at = end + 3
            elif text.startswith("<![CDATA[", self.at) and self.open:
                end = text.find("]]>", self.at)
                if end < 0:
                    self.fail("unclosed CDATA section", len(text))
                if data is not None and end > self.at + 9:
                    data(text[self.at + 9:end])
                self.at = end + 3
            elif text.startswith("<?", self.at):
                self.instruction()
            elif text.startswith("<!DOCTYPE", self.at) and not self.open and not ended:
                self.doctype()
            elif text.startswith("</", self.at):
                self.end_tag(ended)
            else:
                if ended and not self.open:
                    self.fail("junk after document element", self.at)
                self.start_tag()
            ended = self.began and not self.open
        if self.open or not ended:
            self.fail("no element found", len(text))

    def instruction(self):
        text = self.text
        end = text.find("?>", self.at)
        if end < 0:
            self.fail("unclosed token", self.at)
        inner = text[self.at + 2:end]
        name = inner.split(None, 1)[0] if inner.split() else ""
        if name.lower() == "xml":
            if self.at:
                self.fail("XML or text declaration not at start of entity", self.at)
        else:
            pi = getattr(self.target, "pi", None)
            if pi is not None:
                rest = inner[len(name):].strip()
                pi(name, rest or None) if rest else pi(name)
        self.at = end + 2

    def doctype(self):
        text, at, deep = self.text, self.at, 0
        while at < len(text):
            if text[at] == "[":
                deep += 1
            elif text[at] == "]":
                deep -= 1
            elif text.startswith("<!ENTITY", at):
                end = text.find(">", at)
                words = text[at + 8:end].split(None, 1)
                if len(words) == 2 and words[1][:1] in "'\"":
                    self.entities[words[0]] = words[1].strip()[1:-1]
                at = end
            elif text[at] == ">" and not deep:
                self.at = at + 1
                return
            at += 1
        self.fail("unclosed token", self.at)

    def name(self, at):
        start, text = at, self.text
        if at < len(text) and not (text[at].isalpha() or text[at] in "_:" or text[at] > "\x7f"):
            self.invalid(at)
        while at < len(text) and (text[at].isalnum() or text[at] in "_:.-" or text[at] > "\x7f"):
            at += 1
        if at == start or at == len(text):
            if at == len(text):
                self.fail("unclosed token", self.at)
            self.invalid(at)
        return text[start:at], at

    def space(self, at):
        while at < len(self.text) and self.text[at] in " \t\n":
            at += 1
        return at

    def start_tag(self):
        text, begin = self.text, self.at
        tag, at = self.name(begin + 1)
        attributes, scope = {}, None
        while True:
            after = self.space(at)
            if after >= len(text):
                self.fail("unclosed token", begin)
            if text[after] in "/>":
                at = after
                break
            if after == at:
                self.invalid(at)
            place = after
            key, at = self.name(after)
            at = self.space(at)
            if text[at:at + 1] != "=":
                self.cut(at, begin)
            at = self.space(at + 1)
            quote = text[at:at + 1]
            if quote not in ("'", '"'):
                self.cut(at, begin)
            end = text.find(quote, at + 1)
            if end < 0:
                self.fail("unclosed token", begin)
            wrong = text.find("<", at, end)
            if wrong >= 0:
                self.invalid(wrong)
            value = self.expand(at + 1, end, True)
            if key in attributes:
                self.fail("duplicate attribute", place)
            if key == "xmlns" or key.startswith("xmlns:"):
                scope = scope or dict(self.scopes[-1])
                scope[key[6:]] = value
            else:
                attributes[key] = value
            at = end + 1
        empty = text[at] == "/"
        if empty and text[at + 1:at + 2] != ">":
            self.cut(at + 1, begin)
        scope = scope or self.scopes[-1]
        name = self.qualified(tag, scope, True, begin)
        attributes = {self.qualified(key, scope, False, begin): value for key, value in attributes.items()}
        self.began = True
        start = getattr(self.target, "start", None)
        if start is not None:
            start(name, attributes)
        self.at = at + 2 if empty else at + 1
        if empty:
            self.finish(name)
        else:
            self.open.append((tag, name))
            self.scopes.append(scope)

    def finish(self, name):
        end = getattr(self.target, "end", None)
        if end is not None:
            end(name)

    def qualified(self, name, scope, is_tag, at):
        prefix, colon, local = name.partition(":")
        if colon:
            if prefix not in scope:
                self.fail("unbound prefix", at)
            return f"{{{scope[prefix]}}}{local}"
        if is_tag and scope.get(""):
            return f"{{{scope['']}}}{name}"
        return name

    def end_tag(self, ended):
        tag, at = self.name(self.at + 2)
        after = self.space(at)
        if self.text[after:after + 1] != ">":
            self.cut(after, self.at)
        if not self.open:
            if ended:
                self.fail("junk after document element", self.at)
            self.invalid(self.at + 1)
        opened, name = self.open.pop()
        if opened != tag:
            self.fail("mismatched tag", self.at + 2)
        self.scopes.pop()
        self.finish(name)
        self.at = after + 1

    def expand(self, start, end, attribute=False):
        """Text with its references replaced."""
        text = self.text[start:end]
        for character in _CONTROLS:
            if character in text:
                self.invalid(start + text.find(character))
        if not attribute and "]]>" in text:
            self.invalid(start + text.find("]]>") + 2)
        if attribute:
            text = text.replace("\n", " ").replace("\t", " ")
        if "&" not in text:
            return text
        parts, at = [], 0
        while True:
            found = text.find("&", at)
            if found < 0:
                parts.append(text[at:])
                return "".join(parts)
            parts.append(text[at:found])
            behind = text.find(";", found)
            if behind < 0:
                self.invalid(start + found + 1)
            name = text[found + 1:behind]
            if name[:1] == "#":
                try:
                    code = int(name[2:], 16) if name[1:2] == "x" else int(name[1:])
                except ValueError:
                    self.invalid(start + found + 2)
                if code < 32 and code not in (9, 10, 13) or 0xD800 <= code < 0xE000 or code in (0xFFFE, 0xFFFF) or code > 0x10FFFF:
                    self.fail("reference to invalid character number", start + found)
                parts.append(chr(code))
            elif name in _ENTITIES:
                parts.append(_ENTITIES[name])
            elif name in self.entities:
                parts.append(self.entities[name])
            elif name and all(one.isalnum() or one in "_:.-" for one in name):
                self.fail("undefined entity", self.at if attribute else start + found)
            else:
                self.invalid(start + found + 1)
            at = behind + 1


def XML(text, parser=None):
    parser = parser or XMLParser(target=TreeBuilder())
    parser.feed(text)
    return parser.close()


fromstring = XML


def XMLID(text, parser=None):
    root = XML(text, parser)
    return root, {one.get("id"): one for one in root.iter() if one.get("id")}


def fromstringlist(sequence, parser=None):
    parser = parser or XMLParser(target=TreeBuilder())
    for text in sequence:
        parser.feed(text)
    return parser.close()


def parse(source, parser=None):
    parser = parser or XMLParser()
    parser.feed(source.read())
    return ElementTree(parser.close())


class XMLPullParser:
    def __init__(self, events=None, *, _parser=None):
        self._events, self._wanted = [], ("end",) if events is None else tuple(events)
        self._parser = _parser or XMLParser(target=_Events(self._events, self._wanted))

    def feed(self, data):
        self._parser.feed(data)

    def close(self):
        self._parser.close()

    def read_events(self):
        while self._events:
            yield self._events.pop(0)


class _Events(TreeBuilder):
    def __init__(self, events, wanted):
        super().__init__()
        self._found, self._wanted = events, wanted

    def start(self, tag, attrs, /):
        element = super().start(tag, attrs)
        if "start" in self._wanted:
            self._found.append(("start", element))
        return element

    def end(self, tag, /):
        element = super().end(tag)
        if "end" in self._wanted:
            self._found.append(("end", element))
        return element


def iterparse(source, events=None, parser=None):
    pull = XMLPullParser(events)
    pull.feed(source.read())
    pull.close()
    return pull.read_events()
