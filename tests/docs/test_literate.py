"""A script as a page: no line of it is lost, and prose is told from code."""

from __future__ import annotations

import re
from pathlib import Path

from docs.literate import markdown

TUTORIAL = (Path(__file__).parents[2] / "examples" / "tutorial.py").read_text(encoding="utf-8")
SCRIPT = '''"""Title.

More of it.
"""

import math

# 1. A heading
#
# Prose with `code`.

x = 1  # a remark
# a remark of the next line
y = 2
'''


def test_prose_and_code_alternate():
    assert markdown(SCRIPT) == (
        "# Title.\n\nMore of it.\n\n```python\nimport math\n```\n\n## A heading\n\nProse with `code`.\n\n"
        "```python\nx = 1  # a remark\n# a remark of the next line\ny = 2\n```\n"
    )


def test_a_script_without_words_is_code():
    assert markdown("x = 1\n") == "```python\nx = 1\n```\n"


def test_the_tutorial_loses_nothing():
    page = markdown(TUTORIAL)
    code = "\n".join(re.findall(r"^```python\n(.*?)\n^```$", page, re.DOTALL | re.MULTILINE))
    prose = [re.sub(r"^# ?(\d+\. )?", "", line) for line in TUTORIAL.splitlines() if line.startswith("#")]
    assert [line for line in prose if line not in page] == []
    written = TUTORIAL.split('"""', 2)[2].splitlines()
    assert [line for line in code.splitlines() if line] == [
        line for line in written if line and not line.startswith("#")
    ]
    assert len(re.findall(r"^## ", page, re.MULTILINE)) == 5
