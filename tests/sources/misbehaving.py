"""A web server on a local port that behaves as the tests tell it to, badly mostly."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Answer:
    """What the server does at one address: `drip` is the pause before each byte of the body."""

    body: bytes = b"<h1>page</h1>"
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "text/html"})
    wait: float = 0.0
    drip: float = 0.0
    declared: int | None = None  # a length other than the body's


@dataclass
class Server:
    """The answers by path, in turn (the last again and again), and what was asked."""

    url: str
    answers: dict[str, list[Answer]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def at(self, path: str, *answers: Answer) -> str:
        """Answer so at a path; its address."""
        self.answers[path] = list(answers)
        return self.url + path

    def paths(self) -> list[str]:
        """What was asked for, in order."""
        return [path for path, _ in self.asked]


@contextmanager
def serving() -> Iterator[Server]:
    """A server for the time of a test."""
    server = Server("")
    web = ThreadingHTTPServer(("127.0.0.1", 0), _handler(server))
    web.daemon_threads = True
    web.handle_error = lambda *_: None  # type: ignore[method-assign]  # who hung up is no news
    server.url = f"http://127.0.0.1:{web.server_port}"
    thread = threading.Thread(target=web.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        web.shutdown()
        web.server_close()
        thread.join()


def _handler(server: Server) -> Callable[..., BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            server.asked.append((self.path, {k.lower(): v for k, v in self.headers.items()}))
            left = server.answers.get(self.path) or [Answer(status=404)]
            answer = left.pop(0) if len(left) > 1 else left[0]
            time.sleep(answer.wait)
            etag = answer.headers.get("ETag")
            is_same = etag and self.headers.get("If-None-Match") == etag
            self.send_response(304 if is_same else answer.status)
            body = b"" if is_same else answer.body
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(answer.declared or len(body)))
            self.end_headers()
            try:
                for at in range(len(body)) if answer.drip else ():
                    time.sleep(answer.drip)
                    self.wfile.write(body[at : at + 1])
                self.wfile.write(b"" if answer.drip else body)
            except OSError:
                return
            if answer.declared and answer.declared > len(body):
                self.close_connection = True

        def log_message(self, *_: Any) -> None:
            return None

    return Handler
