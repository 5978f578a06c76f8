"""The operator's commands about recalls, and what a citizen reads of a doubtful phone and an old library."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from actions import recall_words as turns
from bot import database, launch, settings
from bot.casework import recall_intake, recall_sources, recalls
from bot.commands import recalls as commands
from bot.sources.notice import Notice
from tests.sources.test_chinese_pages import ROWS, page, table
from tests.sources.test_foreign import ERROR, alert, answered, report, row
from tests.sources.test_workbook import HEAD, ROW, saved

NOW = datetime.now(UTC)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
        ) -> Callable[..., tuple[object, str]]:  # fmt: skip
    """Imports files in a scratch folder: the exit code and what was printed."""
    chosen = settings.Settings(_env_file=None, var_dir=tmp_path, database_url="")
    monkeypatch.setattr(settings, "get", lambda: chosen)
    launch.prepare(chosen)

    def imported(source: str, **files: bytes) -> tuple[object, str]:
        for name, data in files.items():
            (tmp_path / name).write_bytes(data)
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            commands.import_recalls(source, [str(tmp_path / name) for name in files])
        return ended.value.code, capsys.readouterr().out

    return imported


def test_saved_files_are_taken_and_counted(run: Callable[..., tuple[object, str]]) -> None:
    code, said = run("samr", t20240308_1=page(table(*ROWS)))
    assert code == 0 and "读到 1 条，新 1" in said and "brand 1" in said
    code, said = run("samr", t20240308_1=page(table(*ROWS)))
    assert code == 0 and "没变 1" in said
    rows = (("产品名称", "风扇", "品牌", "白露"), *ROWS[1:])
    code, said = run("samr", t20240308_1=page(table(*rows)), t20240308_2=b"<input type=password>")
    assert code == 1 and "更正 1" in said and "login_form（t20240308_2）" in said
    with database.connect(settings.get())() as session:
        kept = recall_sources.page(session, "samr", "t20240308_1")
        assert kept is not None and recall_sources.content(kept) == page(table(*rows))
        assert recall_sources.page(session, "samr", "t20240308_2") is None


def test_what_is_passed_over_is_counted_and_is_no_refusal(
    run: Callable[..., tuple[object, str]],
) -> None:
    withdrawn = alert(caseNumber="SR/2", measures="Withdrawal")
    code, said = run("safety_gate", week=report(alert(), withdrawn))
    assert code == 0 and "不收 1 条" in said and "not_a_recall（SR/2）" in said
    code, said = run("cpsc", a=answered(row(), ERROR))
    assert code == 1 and "error_row（2）" in said and "新 1" in said


def test_a_workbook_is_taken_and_kept_as_it_came(run: Callable[..., tuple[object, str]]) -> None:
    book = saved(HEAD, ROW, [*ROW[:5], datetime(2026, 3, 12), *ROW[6:]])
    code, said = run("table", **{"t.xlsx": book})
    assert code == 1 and "读到 1 条，新 1" in said and "became_date（3）" in said
    code, said = run("table", **{"u.xlsx": book[:900]})
    assert code == 1 and "xlsx_broken（u.xlsx）" in said
    with database.connect(settings.get())() as session:
        kept = recall_sources.page(session, "table", "t.xlsx")
        assert kept is not None and recall_sources.content(kept) == book
        assert recall_sources.page(session, "table", "u.xlsx") is None


def test_a_source_or_file_that_is_not_there_is_said(run: Callable[..., tuple[object, str]]) -> None:
    code, _ = run("nobody", a=b"")
    assert "samr" in str(code)
    with pytest.raises(SystemExit, match="No such file"):
        commands.import_recalls("samr", ["/nowhere/at/all.html"])


def test_the_sources_are_listed_with_what_went_wrong(
    run: Callable[..., tuple[object, str]], capsys: pytest.CaptureFixture[str]
) -> None:
    with database.connect(settings.get()).begin() as session:
        recall_sources.succeeded(session, "samr", NOW)
        recall_sources.failed(session, "tianjin", "timeout", NOW)
        recall_sources.keep(session, "samr", "https://a", b"x", NOW, state="quarantined",
                            reason="no_layout")  # fmt: skip
    capsys.readouterr()
    commands.list_sources()
    samr, page_line, tianjin, *_ = capsys.readouterr().out.splitlines()
    assert "stale" not in samr and "problem：无" in samr
    assert "https://a（版式不认识 / no_layout）" in page_line
    assert "从未" in tianjin and "stale" in tianjin and "超时 / timeout" in tianjin


@pytest.mark.parametrize("doubts", [(), ("phone_length",)])
@pytest.mark.parametrize("days", [1, 9])
def test_an_answer_says_how_old_the_library_is_and_which_phone_is_doubtful(
    run: Callable[..., tuple[object, str]], doubts: tuple[str, ...], days: int
) -> None:
    notice = Notice(
        "samr", "t1", "CN", "青禾公司召回部分青禾牌落地扇", published_on=date(2026, 1, 2),
        product_name="落地扇", brand="青禾", models=("QH-77A",), contact_phone="0754-8545860",
        doubts=doubts,
    )  # fmt: skip
    with database.connect(settings.get())() as session:
        recall_intake.take(session, "samr", [notice], NOW)
        for source in ("samr", "tianjin"):
            recall_sources.succeeded(session, source, NOW - timedelta(days=days))
        session.flush()
        answer = recalls.find(session, "青禾落地扇 QH-77A")
        said = turns.answer_text(SimpleNamespace(session=session, now=NOW), answer)  # type: ignore[arg-type]
    assert "0754-8545860" in said
    assert ("号码可能有误" in said) is bool(doubts)
    assert ("没有更新" in said) is (days == 9)
