"""The life of a lodged dispute as one table: which step leads from where to where, who may take it. Pure.

Code, the desk and the documents read this table; `progress.take` is the only way to take a step.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.casework import sums, typed

STATES = (
    "draft", "lodged", "negotiating", "agreed", "in_progress", "incomplete", "accepted", "mediating", "suspended",
    "settled", "ended", "refused", "passed_on", "closed", "withdrawn",
)  # fmt: skip
RUNNING = (
    "lodged", "negotiating", "agreed", "in_progress", "incomplete", "accepted", "mediating",
    "suspended",
)  # fmt: skip
OVER = ("settled", "ended", "refused", "passed_on", "closed", "withdrawn")
OPERATORS = ("independent", "bureau")
LONGEST = {"register_number": 64}  # characters of a detail; of others LONGEST_DETAIL
LONGEST_DETAIL = 2000

# Why a dispute is refused: 总局令第121号 第16条 (一) to (六), in its order.
REFUSAL_GROUNDS = (
    "not_ours", "handled_elsewhere", "not_a_consumer_dispute", "over_three_years",
    "papers_missing_or_false", "identity_not_proved",
)  # fmt: skip
# Why a mediation ends without a settlement: 第23条第1款.
ENDING_GROUNDS = (
    "withdrawn_or_settled_apart", "absent_or_unwilling", "no_agreement", "testing_costs_open",
    "sixty_days_over", "found_not_admissible", "party_gone", "other",
)  # fmt: skip
# Why the fast lane ends without a settlement, and the dispute goes on by itself.
ESCALATION_REASONS = (
    "shop_refused", "shop_silent", "citizen_silent", "offer_declined", "not_kept", "time_over",
    "shop_closed",
)  # fmt: skip
# How an agreement that mediation brought about is put down: 第24条.
RECORDS = ("agreement_made", "carried_out_at_once", "both_wanted_none")
OPTIONAL = {
    "settle": ("amount",),
    "conclude": ("amount",),
}  # details that may be written with a step
SUSPENSION_REASONS = ("recusal", "testing")  # 第21条; 第22条: only testing stops the clock


class NotPossible(ValueError):
    """A step that there is not from where the dispute stands, for who asks, or without its details."""


@dataclass(frozen=True)
class Step:
    """One step: from the states `before` to `after`, by one of `actors`.

    `needs` are the details without which it is not taken; `choices` what one of them may be. `only`
    is the operator it is for: an office alone can accept, refuse and mediate. `law` is its article.
    """

    name: str
    before: tuple[str, ...]
    after: str
    actors: tuple[str, ...]
    needs: tuple[str, ...] = ()
    choices: tuple[tuple[str, tuple[str, ...]], ...] = ()
    only: str | None = None
    law: str = ""


_STAFF = ("officer", "operator")
STEPS = (
    Step("ask_shop", ("lodged",), "negotiating", ("citizen",), law="总局令第121号 第6条"),
    Step("offer", ("negotiating",), "negotiating", ("shop",)),
    Step("agree", ("negotiating",), "agreed", ("shop", "citizen")),
    Step("escalate", ("negotiating", "agreed"), "lodged", ("shop", "citizen", "clock", *_STAFF),
         ("reason",), (("reason", ESCALATION_REASONS),)),
    Step("pay_first", ("lodged", "agreed", "in_progress", "accepted", "mediating"), "settled",
         ("officer",), ("amount",)),
    Step("begin", ("lodged",), "in_progress", _STAFF),
    Step("ask_for_more", ("lodged", "in_progress"), "incomplete", ("officer",), ("missing",),
         law="总局令第121号 第10条"),
    Step("complete", ("incomplete",), "in_progress", ("citizen", "officer")),
    Step("people_mediate", ("lodged", "in_progress"), "in_progress", _STAFF,
         ("to", "citizen_agreed", "merchant_agreed"), law="总局令第121号 第16条"),
    Step("accept", ("lodged", "in_progress"), "accepted", ("officer",), ("register_number",),
         only="bureau", law="总局令第121号 第15、40条"),
    Step("refuse", ("lodged", "in_progress", "incomplete"), "refused", ("officer",), ("ground",),
         (("ground", REFUSAL_GROUNDS),), only="bureau", law="总局令第121号 第15、16条"),
    Step("pass_on", ("lodged", "in_progress", "incomplete"), "passed_on", ("officer",), ("to",),
         law="总局令第121号 第2、41条"),
    Step("mediate", ("accepted",), "mediating", ("officer",),
         ("citizen_agreed", "merchant_agreed"), only="bureau", law="总局令第121号 第18条"),
    Step("entrust", ("accepted", "mediating"), "mediating", ("officer",),
         ("to", "citizen_agreed", "merchant_agreed"), only="bureau", law="总局令第121号 第19条"),
    Step("meet", ("mediating",), "mediating", ("officer",), ("at", "place", "mediator"),
         only="bureau", law="总局令第121号 第20条"),
    Step("suspend", ("mediating",), "suspended", ("officer",), ("reason",),
         (("reason", SUSPENSION_REASONS),), only="bureau", law="总局令第121号 第21、22条"),
    Step("resume", ("suspended",), "mediating", ("officer",), only="bureau",
         law="总局令第121号 第21、22条"),
    Step("conclude", ("mediating",), "settled", ("officer",), ("record",), (("record", RECORDS),),
         only="bureau", law="总局令第121号 第24条"),
    Step("settle", ("lodged", "negotiating", "agreed", "in_progress", "incomplete", "accepted",
                    "mediating"), "settled", (*_STAFF, "citizen"), law="总局令第121号 第6条"),
    Step("end", ("accepted", "mediating", "suspended"), "ended", ("officer",), ("ground",),
         (("ground", ENDING_GROUNDS),), only="bureau", law="总局令第121号 第23条"),
    Step("withdraw", RUNNING, "withdrawn", (*_STAFF, "citizen"), law="总局令第121号 第23条"),
    Step("close", ("lodged", "in_progress", "settled", "ended", "refused", "passed_on"), "closed",
         _STAFF),
    Step("reopen", ("settled", "closed", "withdrawn", "ended"), "lodged",
         (*_STAFF, "citizen")),
)  # fmt: skip


def step(name: str, table: Sequence[Step] = STEPS) -> Step:
    """The step of that name in a table. Raises NotPossible where there is none."""
    for one in table:
        if one.name == name:
            return one
    raise NotPossible(f"no step {name}")


def possible(state: str, operator: str, actor: str) -> list[Step]:
    """The steps that `actor` may take from `state`, in the order of the table."""
    return [one for one in STEPS if is_possible(one, state, operator, actor)]


def is_possible(one: Step, state: str, operator: str, actor: str) -> bool:
    """Whether `actor` may take the step from `state`."""
    return state in one.before and actor in one.actors and one.only in (None, operator)


def _sum(text: str) -> str | None:
    """A detail that is a sum in yuan, in digits alone; None where it is none that may be paid."""
    try:
        amount = sums.read(text)
    except sums.NoSum:
        return None
    return str(amount) if amount is not None and sums.is_payable(amount) else None


def check(
    one: Step, state: str, operator: str, actor: str, detail: Mapping[str, str]
) -> dict[str, str]:
    """The details as they are kept: what is seen of them, a sum in digits alone.

    Raises NotPossible, with the reason, where the step cannot be taken like this.
    """
    if not is_possible(one, state, operator, actor):
        raise NotPossible(f"{one.name}: not from {state} by {actor} ({operator})")
    seen = {field: typed.plain(text) for field, text in detail.items()}
    wrong = problems(one, seen)
    for problem, said in _SAID.items():
        fields = [field for field, found in wrong.items() if found == problem]
        if fields:
            raise NotPossible(f"{one.name}: {', '.join(fields)} {said}")
    if "amount" in seen:
        seen["amount"] = _sum(seen["amount"]) or ""
    return seen


_SAID = {
    "missing": "needed", "too_long": "is too long", "no_sum": "is a sum in yuan",
    "no_choice": "is none of its choices",
}  # fmt: skip


def problems(one: Step, detail: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with a step's details, by field: missing, too_long, no_sum or no_choice."""
    found = {field: "missing" for field in one.needs if not typed.plain(detail.get(field, ""))}
    for field, text in detail.items():
        if field in found:
            continue
        if len(text) > LONGEST.get(field, LONGEST_DETAIL):
            found[field] = "too_long"
        elif field == "amount" and _sum(text) is None:
            found[field] = "no_sum"
        elif text not in dict(one.choices).get(field, (text,)):
            found[field] = "no_choice"
    return found
