"""Registrations: what fits its hash is read, what was changed is refused, and nothing is ever overwritten."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from witnesses.registration import Forecast, Registration, read, registrations, write
from witnesses.witness import witnesses

FORECAST = Forecast("jump", "It jumps then.", 10.0, 8.0, float("inf"), "time", "a law")
FIRST = Registration("toy", 1, "2026-01-02", "Nothing.", (3, 4), {"width": 8, "decays": [0.1, 0.2]}, (FORECAST,))


def second(first: Registration = FIRST) -> Registration:
    return replace(first, number=2, replaces=first.hash, forecasts=(replace(FORECAST, value=9.0),))


def test_what_is_written_is_read_again(tmp_path):
    path = write(FIRST, tmp_path)
    assert read(path) == FIRST
    assert read(path).hash == FIRST.hash
    write(second(), tmp_path)
    assert registrations(tmp_path) == (FIRST, second())


@pytest.mark.parametrize(
    "change",
    [
        {"date": "2025-12-24"},
        {"seeds": [3, 5]},
        {"basis": "Everything."},
        {"settings": {"width": 9, "decays": [0.1, 0.2]}},
        {"forecasts": [{"name": "jump", "says": "It jumps then.", "value": 10.0, "low": 7.0, "high": "inf",
                        "unit": "time", "rests_on": "a law"}]},
    ],
)  # fmt: skip
def test_a_changed_file_is_refused(tmp_path, change):
    path = write(FIRST, tmp_path)
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(ValueError, match=r"must fit its hash and its name, for a registration is never changed"):
        read(path)


def test_a_changed_file_is_refused_with_its_hash_made_to_fit(tmp_path):
    path = write(FIRST, tmp_path)
    forged = replace(FIRST, date="2025-12-24")
    path.write_text(json.dumps(json.loads(path.read_text()) | {"date": forged.date, "hash": forged.hash}))
    with pytest.raises(ValueError, match="must fit its hash and its name"):
        read(path)


def test_a_file_that_is_none_is_refused(tmp_path):
    path = tmp_path / "01-x.json"
    for text in ("{", "[]", '{"hash": "x"}'):
        path.write_text(text)
        with pytest.raises(ValueError, match=r"^01-x.json: got .*; must be a registration of hash, witness"):
            read(path)


def test_nothing_is_overwritten(tmp_path):
    write(FIRST, tmp_path)
    for other in (FIRST, replace(FIRST, date="2026-01-03"), replace(second(), replaces="0" * 64)):
        with pytest.raises(ValueError, match=r"must be number 2 replacing .*, for none is overwritten"):
            write(other, tmp_path)
    assert registrations(tmp_path) == (FIRST,)


def test_a_missing_registration_is_noticed(tmp_path):
    first = write(FIRST, tmp_path)
    write(second(), tmp_path)
    first.unlink()
    with pytest.raises(ValueError, match="restore the one that is missing"):
        registrations(tmp_path)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"forecasts": ()}, "each named once"),
        ({"forecasts": (FORECAST, FORECAST)}, "each named once"),
        ({"seeds": ()}, "name the runs that test it"),
        ({"seeds": (1, 1)}, "each once"),
        ({"replaces": "abc"}, "must be '' in the first"),
        ({"number": 2}, "hash of the last one"),
        ({"date": "tomorrow"}, "tomorrow"),
    ],
)
def test_a_registration_that_could_not_be_held_to_is_refused(change, words):
    with pytest.raises(ValueError, match=words):
        replace(FIRST, **change)


def test_a_value_outside_of_its_interval_is_refused():
    for value, low, high in ((1.0, 2.0, 3.0), (4.0, 2.0, 3.0), (float("nan"), 2.0, 3.0), (float("inf"), 2.0, 3.0)):
        with pytest.raises(ValueError, match="must be a finite value in its own interval"):
            Forecast("jump", "It jumps.", value, low, high)


@pytest.mark.parametrize("witness", witnesses().values(), ids=list(witnesses()))
def test_the_registrations_kept_here_fit_their_hashes(witness):
    kept = witness.registrations
    assert kept
    for one in kept:
        assert one.witness == witness.name
        fitted = set(one.settings.get("fit_seeds", ()))
        assert not fitted & set(one.seeds), "a run that was fitted to tests nothing"
    tested = [seed for one in kept for seed in one.seeds]
    assert len(set(tested)) == len(tested), "a seed that was looked at tests nothing"
