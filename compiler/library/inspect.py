"""What functions, classes and objects are, and what functions take."""

from _iotpy import parameters as _parameters
from types import BuiltinFunctionType, FunctionType, GeneratorType, MethodType


CO_OPTIMIZED = 1
CO_NEWLOCALS = 2
CO_VARARGS = 4
CO_VARKEYWORDS = 8
CO_NESTED = 16
CO_GENERATOR = 32
CO_COROUTINE = 128
CO_ITERABLE_COROUTINE = 256
CO_ASYNC_GENERATOR = 512


class _empty:
    """Marks what is not given."""


class _ParameterKind(int):
    def __new__(cls, value, name, description):
        self = int.__new__(cls, value)
        self.name = name
        self.description = description
        return self

    def __repr__(self):
        return f"<_ParameterKind.{self.name}: {int(self)}>"

    def __str__(self):
        return self.name


_POSITIONAL_ONLY = _ParameterKind(0, "POSITIONAL_ONLY", "positional-only")
_POSITIONAL_OR_KEYWORD = _ParameterKind(1, "POSITIONAL_OR_KEYWORD", "positional or keyword")
_VAR_POSITIONAL = _ParameterKind(2, "VAR_POSITIONAL", "variadic positional")
_KEYWORD_ONLY = _ParameterKind(3, "KEYWORD_ONLY", "keyword-only")
_VAR_KEYWORD = _ParameterKind(4, "VAR_KEYWORD", "variadic keyword")


class Parameter:
    POSITIONAL_ONLY = _POSITIONAL_ONLY
    POSITIONAL_OR_KEYWORD = _POSITIONAL_OR_KEYWORD
    VAR_POSITIONAL = _VAR_POSITIONAL
    KEYWORD_ONLY = _KEYWORD_ONLY
    VAR_KEYWORD = _VAR_KEYWORD
    empty = _empty

    def __init__(self, name, kind, *, default=_empty, annotation=_empty):
        if default is not _empty and kind in (_VAR_POSITIONAL, _VAR_KEYWORD):
            raise ValueError(f"{kind.description} parameters cannot have default values")
        if not isinstance(name, str):
            raise TypeError(f"name must be a str, not a {type(name).__name__}")
        if not name.isidentifier():
            raise ValueError(f"{name!r} is not a valid parameter name")
        self.name = name
        self.kind = kind
        self.default = default
        self.annotation = annotation

    def replace(self, *, name=_empty, kind=_empty, annotation=_empty, default=_empty):
        return type(self)(
            self.name if name is _empty else name,
            self.kind if kind is _empty else kind,
            default=self.default if default is _empty else default,
            annotation=self.annotation if annotation is _empty else annotation,
        )

    def __str__(self):
        text = self.name
        if self.annotation is not _empty:
            text = f"{text}: {formatannotation(self.annotation)}"
        if self.default is not _empty:
            text = f"{text}{'=' if self.annotation is _empty else ' = '}{self.default!r}"
        if self.kind is _VAR_POSITIONAL:
            return "*" + text
        if self.kind is _VAR_KEYWORD:
            return "**" + text
        return text

    def __repr__(self):
        return f'<Parameter "{self}">'

    def __eq__(self, other):
        if not isinstance(other, Parameter):
            return NotImplemented
        return self._key() == other._key()

    def __hash__(self):
        return hash((self.name, self.kind, self.default))

    def _key(self):
        return self.name, self.kind, self.default, self.annotation


def formatannotation(annotation, base_module=None):
    if getattr(annotation, "__module__", None) == "typing":
        return repr(annotation).replace("typing.", "")
    if isinstance(annotation, type):
        if annotation.__module__ in ("builtins", base_module):
            return annotation.__qualname__
        return f"{annotation.__module__}.{annotation.__qualname__}"
    return repr(annotation)


def get_annotations(obj, *, globals=None, locals=None, eval_str=False):
    own = obj.__dict__.get("__annotations__") if isinstance(obj, type) else getattr(obj, "__annotations__", None)
    return dict(own or {})


