"""What a worker may not do, put in force by the kernel between its birth and its first line of foreign code.

Where the kernel lets this process make namespaces, a worker gets a root of its own: Python and the system's libraries
read-only, its package at /var/task, a /tmp in memory, its own processes, a network of which the edge's endpoint is all
there is, and nothing else. Where it does not, Landlock keeps it out of all other files and ports. Every layer is tried once when the edge starts; what worked then must work for every
worker, or the worker is not started.
"""

import ctypes
import fcntl
import os
import platform
import resource
import signal
import socket
import struct
import sys

CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC, CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = (
    0x00020000,
    0x04000000,
    0x08000000,
    0x10000000,
    0x20000000,
    0x40000000,
)
SIOCSIFFLAGS, IFF_UP, IFF_RUNNING = 0x8914, 0x1, 0x40
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_BIND, MS_REC, MS_PRIVATE = 1, 2, 4, 8, 4096, 16384, 1 << 18
MNT_DETACH = 2
ATTR_RDONLY, ATTR_NOSUID, ATTR_NODEV = 1, 2, 4
AT_FDCWD, AT_EMPTY_PATH, AT_RECURSIVE = -100, 0x1000, 0x8000
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_SECCOMP, PR_CAPBSET_DROP, PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = (
    1,
    4,
    22,
    24,
    36,
    38,
)

# Numbers of the system calls that the C library has no function for.
PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}.get(platform.machine())
MOUNT_SETATTR, LANDLOCK_CREATE, LANDLOCK_ADD, LANDLOCK_RESTRICT = 442, 444, 445, 446

# What of the system a worker sees; what is not there is not made up.
SYSTEM = ["/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/nix/store", "/gnu/store"]
SETTINGS = [
    "/etc/" + name
    for name in (
        "alternatives ca-certificates gai.conf group host.conf hosts ld.so.cache ld.so.conf ld.so.conf.d localtime "
        "mime.types nsswitch.conf passwd pki protocols resolv.conf services ssl"
    ).split()
]
DEVICES = ["/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"]
# Secrets of the machine within these.
HIDDEN = ["/etc/ssl/private", "/etc/pki/tls/private"]

# The user that workers are where the edge is root; each gets another, so that limits are its own.
FIRST_USER, USERS = 2_100_000_000, 10_000_000
NOBODY = 65534

# Processes and threads of one worker; as on AWS.
MOST_PROCESSES = 1024
MOST_FILES = 1024

libc = ctypes.CDLL(None, use_errno=True)


def checked(result, what):
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, "%s: %s" % (what, os.strerror(error)))
    return result


def syscall(what, number, *arguments):
    return checked(libc.syscall(ctypes.c_long(number), *arguments), what)


def prctl(what, option, *arguments):
    arguments = [ctypes.c_ulong(argument) for argument in arguments] + [ctypes.c_ulong(0)] * (4 - len(arguments))
    return checked(libc.prctl(ctypes.c_int(option), *arguments), what)


def mount(source, target, kind, flags, data=None):
    def text(value):
        return None if value is None else os.fsencode(value)

    checked(
        libc.mount(text(source), text(target), text(kind), ctypes.c_ulong(flags), text(data)), "mount %s" % target
    )


def set_attributes(path, attributes, recursive=True):
    """Adds to what a mount has; `MS_REMOUNT` would want to be told all of it, and does not reach what is below."""
    packed = ctypes.create_string_buffer(struct.pack("QQQQ", attributes, 0, 0, 0), 32)
    flags = AT_RECURSIVE if recursive else 0
    syscall(
        "mount_setattr %s" % path, MOUNT_SETATTR, AT_FDCWD, os.fsencode(path), flags, packed, ctypes.c_size_t(32)
    )


def write(path, text):
    with open(path, "w") as file:
        file.write(text)


# ---- namespaces ----


