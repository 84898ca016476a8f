"""An ensemble with a context bit: the same reward in training, for many seeds and designers; free behavior outside.

The predictions follow from K at the start: what it carries from training to outside is what designers choose.
"""

from pathlib import Path

from witnesses.ensemble.forecasts import judge, register, tested
from witnesses.ensemble.reasons import reasons
from witnesses.witness import Witness

witness = Witness(
    name="ensemble",
    says="Networks of many seeds are trained to what designers reward, and free where a bit says it is none.",
    directory=Path(__file__).parent,
    run=tested,
    judge=judge,
    register=register,
    reasons=reasons,
)
