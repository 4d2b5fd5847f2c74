"""Loggers, levels, handlers and formatters; what they write goes to the error stream."""

import sys
import traceback
from _trace import of as _traceback_of
from time import time as _time

CRITICAL = FATAL = 50
ERROR = 40
WARNING = WARN = 30
INFO = 20
DEBUG = 10
NOTSET = 0
BASIC_FORMAT = "%(levelname)s:%(name)s:%(message)s"

_names = {50: "CRITICAL", 40: "ERROR", 30: "WARNING", 20: "INFO", 10: "DEBUG", 0: "NOTSET"}
_levels = {
    "CRITICAL": 50, "FATAL": 50, "ERROR": 40, "WARN": 30, "WARNING": 30, "INFO": 20, "DEBUG": 10, "NOTSET": 0,
}
raiseExceptions = True


def getLevelName(level):
    if level in _names:
        return _names[level]
    if level in _levels:
        return _levels[level]
    return f"Level {level}"


def getLevelNamesMapping():
    return dict(_levels)


def addLevelName(level, levelName):
    _names[level] = levelName
    _levels[levelName] = level


def _check_level(level):
    if isinstance(level, int):
        return level
    if isinstance(level, str):
        if level not in _levels:
            raise ValueError(f"Unknown level: {level!r}")
        return _levels[level]
    raise TypeError(f"Level not an integer or a valid string: {level!r}")


# File, line and function of the call that logs, in a program that asks for them.
_place = [None]


def _placed(method, *place):
    """A logger's method as it is called at a place; anything else as it is."""
    owner = getattr(method, "__self__", None)
    if not isinstance(owner, (Logger, LoggerAdapter)) and getattr(method, "__module__", None) != "logging":
        return method

    def call(*args, **kwargs):
        _place[0] = place
        try:
            return method(*args, **kwargs)
        finally:
            _place[0] = None

    return call


def _text_of(exc_info):
    return "".join(traceback.format_exception(*exc_info)).removesuffix("\n")


# What tells where exceptions come from, and writes that, in a program that logs some.
_traced = {}
_traced[".exception("] = _traceback_of, _text_of
_traced["exc_info"] = _traceback_of, _text_of


class LogRecord:
    def __init__(self, name, level, pathname, lineno, msg, args, exc_info, func=None, sinfo=None, **kwargs):
        if args and len(args) == 1 and isinstance(args[0], dict) and args[0]:
            args = args[0]
        now = _time()
        self.name = name
        self.msg = msg
        self.args = args
        self.levelname = getLevelName(level)
        self.levelno = level
        self.pathname = pathname
        self.filename = pathname[pathname.rfind("/") + 1:]
        self.module = self.filename.removesuffix(".py")
        self.exc_info = exc_info
        self.exc_text = None
        self.stack_info = sinfo
        self.lineno = lineno
        self.funcName = func
        self.created = now
        self.msecs = int((now - int(now)) * 1000) + 0.0
        self.relativeCreated = 0.0
        self.thread = 1
        self.threadName = "MainThread"
        self.processName = "MainProcess"
        self.process = 1

    def getMessage(self):
        message = str(self.msg)
        if self.args:
            message = message % self.args
        return message

    def __repr__(self):
        return f'<LogRecord: {self.name}, {self.levelno}, {self.pathname}, {self.lineno}, "{self.msg}">'


def _look_at_format(self, validate, defaults):
    self._defaults = defaults or {}
    if validate and ("%(" if self._style == "%" else self._style) not in self._fmt:
        is_old = self._style == "%"
        raise ValueError(f"Invalid format '{self._fmt}' for '%' style" if is_old else "invalid format: no fields")


# Formats are looked at in a program that says more of them than the format.
_looked_at = {}
_looked_at["style="] = _look_at_format
_looked_at["defaults="] = _look_at_format


