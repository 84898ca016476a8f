"""Outcomes: data that say where they come from, and verdicts that no forecast escapes."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.witnesses.test_registration import FIRST, second
from witnesses import outcome
from witnesses.registration import Forecast
from witnesses.witness import verdicts, witnesses

COLUMNS = {"seed": [3, 4], "time": [1.5, math.nan], "kind": ["a", "b"]}


def written(path, **changes):
    said = {"registration": FIRST.hash, "command": "python -m witnesses toy", "seeds": (3, 4)} | changes
    return outcome.write(path / "01-runs.csv", COLUMNS, **said)


def test_data_are_read_as_they_were_written(tmp_path):
    data = outcome.read(written(tmp_path), FIRST)
    assert data.columns["seed"].dtype.kind == "i"
    np.testing.assert_array_equal(data.columns["time"], COLUMNS["time"])
    assert data.columns["kind"].tolist() == ["a", "b"]
    assert (data.registration, data.seeds) == (FIRST.hash, (3, 4))
    assert data.versions == outcome.versions()
    assert data.where(kind="b")["seed"].tolist() == [4]


def test_data_of_another_registration_or_of_other_seeds_are_refused(tmp_path):
    path = written(tmp_path)
    with pytest.raises(ValueError, match="got runs that test registration"):
        outcome.read(path, second())
    with pytest.raises(ValueError, match=r"got seeds \[5\]; must be among those registered"):
        outcome.read(written(tmp_path, seeds=(3, 5)), FIRST)


def test_columns_of_unequal_length_are_refused(tmp_path):
    with pytest.raises(ValueError, match="must be one-dimensional and of one length"):
        outcome.write(tmp_path / "x.csv", {"a": [1], "b": [1, 2]}, registration="", command="", seeds=())


@pytest.mark.parametrize(
    ("low", "high", "found", "error", "verdict"),
    [
        (8.0, 12.0, 9.0, 0.1, "agrees"),
        (8.0, 12.0, 8.1, 0.1, "underpowered"),
        (8.0, 12.0, 7.9, 0.1, "underpowered"),
        (8.0, 12.0, 7.7, 0.1, "disagrees"),
        (8.0, 12.0, 12.3, 0.1, "disagrees"),
        (8.0, 12.0, math.nan, math.nan, "disagrees"),
        (8.0, 12.0, 9.0, math.nan, "agrees"),
        (8.0, math.inf, 1e9, 1.0, "agrees"),
        (8.0, 10.0, 9.9, 0.1, "agrees"),  # the prediction is the end of its interval
        (8.0, 10.0, 10.1, 0.1, "disagrees"),
        (8.0, 10.0, 8.1, 0.1, "underpowered"),
    ],
)
def test_verdicts(low, high, found, error, verdict):
    assert outcome.verdict(Forecast("jump", "It jumps.", 10.0, low, high), found, error) == verdict


def test_no_forecast_is_left_out_and_none_invented():
    with pytest.raises(ValueError, match=r"got \['jump'\] on one side only"):
        outcome.judged(FIRST, {})
    with pytest.raises(ValueError, match="on one side only"):
        outcome.judged(FIRST, {"jump": (9.0, 0.1), "other": (1.0, 0.1)})
    with pytest.raises(ValueError, match="which are not registered"):
        outcome.judged(FIRST, {"jump": (9.0, 0.1)}, {"other": "because"})
    (one,) = outcome.judged(FIRST, {"jump": (9.0, 0.1)}, {"jump": "because"})
    assert (one.verdict, one.reason, one.found) == ("agrees", "because", 9.0)


def test_the_mean_has_its_standard_error():
    values = np.random.default_rng(0).standard_normal(50)
    middle, error = outcome.mean(values)
    assert middle == pytest.approx(values.mean())
    assert error == pytest.approx(values.std(ddof=1) / np.sqrt(50))


def test_every_stored_registration_has_been_tested_and_every_disagreement_has_a_reason():
    for witness in witnesses().values():
        for one in witness.registrations:
            tables = witness.tables(one)
            assert tables, f"registration {one.number} of {witness.name} has no outcome"
            for table in tables:
                assert set(witness.data(one, table).seeds) == set(one.seeds)
    found = verdicts()
    assert len(found) == sum(len(one.forecasts) for each in witnesses().values() for one in each.registrations)
    assert [one.forecast.name for one in found if one.verdict == "disagrees" and not one.reason] == []


def test_the_stored_data_are_small():
    files = [path for one in witnesses().values() for path in (one.directory / "data").glob("*.csv")]
    assert sum(path.stat().st_size for path in files) < 5e6
