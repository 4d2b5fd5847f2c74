"""Paths as text."""

sep = "/"


def join(a, *p):
    path = a
    for part in p:
        if part.startswith("/"):
            path = part
        elif not path or path.endswith("/"):
            path += part
        else:
            path += "/" + part
    return path


def split(p):
    i = p.rfind("/") + 1
    head, tail = p[:i], p[i:]
    if head and head != "/" * len(head):
        head = head.rstrip("/")
    return head, tail


def basename(p): return p[p.rfind("/") + 1:]
def dirname(p): return split(p)[0]
def isabs(s): return s.startswith("/")


def splitext(p):
    dot = p.rfind(".")
    start = p.rfind("/") + 1
    if dot > start and p[start:dot].strip("."):
        return p[:dot], p[dot:]
    return p, ""


def normpath(path):
    if not path:
        return "."
    slashes = 2 if path.startswith("//") and not path.startswith("///") else 1 if path.startswith("/") else 0
    parts = []
    for part in path.split("/"):
        if part in ("", "."):
            continue
        if part != ".." or (not slashes and not parts) or (parts and parts[-1] == ".."):
            parts.append(part)
        elif parts:
            parts.pop()
    return "/" * slashes + "/".join(parts) or "."


def commonprefix(m):
    if not m:
        return ""
    low, high = min(m), max(m)
    for i, c in enumerate(low):
        if c != high[i]:
            return low[:i]
    return low


curdir, pardir, extsep, pathsep, altsep, defpath, devnull = ".", "..", ".", ":", None, "/bin:/usr/bin", "/dev/null"


def normcase(s): return s
def splitdrive(p): return p[:0], p


# There is no file system.
def exists(path): return False
def lexists(path): return False
def isfile(path): return False
def isdir(s): return False
def islink(path): return False


def commonpath(paths):
    paths = list(paths)
    if not paths:
        raise ValueError("commonpath() arg is an empty sequence")
    if len({path.startswith("/") for path in paths}) > 1:
        raise ValueError("Can't mix absolute and relative paths")
    split = [[part for part in path.split("/") if part and part != "."] for path in paths]
    low, high = min(split), max(split)
    common = low
    for index, part in enumerate(low):
        if index >= len(high) or part != high[index]:
            common = low[:index]
            break
    return ("/" if paths[0].startswith("/") else "") + "/".join(common)