def enter_namespaces(network):
    """New ones for files, processes and System V's IPC, and the network's; the process itself is still among the old
    processes."""
    flags = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | (CLONE_NEWNET if network else 0)
    user, group = os.geteuid(), os.getegid()
    if user != 0:
        flags |= CLONE_NEWUSER
    checked(libc.unshare(flags), "unshare")
    if user != 0:
        write("/proc/self/setgroups", "deny")
        write("/proc/self/uid_map", "%d %d 1" % (user, user))
        write("/proc/self/gid_map", "%d %d 1" % (group, group))


def open_doors(ports):
    """Listens at ports of this namespace's loopback interface, which is all it has. Who has the sockets, the edge, answers
    there as if it were inside: a socket is of the namespace that it was made in, wherever it goes."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", IFF_UP | IFF_RUNNING))
    doors = []
    for port in ports:
        door = socket.socket(socket.AF_INET, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.bind(("127.0.0.1", port))
        door.listen(128)
        doors.append(door)
    return doors


def bind(source, root, target=None, attributes=ATTR_RDONLY | ATTR_NOSUID | ATTR_NODEV):
    """Shows a file or folder below `root`, read-only."""
    place = root + (target or source)
    if os.path.isdir(source):
        os.makedirs(place, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(place), exist_ok=True)
        open(place, "a").close()
    mount(source, place, None, MS_BIND | MS_REC)
    set_attributes(place, attributes)


def interpreter_folders():
    """Where Python is, beyond the system's folders."""
    folders = {sys.prefix, sys.base_prefix, sys.exec_prefix, os.path.dirname(sys.executable)}
    folders.update(path for path in sys.path if os.path.isdir(path))
    # By every path that they have: programs and modules are found by one that may lead through links.
    folders |= {os.path.realpath(folder) for folder in folders | {os.path.dirname(os.path.realpath(sys.executable))}}
    known = []
    for folder in sorted(folders):
        inside = any(folder == outer or folder.startswith(outer + "/") for outer in SYSTEM + known)
        if folder != "/" and not inside:
            known.append(folder)
    return known


def build_root(root, task, runtime, layers, temporary_megabytes, owner):
    """A file system of its own, and a move into it. In the new process namespace, for /proc."""
    mount(None, "/", None, MS_REC | MS_PRIVATE)
    mount("nano", root, "tmpfs", MS_NOSUID | MS_NODEV, "size=1m,nr_inodes=4k,mode=755")
    for path in SYSTEM:
        if os.path.islink(path):
            os.symlink(os.readlink(path), root + path)
        elif os.path.isdir(path):
            bind(path, root)
    for path in SETTINGS:
        if os.path.exists(path):
            # A link may lead to where the worker does not see.
            bind(os.path.realpath(path), root, path)
    for path in HIDDEN:
        if os.path.isdir(root + path):
            mount("nano", root + path, "tmpfs", MS_RDONLY | MS_NOSUID | MS_NODEV, "size=4k,mode=0")
    # Before Python, which may be somewhere below it.
    os.makedirs(root + "/tmp")
    limits = "size=%dm,nr_inodes=64k,mode=700,uid=%d,gid=%d" % ((temporary_megabytes,) + owner)
    mount("nano", root + "/tmp", "tmpfs", MS_NOSUID | MS_NODEV, limits)
    for path in interpreter_folders():
        bind(os.path.realpath(path), root, path)
    for path in DEVICES:
        bind(path, root, attributes=ATTR_NOSUID)
    for name, target in (("fd", ""), ("stdin", "/0"), ("stdout", "/1"), ("stderr", "/2")):
        os.symlink("/proc/self/fd" + target, root + "/dev/" + name)
    bind(task, root, "/var/task")
    bind(runtime, root, "/var/runtime")
    os.makedirs(root + "/opt", exist_ok=True)
    if layers:
        bind(layers, root, "/opt")
    os.makedirs(root + "/proc")
    try:
        mount("proc", root + "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC)
    except OSError:
        # Within a container that hides parts of /proc. Nothing is shown then, rather than the processes outside.
        pass
    set_attributes(root, ATTR_RDONLY, recursive=False)
    os.chdir(root)
    syscall("pivot_root", PIVOT_ROOT, b".", b".")
    checked(libc.umount2(b".", MNT_DETACH), "umount")
    os.chdir("/var/task")


# ---- Landlock ----


def landlock_abi():
    """Version of Landlock; 0 where there is none."""
    return max(0, libc.syscall(ctypes.c_long(LANDLOCK_CREATE), None, ctypes.c_size_t(0), ctypes.c_uint(1)))


ACCESS_EXECUTE, ACCESS_WRITE, ACCESS_READ, ACCESS_READ_FOLDER = 1, 2, 4, 8
# All that the versions 1, 2, 3 and 5 can refuse.
ACCESS_ALL = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1}
ACCESS_NEWEST = (1 << 16) - 1
ACCESS_OF_FILES = ACCESS_EXECUTE | ACCESS_WRITE | ACCESS_READ | 1 << 14 | 1 << 15
SCOPE_ABSTRACT_SOCKETS, SCOPE_SIGNALS = 1, 2
ACCESS_BIND, ACCESS_CONNECT = 1, 2
RULE_PATH, RULE_PORT = 1, 2
# The first version that knows ports.
ABI_OF_PORTS = 4