class BoundArguments:
    def __init__(self, signature, arguments):
        self._signature = signature
        self.arguments = arguments

    @property
    def signature(self):
        return self._signature

    @property
    def args(self):
        args = []
        for name, parameter in self._signature.parameters.items():
            if parameter.kind in (_VAR_KEYWORD, _KEYWORD_ONLY) or name not in self.arguments:
                break
            if parameter.kind is _VAR_POSITIONAL:
                args.extend(self.arguments[name])
            else:
                args.append(self.arguments[name])
        return tuple(args)

    @property
    def kwargs(self):
        kwargs = {}
        started = False
        for name, parameter in self._signature.parameters.items():
            if not started:
                if parameter.kind in (_VAR_KEYWORD, _KEYWORD_ONLY):
                    started = True
                elif name not in self.arguments:
                    started = True
                    continue
                else:
                    continue
            if name in self.arguments:
                if parameter.kind is _VAR_KEYWORD:
                    kwargs.update(self.arguments[name])
                else:
                    kwargs[name] = self.arguments[name]
        return kwargs

    def apply_defaults(self):
        arguments = {}
        for name, parameter in self._signature.parameters.items():
            if name in self.arguments:
                arguments[name] = self.arguments[name]
            elif parameter.default is not _empty:
                arguments[name] = parameter.default
            elif parameter.kind is _VAR_POSITIONAL:
                arguments[name] = ()
            elif parameter.kind is _VAR_KEYWORD:
                arguments[name] = {}
        self.arguments = arguments

    def __eq__(self, other):
        if not isinstance(other, BoundArguments):
            return NotImplemented
        return self._signature == other._signature and self.arguments == other.arguments

    def __repr__(self):
        listed = ", ".join(f"{name}={value!r}" for name, value in self.arguments.items())
        return f"<BoundArguments ({listed})>"


class Signature:
    empty = _empty

    def __init__(self, parameters=None, *, return_annotation=_empty):
        named = {}
        last = _POSITIONAL_ONLY
        defaults = False
        for parameter in parameters or ():
            kind = parameter.kind
            if kind < last:
                raise ValueError(
                    f"wrong parameter order: {last.description} parameter before {kind.description} parameter"
                )
            if kind > last:
                defaults = False
            last = kind
            if kind in (_POSITIONAL_ONLY, _POSITIONAL_OR_KEYWORD):
                if parameter.default is not _empty:
                    defaults = True
                elif defaults:
                    raise ValueError("non-default argument follows default argument")
            if parameter.name in named:
                raise ValueError(f"duplicate parameter name: {parameter.name!r}")
            named[parameter.name] = parameter
        self.parameters = named
        self.return_annotation = return_annotation

    @classmethod
    def from_callable(cls, obj, *, follow_wrapped=True, globals=None, locals=None, eval_str=False):
        return signature(obj, follow_wrapped=follow_wrapped)

    def replace(self, *, parameters=_empty, return_annotation=_empty):
        return type(self)(
            list(self.parameters.values()) if parameters is _empty else parameters,
            return_annotation=self.return_annotation if return_annotation is _empty else return_annotation,
        )

    def bind(self, /, *args, **kwargs):
        return self._bind(args, kwargs, False)

    def bind_partial(self, /, *args, **kwargs):
        return self._bind(args, kwargs, True)

    def _bind(self, args, kwargs, partial):
        arguments = {}
        given = list(args)
        parameters = list(self.parameters.values())
        at = 0
        rest = None
        while at < len(parameters):
            parameter = parameters[at]
            kind = parameter.kind
            if kind in (_VAR_KEYWORD, _KEYWORD_ONLY):
                break
            if kind is _VAR_POSITIONAL:
                if given:
                    arguments[parameter.name] = tuple(given)
                    given = []
            elif given:
                if parameter.name in kwargs and kind is not _POSITIONAL_ONLY:
                    raise TypeError(f"multiple values for argument {parameter.name!r}")
                arguments[parameter.name] = given.pop(0)
            elif parameter.name in kwargs:
                if kind is _POSITIONAL_ONLY:
                    raise TypeError(f"{parameter.name!r} parameter is positional only, but was passed as a keyword")
                break
            elif parameter.default is _empty and not partial:
                raise TypeError(f"missing a required argument: {parameter.name!r}")
            at += 1
        if given:
            raise TypeError("too many positional arguments")
        left = dict(kwargs)
        for parameter in parameters[at:]:
            kind = parameter.kind
            if kind is _VAR_KEYWORD:
                rest = parameter
                continue
            if kind is _VAR_POSITIONAL:
                continue
            if parameter.name in left and kind is not _POSITIONAL_ONLY:
                arguments[parameter.name] = left.pop(parameter.name)
            elif not partial and parameter.default is _empty:
                raise TypeError(f"missing a required argument: {parameter.name!r}")
        for parameter in parameters[:at]:
            if parameter.kind is _VAR_KEYWORD:
                rest = parameter
        if left:
            if rest is None:
                raise TypeError(f"got an unexpected keyword argument {next(iter(left))!r}")
            arguments[rest.name] = left
        return BoundArguments(self, arguments)

    def __str__(self):
        parts = []
        positional_only = False
        star = True
        for parameter in self.parameters.values():
            kind = parameter.kind
            if kind is _POSITIONAL_ONLY:
                positional_only = True
            elif positional_only:
                parts.append("/")
                positional_only = False
            if kind is _VAR_POSITIONAL:
                star = False
            elif kind is _KEYWORD_ONLY and star:
                parts.append("*")
                star = False
            parts.append(str(parameter))
        if positional_only:
            parts.append("/")
        text = f"({', '.join(parts)})"
        if self.return_annotation is not _empty:
            text += f" -> {formatannotation(self.return_annotation)}"
        return text

    def __repr__(self):
        return f"<Signature {self}>"

    def __eq__(self, other):
        if not isinstance(other, Signature):
            return NotImplemented
        return self._key() == other._key()

    def __hash__(self):
        return hash(tuple(self.parameters))

    def _key(self):
        ordered = [one for one in self.parameters.values() if one.kind is not _KEYWORD_ONLY]
        named = {one.name: one for one in self.parameters.values() if one.kind is _KEYWORD_ONLY}
        return ordered, named


