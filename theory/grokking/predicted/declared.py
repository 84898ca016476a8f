"""How the predictions of grokking are put together from the formula, the expression and the proof of their name."""

from theory.declared import Declaring
from theory.grokking import expressions, formulas, proofs

declared = Declaring("grokking", formulas, expressions, proofs)
