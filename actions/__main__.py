"""`python -m actions`: the action server in one process; a second one stands by until the first is gone."""

from rasa_sdk.endpoint import create_app_for_serve
from rasa_sdk.executor import ActionExecutor
from sanic import Sanic

from actions import warming
from bot import logs, settings, standby


def main() -> None:
    """Listen for Rasa until told to stop. Raises OSError where nobody could listen there.

    rasa-sdk's own command begins a second process that reads all of this again: twice the memory, and
    twice as long until it answers.
    """
    chosen = settings.get()
    logs.set_up(chosen.log_format)
    warming.warm()
    executor = ActionExecutor()
    executor.register_package("actions")
    app = create_app_for_serve(executor, endpoints="")  # no tracing
    app.prepare(
        sock=standby.listening(chosen.actions_host, chosen.actions_port),
        single_process=True, access_log=False, motd=False,
    )  # fmt: skip
    Sanic.serve_single(primary=app)


if __name__ == "__main__":
    main()
