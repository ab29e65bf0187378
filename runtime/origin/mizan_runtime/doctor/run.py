"""Verb `doctor`: probes the app, then measures what its settings and code really do. Changes nothing."""

from ..overlay_input import app_folder, read_overlay_input
from ..probe.run import probe_app
from ..redact import redact
from ..result import send_stdout_to_stderr, take_result_fd, write_result
from .database_variables import find_database_variables
from .forked import ForkFailed, run_forked
from .measure import measure_app


def run(_arguments):
    fd = take_result_fd()
    send_stdout_to_stderr()
    folder = app_folder(read_overlay_input())
    probe, synthetic = probe_app(folder)
    result = {"version": 1, "probe": probe, "measures": None, "failures": []}
    if probe["facts"] is not None:
        names = [variable["name"] for variable in probe["variables"]]
        result.update(_measure(folder, names, synthetic))
    write_result(fd, result)
    return 0


def _measure(folder, names, synthetic):
    try:
        report = run_forked(measure_app, folder, synthetic)
    except ForkFailed as error:
        failure = {"measure": "all", "type": "ProcessEnded", "message": redact(str(error))}
        return {"measures": None, "failures": [failure]}
    report["measures"]["databaseVariables"] = find_database_variables(names, synthetic)
    return report
