"""UNDERSTANDING: opens the models that come inside Python packages. Knows no text."""

from importlib import util
from pathlib import Path
from typing import Any


class MissingModel(RuntimeError):
    """A package or the model file inside it is not there; names the file and the mend."""


def model_file(package: str, *inside: str) -> Path:
    """Where a file lies that came with `package`, found without importing the package.

    Raises MissingModel where the package is not installed or does not hold the file.
    """
    found = util.find_spec(package)
    if found is None or found.origin is None:
        raise MissingModel(
            f"缺少软件包 {package}：请运行 make setup（依 nlu/uv.lock 重新安装理解部分）"
        )
    path = Path(found.origin).parent.joinpath(*inside)
    if not path.is_file():
        raise MissingModel(
            f"软件包 {package} 不完整，缺少 {path}：请删除 nlu/.venv 后运行 make setup"
        )
    return path


def session(path: Path, *, string_operators: bool = False) -> Any:
    """An onnxruntime session on `path` with one thread, which is the fastest for one sentence.

    `string_operators` loads the extensions that read raw text (SentencePiece).
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    if string_operators:
        import onnxruntime_extensions

        options.register_custom_ops_library(onnxruntime_extensions.get_library_path())
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
