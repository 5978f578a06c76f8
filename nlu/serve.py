"""Starts Rasa with our adaptations, on loopback only: `python -m nlu.serve MODEL PORT`."""

import os
import sys

from nlu import fast_turn


def main(model: str, port: str) -> None:
    """Serve `model` on 127.0.0.1:`port`; ACTIONS_PORT says where the action server listens."""
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    os.environ.setdefault("ACTIONS_PORT", "5055")
    fast_turn.install()
    from rasa.__main__ import main as rasa

    sys.argv = ["rasa", "run", "--enable-api", "--interface", "127.0.0.1", "--port", port,
                "--model", model, "--endpoints", "nlu/endpoints.yml",
                "--credentials", "nlu/credentials.yml"]  # fmt: skip
    rasa()


if __name__ == "__main__":
    main(*sys.argv[1:3])
