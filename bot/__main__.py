"""The commands: `python -m bot prepare | serve | run`."""

import sys

import uvicorn

from bot import app, launch, settings


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


COMMANDS = {"prepare": prepare, "serve": serve, "run": run}

if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in COMMANDS:
        sys.exit(f"usage: python -m bot {' | '.join(COMMANDS)}")
    COMMANDS[sys.argv[1]]()
