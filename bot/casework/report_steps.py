"""The life of a report as one table: only an officer for reports takes a step. Pure.

The commands and docs/reports.md read this table; `reports.take` is the only way to take a step.
"""

from bot.casework import steps
from bot.casework.steps import Step

ACTOR = "report_officer"  # a role of its own: officers of disputes have none (总局令第121号 第37条)
STATES = (
    "prepared", "received", "checking", "testing", "filed", "not_filed", "passed_on", "closed",
)  # fmt: skip
RUNNING = ("received", "checking", "testing")

# Which rule says that the reporter is told; without one nobody is (总局令第121号 第36条).
TELLING = ("no_rule", "food", "not_ours", "other_rule")

_LAW = "程序规定 第18条"  # 市场监督管理行政处罚程序规定
STEPS = (
    Step("begin", ("received",), "checking", (ACTOR,), only="bureau", law=_LAW),
    Step("test", ("checking",), "testing", (ACTOR,), only="bureau", law=_LAW),
    Step("resume", ("testing",), "checking", (ACTOR,), only="bureau", law=_LAW),
    Step("extend", ("checking",), "checking", (ACTOR,), ("approved_by",), only="bureau", law=_LAW),
    Step("file", ("checking",), "filed", (ACTOR,), only="bureau", law=_LAW),
    Step("not_file", ("checking",), "not_filed", (ACTOR,), ("reason",), only="bureau", law=_LAW),
    Step("pass_on", ("received", "checking"), "passed_on", (ACTOR,), ("to",), only="bureau",
         law="总局令第121号 第34条"),
    Step("close", ("filed", "not_filed", "passed_on"), "closed", (ACTOR,), ("telling",),
         (("telling", TELLING),), only="bureau", law="总局令第121号 第36条"),
)  # fmt: skip


def step(name: str) -> Step:
    """The step of that name. Raises NotPossible where there is none."""
    return steps.step(name, STEPS)


def possible(state: str, operator: str, actor: str) -> list[str]:
    """The names of the steps that `actor` may take from `state`, in the order of the table."""
    return [one.name for one in STEPS if steps.is_possible(one, state, operator, actor)]
