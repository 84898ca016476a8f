"""The fingerprint of the code: the same for the same files, another for any change of a law or a formula."""

from __future__ import annotations

import re

import pytest

from theory import fingerprint


@pytest.fixture
def house(tmp_path, monkeypatch):
    """A house of two files in the place of the real one."""
    (tmp_path / "law.py").write_text("decay = 1\n")
    (tmp_path / "table.npy").write_bytes(b"\x93NUMPY")
    monkeypatch.setattr(fingerprint, "PACKAGES", ("house",))
    monkeypatch.setattr(fingerprint, "_roots", lambda package: (tmp_path,))
    fingerprint.code_fingerprint.cache_clear()
    yield tmp_path
    fingerprint.code_fingerprint.cache_clear()


def now() -> str:
    fingerprint.code_fingerprint.cache_clear()
    return fingerprint.code_fingerprint()


def test_the_fingerprint_is_that_of_real_files():
    assert re.fullmatch("[0-9a-f]{64}", now())
    assert now() == now()
    assert all(fingerprint._roots(package) for package in fingerprint.PACKAGES)


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
    before = now()
    change(house)
    assert now() != before


def test_what_is_no_code_does_not_count(house):
    before = now()
    (house / "law.pyc").write_bytes(b"compiled")
    (house / "README.md").write_text("words")
    assert now() == before
