"""Small applications, converted with the interpreter that runs the tests."""

import os
import re
import sys
import textwrap
from pathlib import Path

from agent_core.port.translation import TranslateOrder, Translation, translate


def converted(folder: Path, source: str, **others: str) -> Translation:
    """Convert `app.py` with other modules beside it."""
    for name, text in {"app": source, **others}.items():
        (folder / f"{name}.py").write_text(textwrap.dedent(text), encoding="utf-8")
    env = {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"}
    return translate(TranslateOrder(str(folder), str(folder), sys.executable, env))


def squeezed(code: str) -> str:
    """Code without its layout, so that tests need no rustfmt."""
    return re.sub(r",(?=[)\]}])", "", re.sub(r"\s+", "", code))


def has(translation: Translation, code: str, file: str = "src/app.rs") -> bool:
    """Whether a file contains some code."""
    return squeezed(code) in squeezed(translation.files[file])
