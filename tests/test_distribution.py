"""The built wheel works outside the clone, with all its data files."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.support.command_line import ROOT

pytestmark = pytest.mark.process

SOURCES = ("articles", "bot", "prompts", "retrieval")
QUESTION = "What did Rubio say about concessions?"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy of the clone without network and without an environment of its own."""
    clone, dist = tmp_path_factory.mktemp("clone"), tmp_path_factory.mktemp("dist")
    for name in SOURCES:
        shutil.copytree(ROOT / name, clone / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, clone)
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(dist), str(clone)]
    built = subprocess.run(build, capture_output=True, text=True, timeout=120)
    assert built.returncode == 0, built.stdout + built.stderr
    [path] = dist.glob("*.whl")
    return path


def test_the_wheel_holds_every_file_of_the_packages_and_nothing_else(wheel: Path) -> None:
    carried = {name for name in ZipFile(wheel).namelist() if ".dist-info/" not in name}
    present = {
        str(path.relative_to(ROOT))
        for name in SOURCES
        for path in (ROOT / name).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert carried == present


def test_the_installed_wheel_answers_the_sample_question_in_an_empty_folder(wheel: Path, tmp_path: Path) -> None:
    site, empty = tmp_path / "site", tmp_path / "empty"
    empty.mkdir()
    install = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "-q",
        "--no-deps",
        "--no-index",
        "--target",
        str(site),
        str(wheel),
    ]
    subprocess.run(install, check=True, timeout=120)
    # The wheel comes first on the path, so that the clone, which is installed as editable, is not imported.
    ask = "import bot, sys; print(bot.__file__, file=sys.stderr); from bot.cli import main; main(sys.argv[1:])"
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("ONRECORD_", "OPENAI_"))}
    answer = subprocess.run(
        [sys.executable, "-c", ask, "ask", QUESTION],
        capture_output=True,
        text=True,
        timeout=120,
        cwd=empty,
        env=clean | {"PYTHONPATH": str(site)},
    )
    assert answer.returncode == 0, answer.stderr
    assert answer.stderr.startswith(str(site))
    assert "unless both sides make concessions,” Rubio said." in answer.stdout
    assert "[1] The Harbour Courier, Kyiv takes a limited truce" in answer.stdout
    assert "the sample articles answer" in answer.stderr
