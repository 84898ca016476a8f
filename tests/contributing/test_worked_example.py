"""CONTRIBUTING.md's phenomenon in four files, added to a copy of the project as a newcomer would add it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"^\*\*`([\w/]+\.py)`\*\*\n\n```python\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE))
NAME, FIGURE = "goal_averaging", "goal_averaging_noise"
FORMULA = f"theory/{NAME}.py"
LEFT_OUT = shutil.ignore_patterns(".git", ".venv*", ".pytest_cache", ".hypothesis", "build", "essay", "*.egg-info")


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """Return a copy of the project with the page's four files in it, and nothing else added or edited."""
    place = tmp_path_factory.mktemp("clone") / "goaldrift"
    shutil.copytree(ROOT, place, ignore=LEFT_OUT)
    for path, text in FILES.items():
        assert not (place / path).exists()
        (place / path).write_text(text, encoding="utf-8")
    return place


def run(house, *words, code=0):
    """Run a module in the copy, whose packages and no others it imports; return what it prints."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PYTEST"))}
    done = subprocess.run(
        [sys.executable, "-m", *words], cwd=house, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


def test_the_page_has_the_four_files():
    assert list(FILES) == [
        f"simulator/models/{NAME}.py", FORMULA, f"figures/{NAME}.py", f"tests/theory/test_{NAME}.py",
    ]  # fmt: skip


def test_what_the_page_names_exists():
    """Files and commands of this project that the page speaks of."""
    spoken = set(re.findall(r"`((?:simulator|theory|figures|tests|examples)/[\w/]+(?:\.py)?)`", PAGE)) - set(FILES)
    assert {"examples/own_prediction.py", "examples/tutorial.py", "theory/faults"} <= spoken
    assert [path for path in sorted(spoken) if "NAME" not in path and not (ROOT / path).exists()] == []
    targets = set(re.findall(r"\bmake (\w+)", "\n".join(re.findall(r"`[^`\n]+`|^    .+$", PAGE, re.MULTILINE))))
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert {"test", "check", "docs", "essay", "format"} == targets
    assert [target for target in targets if not re.search(rf"^{target}:", makefile, re.MULTILINE)] == []


def test_the_law_is_listed(house):
    assert run(house, "simulator", "list", NAME).startswith(f"{NAME}: Agents that are trained on noise of their own")


def test_its_prediction_agrees(house):
    assert "4 rows at seed 0: 4 agrees, 0 disagrees, 0 underpowered" in run(house, "theory", NAME)


def test_its_figure_is_drawn(house):
    run(house, "figures", FIGURE, "--out", "drawn")
    assert sorted(path.name for path in (house / "drawn").iterdir()) == [
        f"{FIGURE}.csv", f"{FIGURE}.png", f"{FIGURE}.svg",
    ]  # fmt: skip


def test_its_own_tests_pass(house):
    assert "7 passed" in run(house, "pytest", "-q", "-n", "0", f"tests/theory/test_{NAME}.py")


def test_it_is_as_clean_as_the_house(house):
    """Formatter and linter on all four, types on those that the project's own settings cover."""
    run(house, "ruff", "format", "--check", *FILES)
    run(house, "ruff", "check", *FILES)
    run(house, "mypy", *(path for path in FILES if not path.startswith("tests/")))


def test_a_planted_fault_disagrees(house, tmp_path):
    """The fault that the page tells the reader to try: what it says happens does."""
    right = "/ (2.0 * pull * agents)"
    assert FILES[FORMULA].count(right) == 1
    assert "`3.0 * pull` for the last `2.0 * pull`" in PAGE
    path = house / FORMULA
    path.write_text(FILES[FORMULA].replace(right, "/ (3.0 * pull * agents)"), encoding="utf-8")
    try:
        assert "4 rows at seed 0: 0 agrees, 4 disagrees" in run(house, "theory", NAME, code=1)
    finally:
        path.write_text(FILES[FORMULA], encoding="utf-8")
