"""What a Bot API may answer instead of what was asked for; `bot_api.py` answers so on request."""

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Fault:
    """What goes wrong. `delivers`: the message arrives all the same, only the answer does not."""

    code: int = 0
    description: str = ""
    parameters: dict[str, Any] = field(default_factory=dict)
    page: str | None = None
    seconds: float = 0
    drops: bool = False
    delivers: bool = False


def flood(seconds: int) -> Fault:
    words = f"Too Many Requests: retry after {seconds}"
    return Fault(429, words, {"retry_after": seconds})


def moved(new: int) -> Fault:
    words = "Bad Request: group chat was upgraded to a supergroup chat"
    return Fault(400, words, {"migrate_to_chat_id": new})


BLOCKED = Fault(403, "Forbidden: bot was blocked by the user")
DEACTIVATED = Fault(403, "Forbidden: user is deactivated")
NO_CHAT = Fault(400, "Bad Request: chat not found")
TOO_OLD = Fault(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")  # fmt: skip
BROKEN = Fault(500, "Internal Server Error")
HTML = Fault(502, page="<html><head><title>502 Bad Gateway</title></head></html>")
PROXY_SAYS_NO = Fault(403, page="<html><body>Access to this site is not allowed</body></html>")
FINE_PAGE = Fault(200, page="<html><body>Please sign in to the network</body></html>")
DROPPED = Fault(drops=True)


def hang(seconds: float, delivers: bool = False) -> Fault:
    return Fault(500, "late", seconds=seconds, delivers=delivers)


@dataclass
class Planned:
    fault: Fault
    method: str
    chat: str | None
    after: int
    times: int


@dataclass
class Delivered:
    """A message as it stands in a chat."""

    chat: str
    text: str
    at: float
    buttons: list[list[dict[str, Any]]]
    message_id: int
    asked: dict[str, Any] = field(default_factory=dict)

    def titles(self) -> list[str]:
        return [button["text"] for row in self.buttons for button in row]


class Refusal(Exception):
    """An answer with `ok: false`."""

    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.code, self.description, self.parameters = code, description, parameters
