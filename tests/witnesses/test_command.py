"""The command and the common form: witnesses are found, judged and run again; what cannot be is refused in a line."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from tests.witnesses.test_registration import FIRST, FORECAST, second
from witnesses import __main__ as command
from witnesses import outcome, registration, witness
from witnesses.witness import Witness, find, witnesses


@pytest.fixture
def toy(tmp_path, monkeypatch):
    """Put a witness whose jump is a little later for every seed in place of the real ones, not registered yet."""
    made = Witness(
        name="toy", says="It jumps.", directory=tmp_path,
        run=lambda one, seeds: {"runs": {"seed": list(seeds), "jump": [7.5 + 0.5 * seed for seed in seeds]}},
        judge=lambda one, tables: {"jump": outcome.mean(tables["runs"]["jump"])},
        register=lambda number, replaces, date: (
            replace(FIRST if number == 1 else second(), settings={"fit_seeds": [9]}, replaces=replaces, date=date),
            {"early": {"seed": [9]}},
        ),
        reasons={1: {"jump": "It was made so."}},
    )  # fmt: skip
    monkeypatch.setattr(witness, "witnesses", lambda: {"toy": made})
    monkeypatch.setattr(witness, "find", lambda name: {"toy": made}[name])
    return made


def test_the_real_ones_are_found_by_name():
    assert {"entrenchment", "grokking"} <= set(witnesses())
    assert find("grokking").name == "grokking"
    with pytest.raises(ValueError, match="unknown witness 'groking'; did you mean 'grokking'"):
        find("groking")


def test_registered_then_run_then_judged(toy, capsys):
    assert command.main(["toy", "--register"]) == 0
    (one,) = toy.registrations
    assert one.number == 1
    assert outcome.read(toy.directory / "data" / "fit01-early.csv").registration == ""
    assert toy.verdicts(one) == (), "nothing was run yet"
    capsys.readouterr()
    assert command.main([]) == 0
    assert "agrees       jump: predicted 10 [8, inf], found 9.25 ± 0.25" in capsys.readouterr().out
    (found,) = toy.verdicts(one)
    assert (found.verdict, found.reason) == ("agrees", "It was made so.")
    np.testing.assert_array_equal(toy.data(one, "runs").columns["jump"], [9.0, 9.5])
    assert command.main(["toy", "--register"]) == 0
    assert [each.number for each in toy.registrations] == [1, 2]


def test_a_few_seeds_write_nothing(toy, capsys):
    command.main(["toy", "--register"])
    assert command.main(["toy", "--seeds", "1"]) == 0
    assert "found 9 ± nan" in capsys.readouterr().out
    assert toy.tables(toy.registrations[0]) == {}


def test_stored_data_are_judged_without_runs(toy, capsys):
    command.main(["toy", "--register"])
    command.main(["toy"])
    before = capsys.readouterr().out.splitlines()[1:]
    command.main(["toy", "--stored"])
    assert capsys.readouterr().out.splitlines() == before


def test_data_of_runs_before_a_registration_was_replaced_are_refused(toy):
    command.main(["toy", "--register"])
    path = outcome.write(toy.directory / "data" / "01-runs.csv", {"jump": [1.0]}, registration="0" * 64,
                         command="", seeds=(3,))  # fmt: skip
    with pytest.raises(ValueError, match="got runs that test registration '000000000000'"):
        toy.tables(toy.registrations[0])
    assert path.exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--register"], "--register: got no NAME; must be of one witness"),
        (["toy", "--seeds", "0"], "--seeds: got 0; must be >= 1"),
    ],
)
def test_what_cannot_be_met_is_refused_in_one_line(toy, capsys, arguments, words):
    assert command.main(arguments) == 2
    said = capsys.readouterr().err
    assert said.startswith(words)
    assert said.count("\n") == 1


def test_a_tampered_registration_stops_the_command(toy, capsys):
    path = registration.write(FIRST, toy.directory / "registered")
    path.write_text(path.read_text().replace("10.0", "10.5"))
    assert command.main(["toy"]) == 2
    assert "must fit its hash and its name" in capsys.readouterr().err
    assert FORECAST.value == 10.0


def test_help_is_light():
    code = "import sys\nfrom witnesses.__main__ import parser\nparser().format_help()\nprint(' '.join(sys.modules))"
    modules = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"numpy", "sympy", "scipy", "xarray", "matplotlib"} & set(modules)
