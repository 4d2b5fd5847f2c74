# Runs the programs that come in by standard input, each in a namespace of its own: "LENGTH\n" and the text; answers
# "STATUS STDOUT STDERR\n" (lengths in bytes) and both texts. Status -1: it does not compile, or takes too long.
import io
import os
import resource
import signal
import sys
import tempfile
import warnings


class TooLong(BaseException):
    pass


running = False


def too_long(signal, frame):
    if running:
        raise TooLong


warnings.simplefilter("ignore")
resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
signal.signal(signal.SIGALRM, too_long)
os.chdir(tempfile.mkdtemp(prefix="nano-differential-"))
requests, answers = sys.stdin.buffer, sys.stdout.buffer
real = sys.stdout, sys.stderr


def run(source):
    global running
    out, err, status = io.StringIO(), io.StringIO(), 0
    try:
        code = compile(source, "program.py", "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return -1, "", ""
    sys.stdout, sys.stderr = out, err
    signal.setitimer(signal.ITIMER_REAL, 1.0, 0.1)
    try:
        running = True
        exec(code, {"__name__": "__main__", "__builtins__": __builtins__})
    except TooLong:
        status = -1
    except SystemExit as error:
        if error.code is None or isinstance(error.code, int):
            status = (error.code or 0) & 0xFF
        else:
            status = 1
            err.write(f"{error.code}\n")
    except MemoryError:
        status = -1
    except BaseException as error:
        status = 1
        # The interpreter's own printer reads the file.
        with open("program.py", "w", encoding="utf-8") as file:
            file.write(source)
        error = error.with_traceback(error.__traceback__.tb_next)
        sys.__excepthook__(type(error), error, error.__traceback__)
    finally:
        running = False
        signal.setitimer(signal.ITIMER_REAL, 0)
        sys.stdout, sys.stderr = real
    return status, out.getvalue(), err.getvalue()


folder = os.getcwd()
while True:
    length = requests.readline()
    if not length:
        break
    try:
        status, out, err = run(requests.read(int(length)).decode())
    except TooLong:
        # It came while what the program raised was being handled.
        running, (sys.stdout, sys.stderr) = False, real
        status, out, err = -1, "", ""
    out, err = out.encode("utf-8", "surrogatepass"), err.encode("utf-8", "surrogatepass")
    answers.write(b"%d %d %d\n" % (status, len(out), len(err)) + out + err)
    answers.flush()
os.chdir("/")
if os.path.exists(f"{folder}/program.py"):
    os.unlink(f"{folder}/program.py")
os.rmdir(folder)
