"""Runs one handler for the edge, as AWS's own runtime client does.

Started with an environment like Lambda's. Prints go to the function's log; results and errors have Lambda's shapes.
"""

import json
import os
import sys

from nano_link import Events

# Where Lambda has the package; what tracebacks show, also where a worker could not be given a root of its own.
SHOWN_ROOT = "/var/task"
INDENT = "\u00a0"


class ClientContext:
    """What a caller says about itself."""

    def __init__(self, members):
        client = members.get("client") or {}
        self.custom = members.get("custom")
        self.env = members.get("env")
        self.client = Client(client) if client else None


class Client:
    """The caller's application."""

    def __init__(self, members):
        self.installation_id = members.get("installation_id")
        self.app_title = members.get("app_title")
        self.app_version_name = members.get("app_version_name")
        self.app_version_code = members.get("app_version_code")
        self.app_package_name = members.get("app_package_name")


class CognitoIdentity:
    """No identity pools here; the fields are there."""

    def __init__(self):
        self.cognito_identity_id = None
        self.cognito_identity_pool_id = None


class LambdaContext:
    """The second argument of a handler."""

    def __init__(self, environment, request_id, deadline_ms, function_arn, client):
        self._deadline_ms = int(deadline_ms)
        self.aws_request_id = request_id
        (
            self.log_group_name,
            self.log_stream_name,
            self.function_name,
            self.memory_limit_in_mb,
            self.function_version,
        ) = environment
        self.invoked_function_arn = function_arn
        self.client_context = ClientContext(json.loads(client)) if client else None
        self.identity = CognitoIdentity()

    def get_remaining_time_in_millis(self):
        import time

        return max(0, self._deadline_ms - int(time.time() * 1000))

    def log(self, message):
        sys.stdout.write(message if isinstance(message, str) else str(message))

    def __repr__(self):
        fields = ", ".join("%s=%s" % (name, value) for name, value in vars(self).items() if name[0] != "_")
        return "LambdaContext([%s])" % fields


class Fault(Exception):
    """The handler cannot be had."""

    def __init__(self, error_type, message, trace=()):
        super().__init__(message)
        self.error_type = error_type
        self.trace = list(trace)


def own_file(name):
    """Whether a frame is of this file. (It may have been loaded by another path.)"""
    return name == trace_of.__code__.co_filename


def shown(line):
    return line.replace(os.environ["LAMBDA_TASK_ROOT"], SHOWN_ROOT)


def error(error_type, message, trace, request_id=""):
    return {"errorMessage": message, "errorType": error_type, "requestId": request_id, "stackTrace": trace}


def trace_of(exception):
    """Lines as Lambda prints them, without the frames of this file and of the import system."""
    import traceback

    frames = traceback.extract_tb(exception.__traceback__)
    frames = [
        frame
        for frame in frames
        if not own_file(frame.filename) and not frame.filename.startswith("<frozen importlib")
    ]
    if frames and all("/importlib/" in frame.filename for frame in frames):
        frames = []
    return [shown(line) for line in traceback.format_list(frames)]


def log_error(result):
    lines = ["[ERROR] %s: %s" % (result["errorType"], result["errorMessage"]), "Traceback (most recent call last):"]
    for entry in result["stackTrace"]:
        for line in entry.splitlines() or [""]:
            text = line.lstrip(" ")
            lines.append(INDENT * (len(line) - len(text)) + text)
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


def find_handler(name):
    try:
        module_name, function_name = name.rsplit(".", 1)
    except ValueError as exception:
        raise Fault("Runtime.MalformedHandlerName", "Bad handler '%s': %s" % (name, exception))
    if module_name.split(".")[0] in sys.builtin_module_names:
        raise Fault(
            "Runtime.MalformedHandlerName",
            "Cannot use built-in module %s as a handler module" % module_name,
        )
    import importlib

    try:
        module = importlib.import_module(module_name.replace("/", "."))
    except ImportError as exception:
        raise Fault("Runtime.ImportModuleError", "Unable to import module '%s': %s" % (module_name, exception))
    except SyntaxError as exception:
        trace = ['  File "%s" Line %s\n    %s' % (exception.filename, exception.lineno, exception.text)]
        raise Fault(
            "Runtime.UserCodeSyntaxError",
            "Syntax error in module '%s': %s" % (module_name, exception),
            [shown(line) for line in trace],
        )
    if not hasattr(module, function_name):
        raise Fault("Runtime.HandlerNotFound", "Handler '%s' missing on module '%s'" % (function_name, module_name))
    return getattr(module, function_name)


class Encoder(json.JSONEncoder):
    def default(self, value):
        import decimal

        if isinstance(value, decimal.Decimal):
            return float(value)
        return super().default(value)


