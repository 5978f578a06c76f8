"""What fetches recall notices by the clock: each source at its cadence, pages kept, notices taken."""

import logging
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session, sessionmaker

from bot.casework import recall_intake, recall_sources
from bot.sources.fetch import Fetched, Fetcher, Known, NotFetched
from bot.sources.notice import PASSED_OVER, Link, NotRead
from bot.sources.registry import SOURCES, Source, read

log = logging.getLogger(__name__)

MOST_PAGES = 40  # notices of one source in one go; the rest comes with the next
MOST_LISTS = 10  # pages of a list that are followed while they name unread notices
AGAIN_DAYS = 30  # how long a notice is looked at again for corrections
BACK_DAYS = 400  # what is older is not fetched any more: the shipped library has it


class Collector:
    """Fetches what is due. Each page is a transaction of its own; no transaction waits for a server."""

    def __init__(self, sessions: sessionmaker[Session], fetcher: Fetcher | None = None) -> None:
        self._sessions, self._fetcher = sessions, fetcher or Fetcher()

    def run(self) -> None:
        """Look into each source that is due, one after the other; a fault of one stops no other."""
        for source in SOURCES.values():
            now = datetime.now(UTC)
            with self._sessions() as session:
                is_due = recall_sources.is_due(session, source.code, now)
            if is_due and source.addresses(now.date()):
                self.collect(source, now)

    def stop(self) -> None:
        """End what is going on at the next page."""
        self._fetcher.stop()

    def collect(self, source: Source, now: datetime) -> None:
        """Look into one source, and note how it went.

        It went well where every list and every page came. A page that came and could not be read is
        quarantined and listed for operators; of a list, of notices all of one address, or of all
        pages of a list at once (a new layout), that is a failure: nothing is known of what they hold.
        """
        failures: list[NotFetched | NotRead] = []
        for address in source.addresses(now.date()):
            if failures and failures[-1].reason in ("too_often", "stopped"):
                break
            problem = self._address(source, address, now)
            failures += [problem] if problem else []
        with self._sessions.begin() as session:
            if not failures:
                recall_sources.succeeded(session, source.code, now)
                return
            wait = max(one.wait if isinstance(one, NotFetched) else timedelta() for one in failures)
            recall_sources.failed(session, source.code, failures[0].reason, now, wait)
        log.warning("recall notices of %s: %s", source.code, failures[0].reason)

    def _address(self, source: Source, address: str, now: datetime) -> NotFetched | NotRead | None:
        """Look into one address of a source; why that failed, if it did."""
        try:
            if source.links is None:
                self._page(source, address, now, is_all=True)
            else:
                self._list(source, address, now)
        except (NotFetched, NotRead) as bad:
            return bad
        return None

    def _list(self, source: Source, address: str, now: datetime) -> None:
        """Read a list and the pages that it names, and go on while it names unread ones."""
        left = MOST_PAGES
        for number in range(MOST_LISTS if source.is_paged else 1):
            url = address.replace("index.html", f"index_{number}.html") if number else address
            try:
                links = self._links(source, url, now)
            except NotFetched as bad:
                if number and bad.reason == "not_found":  # the list ended before
                    return
                raise
            unread, young = self._wanted(source, links, now)
            wanted = list(dict.fromkeys((*unread, *young)))[:left]
            left -= len(wanted)
            refused = [self._linked(source, link, now) for link in wanted]
            if refused and all(refused):
                raise NotRead(refused[0] or "")
            if not unread or not left:
                return

    def _links(self, source: Source, url: str, now: datetime) -> tuple[Link, ...]:
        """What a list names. It is asked for whole each time: what it named may be unread still."""
        assert source.links is not None
        found = self._fetcher.get(url, source.types)
        assert found is not None  # nothing was said of an earlier time
        try:
            links = source.links(found.data, found.url, found.charset)
        except NotRead as bad:
            self._keep(source, url, found, now, "quarantined", bad.reason)
            raise
        self._keep(source, url, found, now, "listed")
        return links

    def _linked(self, source: Source, link: Link, now: datetime) -> str | None:
        """One page of a list; one that is gone, or cannot be read, leaves the others be.

        Why it could not be read, if it is one that should be.
        """
        try:
            self._page(source, link.url, now)
        except NotFetched as bad:
            if bad.reason not in ("not_found", "host_not_allowed"):
                raise
            log.warning("a page of %s: %s", source.code, bad.reason)
        except NotRead as bad:
            log.warning("a page of %s: %s", source.code, bad.reason)
            return None if bad.reason in PASSED_OVER else bad.reason
        return None

    def _wanted(
        self, source: Source, links: tuple[Link, ...], now: datetime
    ) -> tuple[list[Link], list[Link]]:
        """The pages not read yet, and those young enough to be corrected still; very old ones never."""
        today = now.date()
        with self._sessions() as session:
            unread = [
                one
                for one in links
                if (one.published_on is None or (today - one.published_on).days <= BACK_DAYS)
                and not recall_sources.page(session, source.code, one.url)
            ]
        young = [o for o in links if o.published_on and (today - o.published_on).days <= AGAIN_DAYS]
        return unread, young

    def _page(self, source: Source, url: str, now: datetime, is_all: bool = False) -> None:
        """Fetch a page where it changed, keep it, and take its notices. Raises NotFetched, NotRead.

        One that could not be read before is fetched in any case: it may be read by now.
        """
        with self._sessions() as session:
            kept = recall_sources.page(session, source.code, url)
        is_known = kept is not None and kept.state == "read" and not is_all
        known = Known(kept.etag, kept.last_modified) if kept and is_known else None
        found = self._fetcher.get(url, source.types, known)
        if found is None:
            return
        try:
            held = read(source, found.data, found.url, found.charset)
        except NotRead as bad:
            is_ours = bad.reason not in PASSED_OVER
            self._keep(source, url, found, now, "quarantined" if is_ours else "read", bad.reason)
            raise
        with self._sessions.begin() as session:
            recall_intake.take(session, source.code, held.notices, now)
        self._keep(source, url, found, now, "read")

    def _keep(
        self, source: Source, url: str, found: Fetched, now: datetime,
        state: str, reason: str | None = None,
    ) -> None:  # fmt: skip
        with self._sessions.begin() as session:
            recall_sources.keep(
                session, source.code, url, found.data, now, state=state, reason=reason,
                etag=found.etag, last_modified=found.last_modified,
            )  # fmt: skip