def _of_function(function):
    """The parameters of a function of the program; None for another callable."""
    facts = _parameters(function)
    if facts is None:
        return None
    positional, positional_only, keyword_only, varargs, keywords, _, _, defaults, by_name = facts[:9]
    names = facts[9:]
    defaults = defaults or ()
    by_name = by_name or {}
    first = positional - len(defaults)
    found = []
    hints = getattr(function, "__annotations__", {})

    def add(name, kind, default=_empty):
        found.append(Parameter(name, kind, default=default, annotation=hints.get(name, _empty)))

    for index in range(positional):
        kind = _POSITIONAL_ONLY if index < positional_only else _POSITIONAL_OR_KEYWORD
        add(names[index], kind, defaults[index - first] if index >= first else _empty)
    at = positional + keyword_only
    if varargs:
        add(names[at], _VAR_POSITIONAL)
        at += 1
    for name in names[positional:positional + keyword_only]:
        add(name, _KEYWORD_ONLY, by_name.get(name, _empty))
    if keywords:
        add(names[at], _VAR_KEYWORD)
    return found


def _returned(function):
    return getattr(function, "__annotations__", {}).get("return", _empty)


def _without_first(parameters, obj):
    if not parameters or parameters[0].kind in (_KEYWORD_ONLY, _VAR_KEYWORD):
        raise ValueError("invalid method signature")
    return parameters if parameters[0].kind is _VAR_POSITIONAL else parameters[1:]


def signature(obj, *, follow_wrapped=True, globals=None, locals=None, eval_str=False):
    if not callable(obj):
        raise TypeError(f"{obj!r} is not a callable object")
    if isinstance(obj, MethodType):
        own = signature(obj.__func__, follow_wrapped=follow_wrapped)
        return own.replace(parameters=_without_first(list(own.parameters.values()), obj))
    if follow_wrapped:
        while True:
            own = getattr(obj, "__signature__", None)
            if own is not None or not hasattr(obj, "__wrapped__"):
                break
            obj = obj.__wrapped__
            if isinstance(obj, MethodType):
                return signature(obj)
    own = getattr(obj, "__signature__", None)
    if own is not None:
        if not isinstance(own, Signature):
            raise TypeError(f"unexpected object {own!r} in __signature__ attribute")
        return own
    found = _of_function(obj)
    if found is not None:
        return Signature(found, return_annotation=_returned(obj))
    kind = type(obj)
    if kind.__module__ == "functools" and kind.__name__ == "partial":
        return _of_partial(obj)
    if isinstance(obj, type):
        for name in ("__new__", "__init__"):
            for base in obj.__mro__:
                function = base.__dict__.get(name) if base is not object and hasattr(base, "__dict__") else None
                if isinstance(function, staticmethod):
                    function = function.__func__
                found = None if function is None else _of_function(function)
                if found is not None:
                    return Signature(_without_first(found, obj), return_annotation=_returned(function))
        if all(hasattr(base, "__module__") and base.__module__ != "builtins" or base is object for base in obj.__mro__):
            return Signature()
        raise ValueError(f"no signature found for builtin type {obj!r}")
    if isinstance(obj, BuiltinFunctionType):
        raise ValueError(f"no signature found for builtin {obj!r}")
    call = getattr(kind, "__call__", None)
    found = None if call is None else _of_function(call)
    if found is not None:
        return Signature(_without_first(found, obj))
    raise ValueError(f"callable {obj!r} is not supported by signature")


