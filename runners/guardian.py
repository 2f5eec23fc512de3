"""The guardian of one command: takes its whole process tree down, whatever happens to the owner.

Started as `python -I -S guardian.py FD`; FD is a stream socket to the owner, the standard streams
are the command's own. The owner sends one order (see `read_order`); a further byte means *cancel*,
end of file means that the owner is gone. The guardian answers in lines: `started PID` or
`refused cwd|exec ERRNO`, then `ended REASON WAITSTATUS CPU_SECONDS WALL_SECONDS PEAK_BYTES`, and
is gone itself only when nothing below it is left.

Standard library only, and little of it: `import signal` alone would cost 5 of the 12 ms it takes
to start, so signals are numbers here; two of them differ between Linux and the BSDs.
"""

# pathlib and contextlib would double the time it takes to start.
# ruff: noqa: PTH110, PTH208, SIM105

from __future__ import annotations

import ctypes
import os
import resource
import select
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:  # importing it for real would cost as much as the rest together
    from collections.abc import Callable
    from typing import NoReturn

SIGHUP, SIGINT, SIGKILL, SIGPIPE, SIGTERM, SIGXFSZ = 1, 2, 9, 13, 15, 25
LINUX = sys.platform == "linux"
SIGCHLD, SIGCONT = (17, 18) if LINUX else (20, 19)
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
ADDR_NO_RANDOMIZE = 0x0040000
SIG_DFL, SIG_IGN = 0, 1

GRACE_S = 0.3
"""Between SIGTERM and SIGKILL: the whole end has to fit into one second."""
GIVE_UP_S = 5.0
"""When the sweep stops trying: what survives SIGKILL is stuck in the kernel or another user's."""
TICK_S = 0.05
"""How often orphans are reaped and memory is measured; an end is noticed at once."""

libc = ctypes.CDLL(None)


class Order:
    """What the owner wants: fields separated by NUL, which none of them can contain."""

    def __init__(self, fields: list[bytes]) -> None:
        self.timeout_s = float(fields[0])
        self.memory_limit = int(fields[1])
        self.cwd = fields[2]
        count = int(fields[3])
        self.argv = fields[4 : 4 + count]
        pairs = (field.partition(b"=") for field in fields[4 + count :])
        self.env = {name: value for name, _, value in pairs}


def read_exactly(control: int, size: int) -> bytes:
    """That many bytes, or fewer if the owner goes away; what follows is a later message."""
    data = b""
    while len(data) < size:
        chunk = os.read(control, size - len(data))
        if not chunk:
            break
        data += chunk
    return data


def read_order(control: int) -> Order | None:
    """Read ten digits of length and that many bytes; None if the owner went away meanwhile."""
    length = read_exactly(control, 10)
    if len(length) < 10:
        return None
    body = read_exactly(control, int(length))
    return Order(body.split(b"\0")) if len(body) == int(length) else None


def report(control: int, line: str) -> None:
    """Tell the owner, if there still is one: that it is gone shows on the next wait."""
    try:
        os.write(control, line.encode())
    except OSError:
        pass


def become_command(order: Order, guardian: int, refusals: int) -> None:
    """In the forked child: a session of its own, default signals, then the command itself."""
    step = b"cwd"
    try:
        os.setsid()
        if LINUX:
            libc.prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0)
            if os.getppid() != guardian:
                os._exit(127)
            # The same addresses each time, where it is allowed: sets of objects that hash by theirs
            # have the same order then, and tests made from such a set keep their names.
            libc.personality(ADDR_NO_RANDOMIZE)
        for number in (SIGHUP, SIGINT, SIGPIPE, SIGTERM, SIGXFSZ):
            libc.signal(number, ctypes.c_void_p(SIG_DFL))
        # A crash must not leave a core file among the sources.
        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
        os.chdir(order.cwd)
        step = b"exec"
        os.execvpe(order.argv[0], order.argv, order.env)  # noqa: S606  (no shell is what we want)
    except OSError as error:
        os.write(refusals, b"%s %d" % (step, error.errno or 0))
    os._exit(127)