def landlock(readable, writable, ports=None):
    """Keeps this process and all it starts out of every other file, from every other port of TCP, and from signalling
    anyone outside. Where all are `None` files and network are left to the namespaces."""
    abi = landlock_abi()
    files = readable is not None
    handled = ACCESS_ALL.get(abi, ACCESS_NEWEST) if files else 0
    scoped = SCOPE_ABSTRACT_SOCKETS | SCOPE_SIGNALS if abi >= 6 else 0
    network = ACCESS_BIND | ACCESS_CONNECT if ports is not None and abi >= ABI_OF_PORTS else 0
    if abi == 0 or not (handled or scoped or network):
        return
    size = 24 if abi >= 6 else 16 if abi >= 4 else 8
    attributes = ctypes.create_string_buffer(struct.pack("QQQ", handled, network, scoped)[:size], size)
    rules = syscall("landlock", LANDLOCK_CREATE, attributes, ctypes.c_size_t(size), ctypes.c_uint(0))
    read = ACCESS_EXECUTE | ACCESS_READ | ACCESS_READ_FOLDER
    allowed = [(path, read) for path in readable or ()] + [(path, handled) for path in writable or ()]
    for path, access in allowed:
        try:
            place = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except FileNotFoundError:
            continue
        if not os.path.isdir(path):
            access &= ACCESS_OF_FILES
        rule = ctypes.create_string_buffer(struct.pack("=Qi", access & handled, place), 12)
        kind = ctypes.c_int(RULE_PATH)
        syscall("landlock %s" % path, LANDLOCK_ADD, ctypes.c_int(rules), kind, rule, ctypes.c_uint(0))
        os.close(place)
    for port in ports or () if network else ():
        rule = ctypes.create_string_buffer(struct.pack("=QQ", ACCESS_CONNECT, port), 16)
        kind = ctypes.c_int(RULE_PORT)
        syscall("landlock %d" % port, LANDLOCK_ADD, ctypes.c_int(rules), kind, rule, ctypes.c_uint(0))
    syscall("landlock", LANDLOCK_RESTRICT, ctypes.c_int(rules), ctypes.c_uint(0))
    os.close(rules)


# ---- system calls ----

