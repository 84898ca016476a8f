"""What the essay on training with probes claims."""

from __future__ import annotations

from theory.claim import Claim

claims: tuple[Claim, ...] = ()
