"""Holds `docs/features.md` true: every test named there exists, and in a whole run it ran and passed.

A table row is `| I1 | what it is | tests/x/test_y.py::test_z, … |`. A named test may be parametrised: all its
cases count.
"""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FEATURES = ROOT / "docs" / "features.md"
ROW = re.compile(r"^\| ([A-Z]\d+) \|.*\| ([^|]*) \|$", re.MULTILINE)


def named_tests() -> dict[str, list[str]]:
    """Return the node ids named per feature id."""
    rows = ROW.findall(FEATURES.read_text())
    return {
        feature: [name.strip(" `") for name in names.split(",") if name.strip(" `")]
        for feature, names in rows
    }


class Proof:
    """A pytest plugin of the controller that looks at what ran."""

    def __init__(self) -> None:
        self.passed: set[str] = set()
        self.not_passed: set[str] = set()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note each test's outcome under its name without parameters."""
        name = report.nodeid.partition("[")[0]
        if report.when == "call" and report.passed:
            self.passed.add(name)
        elif report.failed or report.skipped:
            self.not_passed.add(name)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Fail a whole run in which a named test did not run and pass."""
        is_whole = (
            not session.config.args
            or session.config.args == [str(ROOT / "tests")]
            or (session.config.args == session.config.getini("testpaths"))
        )
        is_filtered = bool(session.config.option.keyword or session.config.option.markexpr)
        if exitstatus != 0 or not is_whole or is_filtered or session.config.option.collectonly:
            return
        proven = self.passed - self.not_passed
        missing = sorted(
            f"{feature}: {name}"
            for feature, names in named_tests().items()
            for name in names
            if name not in proven
        )
        if missing:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