def _of_partial(obj):
    own = signature(obj.func)
    try:
        bound = own.bind_partial(*obj.args, **obj.keywords)
    except TypeError as error:
        raise ValueError(f"partial object {obj!r} has incorrect arguments") from error
    found = []
    by_name = False
    taken = len(obj.args)
    for parameter in own.parameters.values():
        kind = parameter.kind
        if kind in (_POSITIONAL_ONLY, _POSITIONAL_OR_KEYWORD) and taken:
            taken -= 1
            continue
        if kind is _VAR_POSITIONAL:
            if by_name:
                continue
        elif kind is not _VAR_KEYWORD and parameter.name in obj.keywords:
            parameter = parameter.replace(default=obj.keywords[parameter.name])
            if kind is not _POSITIONAL_ONLY:
                by_name = True
        if by_name and kind is _POSITIONAL_OR_KEYWORD:
            parameter = parameter.replace(kind=_KEYWORD_ONLY)
        found.append(parameter)
    return Signature(found)


def _makes(function):
    """Whether calling a function makes a generator, and a coroutine."""
    function = getattr(function, "func", function) if type(function).__name__ == "partial" else function
    facts = _parameters(getattr(function, "__func__", function))
    return (False, False) if facts is None else (facts[5], facts[6])


def isgeneratorfunction(obj):
    generator, coroutine = _makes(obj)
    return generator and not coroutine


def iscoroutinefunction(obj):
    return _makes(obj)[1]


def iscoroutine(object):
    return type(object).__name__ == "coroutine"


def isclass(object):
    return isinstance(object, type)


def isfunction(object):
    return isinstance(object, FunctionType)


def ismethod(object):
    return isinstance(object, MethodType)


def isbuiltin(object):
    return isinstance(object, BuiltinFunctionType)


def isroutine(object):
    return isfunction(object) or ismethod(object) or isbuiltin(object)


def isgenerator(object):
    return isinstance(object, GeneratorType)


def ismodule(object):
    return type(object).__name__ == "module"


def isabstract(object):
    return isinstance(object, type) and bool(getattr(object, "__abstractmethods__", ()))


def isdatadescriptor(object):
    if isclass(object) or ismethod(object) or isfunction(object):
        return False
    kind = type(object)
    return hasattr(kind, "__set__") or hasattr(kind, "__delete__") or isinstance(object, property)


def isawaitable(object):
    return type(object).__name__ == "coroutine" or hasattr(type(object), "__await__")


def getmembers(object, predicate=None):
    found = []
    for name in dir(object):
        try:
            value = getattr(object, name)
        except AttributeError:
            continue
        if predicate is None or predicate(value):
            found.append((name, value))
    found.sort(key=lambda pair: pair[0])
    return found


def getmro(cls):
    return cls.__mro__


def getmodule(object):
    return None


def cleandoc(doc):
    lines = doc.expandtabs().split("\n")
    margins = [len(line) - len(line.lstrip()) for line in lines[1:] if line.strip()]
    margin = min(margins, default=0)
    lines = [lines[0].lstrip()] + [line[margin:] for line in lines[1:]]
    while lines and not lines[-1]:
        lines.pop()
    while lines and not lines[0]:
        lines.pop(0)
    return "\n".join(lines)


def getdoc(object):
    doc = getattr(object, "__doc__", None)
    return cleandoc(doc) if isinstance(doc, str) else None


def unwrap(func, *, stop=None):
    seen = [func]
    while hasattr(func, "__wrapped__") and (stop is None or not stop(func)):
        func = func.__wrapped__
        if any(one is func for one in seen):
            raise ValueError(f"wrapper loop when unwrapping {seen[0]!r}")
        seen.append(func)
    return func