def start(order: Order) -> tuple[int, bytes]:
    """Fork and start the command: its pid, and `cwd|exec ERRNO` if it could not be started."""
    guardian = os.getpid()
    readable, writable = os.pipe()
    pid = os.fork()
    if pid == 0:
        become_command(order, guardian, writable)
    os.close(writable)
    refusal = os.read(readable, 64)
    os.close(readable)
    return pid, refusal


def read_file(path: str) -> bytes:
    """Contents of a file of /proc, empty when its process is gone."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        return b""
    try:
        return os.read(descriptor, 1_000_000)
    except OSError:
        return b""
    finally:
        os.close(descriptor)


def children_listed(pid: int) -> list[int]:
    """Children of all threads of a process, as the kernel lists them."""
    try:
        threads = os.listdir(f"/proc/{pid}/task")
    except OSError:
        return []
    lists = (read_file(f"/proc/{pid}/task/{thread}/children") for thread in threads)
    return [int(child) for line in lists for child in line.split()]


def parents_scanned() -> dict[int, list[int]]:
    """Children by parent from every process's stat: for kernels that keep no list of children."""
    children: dict[int, list[int]] = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            fields = read_file(f"/proc/{name}/stat").rpartition(b")")[2].split()
            if fields:
                children.setdefault(int(fields[1]), []).append(int(name))
    return children


def kernel_lists_children() -> bool:
    """Whether the kernel was built to keep a list of every thread's children."""
    own = os.getpid()
    return os.path.exists(f"/proc/{own}/task/{own}/children")


def children_lookup() -> Callable[[int], list[int]]:
    """The quickest way to a process's children that this kernel offers, as of now."""
    if kernel_lists_children():
        return children_listed
    scanned = parents_scanned() if LINUX else {}
    return lambda pid: scanned.get(pid, [])


def descendants(root: int, children: Callable[[int], list[int]]) -> list[int]:
    """Every process below `root`, zombies included; empty where there is no /proc."""
    found: list[int] = []
    ahead = [root]
    while ahead:
        below = children(ahead.pop())
        found += below
        ahead += below
    return found


def own_tree() -> list[int]:
    """Every process below this one."""
    return descendants(os.getpid(), children_lookup())


def resident(pid: int) -> int:
    """Bytes of the process's resident pages, 0 when it is gone."""
    fields = read_file(f"/proc/{pid}/statm").split()
    return int(fields[1]) * os.sysconf("SC_PAGE_SIZE") if fields else 0


def proportional(pid: int) -> int:
    """The process's share of its resident pages, all of them where the share cannot be read."""
    for line in read_file(f"/proc/{pid}/smaps_rollup").splitlines():
        if line.startswith(b"Pss:"):
            return int(line.split()[1]) * 1024
    return resident(pid)


def memory_of(pids: list[int], limit: int) -> int:
    """Bytes of memory that these processes hold.

    Resident pages first, which is quick; pages that forks share count several times there, so a
    sum above the limit is measured again by proportional share.
    """
    whole = sum(map(resident, pids))
    return whole if whole <= limit else sum(map(proportional, pids))


def signal_groups(pids: list[int], number: int) -> None:
    """Signal the process groups of these processes: a group cannot fork away from its signal.

    The command leads a session of its own, so no group below it holds a process that is not.
    """
    groups = set()
    for pid in pids:
        try:
            groups.add(os.getpgid(pid))
        except ProcessLookupError:
            continue
    for group in groups - {os.getpgrp()}:
        try:
            os.killpg(group, number)
        except (ProcessLookupError, PermissionError):
            continue


