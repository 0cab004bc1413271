"""What every test may ask for: private servers (tests/servers), and services on fresh databases (tests/worlds)."""

import pytest

pytest_plugins = ["servers.fixtures", "worlds.fixtures"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What plays a whole system takes minutes: begun first, no worker waits for another in the end."""
    items.sort(key=lambda item: not item.nodeid.startswith("tests/system/"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What the fault tests counted, one line each."""
    counted = [
        (report.nodeid.rpartition("::")[2], figures)
        for outcome in ("passed", "failed")
        for report in terminalreporter.stats.get(outcome, [])
        for name, figures in getattr(report, "user_properties", [])
        if name == "counts"
    ]
    if counted:
        terminalreporter.section("what was counted")
        for test, figures in sorted(counted):
            terminalreporter.write_line(f"{test}: {figures}")
