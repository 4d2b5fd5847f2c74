"""Lists the tests of a package's own suite, from the text of its files: nothing of the package is imported.

`collect.py FOLDER` reads FOLDER/tests and prints a line for each thing it finds, with tabs between:

    module  kind  name  first line  last line  parameters

where the kind is `function`, `method` (of a plain class), `case` (of a unittest.TestCase) or `fixture`.
"""

import ast
import os
import sys


def parameters(node, skip):
    arguments = node.args.posonlyargs + node.args.args
    with_default = len(node.args.defaults)
    needed = arguments[skip:len(arguments) - with_default if with_default else None]
    return [argument.arg for argument in needed]


def is_fixture(node):
    for decorator in node.decorator_list:
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        if (called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")) == "fixture":
            return True
    return False


def is_static(node):
    return any(isinstance(one, ast.Name) and one.id == "staticmethod" for one in node.decorator_list)


class Module:
    def __init__(self, name, tree):
        self.name = name
        self.classes = {}
        self.functions = []
        self.imported = {}
        for node in tree.body:
            if isinstance(node, ast.ClassDef):
                self.classes[node.name] = node
            elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                self.functions.append(node)
            elif isinstance(node, ast.ImportFrom):
                package = "tests" if node.level else ""
                source = ".".join(part for part in (package, node.module) if part)
                for alias in node.names:
                    self.imported[alias.asname or alias.name] = source, alias.name


def main(folder):
    modules = {}
    for place, folders, files in os.walk(os.path.join(folder, "tests")):
        folders.sort()
        for file in sorted(files):
            if file.endswith(".py"):
                path = os.path.join(place, file)
                name = os.path.relpath(path, folder)[:-3].replace(os.sep, ".").removesuffix(".__init__")
                with open(path, encoding="utf-8") as opened:
                    modules[name] = Module(name, ast.parse(opened.read()))

    def bases(module, node):
        """The class and those it is derived from, as far as they are in the suite; and is it a TestCase?"""
        order, case = [node], False
        for base in node.bases:
            name = base.attr if isinstance(base, ast.Attribute) else getattr(base, "id", "")
            source, original = module.imported.get(name, (module.name, name))
            if name.endswith("TestCase"):
                case = True
            of = modules.get(source)
            if of is not None and original in of.classes:
                inherited, is_case = bases(of, of.classes[original])
                order += inherited
                case = case or is_case
        return order, case

    def say(module, kind, name, node, skip):
        first = min([node.lineno] + [one.lineno for one in node.decorator_list])
        print(module.name, kind, name, first, node.end_lineno, ",".join(parameters(node, skip)), sep="\t")

    for module in modules.values():
        for node in module.functions:
            if is_fixture(node):
                say(module, "fixture", node.name, node, 0)
            elif node.name.startswith("test"):
                say(module, "function", node.name, node, 0)
        for node in module.classes.values():
            order, case = bases(module, node)
            if not case and not node.name.startswith("Test"):
                continue
            seen = set()
            for of in order:
                for method in of.body:
                    if not isinstance(method, ast.FunctionDef) or method.name in seen:
                        continue
                    seen.add(method.name)
                    if is_fixture(method):
                        say(module, "fixture", f"{node.name}.{method.name}", method, 1)
                    elif method.name.startswith("test"):
                        say(module, "case" if case else "method", f"{node.name}.{method.name}", method, 0 if is_static(method) else 1)


main(sys.argv[1])
