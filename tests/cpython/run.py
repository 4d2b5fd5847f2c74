"""Runs files of CPython's own test suite on nano and on CPython, and names the tests that end otherwise.

    run.py --nano NANO --suite FOLDER --work FOLDER [--expected FILE] [--write] [--limit SECONDS] NAME...

A NAME is a file of the suite, such as test_list. Of each a program is made that runs its tests one by one, with the
stand-ins for `unittest` and `test.support` in this folder. What the compiler refuses is taken out of it first (the function
around it then skips its test), and so are statements of the top level that fail: both sides run the same program.

FILE says what is known to differ. A difference that it does not name is an error; --write makes it say what was found.
"""

import argparse
import ast
import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).parent
# Files of the suite that others import from.
SHARED = (
    "list_tests seq_tests string_tests mapping_tests datetimetester re_tests test_set test_iter test_grammar test_contextlib "
    "test_bytes test_userdict test_descr ann_module ann_module2 ann_module3"
).split()
# Parts of `test.support` that are one stand-in.
OTHERS = (
    "bytecode_helper hashlib_helper interpreters logging_helper pty_helper script_helper socket_helper testresult"
).split()
ROUNDS = 60
REFUSED = re.compile(r"^(error\[\w+\]: .*)\n\s*--> (\S+?):(\d+):\d+", re.M)
FRAME = re.compile(r'File "([^"]+)", line (\d+), in ')
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
FIXTURES = {"setUp", "tearDown", "setUpClass", "tearDownClass", "setUpModule", "tearDownModule"}


class Imports(ast.NodeTransformer):
    """`import_fresh_module("heapq", ..)` is the module, imported at the top: names of modules must be known."""

    def __init__(self):
        self.modules = {}

    def visit_Call(self, node):
        self.generic_visit(node)
        function = node.func
        name = getattr(function, "attr", None) or getattr(function, "id", "")
        if name not in ("import_fresh_module", "import_module") or not node.args:
            return node
        if not isinstance(node.args[0], ast.Constant):
            return node
        module = node.args[0].value
        self.modules[module] = "_module_" + module.replace(".", "_")
        return ast.copy_location(ast.Name(self.modules[module], ast.Load()), node)


def after_docstring(body):
    """Index of the first statement that may have something before it."""
    for index, node in enumerate(body):
        docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        future = isinstance(node, ast.ImportFrom) and node.module == "__future__"
        if not docstring and not future:
            return index
    return len(body)


def source(tree):
    return ast.unparse(ast.fix_missing_locations(tree)) + "\n"


def prepared(path):
    """A file of the suite as text without comments, without what it does as a program."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    is_main = lambda node: isinstance(node, ast.If) and "__main__" in ast.unparse(node.test)
    tree.body = [node for node in tree.body if not is_main(node)]
    imports = Imports()
    tree = imports.visit(tree)
    for node in ast.walk(tree):
        if isinstance(node, FUNCTIONS) and node.name == "load_tests":
            node.body = [ast.Pass()]
    at = after_docstring(tree.body)
    lines = ["import unittest as __unittest__"]
    lines += [f"import {module} as {name}" for module, name in imports.modules.items()]
    tree.body[at:at] = ast.parse("\n".join(lines)).body
    return source(tree)


def chain_to(tree, line):
    """The statements around a line, outermost first, each with what holds it."""
    chain, holder = [], tree
    while True:
        for node in inner(holder):
            first = min([node.lineno] + [one.lineno for one in getattr(node, "decorator_list", [])])
            if first <= line <= node.end_lineno:
                chain.append(node)
                holder = node
                break
        else:
            return chain


def inner(node):
    """The statements directly inside one."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt):
            yield child
        elif isinstance(child, ast.excepthandler | ast.match_case):
            yield from inner(child)


def replace(tree, old, new):
    for node in ast.walk(tree):
        for _, value in ast.iter_fields(node):
            if isinstance(value, list) and old in value:
                at = value.index(old)
                value[at : at + 1] = new
                return


