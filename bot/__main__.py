"""The commands: `python -m bot prepare | serve | run | progress NUMBER STATE`."""

import sys
from datetime import UTC, datetime

import uvicorn

from bot import app, database, launch, settings
from bot.casework import disputes, progress
from bot.library import words


def prepare() -> None:
    """Bring the records to the newest shape and put the shipped recalls in."""
    launch.prepare(settings.get())


def serve() -> None:
    """Meet people on the web until told to stop."""
    chosen = settings.get()
    uvicorn.run(app.build(chosen), host=chosen.web_host, port=chosen.web_port, log_level="warning")


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
        except progress.NotPossible:
            steps = ", ".join(progress.STEPS.get(before, ()))
            sys.exit(words("operator_no_step", state=state, before=before, steps=steps))
        spoken = disputes.spoken(found.number or "")
    launch.say(words("operator_moved", number=spoken, before=before, state=state))


COMMANDS = {"prepare": prepare, "serve": serve, "run": run}

if __name__ == "__main__":
    match sys.argv[1:]:
        case ["progress", number, state]:
            move(number, state)
        case [command] if command in COMMANDS:
            COMMANDS[command]()
        case _:
            sys.exit(f"usage: python -m bot {' | '.join(COMMANDS)} | progress NUMBER STATE")
