"""Runs a program that finds a listening TCP socket as descriptor 3, and a held lock as descriptor 4.

Node can neither make a listening socket without accepting on it, nor lock a file; a few lines of
Python can. Both belong to the kernel's table of open files: they last as long as the program does.

    listen.py [--lock FILE] [--from PID] HOST PORT -- PROGRAM [ARGUMENT...]

--lock FILE  take an exclusive lock first
--from PID   instead of binding, copy the socket from that process, which listens on it already;
             where the kernel forbids that, the program runs without the socket

The program sees MIZAN_LISTEN_FD=3 if it has the socket. Exit status 97: the address is in use;
98: the lock is held; 96: the address cannot be used at all. Python 3.8 or later.
"""

import argparse
import ctypes
import errno
import fcntl
import os
import socket
import stat
import sys

LISTEN_FD = 3
LOCK_FD = 4
EXIT_ADDRESS_INVALID = 96
EXIT_ADDRESS_IN_USE = 97
EXIT_LOCKED = 98
BACKLOG = 1024
# https://man7.org/linux/man-pages/man2/pidfd_getfd.2.html; one number on every architecture.
SYSCALL_PIDFD_GETFD = 438


def main():
    split = sys.argv.index("--")
    arguments = parse_arguments(sys.argv[1:split])
    command = sys.argv[split + 1 :]
    kept = {}
    if arguments.lock:
        kept[LOCK_FD] = take_lock(arguments.lock)
    if arguments.source is None:
        kept[LISTEN_FD] = listen(arguments.host, arguments.port)
    else:
        copied = copy_listener(arguments.source, arguments.port)
        if copied is not None:
            kept[LISTEN_FD] = copied
    # Above the final numbers first, so that placing one cannot close another.
    safe = {number: fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 10) for number, fd in kept.items()}
    for number, fd in safe.items():
        os.dup2(fd, number, inheritable=True)
    close_others()
    os.environ.pop("MIZAN_LISTEN_FD", None)
    if LISTEN_FD in kept:
        os.environ["MIZAN_LISTEN_FD"] = str(LISTEN_FD)
    os.execv(command[0], command)


def close_others():
    """Whoever started us may have left a pipe open; held for ever, its reader would wait for ever."""
    for number in map(int, os.listdir("/dev/fd")):
        if number > LOCK_FD:
            try:
                os.close(number)
            except OSError:
                # The one that listed the folder.
                pass


def parse_arguments(words):
    parser = argparse.ArgumentParser()
    parser.add_argument("--lock")
    parser.add_argument("--from", dest="source", type=int)
    parser.add_argument("host")
    parser.add_argument("port", type=int)
    return parser.parse_args(words)


def take_lock(path):
    fd = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        sys.exit(EXIT_LOCKED)
    return fd


def listen(host, port):
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError as error:
        print(f"cannot listen on {host}:{port}: {error}", file=sys.stderr)
        in_use = error.errno == errno.EADDRINUSE
        sys.exit(EXIT_ADDRESS_IN_USE if in_use else EXIT_ADDRESS_INVALID)
    return listener.detach()


def copy_listener(pid, port):
    """The socket of another process that listens on the port, or None where that is not possible."""
    try:
        process = os.pidfd_open(pid)
        numbers = os.listdir(f"/proc/{pid}/fd")
    except (AttributeError, OSError):
        # Python 3.8, macOS, or the process has ended.
        return None
    for number in map(int, numbers):
        fd = ctypes.CDLL(None).syscall(SYSCALL_PIDFD_GETFD, process, number, 0)
        if fd >= 0 and stat.S_ISSOCK(os.fstat(fd).st_mode):
            copied = socket.socket(fileno=fd)
            if is_listening_on(copied, port):
                return copied.detach()
    return None


def is_listening_on(candidate, port):
    return (
        candidate.family in (socket.AF_INET, socket.AF_INET6)
        and candidate.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN) == 1
        and candidate.getsockname()[1] == port
    )


if __name__ == "__main__":
    main()
