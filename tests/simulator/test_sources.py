"""The fingerprint of the code: the same for the same files, another for any change of a law or a formula."""

from __future__ import annotations

import re

import pytest

from simulator import sources
from simulator.sources import source_fingerprint
from theory.fingerprint import PACKAGES, code_fingerprint


@pytest.fixture
def house(tmp_path, monkeypatch):
    """A house of two files."""
    (tmp_path / "law.py").write_text("decay = 1\n")
    (tmp_path / "table.npy").write_bytes(b"\x93NUMPY")
    monkeypatch.setattr(sources, "roots", lambda package: (tmp_path,))
    return tmp_path


def test_the_fingerprint_of_a_check_is_that_of_real_files():
    assert re.fullmatch("[0-9a-f]{64}", code_fingerprint())
    assert code_fingerprint() == source_fingerprint(PACKAGES)
    assert all(any(place.rglob("*.py")) for package in PACKAGES for place in sources.roots(package))
    assert sources.roots("no_such_package") == ()


@pytest.mark.parametrize(
    "change",
    [
        lambda house: (house / "law.py").write_text("decay = 2\n"),
        lambda house: (house / "table.npy").write_bytes(b"\x93NUMPX"),
        lambda house: (house / "law.py").rename(house / "laws.py"),
        lambda house: (house / "another.py").write_text(""),
    ],
)
def test_any_change_of_code_changes_it(house, change):
    before = source_fingerprint(("house",))
    change(house)
    assert source_fingerprint(("house",)) != before


def test_what_is_no_code_does_not_count(house):
    before = source_fingerprint(("house",))
    (house / "law.pyc").write_bytes(b"compiled")
    (house / "README.md").write_text("words")
    assert source_fingerprint(("house",)) == before
