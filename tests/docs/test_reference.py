"""The reference: everything declared is on it, its formulas are the objects' own, and nothing on it needs a network."""

from __future__ import annotations

import re
import sys
from importlib import import_module
from xml.etree import ElementTree

import pytest

from docs import declared
from docs.__main__ import main
from docs.declared import Math
from simulator import catalog
from simulator.command.describe import measures, parameters
from simulator.model import Model
from simulator.models.goal_drift import goal, goal_drift, noise
from simulator.models.grokking.circuits import penalized_circuits
from theory.catalog import predictions, subjects

SUBJECTS = catalog.subjects()
LAWS = {name: declared.law(subject) for name, subject in SUBJECTS.items()}
PREDICTIONS = {one.name: declared.prediction(one) for name in subjects() for one in predictions(name)}
PAGE = "preservation"  # small, with laws, experiments and predictions


def column(table, name):
    return [row[table.header.index(name)] for row in table.rows]


def table_of(found, title):
    return next(one for one in found.tables if one.title.startswith(title))


def test_every_law_and_experiment_is_declared_with_every_parameter_and_measure():
    assert len(LAWS) >= 50
    for name, subject in SUBJECTS.items():
        taken, given = table_of(LAWS[name], "Parameters"), table_of(LAWS[name], "Measures")
        assert column(taken, "name") == [one.name for one in parameters(subject)], name
        assert column(taken, "meaning") == [one.meaning for one in parameters(subject)], name
        assert all(column(taken, "range")), name
        assert column(given, "name") == list(measures(subject)), name


def test_every_trait_of_every_law_has_its_equation_and_its_start():
    laws = {name: subject for name, subject in SUBJECTS.items() if isinstance(subject, Model)}
    assert len(laws) >= 25
    for name, model in laws.items():
        labels = [label for label, _ in LAWS[name].equations]
        assert labels.count("law") == labels.count("start") == len(model.traits), name
        assert labels.count("reward") == 1
        assert sum(label.startswith("stops by") for label in labels) == len(model.absorb), name
        shown = [formula.latex for label, formula in LAWS[name].equations if label == "law"]
        for trait, line in zip(model.traits, shown, strict=True):
            assert model.latex(model.drift[trait]) in line, name
        assert LAWS[name].notes, name


def test_another_law_is_declared_otherwise():
    """What is printed is read off the law: half of the noise, and another unit, are other pages."""
    halved = declared.law(goal_drift.replace(noise={goal: noise / 2}))
    changed = [one for one, other in zip(halved.equations, LAWS["goal_drift"].equations, strict=True) if one != other]
    assert [label for label, _ in changed] == ["law"]
    assert r"\frac{\sigma}{2}\,dW_{g}" in changed[0][1].latex
    assert halved.tables == LAWS["goal_drift"].tables


def test_every_prediction_is_declared_with_formula_and_region():
    assert len(PREDICTIONS) >= 150
    for one in (one for name in subjects() for one in predictions(name)):
        found = PREDICTIONS[one.name]
        assert found.says == one.says
        assert [formula.latex for _, formula in found.equations] == ([one.latex] if one.latex else []), one.name
        assert column(table_of(found, "Where"), "keyword") == list(one.valid.box), one.name
        assert column(table_of(found, "What"), "margin") == [one.margin.says], one.name


def formulas():
    for found in (*LAWS.values(), *PREDICTIONS.values()):
        yield from (formula for _, formula in found.equations)
        yield from (cell for table in found.tables for row in table.rows for cell in row if isinstance(cell, Math))


def test_every_formula_is_mathml():
    """Well-formed, and without a command of LaTeX that was not understood."""
    pytest.importorskip("latex2mathml", reason="its tools are not installed (extra: docs)")
    from docs.site import mathml

    different = set(formulas())
    assert len(different) > 400
    for formula in different:
        element = ElementTree.fromstring(str(mathml(formula)))
        assert element.tag.endswith("math"), formula
        assert not re.search(r"[\\&]", "".join(element.itertext())), formula


@pytest.fixture(scope="module")
def site():
    pytest.importorskip("pdoc", reason="its tools are not installed (extra: docs)")
    pytest.importorskip("latex2mathml", reason="its tools are not installed (extra: docs)")
    return import_module("docs.site")


def test_a_phenomenon_has_a_page(site):
    html = site.phenomenon(site.configured(), PAGE)
    wanted = [*catalog.declared(PAGE), *(one.name for one in predictions(PAGE))]
    assert re.findall(r'<section id="([\w.]+)" class="declared"', html) == wanted
    for subject in catalog.declared(PAGE).values():
        section = html.partition(f'<section id="{subject.name}"')[2].partition("</section>")[0]
        assert [one.name for one in parameters(subject) if f"<td>{one.name}</td>" not in section] == []
    assert_needs_no_network(html)


def test_a_module_has_its_laws_printed_on_its_page(site, tmp_path):
    from pdoc import doc

    site.configured()
    name = "simulator.models.grokking.circuits"
    site.write_modules(tmp_path, [doc.Module(import_module(name))])
    html = (tmp_path / f"{name.replace('.', '/')}.html").read_text(encoding="utf-8")
    law = html.partition('<section id="penalized_circuits">')[2].partition("</section>")[0]
    assert law.count("<caption>") == 3
    assert "<td>norm_exponent</td>" in law
    assert "<math" in law
    assert "Model circuits_penalized" in law
    assert str(penalized_circuits).startswith("circuits_penalized: Circuits share the logits")  # as ever
    assert_needs_no_network(html)


def assert_needs_no_network(html):
    asked = re.findall(r'<(?:script|link|img|iframe)[^>]*(?:src|href)="(https?:[^"]*)', html)
    assert asked == []
    assert "@import" not in html


def test_without_its_tools_the_command_says_what_to_do(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "latex2mathml.converter", None)
    monkeypatch.delitem(sys.modules, "docs.site", raising=False)
    assert main([]) == 2
    assert "run make docs" in capsys.readouterr().err