class Formatter:
    default_time_format = "%Y-%m-%d %H:%M:%S"
    default_msec_format = "%s,%03d"

    def __init__(self, fmt=None, datefmt=None, style="%", validate=True, *, defaults=None):
        if style not in ("%", "{", "$"):
            raise ValueError("Style must be one of: %,{,$")
        self._style = style
        self._fmt = fmt or {"%": "%(message)s", "{": "{message}", "$": "${message}"}[style]
        self.datefmt = datefmt
        for look in _looked_at.values():
            look(self, validate, defaults)
            break

    def usesTime(self):
        return "asctime" in self._fmt

    def formatTime(self, record, datefmt=None):
        from time import gmtime, strftime
        parts = gmtime(record.created)
        if datefmt:
            return strftime(datefmt, parts)
        return self.default_msec_format % (strftime(self.default_time_format, parts), record.msecs)

    def formatException(self, ei):
        for _, text_of in _traced.values():
            return text_of(ei)

    def formatMessage(self, record):
        values = record.__dict__
        if _looked_at:
            values = {**self._defaults, **values}
        if self._style == "%":
            return self._fmt % values
        if self._style == "{":
            return self._fmt.format(**values)
        from string import Template
        return Template(self._fmt).substitute(values)

    def format(self, record):
        record.message = record.getMessage()
        if self.usesTime():
            record.asctime = self.formatTime(record, self.datefmt)
        text = self.formatMessage(record)
        if record.exc_info and not record.exc_text:
            record.exc_text = self.formatException(record.exc_info)
        for more in (record.exc_text, record.stack_info):
            if more:
                text = f"{text}{'' if text[-1:] == chr(10) else chr(10)}{more}"
        return text


class Filter:
    def __init__(self, name=""):
        self.name = name

    def filter(self, record):
        return not self.name or record.name == self.name or record.name.startswith(self.name + ".")


class Filterer:
    def __init__(self):
        self.filters = []

    def addFilter(self, filter):
        if filter not in self.filters:
            self.filters.append(filter)

    def removeFilter(self, filter):
        if filter in self.filters:
            self.filters.remove(filter)

    def filter(self, record):
        for one in self.filters:
            if not (one.filter(record) if hasattr(one, "filter") else one(record)):
                return False
        return True


# How handlers show themselves, in a program that looks at some.
_shown = {}


class Handler(Filterer):
    _shown = _shown

    def __init__(self, level=NOTSET):
        super().__init__()
        self.level = _check_level(level)
        self.formatter = None
        self.name = None

    def setLevel(self, level): self.level = _check_level(level)
    def setFormatter(self, fmt): self.formatter = fmt

    def format(self, record):
        return (self.formatter or _default).format(record)

    def handle(self, record):
        passed = self.filter(record)
        if passed:
            self.emit(record)
        return passed

    def handleError(self, record):
        if raiseExceptions:
            error = sys.exception()
            sys.stderr.write(
                f"--- Logging error ---\n{type(error).__name__}: {error}\n"
                f"Message: {record.msg!r}\nArguments: {record.args}\n"
            )

    def emit(self, record):
        raise NotImplementedError("emit must be implemented by Handler subclasses")

    def flush(self): pass
    def close(self): pass
    def acquire(self): pass
    def release(self): pass


class StreamHandler(Handler):
    terminator = "\n"

    def __init__(self, stream=None):
        super().__init__()
        self.stream = sys.stderr if stream is None else stream

    def emit(self, record):
        try:
            self.stream.write(self.format(record) + self.terminator)
        except Exception:
            self.handleError(record)

    def setStream(self, stream):
        if stream is self.stream:
            return None
        old, self.stream = self.stream, stream
        return old


def _get_name(self): return self.name


def _set_name(self, name):
    self.name = name


setattr(Handler, "get_name", _get_name)
setattr(Handler, "set_name", _set_name)


def _show_handlers():
    def shown(self):
        name = str(getattr(getattr(self, "stream", None), "name", ""))
        return f"<{self.__class__.__name__} {name + ' ' if name else ''}({getLevelName(self.level)})>"

    Handler.__repr__ = shown


_shown[".handlers"] = _show_handlers()
_shown["lastResort"] = _show_handlers()
_shown["print(handler"] = _show_handlers()


class NullHandler(Handler):
    def handle(self, record): pass
    def emit(self, record): pass


_default = Formatter()


class _StderrHandler(StreamHandler):
    pass


lastResort = _StderrHandler()
# The compiler puts a level here: WARNING in a program. Under AWS Lambda the root logger has a handler that takes what
# the loggers let through, and in a function this one is in its place.
lastResort.level = b"<library>/logging.py"


