"""Photos and papers that come with a form of the desk: looked at as citizens' are, and what is wrong said in words."""

import asyncio
from dataclasses import dataclass

from starlette.requests import Request

from bot.casework import evidence
from bot.channels import web_uploads
from bot.console import bodies
from bot.console.step_forms import Field
from bot.library import load

NAME = "files"  # of the field; it stands last in its form, for what comes behind a file too large is not read
REASONS = ("file_empty", "file_too_large", "file_not_picture", "file_too_many_pixels", "file_kind",
           "file_too_many")  # fmt: skip


@dataclass(frozen=True)
class Taken:
    """What came with a form: the files that may be kept, and in words what is wrong with the others."""

    files: tuple[evidence.Prepared, ...] = ()
    problem: str = ""


async def taken(request: Request) -> Taken:
    """The files of this request. A form is taken with all of its files or not at all."""
    given, said = bodies.given(request), load("desk")["uploads"]
    if given.problem:
        return Taken(problem=said["not_read"][given.problem])
    ready, refused = await asyncio.to_thread(web_uploads.prepared, given.files)
    told = [said["place"].format(place=place) + why(key) for place, key in refused]
    return Taken(tuple(ready), " ".join(told))


def why(key: str) -> str:
    """Why a file is not kept (evidence.Refused), in the officers' words."""
    refused = load("desk")["uploads"]["refused"]
    return str(refused[key if key in REASONS else "other"])


def field(came: Taken | None = None) -> Field:
    """The field where files are chosen; drawn again, it says that they are to be chosen again."""
    said = load("desk")["uploads"]
    hint = said["hint"].format(count=web_uploads.MOST_FILES)
    if came is not None and (came.files or came.problem):
        hint = f"{said['again']} {hint}"
    return Field(
        NAME, said["label"], is_needed=False, kind="files", longest=0, hint=hint,
        problem=came.problem if came is not None else "", short=said["label"],
    )  # fmt: skip
