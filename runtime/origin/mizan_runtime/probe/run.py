"""Verb `probe`: loads the app, again with made-up values for what is missing, until nothing more is missing."""

import sys

import django.conf  # noqa: F401 - imported once here rather than in each child

from ..overlay_input import app_folder, read_overlay_input
from ..result import send_stdout_to_stderr, take_result_fd, write_result
from .child import run_child
from .marked import find_variables
from .synthetic import synthetic_values

# Each is a process that imports the app; a project asks for a few dozen variables at most.
MOST_TRIES = 120


def run(_arguments):
    fd = take_result_fd()
    send_stdout_to_stderr()
    result, _ = probe_app(app_folder(read_overlay_input()))
    write_result(fd, result)
    return 0


def probe_app(folder):
    """Returns `(ProbeResult, synthetic)`: what was found, and the made-up values that it took."""
    search = MissingSearch(folder)
    report = search.run()
    _name_variables(folder, search.synthetic, report)
    variables = {variable["name"]: variable for variable in report["variables"]}
    for name in search.synthetic:
        unknown = {"name": name, "present": False, "file": None, "line": None}
        variables.setdefault(name, unknown)["required"] = True
    result = {
        "version": 1,
        "variables": sorted(variables.values(), key=lambda variable: variable["name"]),
        "facts": report["facts"],
        "error": report["error"],
    }
    return result, search.synthetic


def _name_variables(folder, synthetic, report):
    """Says of each secret of the Mizan framework which variable gives it."""
    mizan = (report["facts"] or {}).get("mizan")
    if mizan is None:
        return
    variables = find_variables(folder, synthetic, report)
    for secret in mizan["secrets"]:
        secret["variable"] = variables.get(secret["setting"])


class MissingSearch:
    """Gives missing variables made-up values one by one, as long as the app gets further by it."""

    def __init__(self, folder):
        self.folder = folder
        self.synthetic = {}
        self.tries = 0
        self.seen = set()

    def run(self):
        """Returns the last report (see `run_child`); `synthetic` then holds the missing names."""
        report = self._try({})
        while report["error"] is not None and self.tries < MOST_TRIES:
            self.seen.add(report["place"])
            better = self._add_missing(report) or self._change_value(report)
            if better is None:
                break
            report = better
        return report

    def _try(self, synthetic):
        self.tries += 1
        sys.stderr.flush()
        return run_child(self.folder, synthetic)

    def _add_missing(self, report):
        return self._add_all_named(report) or self._add_one(report)

    def _add_all_named(self, report):
        """One message may ask for several at once, and stay the same until all are there."""
        names = [name for name in report["named"] if name not in self.synthetic]
        if len(names) < 2:
            return None
        values = {name: synthetic_values(name)[0] for name in names}
        after = self._try(dict(self.synthetic, **values))
        if not self._is_further(report, after, is_named=True):
            return None
        self.synthetic.update(values)
        return after

    def _add_one(self, report):
        for is_named, names in ((True, report["named"]), (False, report["suspected"])):
            for name in names:
                if name in self.synthetic:
                    continue
                for value in synthetic_values(name):
                    after = self._try(dict(self.synthetic, **{name: value}))
                    if self._is_further(report, after, is_named):
                        self.synthetic[name] = value
                        return after
        return None

    def _change_value(self, report):
        """Another value for a variable that has one, the last given first: it may have to be a number."""
        for name in reversed(list(self.synthetic)):
            for value in synthetic_values(name):
                if value == self.synthetic[name] or self.tries >= MOST_TRIES:
                    continue
                after = self._try(dict(self.synthetic, **{name: value}))
                if self._is_further(report, after, is_named=False):
                    self.synthetic[name] = value
                    return after
        return None

    def _is_further(self, before, after, is_named):
        if after["error"] is None or after["phase"] > before["phase"]:
            return True
        if after["phase"] < before["phase"] or after["place"] in self.seen:
            return False
        # A variable that the error does not name: another error alone proves nothing.
        return is_named or len(after["variables"]) > len(before["variables"])
