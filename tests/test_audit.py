"""The audit of dependencies: what fails it, what is only listed, and what it says without its database.

uv is played by a script, as it answers where the database of holes is, is not, or says something new."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bench import audit

Play = Callable[..., None]


def report(*holes: tuple[str, str, list[str]], packages: int = 90) -> str:
    """uv's report, in the shape of uv 0.13."""
    return json.dumps(
        {
            "summary": {"audited_packages": packages, "vulnerabilities": len(holes)},
            "vulnerabilities": [
                {"dependency": {"name": package, "version": "1.0"}, "id": name, "aliases": [],
                 "fix_versions": fixed}
                for package, name, fixed in holes
            ],
        }
    )  # fmt: skip


@pytest.fixture
def play(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Play:
    """Puts a script in uv's place, that answers for each runtime."""

    def played(one: str, two: str = report(), code: int = 0, error: str = "") -> None:
        script = tmp_path / "uv"
        script.write_text(
            f"#!{sys.executable}\nimport sys\n"
            f"print({two!r} if sys.argv[-1].endswith('nlu') else {one!r})\n"
            f"print({error!r}, file=sys.stderr)\nsys.exit({code})\n"
        )
        script.chmod(0o755)
        monkeypatch.setenv("UV", str(script))

    return played


@pytest.mark.parametrize(
    ("one", "two", "code", "said"),
    [
        (report(), report(), 0, "runtime one: 0 known holes"),
        (report(("jinja2", "GHSA-x", ["1.1"])), report(), 1, "jinja2 1.0: GHSA-x; mended in 1.1"),
        (report(("jinja2", "GHSA-x", [])), report(), 0, "no version without it"),
        (report(), report(("keras", "CVE-2024-3660", ["2.13"])), 0, "CVE-2024-3660; mended in 2.13\n"),
        (report(), report(("keras", "GHSA-new", ["2.13"])), 0, "mended in 2.13 (not in docs/threats.md)"),
    ],
)  # fmt: skip
def test_only_a_hole_that_can_be_mended_fails(
    play: Play, capsys: Any, one: str, two: str, code: int, said: str
) -> None:
    play(one, two, code=1 if "GHSA" in one + two else 0)
    assert audit.main() == code
    assert said in capsys.readouterr().out


@pytest.mark.parametrize(
    ("told", "code", "error", "said"),
    [
        ("", 2, "warning: experimental\nerror: Request failed after 3 retries\n  cause: dns", "Request failed"),
        ("", 2, "", "uv ended with 2"),
        ("no json", 0, "", "another shape"),
        ("[]", 0, "", "another shape"),
        (report(packages=0), 0, "", "no package was looked at"),
    ],
)  # fmt: skip
def test_what_is_not_known_is_said_and_fails_nothing(
    play: Play, capsys: Any, told: str, code: int, error: str, said: str
) -> None:
    play(told, told, code, error)
    assert audit.main() == 0
    out = capsys.readouterr().out
    assert out.count("not audited") == 2 and said in out


def test_without_uv_nothing_is_audited(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.setenv("UV", "/nowhere/uv")
    assert audit.main() == 0 and "not audited (FileNotFoundError)" in capsys.readouterr().out
