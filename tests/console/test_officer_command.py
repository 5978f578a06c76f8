"""The command that makes an account, on a scratch folder."""

import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from bot import database, settings
from bot.casework import officers
from bot.casework.officer_records import Officer
from bot.commands import officers as commands


@pytest.fixture(autouse=True)
def chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> settings.Settings:
    made = settings.Settings(_env_file=None, var_dir=tmp_path, database_url="", data_key="")
    monkeypatch.setattr(settings, "get", lambda: made)
    return made


def pipe(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(text))


def test_the_first_account_is_made_before_the_first_start_and_renewed_later(
    chosen: settings.Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pipe(monkeypatch, "a long password 1\n")
    commands.save("张三", "administrator")
    assert "张三（管理员）" in capsys.readouterr().out
    sessions = database.connect(chosen)
    with sessions() as session:
        first = session.scalars(select(Officer)).one()
    pipe(monkeypatch, "another password 2")
    commands.save("张三", "officer")
    with sessions.begin() as session:
        renewed = session.scalars(select(Officer)).one()
        assert (renewed.id, renewed.role) == (first.id, "officer")
        assert renewed.stamp != first.stamp, "a session of the old password goes on"
        attempt = officers.attempt(session, "张三", datetime.now(UTC))
    assert officers.is_right(attempt, "another password 2")
    assert not officers.is_right(attempt, "a long password 1")
    commands.close("张三")
    with sessions() as session:
        assert not officers.has_any(session)


@pytest.mark.parametrize(
    ("name", "role", "password", "said"),
    [
        ("张三", "officer", "11 letters.", "至少 12 位"),
        ("张三", "officer", "", "至少 12 位"),
        ("张三", "officer", "x" * 200, "最多 128 位"),
        ("张三", "officer", "abababababab", "太容易"),
        ("张三", "boss", "a long password 1", "角色"),
        ("", "officer", "a long password 1", "2 到 32"),
        ("a b", "officer", "a long password 1", "2 到 32"),
        ("<b>", "officer", "a long password 1", "2 到 32"),
    ],
)
def test_what_cannot_be_is_said_and_makes_no_account(
    chosen: settings.Settings, monkeypatch: pytest.MonkeyPatch,
    name: str, role: str, password: str, said: str,
) -> None:  # fmt: skip
    pipe(monkeypatch, password)
    with pytest.raises(SystemExit, match=said):
        commands.save(name, role)
    with database.connect(chosen)() as session:
        assert session.scalars(select(Officer)).all() == []


def test_a_password_that_was_mistyped_makes_no_account(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    typed = iter(["a long password 1", "a long password 2"])
    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr("getpass.getpass", lambda _prompt: next(typed))
    with pytest.raises(SystemExit, match="两遍不一样"):
        commands.save("张三", "officer")


def test_nobody_is_closed_out_who_is_not_there(chosen: settings.Settings) -> None:
    database.migrate(chosen)
    with pytest.raises(SystemExit, match="没有这个账号"):
        commands.close("王芳")
