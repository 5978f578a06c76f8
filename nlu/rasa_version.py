"""The version of Rasa that our adaptations were written for; none of them is put in place on another one."""

import rasa

WRITTEN_FOR = "3.6.21"


class WrongRasa(RuntimeError):
    """Rasa is not the version that the adaptation was written for."""


def require(file: str) -> None:
    """Raise WrongRasa where Rasa is not the version that the adaptation in `file` was written for."""
    if rasa.__version__ != WRITTEN_FOR:
        raise WrongRasa(f"{file} was written for Rasa {WRITTEN_FOR}, not {rasa.__version__}")