# What no function has a use for and what has let others out before: x86_64's number, aarch64's.
REFUSED = {
    "acct": (163, 89),
    "add_key": (248, 217),
    "bpf": (321, 280),
    "chroot": (161, 51),
    "clock_adjtime": (305, 266),
    "clock_settime": (227, 112),
    "delete_module": (176, 106),
    "fanotify_init": (300, 262),
    "finit_module": (313, 273),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fsopen": (430, 430),
    "fspick": (433, 433),
    "init_module": (175, 105),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "io_uring_setup": (425, 425),
    "kcmp": (312, 272),
    "kexec_file_load": (320, 294),
    "kexec_load": (246, 104),
    "keyctl": (250, 219),
    "lookup_dcookie": (212, 18),
    # Memory that no process need have mapped, so that nobody could say whose it is.
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "mount": (165, 40),
    "mount_setattr": (442, 442),
    "move_mount": (429, 429),
    "name_to_handle_at": (303, 264),
    "nfsservctl": (180, 42),
    "open_by_handle_at": (304, 265),
    "open_tree": (428, 428),
    "perf_event_open": (298, 241),
    "pivot_root": (155, 41),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "ptrace": (101, 117),
    "quotactl": (179, 60),
    "reboot": (169, 142),
    "request_key": (249, 218),
    "setdomainname": (171, 162),
    "sethostname": (170, 161),
    "setns": (308, 268),
    "settimeofday": (164, 170),
    "shmget": (29, 194),
    "swapoff": (168, 225),
    "swapon": (167, 224),
    "syslog": (103, 116),
    "umount2": (166, 39),
    "unshare": (272, 97),
    "userfaultfd": (323, 282),
    "vhangup": (153, 58),
}
CLONE, CLONE3 = (56, 220), (435, 435)
NAMESPACES = 0x7E020000
ARCHITECTURES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}
EPERM, ENOSYS = 1, 38


SOCKET = (41, 198)
AF_UNIX, AF_INET, AF_INET6, SOCK_STREAM, IPPROTO_TCP = 1, 2, 10, 1, 6
EACCES = 13


def seccomp_program(no_datagrams=False):
    """The filter as the kernel reads it, or `None` on a processor whose numbers are not known here. `no_datagrams`: the
    network has no sockets but TCP's, whose ports Landlock looks at."""
    known = ARCHITECTURES.get(platform.machine())
    if known is None:
        return None
    architecture, column = known

    def step(code, value, yes=0, no=0):
        return struct.pack("HBBI", code, yes, no, value)

    load, equal, at_least, any_bit, give = 0x20, 0x15, 0x35, 0x45, 0x06
    allow, kill = 0x7FFF0000, 0x80000000
    refuse, unknown = 0x00050000 | EPERM, 0x00050000 | ENOSYS
    program = [step(load, 4), step(equal, architecture, 1, 0), step(give, kill), step(load, 0)]
    # The third calling convention of x86_64 has numbers of its own.
    program += [step(at_least, 0x40000000, 0, 1), step(give, refuse)]
    for numbers in REFUSED.values():
        program += [step(equal, numbers[column], 0, 1), step(give, refuse)]
    # `clone3` has its flags in memory, where a filter does not look; the C library then calls `clone`.
    program += [step(equal, CLONE3[column], 0, 1), step(give, unknown)]
    program += [step(equal, CLONE[column], 0, 3), step(load, 16), step(any_bit, NAMESPACES, 0, 1), step(give, refuse)]
    if no_datagrams:
        # Family, type without its flags, protocol.
        family, kind, protocol, mask, denied = 16, 24, 32, 0x54, 0x00050000 | EACCES
        program += [step(load, 0), step(equal, SOCKET[column], 0, 12), step(load, family), step(equal, AF_UNIX, 10, 0)]
        program += [step(equal, AF_INET, 1, 0), step(equal, AF_INET6, 0, 7)]
        program += [step(load, kind), step(mask, 0xF), step(equal, SOCK_STREAM, 0, 4)]
        program += [step(load, protocol), step(equal, 0, 3, 0), step(equal, IPPROTO_TCP, 2, 0), step(give, denied)]
        program.append(step(give, denied))
    program.append(step(give, allow))
    return b"".join(program)


