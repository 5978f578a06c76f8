"""Known holes in the packages that are pinned: `python -m bench.audit` (`make audit`), by `uv audit`.

Fails for runtime one, which touches people and data, where a hole has a version without it. Runtime two is
held at Rasa's own bounds: its holes are listed, with those that docs/threats.md does not explain marked.
Without the database of holes (OSV, over the network) it says so and passes: not audited is no hole.
"""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SECONDS = 180  # for one runtime
COMMAND = ("audit", "--frozen", "--no-dev", "--output-format", "json",
           "--preview-features", "audit-command,json-output")  # fmt: skip


@dataclass(frozen=True)
class Hole:
    """A known hole: its names, the package at its version, the versions without it."""

    names: tuple[str, ...]
    package: str
    fixed: tuple[str, ...]

    def line(self) -> str:
        """As it is shown."""
        mended = f"mended in {', '.join(self.fixed)}" if self.fixed else "no version without it"
        return f"{self.package}: {', '.join(self.names)}; {mended}"


class NotAudited(Exception):
    """Nothing is known of the packages; the text says why."""


def holes(project: Path, more: Sequence[str] = ()) -> list[Hole]:
    """The known holes of what `project` pins. Raises NotAudited."""
    command = [os.environ.get("UV") or "uv", *COMMAND, "--project", str(project), *more]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotAudited(type(error).__name__) from None
    if done.returncode not in (0, 1):
        reasons = [one for one in done.stderr.splitlines() if one.startswith(("error", "  cause"))]
        raise NotAudited(reasons[0].strip() if reasons else f"uv ended with {done.returncode}")
    return _read(done.stdout)


def _read(told: str) -> list[Hole]:
    """uv's report; one in another shape tells nothing. Raises NotAudited."""
    try:
        report = json.loads(told)
        if not report["summary"]["audited_packages"]:
            raise NotAudited("no package was looked at")
        return [
            Hole(
                tuple(dict.fromkeys((one["id"], *one["aliases"]))),
                f"{one['dependency']['name']} {one['dependency']['version']}",
                tuple(one["fix_versions"]),
            )
            for one in report["vulnerabilities"]
        ]
    except (ValueError, KeyError, TypeError):
        raise NotAudited("uv's report has another shape") from None


def main(more: Sequence[str] = ()) -> int:
    """Say what is known of both runtimes; 1 where runtime one has a hole with a mend."""
    explained = (ROOT / "docs" / "threats.md").read_text(encoding="utf-8")
    code = 0
    for title, project in (("runtime one", ROOT), ("runtime two", ROOT / "nlu")):
        try:
            found = holes(project, more)
        except NotAudited as reason:
            print(f"· {title}: not audited ({reason})")
            continue
        print(f"· {title}: {len(found)} known holes")
        for one in found:
            is_known = any(name in explained for name in one.names)
            is_news = project != ROOT and not is_known
            print(f"  {one.line()}{' (not in docs/threats.md)' if is_news else ''}")
            if project == ROOT and one.fixed:
                code = 1
    return code


if __name__ == "__main__":
    sys.exit(main())
