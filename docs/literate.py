"""A script as a page: its docstring and its comments are the prose, and the code stands between them."""

from __future__ import annotations

import ast
import re

PROSE = re.compile(r"(?<=\n\n)((?:#.*\n)+)(?=\n)")


def markdown(script: str) -> str:
    """Return a Python script in Markdown.

    Comment lines at the left margin that stand between empty lines are prose; it begins with a heading if its first
    line is numbered, as in "1. The law". Everything else is code. The docstring comes first, its first line the title.
    """
    words = ast.get_docstring(ast.parse(script)) or ""
    title, _, rest = words.partition("\n")
    code = script.split('"""', 2)[2] if words else script
    parts = [f"# {title}", rest.strip()] if words else []
    for place, part in enumerate(PROSE.split(code)):  # code and prose in turn
        parts.append(_prose(part) if place % 2 else _fenced(part))
    return "\n\n".join(part for part in parts if part) + "\n"


def _prose(comments: str) -> str:
    text = re.sub(r"^# ?", "", comments.strip(), flags=re.MULTILINE)
    return re.sub(r"\A\d+\. ", "## ", text)


def _fenced(code: str) -> str:
    return f"```python\n{code.strip()}\n```" if code.strip() else ""