class Logger(Filterer):
    def __init__(self, name, level=NOTSET):
        super().__init__()
        self.name = name
        self.level = _check_level(level)
        self.parent = None
        self.propagate = True
        self.handlers = []
        self.disabled = False

    def setLevel(self, level): self.level = _check_level(level)

    def getEffectiveLevel(self):
        logger = self
        while logger:
            if logger.level:
                return logger.level
            logger = logger.parent
        return NOTSET

    def isEnabledFor(self, level):
        return not self.disabled and level > _disabled[0] and level >= self.getEffectiveLevel()

    def debug(self, msg, *args, **kwargs): self._log_if(DEBUG, msg, args, kwargs)
    def info(self, msg, *args, **kwargs): self._log_if(INFO, msg, args, kwargs)
    def warning(self, msg, *args, **kwargs): self._log_if(WARNING, msg, args, kwargs)
    def error(self, msg, *args, **kwargs): self._log_if(ERROR, msg, args, kwargs)
    def critical(self, msg, *args, **kwargs): self._log_if(CRITICAL, msg, args, kwargs)
    warn = warning
    fatal = critical

    def exception(self, msg, *args, exc_info=True, **kwargs):
        kwargs["exc_info"] = exc_info
        self._log_if(ERROR, msg, args, kwargs)

    def log(self, level, msg, *args, **kwargs):
        if not isinstance(level, int):
            raise TypeError("level must be an integer")
        self._log_if(level, msg, args, kwargs)

    def _log_if(self, level, msg, args, kwargs):
        if self.isEnabledFor(level):
            self._log(level, msg, args, **kwargs)

    def _log(self, level, msg, args, exc_info=None, extra=None, stack_info=False, stacklevel=1):
        if exc_info:
            if not isinstance(exc_info, tuple):
                exception = exc_info if isinstance(exc_info, BaseException) else sys.exception()
                exc_info = (None, None, None)
                for traceback_of, _ in _traced.values():
                    if exception is not None:
                        exc_info = type(exception), exception, traceback_of(exception)
        path, line, function = _place[0] or ("(unknown file)", 0, "(unknown function)")
        record = LogRecord(self.name, level, path, line, msg, args, exc_info, function, None)
        if extra is not None:
            for key, value in extra.items():
                if key in ("message", "asctime") or key in record.__dict__:
                    raise KeyError(f"Attempt to overwrite {key!r} in LogRecord")
                setattr(record, key, value)
        self.handle(record)

    def makeRecord(self, name, level, fn, lno, msg, args, exc_info, func=None, extra=None, sinfo=None):
        return LogRecord(name, level, fn, lno, msg, args, exc_info, func, sinfo)

    def handle(self, record):
        if not self.disabled and self.filter(record):
            self.callHandlers(record)

    def callHandlers(self, record):
        logger = self
        found = False
        while logger:
            for handler in logger.handlers:
                found = True
                if record.levelno >= handler.level:
                    handler.handle(record)
            logger = logger.parent if logger.propagate else None
        if not found and record.levelno >= lastResort.level:
            lastResort.handle(record)

    def addHandler(self, hdlr):
        if hdlr not in self.handlers:
            self.handlers.append(hdlr)

    def removeHandler(self, hdlr):
        if hdlr in self.handlers:
            self.handlers.remove(hdlr)

    def hasHandlers(self):
        logger = self
        while logger:
            if logger.handlers:
                return True
            logger = logger.parent if logger.propagate else None
        return False

    def getChild(self, suffix):
        return getLogger(suffix if self is root else f"{self.name}.{suffix}")

    def __repr__(self):
        return f"<{self.__class__.__name__} {self.name} ({getLevelName(self.getEffectiveLevel())})>"


class RootLogger(Logger):
    def __init__(self, level):
        super().__init__("root", level)


