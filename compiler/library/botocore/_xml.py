"""The XML that S3 speaks: elements with text, no attributes that matter."""

_ENTITIES = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}


class Element:
    def __init__(self, tag):
        self.tag = tag
        self.text = ""
        self.children = []

    def all(self, tag):
        return [child for child in self.children if child.tag == tag]

    def first(self, tag):
        for child in self.children:
            if child.tag == tag:
                return child
        return None


def unescape(text):
    if "&" not in text:
        return text
    parts = text.split("&")
    out = [parts[0]]
    for part in parts[1:]:
        name, _, rest = part.partition(";")
        if name.startswith("#x"):
            out.append(chr(int(name[2:], 16)))
        elif name.startswith("#"):
            out.append(chr(int(name[1:])))
        else:
            out.append(_ENTITIES.get(name, ""))
        out.append(rest)
    return "".join(out)


def escape(text):
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def parse(data):
    """The outermost element; None where there is none."""
    outer = Element("")
    open_elements = [outer]
    for piece in data.decode("utf-8").split("<")[1:]:
        tag, _, text = piece.partition(">")
        if tag.startswith(("?", "!")):
            continue
        if tag.startswith("/"):
            if len(open_elements) > 1:
                open_elements.pop()
            continue
        name = tag.rstrip("/").split()[0]
        element = Element(name.rpartition(":")[2])
        element.text = unescape(text)
        open_elements[-1].children.append(element)
        if not tag.endswith("/"):
            open_elements.append(element)
    return outer.children[0] if outer.children else None
