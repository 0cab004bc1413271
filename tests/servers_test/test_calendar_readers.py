import json
from pathlib import Path

import pytest

from servers import programs


def test_calendar_readers_that_are_missing_or_older_are_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(programs, "READERS", tmp_path)
    (tmp_path / programs.LOCK).write_text("{}")
    with pytest.raises(programs.ProgramMissing, match="`make servers` installs them"):
        programs.calendar_readers()
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules" / programs.LOCKED).write_text("older")
    with pytest.raises(programs.ProgramMissing):
        programs.calendar_readers()
    (tmp_path / "node_modules" / programs.LOCKED).write_text("{}")
    assert programs.calendar_readers() == tmp_path


def test_the_lock_of_the_calendar_readers_names_no_registry_and_every_hash() -> None:
    text = (programs.READERS / programs.LOCK).read_text()
    assert "http" not in text
    packages = {name: one for name, one in json.loads(text)["packages"].items() if name}
    assert packages
    assert all(one["integrity"].startswith("sha512-") for one in packages.values())
