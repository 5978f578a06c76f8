"""REPLY: all that is kept of a citizen, as a zip from their own page. Knows no link and no talk."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import quote

from sqlalchemy.orm import Session, sessionmaker
from starlette.responses import Response, StreamingResponse

from bot.casework import archive, links, people, privacy
from bot.casework.records import Person
from bot.library import load


def response(sessions: sessionmaker[Session], key: str) -> Response:
    """What is told and the files as they came in (个人信息保护法 第45条). Raises links.Invalid for nobody.

    The zip is made while it is sent; each file is read in a session of its own, for a slow network
    must not hold up the records.
    """
    said = load("privacy")
    with sessions() as session:
        who = _person(session, key)
        found = privacy.export(session, who, datetime.now(UTC))
        text = json.dumps(found, ensure_ascii=False, indent=1)
        names = privacy.files(session, who)

    def files() -> Iterator[tuple[str, bytes]]:
        yield said["file"], text.encode()
        for number, name in names:
            with sessions() as session:
                who = people.by_key(session, key)
                content = privacy.original(session, who, number) if who is not None else None
            if content is not None:  # else it was deleted meanwhile
                yield name, content

    kept_as = f"attachment; filename=\"data.zip\"; filename*=UTF-8''{quote(said['zip'])}"
    headers = {"Content-Disposition": kept_as, "Cache-Control": "no-store"}
    return StreamingResponse(archive.stream(files()), headers=headers, media_type="application/zip")


def _person(session: Session, key: str) -> Person:
    who = people.by_key(session, key)
    if who is None:
        raise links.Invalid
    return who