def without(node):
    """What takes the place of a statement of the top level."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        names = [(one.asname or one.name.split(".")[0], one.name) for one in node.names if one.name != "*"]
        if isinstance(node, ast.ImportFrom) or len(names) == 1:
            return [ast.parse(f"{name} = __unittest__.Absent({full!r})").body[0] for name, full in names] or [
                ast.Pass()
            ]
        return [ast.Import([one]) for one in node.names]
    return [ast.Pass()]


def take_out(path, faults):
    """Takes the smallest things that hold these lines out of a file, if it is one: code may be made of a text, too."""
    if not path.is_file():
        return []
    tree = ast.parse(path.read_text(encoding="utf-8"))
    done, what = [], []
    for line, why, chain in [(line, why, chain_to(tree, line)) for line, why in faults]:
        if not chain:
            continue
        functions = [node for node in chain if isinstance(node, FUNCTIONS)]
        target = functions[0] if functions and functions[0].name not in FIXTURES else chain[-1]
        if target in done or any(node in done for node in chain):
            continue
        done.append(target)
        if functions and target is functions[0]:
            skip = ast.parse(f"raise __unittest__.SkipTest({'refused: ' + why[:70]!r})").body
            if "SkipTest('refused" in ast.unparse(target):
                replace(tree, target, [ast.Pass()])
            else:
                target.body = skip
        else:
            replace(tree, target, without(target))
        what.append(f"{path.name}:{line}: {why}")
    path.write_text(source(tree), encoding="utf-8")
    return what


def run(command, folder, limit):
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, timeout=limit, stdin=subprocess.DEVNULL)
        return done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")
    except subprocess.TimeoutExpired as late:
        return None, (late.stdout or b"").decode("utf-8", "replace"), ""


def top_failure(stderr, folder):
    """Where the top level failed: the innermost line that is not in a function. `None`: it did not."""
    if "Traceback" not in stderr:
        return None
    last = stderr[stderr.rindex("Traceback") :]
    best = None
    for name, line in FRAME.findall(last):
        if name.startswith("<"):
            continue
        path = folder / os.path.relpath(name, folder) if name.startswith("/") else folder / name
        path = folder / "main.py" if path.name == "prog.py" else path
        if not path.is_file() or path.parent.name in ("unittest", "support") or ".." in str(path):
            break
        tree = ast.parse(path.read_text(encoding="utf-8"))
        chain = chain_to(tree, int(line))
        if not chain or any(isinstance(node, FUNCTIONS) for node in chain):
            break
        best = path, int(line)
    return best and (*best, last.strip().splitlines()[-1])


def results(output):
    """How each test ended: `@ Class.test WORD detail` a line."""
    found = {}
    for line in output.splitlines():
        if line.startswith("@ "):
            _, test, word, *detail = line.split(" ", 3)
            found[test] = word, "".join(detail)
    return found


LISTER = """
import sys
sys.path.insert(0, {folder!r})
sys.argv = ["main.py"]
import main, unittest
for name, value in list(vars(main).items()):
    if isinstance(value, type) and issubclass(value, unittest.TestCase) and name == value.__name__:
        tests = [test for test in dir(value) if test.startswith("test") and callable(getattr(value, test))]
        if tests:
            print(name, *tests)
