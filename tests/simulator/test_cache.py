"""Texts on disk: derived once, never believed when damaged, never needed."""

from __future__ import annotations

import pytest

from simulator.cache import VARIABLE, directory, kept


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, str(tmp_path / "kept"))
    return tmp_path / "kept"


class Derivation:
    """A derivation that counts how often it is carried out."""

    def __init__(self, text: str) -> None:
        self.text, self.times = text, 0

    def __call__(self) -> str:
        self.times += 1
        return self.text


def test_a_text_is_derived_once_for_each_key(place):
    one, other = Derivation("E cos = ρ^n\n\nwith lines"), Derivation("")
    assert [kept("one", one) for _ in range(3)] == [one.text] * 3
    assert [kept("other", other) for _ in range(2)] == ["", ""]
    assert (one.times, other.times) == (1, 1)
    assert len(list(place.iterdir())) == 2


@pytest.mark.parametrize(
    "damage", [lambda data: data[:-1], lambda data: data + b"!", lambda data: b"", lambda data: b"\xff"]
)
def test_a_damaged_file_is_not_believed(place, damage):
    kept("one", Derivation("true"))
    (path,) = place.iterdir()
    path.write_bytes(damage(path.read_bytes()))
    again = Derivation("true")
    assert kept("one", again) == "true"
    assert again.times == 1
    assert kept("one", again) == "true"
    assert again.times == 1, "it was repaired"


def test_it_may_be_deleted_or_switched_off(place, monkeypatch):
    one = Derivation("text")
    kept("one", one)
    for path in place.iterdir():
        path.unlink()
    place.rmdir()
    assert kept("one", one) == "text"
    monkeypatch.setenv(VARIABLE, "")
    assert directory() is None
    assert kept("one", one) == "text"
    assert one.times == 3


def test_where_nothing_can_be_written_it_is_derived_again(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv(VARIABLE, str(tmp_path / "file" / "inside"))
    one = Derivation("text")
    assert [kept("one", one), kept("one", one)] == ["text", "text"]
    assert one.times == 2


def test_what_fails_is_not_kept(place):
    def failing() -> str:
        raise ValueError("no such law")

    with pytest.raises(ValueError, match="no such law"):
        kept("one", failing)
    assert kept("one", Derivation("text")) == "text"


def test_by_default_it_is_the_users_cache_folder(tmp_path, monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(tmp_path))
    assert directory() == tmp_path / "goaldrift"
