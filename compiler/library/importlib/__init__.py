"""Imports are resolved when compiling: nothing can be imported by a computed name, or a second time."""


def import_module(name, package=None):
    raise ModuleNotFoundError(f"No module named {name!r}: imports of computed names are resolved when compiling")


def reload(module):
    raise ImportError(f"{module.__name__} can't be loaded again: imports are resolved when compiling")
