"""MESSAGE in: reads a form with files from a request, in memory and within limits. Knows no page."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.exceptions import HTTPException
from starlette.requests import Request

from bot.casework import evidence
from bot.channels import web_guard

MOST_FILES = 9  # of one message
LARGEST_REQUEST = 60 * 1024 * 1024  # bytes
LARGEST_FIELD = 64 * 1024  # bytes of what is typed
MOST_FIELDS = 20
MOST_AT_ONCE = 8  # forms read at the same time: their files lie in memory
BUSY_SECONDS = 10

Kind = Literal["photo", "voice", "video", "document"]


@dataclass
class Form:
    """What a form held: what was typed, by name and in order with names that come twice, and the files."""

    fields: dict[str, str] = field(default_factory=dict)
    files: list[evidence.File] = field(default_factory=list)
    pairs: list[tuple[str, str]] = field(default_factory=list)


class NotTaken(HTTPException):
    """A form that is not taken; `typed` is what was read of it before, so that it can be shown again.

    `pairs` is the same with names that come twice.
    """

    def __init__(self, refusal: HTTPException, read: Form) -> None:
        super().__init__(refusal.status_code, refusal.detail, refusal.headers)
        self.typed, self.pairs = read.fields, read.pairs


class _Reading:
    """Takes the parts of one form as the parser finds them."""

    def __init__(self, boundary: bytes, most_fields: int) -> None:
        self.form = Form()
        self.is_over = False
        self._parts, self._most = 0, most_fields + MOST_FILES
        self._headers: dict[bytes, bytes] = {}
        self._name, self._value = b"", b""
        self._field = b""
        self._file: bytes | None = None
        self._body = bytearray()
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_header_field": self._header_name,
                "on_header_value": self._header_value,
                "on_header_end": self._header_end,
                "on_headers_finished": self._headers_end,
                "on_part_data": self._data,
                "on_part_end": self._end,
                "on_end": self._over,
            },
        )

    def take(self, chunk: bytes) -> HTTPException | None:
        """Read on; the reason where this form is not taken. Then none of its files is kept."""
        try:
            self._parser.write(chunk)
        except FormParserError:
            refusal = HTTPException(400, "not_json")
        except HTTPException as found:
            refusal = found
        else:
            return None
        self.form, self._body = Form(self.form.fields, pairs=self.form.pairs), bytearray()
        return refusal

    def _begin(self) -> None:
        self._headers, self._body = {}, bytearray()
        self._parts += 1
        if self._parts > self._most:
            raise HTTPException(400, "not_json")

    def _header_name(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_end(self) -> None:
        self._headers[self._name.lower()] = self._value
        self._name, self._value = b"", b""

    def _headers_end(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        self._field, self._file = options.get(b"name", b""), options.get(b"filename")

    def _data(self, data: bytes, start: int, end: int) -> None:
        self._body += data[start:end]
        if self._file is not None and len(self._body) > evidence.LARGEST:
            raise HTTPException(413, "file_too_large")
        if self._file is None and len(self._body) > LARGEST_FIELD:
            raise HTTPException(413, "too_large")

    def _end(self) -> None:
        body = bytes(self._body)
        self._body = bytearray()
        if self._file is None:
            name, text = _text(self._field), _text(body)
            self.form.fields[name] = text
            self.form.pairs.append((name, text))
        elif self._file or body:  # a browser sends a nameless, empty file where none was chosen
            mime = _text(self._headers.get(b"content-type", b"")).split(";")[0].strip().lower()
            self.form.files.append(
                evidence.File(kind_of(mime), body, mime[:100], _text(self._file)[:200])
            )
            if len(self.form.files) > MOST_FILES:
                raise HTTPException(413, "too_many_files")

    def _over(self) -> None:
        self.is_over = True


class Reader:
    """Reads forms with files, a few at the same time."""

    def __init__(self, most_fields: int = MOST_FIELDS) -> None:
        self._reading, self._most_fields = 0, most_fields

    async def form(self, request: Request) -> Form:
        """The form in a multipart request, no byte of which touches a disk.

        Raises NotTaken 400 where it is no whole form, 413 over a limit (`detail` is the
        sentence in pages.yml: file_too_large, too_many_files, files_too_large, too_large), 408
        where it stands still, 503 where too many are being read.
        """
        if self._reading >= MOST_AT_ONCE:
            raise HTTPException(503, "busy", {"Retry-After": str(BUSY_SECONDS)})
        self._reading += 1
        try:
            return await _read(request, self._most_fields)
        finally:
            self._reading -= 1


async def _read(request: Request, most_fields: int) -> Form:
    _, options = parse_options_header(request.headers.get("content-type", ""))
    boundary = options.get(b"boundary")
    if web_guard.content_type(request) != "multipart/form-data" or not boundary:
        raise HTTPException(400, "not_json")
    reading, refusal = _Reading(boundary, most_fields), None
    try:
        async for chunk in web_guard.chunks(request, LARGEST_REQUEST):
            refusal = refusal or reading.take(chunk)
    except HTTPException as found:
        refusal = HTTPException(413, "files_too_large") if found.status_code == 413 else found
    if refusal is None and not reading.is_over:
        refusal = HTTPException(400, "not_json")
    if refusal is not None:
        raise NotTaken(refusal, reading.form)
    return reading.form


def prepared(
    files: Sequence[evidence.File],
) -> tuple[list[evidence.Prepared], list[tuple[int, str]]]:
    """The files as they are kept, and place and reason of each that is not what it says."""
    ready, refused = [], []
    for place, file in enumerate(files, start=1):
        try:
            ready.append(evidence.prepared(file))
        except evidence.Refused as refusal:
            refused.append((place, refusal.key))
    return ready, refused


def kind_of(mime: str) -> Kind:
    """What a file is said to be; what it really is, `evidence` finds out."""
    kinds: dict[str, Kind] = {"image": "photo", "audio": "voice", "video": "video"}
    return kinds.get(mime.partition("/")[0], "document")


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")
