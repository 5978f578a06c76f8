"""Starts Rasa with our adaptations, on loopback only: `python -m nlu.serve MODEL PORT`."""

import json
import os
import sys
import tarfile

from nlu import fast_turn


class UnusableModel(RuntimeError):
    """The model cannot be served; names the file and the mend."""


def main(model: str, port: str) -> None:
    """Serve `model` on 127.0.0.1:`port`; ACTIONS_PORT says where the action server listens."""
    try:
        check(model)
    except UnusableModel as unusable:
        sys.exit(str(unusable))
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    os.environ.setdefault("ACTIONS_PORT", "5055")
    fast_turn.install()
    from rasa.__main__ import main as rasa

    sys.argv = ["rasa", "run", "--enable-api", "--interface", "127.0.0.1", "--port", port,
                "--model", model, "--endpoints", "nlu/endpoints.yml",
                "--credentials", "nlu/credentials.yml"]  # fmt: skip
    rasa()


def check(model: str) -> None:
    """Raise UnusableModel where `model` is missing, broken, or trained by another Rasa."""
    mend = "请删除它（如果有），再运行 make train"
    try:
        with tarfile.open(model) as archive:
            told = archive.extractfile("metadata.json")
            trained_by = json.load(told)["rasa_open_source_version"] if told else None
    except FileNotFoundError as missing:
        raise UnusableModel(f"没有训练好的模型 {model}：{mend}") from missing
    except (OSError, tarfile.TarError, KeyError, ValueError, EOFError) as broken:
        raise UnusableModel(f"模型文件 {model} 已损坏：{mend}") from broken
    if trained_by != fast_turn.WRITTEN_FOR:
        raise UnusableModel(
            f"模型 {model} 由 Rasa {trained_by} 训练，本程序用 {fast_turn.WRITTEN_FOR}：{mend}"
        )


if __name__ == "__main__":
    main(*sys.argv[1:3])