class Watch:
    """The command from its start to the end of the last process below the guardian."""

    def __init__(self, child: int, control: int, order: Order) -> None:
        self.child = child
        self.control = control
        self.order = order
        self.began = time.monotonic()
        self.status: int | None = None
        self.cpu_s = 0.0
        self.peak = 0
        self.owner_gone = False
        self.was_too_big = False
        self.poll = select.poll()
        self.poll.register(control, select.POLLIN | select.POLLHUP)
        self.pidfd = self.listen_to_child()

    def listen_to_child(self) -> int:
        """A descriptor that is ready when the child ends; -1 where a tick has to do."""
        if not LINUX:
            return -1
        try:
            descriptor = os.pidfd_open(self.child)
        except OSError:
            return -1
        self.poll.register(descriptor, select.POLLIN)
        return descriptor

    def until_over(self) -> str:
        """Wait for the first reason to end."""
        deadline = self.began + self.order.timeout_s
        while True:
            ordered = self.wait(min(TICK_S, deadline - time.monotonic()))
            if self.status is not None:
                return "itself"
            if ordered or self.owner_gone:
                return "cancel"
            if time.monotonic() >= deadline:
                return "deadline"
            if self.too_big():
                return "memory"

    def wait(self, seconds: float) -> bool:
        """Wait for news, reap the dead; True when the owner ordered the end."""
        ready = dict(self.poll.poll(max(0.0, seconds) * 1000))
        self.reap()
        if self.control not in ready:
            return False
        data = self.read_control()
        if not data:
            self.owner_gone = True
            self.poll.unregister(self.control)
        return bool(data)

    def read_control(self) -> bytes:
        """What the owner sent, empty when it is gone (reset counts as gone)."""
        try:
            return os.read(self.control, 64)
        except OSError:
            return b""

    def reap(self) -> bool:
        """Collect every dead child; True when no child is left at all."""
        while True:
            try:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return True
            if pid == 0:
                return False
            self.cpu_s += usage.ru_utime + usage.ru_stime
            # Linux and the BSDs count in KiB, macOS in bytes.
            unit = 1 if sys.platform == "darwin" else 1024
            self.peak = max(self.peak, usage.ru_maxrss * unit)
            if pid == self.child:
                self.status = status
                self.forget_child()

    def forget_child(self) -> None:
        """Stop listening to a child that has been reaped."""
        if self.pidfd >= 0:
            self.poll.unregister(self.pidfd)
            os.close(self.pidfd)
            self.pidfd = -1

    def too_big(self) -> bool:
        """Whether the tree holds more memory than it may, now and a tick ago.

        Once is not enough: shares are read one after the other, and grow while processes end.
        """
        limit = self.order.memory_limit
        before = self.was_too_big
        self.was_too_big = limit > 0 and memory_of(own_tree(), limit) > limit
        return before and self.was_too_big

    def ask_to_end(self) -> None:
        """SIGTERM to the command's group, and time to react unless the owner is gone."""
        group = [self.child]
        signal_groups(group, SIGTERM)
        signal_groups(group, SIGCONT)
        end = time.monotonic() + GRACE_S
        while self.status is None and not self.owner_gone and time.monotonic() < end:
            self.wait(min(TICK_S, end - time.monotonic()))

    def sweep(self) -> None:
        """SIGKILL everything below until nothing is left, or nothing can be done."""
        end = time.monotonic() + GIVE_UP_S
        pause = 0.0005
        while not self.reap() and time.monotonic() < end:
            signal_groups(own_tree() if LINUX else [self.child], SIGKILL)
            time.sleep(pause)
            pause = min(pause * 2, 0.02)


def guard(control: int, order: Order) -> None:
    """Run one command and report."""
    child, refusal = start(order)
    if refusal:
        os.waitpid(child, 0)
        report(control, f"refused {refusal.decode()}\n")
        return
    report(control, f"started {child}\n")
    watch = Watch(child, control, order)
    reason = watch.until_over()
    if reason in {"cancel", "deadline"} and not watch.owner_gone:
        watch.ask_to_end()
    watch.sweep()
    status = watch.status if watch.status is not None else SIGKILL
    wall_s = time.monotonic() - watch.began
    report(control, f"ended {reason} {status} {watch.cpu_s:.4f} {wall_s:.4f} {watch.peak}\n")


def main(control: int) -> NoReturn:
    """Take the order on this descriptor, stay until the tree is gone, and end the process."""
    os.set_inheritable(control, False)  # noqa: FBT003  (takes no keyword)
    for number in (SIGHUP, SIGINT, SIGTERM):
        libc.signal(number, ctypes.c_void_p(SIG_IGN))
    # An owner that ignores its children's ends hands that down: none would be left to wait for.
    libc.signal(SIGCHLD, ctypes.c_void_p(SIG_DFL))
    if LINUX:
        libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    order = read_order(control)
    if order is not None:
        guard(control, order)
    os._exit(0)


if __name__ == "__main__":
    main(int(sys.argv[1]))