PROGRAM, PROGRAM_WITHOUT_DATAGRAMS = seccomp_program(), seccomp_program(no_datagrams=True)


def seccomp(no_datagrams=False):
    program = PROGRAM_WITHOUT_DATAGRAMS if no_datagrams else PROGRAM
    if program is None:
        return
    steps = ctypes.create_string_buffer(program, len(program))
    header = ctypes.create_string_buffer(struct.pack("HP", len(program) // 8, ctypes.addressof(steps)))
    prctl("seccomp", PR_SET_SECCOMP, 2, ctypes.addressof(header))


# ---- privileges and limits ----


def drop_privileges(owner):
    """Another user where this is root, and no capability, now or after any `execve`."""
    prctl("no_new_privs", PR_SET_NO_NEW_PRIVS, 1)
    try:
        for capability in range(64):
            prctl("capability %d" % capability, PR_CAPBSET_DROP, capability)
    except OSError:
        # There are no more, or this process has none to drop.
        pass
    if os.geteuid() == 0 and owner is not None:
        user, group = owner
        os.setgroups([])
        os.setresgid(group, group, group)
        os.setresuid(user, user, user)
    header = ctypes.create_string_buffer(struct.pack("=Ii", 0x20080522, 0), 8)
    none = ctypes.create_string_buffer(24)
    checked(libc.capset(header, none), "capset")
    # Whoever changes user loses its own /proc/self otherwise.
    prctl("dumpable", PR_SET_DUMPABLE, 1)


def limit(memory_megabytes, file_megabytes, most_processes=MOST_PROCESSES):
    """What the function may use. Hard limits: it cannot take them back."""

    def lower(what, value):
        hard = resource.getrlimit(what)[1]
        if hard != resource.RLIM_INFINITY:
            value = min(value, hard)
        resource.setrlimit(what, (value, value))

    # The interpreter itself is not the function's, as little as on Lambda.
    lower(resource.RLIMIT_DATA, (memory_megabytes + 64) << 20)
    lower(resource.RLIMIT_FSIZE, file_megabytes << 20)
    lower(resource.RLIMIT_CORE, 0)
    lower(resource.RLIMIT_NOFILE, MOST_FILES)
    if most_processes is not None:
        lower(resource.RLIMIT_NPROC, most_processes)
    try:
        # When memory runs out, functions go before the edge does.
        write("/proc/self/oom_score_adj", "1000")
    except OSError:
        pass


def owner_of(number):
    """User and group of a worker."""
    if os.geteuid() != 0:
        return os.geteuid(), os.getegid()
    user = FIRST_USER + number % USERS
    return (user, user) if has_user(user) else (NOBODY, NOBODY)


def has_user(user):
    """Whether the user exists in the namespace that the edge is in."""
    try:
        with open("/proc/self/uid_map") as file:
            ranges = [[int(number) for number in line.split()] for line in file]
    except OSError:
        return True
    return any(first <= user < first + count for first, _, count in ranges)


def reachable_by_others(path):
    """Whether any user may read a file, as far as the modes of the folders above it say."""
    path = os.path.realpath(path)
    while True:
        if not os.stat(path).st_mode & 0o005 == 0o005:
            return False
        if path == "/":
            return True
        path = os.path.dirname(path)


# ---- which of it there is ----


class Sandbox:
    """What this kernel lets this process put in force; learnt by doing it once."""

    def __init__(self, root, probe_folder, network="edge"):
        self.root = root
        self.network_is_shared = network == "host"
        self.landlock = landlock_abi()
        self.seccomp = PROGRAM is not None
        self.own_network = not self.network_is_shared
        self.why_no_namespaces = attempt(lambda: self._try_namespaces(probe_folder))
        if self.why_no_namespaces is not None and self.own_network:
            # All but the network, perhaps.
            self.own_network = False
            self.why_no_namespaces = attempt(lambda: self._try_namespaces(probe_folder))
        self.namespaces = self.why_no_namespaces is None
        if self.seccomp and attempt(lambda: (prctl("no_new_privs", PR_SET_NO_NEW_PRIVS, 1), seccomp())) is not None:
            self.seccomp = False
        # What is left where the network is the machine's, though it should not be.
        self.few_ports = (
            not (self.own_network or self.network_is_shared) and self.landlock >= ABI_OF_PORTS and self.seccomp
        )
        # Another user needs to get at Python where there is no root of its own to show it in.
        everywhere = [sys.executable] + interpreter_folders() + [probe_folder]
        self.own_user = os.geteuid() == 0 and (
            self.namespaces or all(reachable_by_others(path) for path in everywhere if os.path.exists(path))
        )

    def _try_namespaces(self, folder):
        if PIVOT_ROOT is None:
            raise OSError("this processor's system calls are not known here")
        enter_namespaces(self.own_network)
        if self.own_network:
            open_doors([])
        inside(lambda: build_root(self.root, folder, folder, None, 1, (os.geteuid(), os.getegid())))

    def report(self):
        return {
            "namespaces": self.namespaces,
            "why_no_namespaces": self.why_no_namespaces,
            "landlock": self.landlock,
            "seccomp": self.seccomp,
            "own_user": self.own_user,
            "user_namespace": self.namespaces and os.geteuid() != 0,
            "network": "own" if self.own_network else "ports" if self.few_ports else "shared",
        }

    def enter(self, request):
        """First half, in a process that is about to have the worker as its child; the doors of its network."""
        if self.namespaces:
            enter_namespaces(self.own_network)
        return open_doors(request["doors"]) if self.own_network else []

    def show(self, request, owner):
        """Second half, in the worker's first process: what of the file system there is."""
        if self.namespaces:
            build_root(
                self.root, request["task"], request["runtime"], request["layers"], request["file_megabytes"], owner
            )
            return
        # Orphans come to this process, and end with it.
        prctl("subreaper", PR_SET_CHILD_SUBREAPER, 1)
        if self.own_user:
            os.chown(request["temporary"], *owner)
        os.chdir(request["task"])

    def close(self, request, owner):
        """The end: from here on nothing can be taken back. In the process that runs the function."""
        prctl("pdeathsig", PR_SET_PDEATHSIG, 0)
        # Without a user or a user namespace of its own it would be counted together with all else that the user runs.
        own_count = self.own_user or (self.namespaces and os.geteuid() != 0)
        limit(request["memory_megabytes"], request["file_megabytes"], MOST_PROCESSES if own_count else None)
        if self.own_user:
            # So that it may open /dev/stdout.
            os.fchown(1, *owner)
        drop_privileges(owner if self.own_user else None)
        prctl("pdeathsig", PR_SET_PDEATHSIG, signal.SIGKILL)
        ports = request["doors"] if self.few_ports else None
        if self.namespaces:
            landlock(None, None, ports)
        else:
            shown = SYSTEM + SETTINGS + interpreter_folders() + [request["task"], request["runtime"]]
            if request["layers"]:
                shown.append(request["layers"])
            places = [request["temporary"], os.devnull]
            landlock(shown + ["/proc/self", "/dev/urandom", "/dev/random"], places, ports)
        if self.seccomp:
            seccomp(self.few_ports)


def inside(what):
    """Does something in a child, and fails as it failed."""
    why = attempt(what)
    if why is not None:
        raise OSError(why)


def attempt(what):
    """Does something in a child: why it failed, or `None`."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            what()
            status = 0
        except BaseException as exception:
            os.write(writer, (str(exception) or repr(exception)).encode())
        finally:
            os._exit(status)
    os.close(writer)
    with os.fdopen(reader, "rb") as file:
        why = file.read().decode()
    status = os.waitpid(child, 0)[1]
    return None if status == 0 else why or "it ended by signal %d" % (status & 127)
