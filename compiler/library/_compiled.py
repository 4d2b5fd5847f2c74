"""exec, eval and compile, of what the top level makes: it is compiled when the module is built.

The builder adds `_known(source, filename, mode)`, the function that a source has become, and `_ask`, which tells it of
one that is missing.
"""


class code:
    co_name = "<module>"
    co_argcount = 0

    def __init__(self, filename, run, is_expression):
        self.co_filename = filename
        self._run = run
        self._is_expression = is_expression

    def __repr__(self):
        return f'<code object <module> at {id(self):#x}, file "{self.co_filename}", line 1>'


def compile(source, filename, mode, flags=0, dont_inherit=False, optimize=-1, *, _feature_version=-1):
    if mode != "exec" and mode != "eval":
        if mode == "single":
            raise NotImplementedError("compile() has no mode 'single'")
        raise ValueError("compile() mode must be 'exec', 'eval' or 'single'")
    return _compiled("compile", _text("compile", source), filename, mode)


def exec(source, globals=None, locals=None, /, *, closure=None):
    if globals is not None and not isinstance(globals, dict):
        raise TypeError(f"exec() globals must be a dict, not {type(globals).__name__}")
    if locals is not None and not hasattr(locals, "__getitem__"):
        raise TypeError(f"locals must be a mapping or None, not {type(locals).__name__}")
    if type(source) is not code:
        source = _compiled("exec", _text("exec", source), "<string>", "exec")
    _run("exec", source, globals, locals)


def eval(source, globals=None, locals=None, /):
    if locals is not None and not hasattr(locals, "__getitem__"):
        raise TypeError("locals must be a mapping")
    if globals is not None and not isinstance(globals, dict):
        if hasattr(globals, "__getitem__"):
            raise TypeError("globals must be a real dict; try eval(code, {}, mapping)")
        raise TypeError("globals must be a dict")
    if type(source) is not code:
        source = _compiled("eval", _text("eval", source).lstrip(" \t"), "<string>", "eval")
    result = _run("eval", source, globals, locals)
    return result if source._is_expression else None


def _text(function, source):
    if isinstance(source, (bytes, bytearray)):
        source = source.decode()
    elif not isinstance(source, str):
        last = "AST" if function == "compile" else "code"
        raise TypeError(f"{function}() arg 1 must be a string, bytes or {last} object")
    if "\0" in source:
        raise SyntaxError("source code string cannot contain null bytes")
    return source


def _compiled(function, source, filename, mode):
    run = _known(source, filename, mode)
    if run is None:
        _ask(source, filename, mode)
        raise NotImplementedError(
            f"{function}() is not available: there is no compiler on the device; "
            "what the top level makes is compiled at build, where it is run"
        )
    return code(filename, run, mode == "eval")


def _run(function, source, globals, locals):
    if globals is None:
        raise NotImplementedError(f"{function}() without a dict of names is not available: names are resolved when compiling")
    if locals is None:
        locals = globals
    if type(globals) is not dict or type(locals) is not dict:
        raise NotImplementedError(f"{function}() takes its names from plain dicts")
    return source._run(globals, locals)


def _wrong(message, filename, line, column, source):
    lines = source.splitlines()
    text = lines[line - 1] if line <= len(lines) else ""
    name = filename.rpartition("/")[2]
    error = SyntaxError(f"{message} ({name}, line {line})")
    error.msg, error.filename, error.text = message, filename, text
    error.lineno = error.end_lineno = line
    error.offset = error.end_offset = column + 1
    raise error