def result_text(result):
    try:
        return json.dumps(result)
    except TypeError:
        pass
    except Exception as exception:
        raise Fault("Runtime.MarshalError", "Unable to marshal response: %s" % exception)
    # Something is in it that plain JSON has not; Lambda's encoder knows one thing more.
    try:
        return json.dumps(result, cls=Encoder)
    except Exception as exception:
        raise Fault("Runtime.MarshalError", "Unable to marshal response: %s" % exception)


def set_up_logging():
    """As on Lambda: the root logger has a handler that names level, time and request."""
    import logging
    import time

    class Handler(logging.Handler):
        def emit(self, record):
            sys.stdout.write(self.format(record))

    class RequestId(logging.Filter):
        def filter(self, record):
            record.aws_request_id = current_request[0]
            return True

    handler = Handler()
    formatter = logging.Formatter(
        "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s\n", "%Y-%m-%dT%H:%M:%S"
    )
    formatter.converter = time.gmtime
    handler.setFormatter(formatter)
    handler.addFilter(RequestId())
    logging.root.addHandler(handler)


current_request = [""]


class LoggingWhenNeeded:
    """`logging` costs a cold start milliseconds, so it is set up when it is imported first."""

    def find_spec(self, name, path=None, target=None):
        if name == "logging":
            sys.meta_path.remove(self)
            import importlib.util

            spec = importlib.util.find_spec("logging")
            loader = spec.loader
            execute = loader.exec_module

            def execute_and_set_up(module):
                execute(module)
                set_up_logging()

            loader.exec_module = execute_and_set_up
            return spec
        return None


def main():
    sys.stdout.reconfigure(line_buffering=True)
    sys.stderr.reconfigure(line_buffering=True)
    # The package first, then what its layers bring, as on Lambda; the runtime's own modules last, so that a package's
    # `device.py` wins.
    root, runtime = os.environ["LAMBDA_TASK_ROOT"], os.environ["LAMBDA_RUNTIME_DIR"]
    layers = os.environ.pop("_NANO_LAYERS", "")
    own_network = os.environ.pop("_NANO_OWN_NETWORK", "")
    versioned = os.path.join(layers, "python/lib/python%d.%d/site-packages" % sys.version_info[:2])
    added = [path for path in os.environ.get("PYTHONPATH", "").split(":") if path]
    added += [versioned, os.path.join(layers, "python")] if layers else []
    before = [path for path in sys.path if path != runtime and path not in added]
    sys.path[:] = [root] + added + before + [runtime]
    if "logging" in sys.modules:
        set_up_logging()
    else:
        sys.meta_path.insert(0, LoggingWhenNeeded())
    events = Events()

    def flush():
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except (OSError, ValueError):
                pass

    def hint(exception):
        """Whoever looks for the network where there is none had better know that it was taken away."""
        import errno

        # A failure of the library's own has the system's as its reason.
        causes = [exception, getattr(exception, "reason", None), exception.__cause__, exception.__context__]
        numbers = [getattr(cause, "errno", None) for cause in causes if isinstance(cause, OSError)]
        names = [type(cause).__name__ for cause in causes]
        if errno.ENETUNREACH in numbers or "gaierror" in names:
            sys.stdout.write(
                "[nano] a function's network has only the edge in it, at AWS_ENDPOINT_URL; the machine's network: "
                'nano serve --network host, or network = "host" in [project] of nano.toml\n'
            )

    def failed(exception, request_id):
        if isinstance(exception, Fault):
            result = error(exception.error_type, str(exception), exception.trace, request_id)
        else:
            result = error(type(exception).__name__, str(exception), trace_of(exception), request_id)
        log_error(result)
        if own_network:
            hint(exception)
        flush()
        return json.dumps(result).encode()

    try:
        handler = find_handler(os.environ["_HANDLER"])
    except Exception as exception:
        events.say(b"i", failed(exception, ""))
        os._exit(1)
    flush()
    from resource import RUSAGE_SELF, getrusage

    names = "LOG_GROUP_NAME LOG_STREAM_NAME FUNCTION_NAME FUNCTION_MEMORY_SIZE FUNCTION_VERSION".split()
    environment = [os.environ["AWS_LAMBDA_" + name] for name in names]
    events.say(b"R")
    while True:
        (request_id, deadline_ms, function_arn, trace_id, content, client), body = events.next()
        current_request[0] = request_id
        os.environ["_X_AMZN_TRACE_ID"] = trace_id
        try:
            try:
                # Records of logs that are no JSON come as they are.
                event = body if content == "bytes" else json.loads(body)
            except ValueError as exception:
                raise Fault("Runtime.UnmarshalError", "Unable to unmarshal input: %s" % exception)
            context = LambdaContext(environment, request_id, deadline_ms, function_arn, client)
            answer, kind = result_text(handler(event, context)).encode(), b"r"
        except Exception as exception:
            answer, kind = failed(exception, request_id), b"e"
        flush()
        events.say(kind, answer, getrusage(RUSAGE_SELF).ru_maxrss)


if __name__ == "__main__":
    main()
