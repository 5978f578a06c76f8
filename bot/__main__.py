"""The commands: `python -m bot prepare | serve | run | callbacks | reports | …`; without one it lists them."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import uvicorn

from bot import app, database, launch, logs, settings, standby
from bot.casework import callbacks, disputes, progress, resealing, shops, steps
from bot.casework.records import Person
from bot.commands import guidance, officers, pushes, questions, recalls, reports, risk, tips
from bot.library import load, read_all, words


def prepare() -> None:
    """Bring the records to the newest shape and put the shipped recalls in."""
    launch.prepare(settings.get())


def serve() -> None:
    """Meet people on the web until told to stop; where another process does already, stand by."""
    chosen = settings.get()
    logs.set_up(chosen.log_format)
    read_all()
    meeting = uvicorn.Server(
        uvicorn.Config(app.build(chosen), log_level="warning", log_config=None)  # its lines go where all others go
    )  # fmt: skip
    meeting.run(sockets=[standby.listening(chosen.web_host, chosen.web_port)])


def run() -> None:
    """Start every process under the supervisor and wait for Ctrl-C."""
    sys.exit(launch.run(settings.get()))


def move(number: str, state: str) -> None:
    """Bring a lodged dispute to another state, until officers have their console for it.

    Ends with a message where there is no such number, or no such step from where it stands.
    """
    with database.connect(settings.get()).begin() as session:
        found = progress.by_number(session, disputes.number_in(number) or "")
        if found is None:
            sys.exit(words("operator_no_number", number=number))
        before = found.state
        try:
            progress.move(session, found, state, "operator", datetime.now(UTC))
        except steps.NotPossible:
            known = ", ".join(progress.reachable(found, "operator"))
            sys.exit(words("operator_no_step", state=state, before=before, steps=known))
        spoken = disputes.number_text(found.number or "")
    launch.say(words("operator_moved", number=spoken, before=before, state=state))


def read_shops(path: str) -> None:
    """Take a table of shops, until officers have their console for it. Ends with what is wrong."""
    with database.connect(settings.get()).begin() as session:
        try:
            count = shops.read(session, Path(path).read_bytes(), datetime.now(UTC), "operator")
        except OSError as error:
            sys.exit(f"{path}: {error.strerror}")
        except shops.BadRow as bad:
            sys.exit(words("operator_bad_row", line=bad.line, column=bad.column))
    launch.say(words("operator_shops", count=count))


def list_callbacks() -> None:
    """Print who waits for a call, until officers have their console for it: on this screen alone."""
    with database.connect(settings.get())() as session:
        for one in callbacks.open_requests(session):
            asked = one.asked_at.astimezone(disputes.CHINA).strftime("%m-%d %H:%M")
            hours = load("district")["callback_hours"][one.hours]["title"]
            phone = session.get_one(Person, one.person_id).phone
            launch.say(words("operator_callback", id=one.id, asked=asked, hours=hours, phone=phone))


def called(number: str) -> None:
    """Note that a citizen was called. Ends with a message where no such request is open."""
    with database.connect(settings.get()).begin() as session:
        waiting = {str(one.id): one for one in callbacks.open_requests(session)}
        if number not in waiting:
            sys.exit(words("operator_no_callback", id=number))
        callbacks.done(waiting[number], datetime.now(UTC))
    launch.say(words("operator_called", id=number))


def reseal() -> None:
    """Bring all personal data under the first key of DATA_KEY. Ends with 1 where some cannot be read."""
    counts: dict[str, int] = {}
    is_whole = True
    with database.connect(settings.get())() as session:
        for done in resealing.reseal(session):
            session.commit()
            counts[done.table] = counts.get(done.table, 0) + done.resealed
            for row, column in done.unreadable:
                is_whole = False
                launch.say(words("operator_unreadable", table=done.table, row=row, column=column))
    for table, count in counts.items():
        launch.say(words("operator_resealed", table=table, count=count))
    if not is_whole:
        sys.exit(words("operator_keep_keys"))


COMMANDS = {
    "prepare": prepare, "serve": serve, "run": run, "callbacks": list_callbacks, "reseal": reseal,
    "reports": reports.list_open, "sources": recalls.list_sources,
    "push": pushes.show, "questions": questions.list_open, "guidance": guidance.list_entries,
    "risk": risk.show,
}  # fmt: skip

if __name__ == "__main__":
    match sys.argv[1:]:
        case ["progress", number, state]:
            move(number, state)
        case ["called", number]:
            called(number)
        case ["push", number, ("approve" | "dismiss") as decision, who]:
            pushes.decide(number, decision, who)
        case ["push", number, "calls"]:
            pushes.list_calls(number)
        case ["push", number, "called", person, who]:
            pushes.called(number, person, who)
        case ["risk", number, ("confirm" | "dismiss" | "clue") as decision, who, *reason]:
            risk.decide(number, decision, who, " ".join(reason))
        case ["officer", name, "close"]:
            officers.close(name)
        case ["officer", name, role]:
            officers.save(name, role)
        case ["shops", path]:
            read_shops(path)
        case ["report", number]:
            reports.show(number)
        case ["report", number, step, *reason]:
            reports.take(number, step, " ".join(reason))
        case ["tip", path]:
            tips.preview(path)
        case ["tip", number, "approve", who]:
            tips.approve(number, who)
        case ["questions", "done", number]:
            questions.deal_with(number)
        case ["import-recalls", source, *files] if files:
            recalls.import_recalls(source, files)
        case [command] if command in COMMANDS:
            COMMANDS[command]()
        case _:
            sys.exit(
                f"usage: python -m bot {' | '.join(COMMANDS)} | called ID | progress NUMBER STATE"
                " | report NUMBER [STEP [REASON]] | shops TABLE.csv | import-recalls SOURCE FILE…"
                " | push NUMBER approve|dismiss WHO | questions done ID | tip FILE.yml | tip ID approve WHO"
                " | push NUMBER calls | push NUMBER called ID WHO"
                " | risk ID confirm|dismiss|clue WHO [REASON]"
                " | officer NAME ROLE|close"
            )
