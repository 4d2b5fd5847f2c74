"""Lines of sources: of those that a program has put here. There are no files."""

cache = {}


def getline(filename, lineno, module_globals=None):
    lines = getlines(filename, module_globals)
    if 1 <= lineno <= len(lines):
        return lines[lineno - 1]
    return ""


def getlines(filename, module_globals=None):
    entry = cache.get(filename)
    return entry[2] if entry is not None and len(entry) != 1 else []


def updatecache(filename, module_globals=None):
    return []


def checkcache(filename=None):
    names = list(cache) if filename is None else [filename]
    for name in names:
        entry = cache.get(name)
        # What has no time of change was put here, and stays.
        if entry is not None and len(entry) != 1 and entry[1] is not None:
            del cache[name]


def clearcache():
    cache.clear()


def lazycache(filename, module_globals):
    return False