class LoggerAdapter:
    def __init__(self, logger, extra=None):
        self.logger = logger
        self.extra = extra

    def process(self, msg, kwargs):
        kwargs["extra"] = self.extra
        return msg, kwargs

    def log(self, level, msg, *args, **kwargs):
        if self.logger.isEnabledFor(level):
            msg, kwargs = self.process(msg, kwargs)
            self.logger.log(level, msg, *args, **kwargs)

    def debug(self, msg, *args, **kwargs): self.log(DEBUG, msg, *args, **kwargs)
    def info(self, msg, *args, **kwargs): self.log(INFO, msg, *args, **kwargs)
    def warning(self, msg, *args, **kwargs): self.log(WARNING, msg, *args, **kwargs)
    def error(self, msg, *args, **kwargs): self.log(ERROR, msg, *args, **kwargs)
    def critical(self, msg, *args, **kwargs): self.log(CRITICAL, msg, *args, **kwargs)
    def exception(self, msg, *args, exc_info=True, **kwargs): self.log(ERROR, msg, *args, exc_info=exc_info, **kwargs)
    def setLevel(self, level): self.logger.setLevel(level)
    def isEnabledFor(self, level): return self.logger.isEnabledFor(level)
    def getEffectiveLevel(self): return self.logger.getEffectiveLevel()
    def hasHandlers(self): return self.logger.hasHandlers()

    @property
    def name(self):
        return self.logger.name

    def __repr__(self):
        level = getLevelName(self.getEffectiveLevel())
        return f"<{self.__class__.__name__} {self.name} ({level})>"


root = RootLogger(WARNING)
Logger.root = root
_loggers = {}
_disabled = [NOTSET]


def getLogger(name=None):
    if not name or name == "root":
        return root
    if not isinstance(name, str):
        raise TypeError("A logger name must be a string")
    logger = _loggers.get(name)
    if logger is None:
        logger = _loggers[name] = Logger(name)
        parent = root
        parts = name.split(".")
        for end in range(len(parts) - 1, 0, -1):
            found = _loggers.get(".".join(parts[:end]))
            if found is not None:
                parent = found
                break
        logger.parent = parent
        for other_name, other in _loggers.items():
            if other_name.startswith(name + ".") and (other.parent is parent):
                other.parent = logger
    return logger


def basicConfig(**kwargs):
    force = kwargs.pop("force", False)
    if force:
        root.handlers = []
    if root.handlers:
        return
    handlers = kwargs.pop("handlers", None)
    stream = kwargs.pop("stream", None)
    kwargs.pop("encoding", None)
    kwargs.pop("errors", None)
    if "filename" in kwargs:
        raise ValueError("there is no file system to log to")
    if handlers is None:
        handlers = [StreamHandler(stream)]
    style = kwargs.pop("style", "%")
    fmt = kwargs.pop("format", None) or {
        "%": BASIC_FORMAT, "{": "{levelname}:{name}:{message}", "$": "${levelname}:${name}:${message}",
    }[style]
    formatter = Formatter(fmt, kwargs.pop("datefmt", None), style)
    for handler in handlers:
        if handler.formatter is None:
            handler.setFormatter(formatter)
        root.addHandler(handler)
    level = kwargs.pop("level", None)
    if level is not None:
        root.setLevel(level)
    if kwargs:
        raise ValueError(f"Unrecognised argument(s): {', '.join(kwargs)}")


def _configured():
    if not root.handlers and lastResort.level:
        basicConfig()
    return root


def debug(msg, *args, **kwargs): _configured().debug(msg, *args, **kwargs)
def info(msg, *args, **kwargs): _configured().info(msg, *args, **kwargs)
def warning(msg, *args, **kwargs): _configured().warning(msg, *args, **kwargs)
def error(msg, *args, **kwargs): _configured().error(msg, *args, **kwargs)
def critical(msg, *args, **kwargs): _configured().critical(msg, *args, **kwargs)
def exception(msg, *args, exc_info=True, **kwargs): _configured().error(msg, *args, exc_info=exc_info, **kwargs)
def log(level, msg, *args, **kwargs): _configured().log(level, msg, *args, **kwargs)
def disable(level=CRITICAL): _disabled[0] = level
def shutdown(): pass
def captureWarnings(capture): pass
fatal = critical


def warn(msg, *args, **kwargs): warning(msg, *args, **kwargs)
def getLoggerClass(): return Logger
def getLogRecordFactory(): return LogRecord


def makeLogRecord(dict):
    record = LogRecord(None, None, "", 0, "", (), None, None)
    for name, value in dict.items():
        setattr(record, name, value)
    return record