"""


def make(name, options):
    """Makes the program of a file that both sides run; what nano printed for it, and what was taken out."""
    folder = options.work / name
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "test").mkdir(parents=True)
    shutil.copytree(HERE / "unittest", folder / "unittest")
    shutil.copytree(HERE / "support", folder / "test/support")
    (folder / "test/__init__.py").write_text("")
    for other in OTHERS:
        shutil.copy(HERE / "support/others.py", folder / f"test/support/{other}.py")
    text = (options.suite / f"{name}.py").read_text(encoding="utf-8")
    imported = set(re.findall(r"from test\.(\w+) import", text)) | set(re.findall(r"from test import (\w+)", text))
    for other in sorted(imported | set(SHARED) - {"support", name}):
        if (options.suite / f"{other}.py").is_file():
            (folder / f"test/{other}.py").write_text(prepared(options.suite / f"{other}.py"), encoding="utf-8")
    main = folder / "main.py"
    main.write_text(prepared(options.suite / f"{name}.py"), encoding="utf-8")
    out, late = [], 0
    for _ in range(ROUNDS):
        code, listed, stderr = run([sys.executable, "-c", LISTER.format(folder=str(folder))], folder, options.limit)
        if code != 0:
            failed = top_failure(stderr, folder)
            if not failed:
                raise SystemExit(f"{name}: CPython does not run it: {stderr.strip().splitlines()[-1:]}")
            out += take_out(failed[0], [failed[1:]])
            continue
        tests = [line.split() for line in listed.splitlines()]
        lines = []
        for case, *names in tests:
            lines.append(f"__unittest__.set_up({case})")
            lines += [f"__unittest__.run_one({case}, {test!r})" for test in names]
        (folder / "prog.py").write_text(main.read_text(encoding="utf-8") + "\n".join(lines) + "\n", encoding="utf-8")
        command = [str(options.nano), "run", "--memory", "256MiB", "prog.py"]
        code, printed, stderr = run(command, folder, options.limit)
        refused = REFUSED.findall(stderr) if code not in (0, None) and "@ " not in printed else []
        if refused:
            by_file = {}
            for why, file, line in refused:
                by_file.setdefault("main.py" if file == "prog.py" else file, []).append((int(line), why))
            taken = [one for file, faults in by_file.items() for one in take_out(folder / file, faults)]
            if not taken:
                raise SystemExit(f"{name}: nothing to take out: {stderr}")
            out += taken
            continue
        failed = top_failure(stderr, folder) if code not in (0, None) else None
        if failed:
            out += take_out(failed[0], [failed[1:]])
            continue
        if code is None and late < 3:
            # The test that did not end in time ends on neither side.
            late += 1
            done = results(printed)
            stuck = next(((case, one) for case, *names in tests for one in names if f"{case}.{one}" not in done), None)
            if stuck:
                with main.open("a", encoding="utf-8") as file:
                    file.write(f"__unittest__.too_slow({stuck[0]}, {stuck[1]!r})\n")
                continue
        break
    (folder / "taken-out").write_text("\n".join(out) + "\n", encoding="utf-8")
    return folder, printed, stderr


def compare(name, options):
    """Tests of a file that end alike, that are skipped, and how each of the others ends."""
    folder, printed, stderr = make(name, options)
    (folder / "nano.txt").write_text(printed + stderr, encoding="utf-8")
    code, there, error = run([sys.executable, "prog.py"], folder, options.limit)
    if code != 0:
        raise SystemExit(f"{name}: CPython ends with {code}: {error.strip().splitlines()[-1:]}")
    ours, theirs = results(printed), results(there)
    alike = [test for test, (word, _) in theirs.items() if word == "ok" == ours.get(test, ("",))[0]]
    skipped = [test for test, (word, _) in theirs.items() if word == "skip"]
    different = {
        test: f"CPython: {word} {detail}; nano: {' '.join(ours.get(test, ('nothing', '')))}"
        for test, (word, detail) in theirs.items()
        if word != "skip" and ours.get(test, ("",))[0] != word
    }
    return alike, skipped, different


def read_expected(path):
    """`test_list 51: ListTest.test_pickle ..`: how many tests end alike at least, and which don't."""
    expected = {}
    for line in path.read_text(encoding="utf-8").splitlines() if path and path.is_file() else []:
        if line and not line.startswith("#"):
            head, _, tests = line.partition(":")
            name, count = head.split()
            expected[name] = int(count), tests.split()
    return expected


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nano", type=pathlib.Path, required=True)
    parser.add_argument("--suite", type=pathlib.Path, required=True)
    parser.add_argument("--work", type=lambda text: pathlib.Path(text).resolve(), required=True)
    parser.add_argument("--expected", type=pathlib.Path)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--limit", type=int, default=120, help="seconds that one run may take")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    options.nano = options.nano.resolve()
    expected = read_expected(options.expected)
    errors, total, found = [], [0, 0, 0], dict(expected)
    names = options.names or sorted(expected)
    pool = concurrent.futures.ThreadPoolExecutor(os.cpu_count())
    for name, (alike, skipped, different) in zip(names, pool.map(lambda name: compare(name, options), names)):
        least, known = expected.get(name, (0, []))
        for index, some in enumerate((alike, skipped, different)):
            total[index] += len(some)
        print(f"{name}: {len(alike)} alike, {len(skipped)} skipped, {len(different)} different", flush=True)
        found[name] = len(alike), sorted(different)
        if options.expected:
            errors += [f"{name} {test}: {how}" for test, how in different.items() if test not in known]
            if len(alike) < least:
                errors.append(f"{name}: {len(alike)} tests end alike, and {least} did")
            better = [test for test in known if test not in different]
            if better:
                print(f"   no longer different: {' '.join(better)}")
        else:
            for test, how in different.items():
                print(f"   {test}: {how}")
    print(f"{total[0]} tests of CPython's end alike, {total[1]} are skipped, {total[2]} differ")
    if options.write:
        head = "".join(line for line in options.expected.open(encoding="utf-8") if line.startswith("#"))
        lines = [
            f"{name} {count}: {' '.join(tests)}".rstrip(": ") + (":" if not tests else "")
            for name, (count, tests) in sorted(found.items())
        ]
        options.expected.write_text(head + "\n".join(lines) + "\n", encoding="utf-8")
    elif errors:
        sys.exit("\n".join(errors))


main()
