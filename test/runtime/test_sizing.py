"""Worker counts from CPUs, memory and cgroups, and the twin of the contract."""

import re
import sys
from pathlib import Path

import pytest

from conftest import RUNTIME

sys.path.insert(0, str(RUNTIME))

from mizan_runtime import contract  # noqa: E402
from mizan_runtime.celery_command import has_option  # noqa: E402
from mizan_runtime.serve import sizing  # noqa: E402

GIB = 1024**3


@pytest.mark.parametrize(
    "cpus, memory_bytes, workers",
    [(2, 8 * GIB, 5), (0.5, 8 * GIB, 2), (8, GIB, 4), (1, 100 * 1024**2, 1), (1.5, 8 * GIB, 4)],
)
def test_worker_count(cpus, memory_bytes, workers):
    assert sizing.worker_count(cpus, memory_bytes) == workers


def write(root, path, text):
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def test_cgroup_v2_limits_of_the_group_and_its_parents(tmp_path):
    write(tmp_path, "proc/self/cgroup", "0::/box/app\n")
    write(tmp_path, "sys/fs/cgroup/box/cpu.max", "50000 100000\n")
    write(tmp_path, "sys/fs/cgroup/box/app/cpu.max", "max 100000\n")
    write(tmp_path, "sys/fs/cgroup/box/app/memory.max", "%d\n" % (512 * 1024**2))
    assert sizing.available_cpus(str(tmp_path)) == 0.5
    assert sizing.available_memory_bytes(str(tmp_path)) == 512 * 1024**2


def test_cgroup_v1_limits(tmp_path):
    write(tmp_path, "proc/self/cgroup", "4:cpu,cpuacct:/app\n5:memory:/app\n")
    write(tmp_path, "sys/fs/cgroup/cpu/app/cpu.cfs_quota_us", "25000\n")
    write(tmp_path, "sys/fs/cgroup/cpu/app/cpu.cfs_period_us", "100000\n")
    write(tmp_path, "sys/fs/cgroup/memory/memory.limit_in_bytes", "%d\n" % GIB)
    assert sizing.available_cpus(str(tmp_path)) == 0.25
    assert sizing.available_memory_bytes(str(tmp_path)) == GIB


def test_no_cgroup_means_the_machine(tmp_path):
    assert sizing.available_cpus(str(tmp_path)) >= 1
    assert sizing.available_memory_bytes(str(tmp_path)) > 128 * 1024**2


def test_contract_says_the_same_as_its_typescript_twin():
    text = (Path(RUNTIME) / "contract.ts").read_text()
    block = text[text.index("RUNTIME_ENV") : text.index("} as const")]
    python = sorted(value for name, value in vars(contract).items() if name.startswith("ENV_"))
    assert sorted(re.findall(r'"(MIZAN_\w+)"', block)) == python
    assert re.search(r'live: "(.+?)", ready: "(.+?)"', text).groups() == (
        contract.HEALTH_PATH_LIVE,
        contract.HEALTH_PATH_READY,
    )
    assert 'UNRESOLVED_HEADER = "%s"' % contract.UNRESOLVED_HEADER in text
    rules = text[text.index("type OverlayRule") : text.index("/** One setting that the overlay")]
    assert tuple(re.findall(r'\| "([\w-]+)"', rules)) == contract.OVERLAY_RULES


def test_options_of_a_command_line():
    names = ("-c", "--concurrency")
    assert has_option(["-c", "4"], names) and has_option(["-c4"], names)
    assert has_option(["--concurrency=4"], names) and has_option(["--concurrency", "4"], names)
    assert not has_option(["-Q", "mail", "--concurrency-x"], names)
