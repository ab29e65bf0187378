"""How many worker processes fit: from the CPUs and the memory that this process may really use."""

import math
import os

# Heroku's rule, https://github.com/heroku/heroku-buildpack-python: min(2·cpu+1, memory/256 MB).
MEMORY_PER_WORKER_BYTES = 256 * 1024 * 1024


def worker_count(cpus, memory_bytes):
    """Number of workers, at least 1, for `cpus` (may be a fraction) and `memory_bytes`."""
    return max(1, min(math.ceil(2 * cpus) + 1, memory_bytes // MEMORY_PER_WORKER_BYTES))


def available_cpus(root="/"):
    """CPUs that this process may use: its affinity, or its cgroup's quota if that is less."""
    if hasattr(os, "sched_getaffinity"):
        cpus = float(len(os.sched_getaffinity(0)))
    else:
        cpus = float(os.cpu_count() or 1)
    quotas = [cpus]
    for folder in _cgroup_folders(root, "cpu"):
        parts = _read(os.path.join(folder, "cpu.max")).split()
        if len(parts) == 2 and parts[0] != "max":
            quotas.append(int(parts[0]) / int(parts[1]))
        quota = _read(os.path.join(folder, "cpu.cfs_quota_us"))
        period = _read(os.path.join(folder, "cpu.cfs_period_us"))
        if quota and period and int(quota) > 0:
            quotas.append(int(quota) / int(period))
    return min(quotas)


def available_memory_bytes(root="/"):
    """Memory of the machine, or the limit of this process's cgroup if that is less."""
    limits = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")]
    for folder in _cgroup_folders(root, "memory"):
        for file in ("memory.max", "memory.limit_in_bytes"):
            text = _read(os.path.join(folder, file))
            if text.isdigit():
                limits.append(int(text))
    return min(limits)


def _cgroup_folders(root, controller):
    """Folders of this process's cgroup and of those above it: the smallest limit of all counts.

    A container usually sees its own cgroup as the root, whatever /proc/self/cgroup says.
    """
    base = os.path.join(root, "sys/fs/cgroup")
    folders = [base, os.path.join(base, controller)]
    for line in _read(os.path.join(root, "proc/self/cgroup")).splitlines():
        _, controllers, path = line.split(":", 2)
        if controllers and controller not in controllers.split(","):
            continue
        top = os.path.join(base, controller) if controllers else base
        parts = [part for part in path.split("/") if part]
        folders += [os.path.join(top, *parts[: i + 1]) for i in range(len(parts))]
    return folders


def _read(path):
    try:
        with open(path, encoding="ascii") as stream:
            return stream.read().strip()
    except OSError:
        # Not a cgroup system, or not this version of it: no limit from here.
        return ""
