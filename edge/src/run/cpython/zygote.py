"""A Python that has started once and whose copies are the workers: a cold start is a fork and the handler's import.

It reads requests from standard input, a socket, each with the file descriptors of one worker. It never runs foreign
code, never starts a thread, and ends when the edge does.

A worker is two processes. The keeper is the first of the worker's process namespace: it watches the runtime, says how
that ended, and takes everything along when the edge closes its line. The runtime is the other one.
"""

import array
import atexit
import gc
import json
import os
import select
import signal
import socket
import struct
import sys

import sandbox

# What most handlers import, and what the runtime itself needs. A package that has a module by one of these names gets
# an interpreter started from nothing instead.
import base64, collections, copy, dataclasses, datetime, decimal, enum, functools, hashlib, importlib.util  # noqa
import itertools, logging, math, operator, random, re, string, threading, time, traceback, typing, urllib.parse, uuid  # noqa

import bootstrap
import nano_link

FILE_DESCRIPTORS = 4

# Variables that the interpreter, the C library or the loader read when they start, so that a copy comes too late.
READ_AT_START = ("PYTHON", "LD_", "MALLOC_", "GLIBC_")
# Of these it does not.
READ_LATER = ("PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED", "PYTHONIOENCODING", "PYTHONUTF8")

PRELOADED = {name.split(".")[0] for name in sys.modules} - {"bootstrap", "nano_link", "sandbox"}


def needs_fresh_interpreter(request):
    """Whether a copy would differ from a Python started for the function."""
    environment = request["environment"]
    if any(name.startswith(READ_AT_START) and name not in READ_LATER for name in environment):
        return True
    folders = [request["task"]] + environment.get("PYTHONPATH", "").split(":")
    if request["layers"]:
        folders.append(os.path.join(request["layers"], "python"))
    for folder in filter(None, folders):
        try:
            names = os.listdir(folder)
        except OSError:
            continue
        if any(name.split(".")[0] in PRELOADED for name in names):
            return True
    return "AWS_LAMBDA_RUNTIME_API" in environment


def keep(control, child):
    """Waits for the runtime, tells how it ended, and stays until the edge lets go."""
    wake, waker = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(waker)
    reported = False
    while True:
        while True:
            try:
                ended, status, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                break
            if ended == 0:
                break
            if ended == child and not reported:
                reported = True
                control.send(b"exited %d %d\n" % (status, usage.ru_maxrss))
        ready, _, _ = select.select([control, wake], [], [])
        if wake in ready:
            try:
                os.read(wake, 512)
            except BlockingIOError:
                pass
        if control in ready:
            break
    # In a process namespace all ends with this process. Elsewhere whoever is below it is ended one by one, also those
    # that left the process group: this process is the one that orphans come to.
    if os.getpid() != 1:
        end_descendants()
    os._exit(0)


def end_descendants():
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for _ in range(1000):
        try:
            with open("/proc/self/task/%d/children" % os.getpid()) as file:
                children = [int(number) for number in file.read().split()]
        except OSError:
            break
        if not children:
            break
        for child in children:
            try:
                os.kill(child, signal.SIGKILL)
            except OSError:
                pass
        select.select([], [], [], 0.001)


def start(request, control, output, links, box):
    """In the copy: becomes a worker."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.close(output)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    fresh = needs_fresh_interpreter(request)
    owner = sandbox.owner_of(request["number"])
    doors = box.enter(request)
    keeper = os.fork()
    if keeper:
        # Its number out here; in there it is another.
        line = b"keeper %d\n" % keeper
        socket.send_fds(control, [line], [door.fileno() for door in doors]) if doors else control.send(line)
        os._exit(0)
    for door in doors:
        door.close()
    box.show(request, owner)
    runtime = os.fork()
    if runtime:
        for link in links:
            os.close(link)
        os.dup2(0, 1)
        os.dup2(0, 2)
        keep(control, runtime)
    control.close()
    box.close(request, owner)
    environment = request["environment"]
    if fresh:
        for link in links:
            os.set_inheritable(link, True)
        environment = dict(environment, _NANO_LINKS="%d,%d" % tuple(links))
        program = [os.path.join(environment["LAMBDA_RUNTIME_DIR"], "bootstrap.py")]
        if "AWS_LAMBDA_RUNTIME_API" in environment:
            # The package brings AWS's own runtime client.
            program = ["-m", "awslambdaric", environment["_HANDLER"]]
            environment["PYTHONPATH"] = environment["LAMBDA_TASK_ROOT"]
        os.execve(sys.executable, [sys.executable] + program, environment)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    gc.unfreeze()
    gc.enable()
    # The paths of the machine are none of the function's business.
    sys.argv[:] = [os.path.join(environment["LAMBDA_RUNTIME_DIR"], "bootstrap.py")]
    nano_link.links = links
    run()


def run():
    """Ends as a Python ends whose program this is."""
    status = 1
    try:
        bootstrap.main()
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
        if status == 1 and end.code != 1:
            print(end.code, file=sys.stderr)
    except BaseException:
        traceback.print_exc()
    try:
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(status & 255)


def receive(edge):
    """A message and the file descriptors that came with it; empty at the end."""
    files = array.array("i")
    room = socket.CMSG_SPACE(FILE_DESCRIPTORS * files.itemsize)
    length, ancillary, _, _ = edge.recvmsg(4, room, socket.MSG_CMSG_CLOEXEC)
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            files.frombytes(data[: len(data) - len(data) % files.itemsize])
    if not length:
        return b"", []
    length = struct.unpack(">I", length + exactly(edge, 4 - len(length)))[0]
    return exactly(edge, length), list(files)


def exactly(edge, length):
    message = b""
    while len(message) < length:
        part = edge.recv(length - len(message))
        if not part:
            os._exit(0)
        message += part
    return message


def serve(edge, box):
    about = json.dumps({"sandbox": box.report()}).encode()
    edge.sendall(struct.pack(">I", len(about)) + about)
    # Workers' first processes are nobody's to wait for.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.collect()
    gc.freeze()
    gc.disable()
    while True:
        message, files = receive(edge)
        if not message:
            return
        if os.fork():
            for file in files:
                os.close(file)
            continue
        # Whatever happens here must not go on as a second zygote.
        try:
            edge.close()
            control, output, *links = files
            control = socket.socket(fileno=control)
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            start(json.loads(message), control, output, links, box)
        except BaseException as exception:
            try:
                control.send(("failed %s\n" % str(exception).replace("\n", " ")).encode())
            except Exception:
                pass
        finally:
            os._exit(1)


def main():
    root, probe, network = sys.argv[1:]
    edge = socket.socket(fileno=os.dup(0))
    null = os.open(os.devnull, os.O_RDWR)
    for file in (0, 1):
        os.dup2(null, file)
    os.close(null)
    sys.dont_write_bytecode = True
    # Its own folder; a worker finds that elsewhere.
    del sys.path[0]
    os.umask(0o022)
    serve(edge, sandbox.Sandbox(root, probe, network))


if __name__ == "__main__":
    main()
