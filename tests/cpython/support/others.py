"""In the place of helpers for processes, sockets, threads, bytecode and others that no device has."""

import unittest

HOST = "127.0.0.1"


def assert_python_ok(*arguments, **keywords):
    raise unittest.SkipTest("it needs a process")


assert_python_failure = make_script = spawn_python = run_python_until_end = kill_python = run_pty = assert_python_ok
interpreter_requires_environment = assert_python_ok


def requires_hashdigest(*arguments, **keywords):
    return lambda function: function


def skip_unless_bind_unix_socket(function):
    return function


class BytecodeTestCase(unittest.TestCase):
    pass


class TestHandler:
    pass
