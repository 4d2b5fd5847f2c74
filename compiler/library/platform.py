"""What a program runs on, in CPython's words."""

from sys import version_info as _version


def python_version(): return f"{_version[0]}.{_version[1]}.{_version[2]}"
def python_version_tuple(): return str(_version[0]), str(_version[1]), str(_version[2])
def python_implementation(): return "IoTPy"
def system(): return ""
def node(): return ""
def release(): return ""
def version(): return ""
def machine(): return ""
def processor(): return ""
def platform(aliased=False, terse=False): return f"IoTPy-{python_version()}"
