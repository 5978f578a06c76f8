"""Keeps the tree as it is meant: imports point inward, and names are in step with each other."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.settings import ROOT, Settings

DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
ALONE = {
    "telegram": ("bot/channels/telegram.py", "bot/channels/telegram_api.py",
                 "bot/channels/telegram_reading.py"),
    "rasa_sdk": ("actions/",),
    "apscheduler": ("bot/jobs.py",),
    "docx": ("bot/casework/paper.py",),
    "lxml": ("bot/sources/",),
    "rapidocr": ("bot/label_reading.py",),
    "zxingcpp": ("bot/label_reading.py",),
    "starlette_admin": ("bot/console/",),
    "prometheus_client": ("bot/metrics.py", "bot/metrics_page.py"),
    "argon2": ("bot/casework/officers.py",),
}  # fmt: skip
MAY_IMPORT = {
    "bot/reading": {"bot.reading"},
    "bot/library": {"bot.library"},
    "bot/sources": {"bot.sources", "bot.reading", "bot.library"},
    "bot/casework": {"bot.casework", "bot.reading", "bot.library", "bot.sources.notice",
                     "bot.sources.lines"},
    "bot/messages.py": {"bot.casework.evidence"},
    "bot/rasa.py": set(),
    "bot/hearing.py": {"bot.casework", "bot.reading", "bot.library", "bot.messages", "bot.rasa",
                       "bot.hearing_offers", "bot.hearing_privacy", "bot.hearing_things"},
    "bot/hearing_offers.py": {"bot.casework", "bot.reading", "bot.library"},
    "bot/hearing_things.py": {"bot.casework", "bot.library", "bot.hearing_offers"},
    "bot/hearing_privacy.py": set(),
    "bot/dialogue.py": {"bot.casework", "bot.library", "bot.messages", "bot.rasa", "bot.hearing",
                        "bot.label_reader", "bot.metrics", "bot.replies", "bot.tally", "bot.turns"},
    "bot/replies.py": {"bot.casework", "bot.library", "bot.rasa", "bot.hearing", "bot.metrics"},
    "bot/metrics.py": set(),
    "bot/metrics_page.py": {"bot.metrics", "bot.casework.gauges", "bot.settings"},
    "bot/readiness.py": {"bot.casework.records", "bot.jobs", "bot.rasa", "bot.settings"},
    "bot/logs.py": {"bot.metrics", "bot.settings"},
    "bot/turns.py": {"bot.casework.people", "bot.leases"},
    "bot/label_reader.py": {"bot.casework.label_lines", "bot.records_away", "bot.settings"},
    "bot/label_reading.py": {"bot.casework.label_lines"},
    "bot/leases.py": {"bot.casework.lease_records"},
    "bot/jobs.py": {"bot.casework", "bot.chores", "bot.leases", "bot.metrics", "bot.records_away"},
    "bot/records_away.py": set(),
    "bot/tally.py": {"bot.casework.intent_counts", "bot.casework.disputes"},
    "bot/chores.py": {"bot.casework", "bot.settings", "bot.collecting", "bot.library.risk_loader",
                      "bot.recall_planner", "bot.tally"},
    "bot/recall_planner.py": {"bot.settings"},
    "bot/recall_planning.py": {"bot.casework", "bot.database", "bot.logs", "bot.settings"},
    "bot/channels": {"bot.channels", "bot.dialogue", "bot.messages", "bot.library", "bot.settings",
                     "bot.records_away", "bot.casework.evidence", "bot.casework.notices", "bot.casework.people",
                     "bot.casework.links", "bot.casework.records", "bot.casework.shops",
                     "bot.casework.disputes", "bot.casework.negotiations", "bot.casework.packet",
                     "bot.casework.steps", "bot.casework.telling", "bot.casework.reminders",
                     "bot.casework.reports", "bot.casework.report_records",
                     "bot.casework.report_form", "bot.casework.privacy", "bot.casework.archive",
                     "bot.casework.sums", "bot.casework.typed", "bot.reading",
                     "bot.casework.recalls", "bot.casework.recall_question",
                     "bot.casework.recall_list", "bot.casework.recall_sources",
                     "bot.casework.recall_words", "bot.casework.choices", "bot.casework.next_steps",
                     "bot.casework.precheck", "bot.casework.stations", "bot.casework.totals"},
    "bot/channels/web.py": {"bot.channels", "bot.dialogue", "bot.messages", "bot.library",
                            "bot.settings", "bot.casework.evidence"},
    "bot/console": {"bot.console", "bot.casework", "bot.library", "bot.settings", "bot.database",
                    "bot.reading", "bot.channels.web_guard", "bot.channels.web_uploads",
                    "bot.records_away"},
    "bot/standby.py": set(),
    "actions": {"actions", "bot.casework", "bot.reading", "bot.library", "bot.database", "bot.settings",
                "bot.logs", "bot.standby"},
    "nlu": {"nlu", "bot.reading"},
}  # fmt: skip


def sources(*folders: str) -> list[Path]:
    found = [p for folder in folders for p in (ROOT / folder).rglob("*.py")]
    return [p for p in found if not {".venv", "versions"} & set(p.parts)]  # Alembic's own text


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("place", MAY_IMPORT)
def test_imports_point_inward(place: str) -> None:
    paths = [ROOT / place] if place.endswith(".py") else sources(place)
    for path in paths:
        for name in imported(path):
            if name.split(".")[0] in ("bot", "actions", "nlu", "bench", "tests"):
                allowed = MAY_IMPORT[place]
                assert any(name == a or name.startswith(f"{a}.") for a in allowed), (path, name)


@pytest.mark.parametrize(("package", "places"), ALONE.items())
def test_each_framework_has_one_door(package: str, places: tuple[str, ...]) -> None:
    for path in sources("bot", "actions"):
        if any(name.split(".")[0] == package for name in imported(path)):
            assert str(path.relative_to(ROOT)).startswith(places), path


def test_broad_excepts_stand_at_the_edges_only() -> None:
    broad = [
        str(path.relative_to(ROOT))
        for path in sources("bot", "actions", "nlu", "bench")
        if re.search(r"except Exception|except:", path.read_text(encoding="utf-8"))
    ]
    assert set(broad) <= {"actions/turn.py", "bot/channels/telegram.py", "bot/jobs.py"}


def test_no_function_is_longer_than_fifty_lines_and_no_file_than_four_hundred() -> None:
    for path in sources("bot", "actions", "nlu", "bench", "tests"):
        text = path.read_text(encoding="utf-8")
        assert text.count("\n") <= 400, path
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                assert (node.end_lineno or 0) - node.lineno < 50, (path, node.name)


def test_every_module_opens_with_a_sentence() -> None:
    for path in sources("bot", "actions", "nlu", "bench"):
        text = path.read_text(encoding="utf-8")
        assert not text.strip() or ast.get_docstring(ast.parse(text)), path


# ── domain, rules, actions and settings in step ──


@pytest.fixture(scope="module")
def domain() -> dict[str, Any]:
    return dict(yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8")))


def rule_steps() -> Iterator[dict[str, Any]]:
    for path in (ROOT / "nlu" / "dialogue").glob("*.yml"):
        for rule in yaml.safe_load(path.read_text(encoding="utf-8"))["rules"]:
            yield from rule["steps"]


def test_every_action_of_the_domain_has_its_class_and_the_other_way_round(
    domain: dict[str, Any],
) -> None:
    names = set()
    for path in sources("actions"):
        names |= set(re.findall(r'return "(\w+)"\n', path.read_text(encoding="utf-8")))
    assert set(domain["actions"]) == {n for n in names if n.startswith(("action_", "validate_"))}


def test_every_intent_has_examples_or_comes_from_a_button(domain: dict[str, Any]) -> None:
    exampled = set()
    for path in (ROOT / "nlu" / "understanding").glob("*/*.yml"):
        for row in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            exampled.add(row.get("intent"))
    from_buttons = {
        "show_basis",
        "choose_topic",
        "delete_draft",
        "give_contact",
        "withhold_contact",
        "send_evidence",
        "set_aside",
        "request_callback",
        "choose_hours",
        "change_phone",
        "close_dispute",
        "negotiate",
        "manage_dispute",
        "manage_data",
        "manage_things",
        "answer_notice",
        "answer_guidance",
    }
    assert set(domain["intents"]) == (exampled - {None}) | from_buttons


def test_every_intent_has_a_rule(domain: dict[str, Any]) -> None:
    ruled = {step["intent"] for step in rule_steps() if "intent" in step}
    assert set(domain["intents"]) <= ruled


def test_every_reply_is_said_somewhere(domain: dict[str, Any]) -> None:
    code = "".join(p.read_text(encoding="utf-8") for p in sources("actions"))
    ruled = {step.get("action") for step in rule_steps()}
    for reply in domain["responses"]:
        stem = re.sub(r"_(independent|bureau)(_fast|_queue)?$", "_", reply)
        asked = reply.startswith("utter_ask_dispute_form_") or reply == "utter_default"
        assert asked or reply in code or stem in code or reply in ruled, reply


def test_every_setting_is_in_the_example_file() -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    assert set(re.findall(r"^#([A-Z_]+)=", example, re.M)) == {
        name.upper() for name in Settings.model_fields
    }


def test_every_command_is_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for command in re.findall(r"^([a-z-]+):.*## ", makefile, re.M):
        assert f"make {command}" in readme, command


def test_python_holds_no_sentences_for_people() -> None:
    for path in sources("bot", "actions"):
        if "reading" in path.parts:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        docs = {
            ast.get_docstring(n, clean=False) for n in ast.walk(tree) if isinstance(n, DOCUMENTED)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                said = node.value not in docs and re.search(r"[\u4e00-\u9fff]{6,}", node.value)
                assert not said or node.value == "天津市西青区", (path, node.value)
