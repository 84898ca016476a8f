"""What the essay on interpretability in training claims."""

from __future__ import annotations

from theory.claim import Claim
from theory.probe_selection.claims_rotation import claims as of_rotation

claims: tuple[Claim, ...] = of_rotation
