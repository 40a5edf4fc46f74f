"""One virtual environment for each peer, made from its pinned requirements and kept between runs."""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def peer_interpreter(folder: str, work: Path) -> Path:
    """The Python interpreter of a peer; OnRecord's is the current one."""
    requirements = HERE / folder / "requirements.txt"
    if not requirements.exists():
        return Path(sys.executable)
    made = work.absolute() / "environments" / folder
    stamp, wanted = made / "requirements.txt", requirements.read_text()
    if not stamp.exists() or stamp.read_text() != wanted:
        print(f"  installing {folder}", flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(made)], check=True)
        pip = [str(made / "bin/python"), "-m", "pip", "--quiet", "--quiet"]
        subprocess.run([*pip, "install", "--requirement", str(requirements)], check=True)
        stamp.write_text(wanted)
    return made / "bin/python"


def pinned_versions(folder: str) -> dict[str, str]:
    """The pinned versions by package."""
    lines = (HERE / folder / "requirements.txt").read_text().splitlines()
    return dict(line.split("==") for line in lines if "==" in line)
