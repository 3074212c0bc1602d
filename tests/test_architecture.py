"""Imports run one way, and heavy things stay outside."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_imports_run_one_way() -> None:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--config", "pyproject.toml", "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_neither_torch_nor_scikit_learn_is_in_the_core() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    core = {re.split(r"[<>=~\[ ]", requirement)[0] for requirement in project["dependencies"]}
    assert core.isdisjoint({"torch", "scikit-learn", "ray", "pandas", "polars", "sentence-transformers"})


def test_importing_the_package_loads_no_model_and_no_numeric_library() -> None:
    code = "import sys, clioscope; print([m for m in ('numpy', 'onnxruntime', 'faiss', 'pyarrow') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_public_name_is_there() -> None:
    import clioscope

    assert all(getattr(clioscope, name) is not None for name in clioscope.__all__)


def test_only_the_gate_makes_releases() -> None:
    makers = [
        str(path.relative_to(ROOT / "src" / "clioscope"))
        for path in (ROOT / "src").rglob("*.py")
        if re.search(r"\bRelease\(", path.read_text(encoding="utf-8"))
    ]
    assert sorted(makers) == ["privacy/dp/tables.py", "privacy/gate.py"]


def test_lock_files_name_no_address() -> None:
    for path in (ROOT / "requirements").glob("*.lock"):
        assert not re.search(r"https?://|file:|@ ", path.read_text(encoding="utf-8")), path
