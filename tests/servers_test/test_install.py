from pathlib import Path

import pytest

from servers import install, programs


def test_no_service_is_started_while_packages_are_installed(tmp_path: Path) -> None:
    policy = tmp_path / "policy-rc.d"

    with install.nothing_started(policy):
        assert policy.read_text() == install.START_NOTHING
        assert policy.stat().st_mode & 0o111

    assert not policy.exists()


def test_the_policy_of_the_machine_is_put_back_even_after_a_failure(tmp_path: Path) -> None:
    policy = tmp_path / "policy-rc.d"
    policy.write_text("#!/bin/sh\nexit 0\n")
    policy.chmod(0o700)

    with pytest.raises(RuntimeError), install.nothing_started(policy):
        raise RuntimeError

    assert policy.read_text() == "#!/bin/sh\nexit 0\n"
    assert policy.stat().st_mode & 0o777 == 0o700


def test_a_missing_program_is_named_with_its_package() -> None:
    with pytest.raises(
        programs.ProgramMissing, match=r"no-such-program is missing\. Install the package some-package"
    ):
        programs._folder_with("no-such-program", ("/usr/lib/nowhere",), package="some-package")


def test_nothing_is_missing_once_make_test_runs() -> None:
    assert programs.missing_packages() == []
