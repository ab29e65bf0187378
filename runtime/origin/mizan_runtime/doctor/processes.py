"""What the processes have to work with: memory, processors, and how long a task may take."""

from ..probe.celery_facts import find_celery_app
from ..serve.sizing import MEMORY_PER_WORKER_BYTES, available_cpus, available_memory_bytes


def sizing(_folder):
    """CPUs and memory that this process may really use, and what one worker is reckoned with."""
    return {
        "cpus": available_cpus(),
        "memoryBytes": available_memory_bytes(),
        "memoryPerWorkerBytes": MEMORY_PER_WORKER_BYTES,
    }


def longest_task_seconds(_folder):
    """The highest time limit of the Celery app and its tasks; None: no limit is set, or no Celery."""
    found = find_celery_app()
    if found is None:
        return None
    app = found[1]
    limits = [app.conf.task_time_limit] + [task.time_limit for task in app.tasks.values()]
    return max((float(limit) for limit in limits if limit), default=None)
