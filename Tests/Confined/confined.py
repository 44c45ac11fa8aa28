#!/usr/bin/python3
"""Starts a program under the restrictions of a unit file, without a service manager.

    confined.py UNIT WRITABLE PROGRAM WORD ...

It takes from UNIT what a process can do to itself: system calls, address families, memory that is
written and run, limits, privileges, and a file system that cannot be written outside WRITABLE and
/tmp. Namespaces of users and devices are left to the service manager.
"""
import ctypes
import os
import resource
import socket
import subprocess
import sys

import seccomp

CLONE_NEWNS = 0x00020000
PR_CAPBSET_DROP = 24
PROT_WRITE, PROT_EXEC = 2, 4


def settings(unit):
    values = {}
    with open(unit, encoding="utf-8") as lines:
        for line in lines:
            name, found, value = line.strip().partition("=")
            if found and not name.startswith("#"):
                values.setdefault(name, []).append(value)
    return values


def calls(group):
    """The system calls of a group and of the groups in it."""
    told = subprocess.run(
        ["systemd-analyze", "syscall-filter", "--no-pager", group],
        check=True, capture_output=True, text=True,
    )
    names = set()
    for line in map(str.strip, told.stdout.splitlines()[1:]):
        if line.startswith("@"):
            names |= calls(line)
        elif line and not line.startswith("#"):
            names.add(line)
    return names


def allowed(lines):
    names = set()
    for line in lines:
        for word in line.removeprefix("~").split():
            group = calls(word) if word.startswith("@") else {word}
            names = names - group if line.startswith("~") else names | group
    return names


def confine_calls(unit):
    assert unit["SystemCallErrorNumber"] == ["EPERM"]
    refused = seccomp.ERRNO(1)
    rules = seccomp.SyscallFilter(defaction=refused)
    names = allowed(unit["SystemCallFilter"])
    for name in names - {"socket", "mmap", "mprotect", "pkey_mprotect"}:
        try:
            rules.add_rule(seccomp.ALLOW, name)
        except (RuntimeError, ValueError):
            continue  # a call of another processor
    for family in unit["RestrictAddressFamilies"][0].split():
        number = int(getattr(socket, family))
        rules.add_rule(seccomp.ALLOW, "socket", seccomp.Arg(0, seccomp.EQ, number))
    assert unit["MemoryDenyWriteExecute"] == ["yes"]
    both = PROT_WRITE | PROT_EXEC
    for held in (0, PROT_WRITE, PROT_EXEC):
        bits = seccomp.Arg(2, seccomp.MASKED_EQ, both, held)
        rules.add_rule(seccomp.ALLOW, "mmap", bits)
    for name in ("mprotect", "pkey_mprotect"):
        rules.add_rule(seccomp.ALLOW, name, seccomp.Arg(2, seccomp.MASKED_EQ, PROT_EXEC, 0))
    rules.load()


def confine_files(unit, writable):
    assert unit["ProtectSystem"] == ["strict"]
    library = ctypes.CDLL(None, use_errno=True)
    if library.unshare(CLONE_NEWNS) != 0:
        sys.exit("no file system of its own: " + os.strerror(ctypes.get_errno()))
    for words in (
        ["--make-rprivate", "/"],
        ["--bind", writable, writable],
        ["-t", "tmpfs", "tmpfs", "/tmp"] if not writable.startswith("/tmp/") else None,
        ["-o", "remount,bind,ro", "/"],
    ):
        if words:
            subprocess.run(["mount"] + words, check=True)


def confine_powers(unit):
    """None are left after the next program begins, root or not."""
    assert unit["CapabilityBoundingSet"] == [""] and unit["NoNewPrivileges"] == ["yes"]
    library = ctypes.CDLL(None, use_errno=True)
    with open("/proc/sys/kernel/cap_last_cap", encoding="ascii") as last:
        for power in range(int(last.read()) + 1):
            if library.prctl(PR_CAPBSET_DROP, power, 0, 0, 0) != 0:
                sys.exit("a power stays: " + os.strerror(ctypes.get_errno()))


def lower(limit, number):
    """Only a service manager may raise one."""
    hard = resource.getrlimit(limit)[1]
    number = number if hard == resource.RLIM_INFINITY else min(number, hard)
    resource.setrlimit(limit, (number, number))


def main():
    unit, writable, program = settings(sys.argv[1]), sys.argv[2], sys.argv[3:]
    confine_files(unit, writable)
    os.umask(int(unit["UMask"][0], 8))
    lower(resource.RLIMIT_NOFILE, int(unit["LimitNOFILE"][0]))
    lower(resource.RLIMIT_CORE, int(unit["LimitCORE"][0]))
    lower(resource.RLIMIT_MEMLOCK, int(unit["LimitMEMLOCK"][0].removesuffix("M")) << 20)
    confine_powers(unit)
    confine_calls(unit)
    os.execv(program[0], program)


main()
