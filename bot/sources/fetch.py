"""SOURCES: polite fetching of public pages, one at a time, from official sites alone. Knows no records."""

import email.utils
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urljoin, urlsplit

import httpx

HOSTS = ("gov.cn", "samrdprc.org.cn", "saferproducts.gov", "ec.europa.eu")
MOST_BYTES = 20_000_000
MOST_SECONDS = 60.0  # for one page, however slowly it drips
READ_SECONDS = 20.0
PAUSE_SECONDS = 2.0  # between two requests
TRIES = 3
MOST_REDIRECTS = 3
LONGEST_WAIT = timedelta(days=7)  # that a server can ask for
AGENT = "xiqing-consumer-rights/0.1 (recall notices for a district's consumers)"


class NotFetched(Exception):
    """A page that did not come; `reason` is one of sources.yml, `wait` what its server asked for."""

    def __init__(self, reason: str, wait: timedelta = timedelta()) -> None:
        super().__init__(reason)
        self.reason, self.wait = reason, wait


@dataclass(frozen=True)
class Known:
    """What is known of a page from the last time, so that its server need not send it again."""

    etag: str | None = None
    last_modified: str | None = None

    def headers(self) -> dict[str, str]:
        """The conditions of a request."""
        said = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in said.items() if value}


@dataclass(frozen=True)
class Fetched:
    """A page as it came; `url` is where it came from after redirects."""

    url: str
    data: bytes
    charset: str | None
    etag: str | None
    last_modified: str | None


class Fetcher:
    """Fetches one page at a time, with a pause between any two. `stop` ends it from another thread."""

    def __init__(
        self,
        hosts: Sequence[str] = HOSTS,
        schemes: Sequence[str] = ("https",),
        pause: float = PAUSE_SECONDS,
        read_seconds: float = READ_SECONDS,
        most_seconds: float = MOST_SECONDS,
        most_bytes: int = MOST_BYTES,
    ) -> None:
        self._hosts, self._schemes, self._pause = tuple(hosts), tuple(schemes), pause
        self._most_seconds, self._most_bytes = most_seconds, most_bytes
        self._stopping = threading.Event()
        self._next_at = 0.0
        headers = {"User-Agent": AGENT, "Accept-Language": "zh-CN,en;q=0.5"}
        self._client = httpx.Client(timeout=read_seconds, headers=headers, follow_redirects=False)

    def stop(self) -> None:
        """Fetch nothing more: what is waited for ends at once with NotFetched."""
        self._stopping.set()

    def close(self) -> None:
        """Let the connections go."""
        self._client.close()

    def get(
        self, url: str, types: Iterable[str] = ("text/html",), known: Known | None = None
    ) -> Fetched | None:
        """The page, or None where it is as before. Raises NotFetched.

        Time-outs, faults of the server and broken answers are tried again, each time later. A 429,
        or a fault with Retry-After, is not: the source is left alone until then.
        """
        for attempt in range(TRIES):
            try:
                return self._follow(url, tuple(types), known or Known())
            except NotFetched as bad:
                may_pass = bad.reason in ("timeout", "server_error", "broken_off", "no_connection")
                if not may_pass or bad.wait or attempt == TRIES - 1:
                    raise
            self._wait(self._pause * 2**attempt)
        raise AssertionError  # the last try returns or raises

    def _follow(self, url: str, types: tuple[str, ...], known: Known) -> Fetched | None:
        for _ in range(MOST_REDIRECTS + 1):
            self._check(url)
            self._wait(self._next_at - time.monotonic())
            try:
                found = self._once(url, types, known)
            except httpx.TimeoutException:
                raise NotFetched("timeout") from None
            except httpx.RemoteProtocolError:
                raise NotFetched("broken_off") from None
            except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError):
                raise NotFetched("no_connection") from None
            finally:
                self._next_at = time.monotonic() + self._pause
            if not isinstance(found, str):
                return found
            url = urljoin(url, found)
        raise NotFetched("redirects")

    def _check(self, url: str) -> None:
        """Only official sites, whatever a list or a redirect says."""
        parts = urlsplit(url)
        host = parts.hostname or ""
        is_known = any(host == one or host.endswith(f".{one}") for one in self._hosts)
        if parts.scheme not in self._schemes or not is_known or parts.username is not None:
            raise NotFetched("host_not_allowed")

    def _once(self, url: str, types: tuple[str, ...], known: Known) -> Fetched | str | None:
        """One request: the page, the address that it redirects to, or None where it is as before."""
        begun = time.monotonic()
        with self._client.stream("GET", url, headers=known.headers()) as answer:
            if answer.is_redirect and "location" in answer.headers:
                return str(answer.headers["location"])
            if answer.status_code == 304 and known.headers():
                return None
            _check_status(answer)
            kind = answer.headers.get("content-type", "").split(";")[0].strip().lower()
            if kind and kind not in types:
                raise NotFetched("wrong_type")
            parts, size = [], 0
            for part in answer.iter_bytes():
                size += len(part)
                if size > self._most_bytes:
                    raise NotFetched("too_large")
                if time.monotonic() - begun > self._most_seconds or self._stopping.is_set():
                    raise NotFetched("stopped" if self._stopping.is_set() else "timeout")
                parts.append(part)
            return Fetched(
                url, b"".join(parts), answer.charset_encoding,
                answer.headers.get("etag"), answer.headers.get("last-modified"),
            )  # fmt: skip

    def _wait(self, seconds: float) -> None:
        if self._stopping.wait(max(seconds, 0)):
            raise NotFetched("stopped")


def _check_status(answer: httpx.Response) -> None:
    status = answer.status_code
    if status == 200:
        return
    if status == 429 or status >= 500:
        wait = _retry_after(answer.headers.get("retry-after"), datetime.now(UTC))
        raise NotFetched("too_often" if status == 429 else "server_error", wait)
    raise NotFetched("not_found" if status in (404, 410) else "refused")


def _retry_after(said: str | None, now: datetime) -> timedelta:
    """What Retry-After asks for: seconds or a day and time; never negative, at most a week."""
    if not said:
        return timedelta()
    try:
        wait = (
            timedelta(seconds=min(int(said), 10**7))
            if said.strip().isdigit()
            else email.utils.parsedate_to_datetime(said).astimezone(UTC) - now
        )
    except (ValueError, OverflowError):
        return timedelta()
    return max(timedelta(), min(wait, LONGEST_WAIT))
