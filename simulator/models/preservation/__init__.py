"""preservation: what holds a goal still, once selection no longer does.

The gate a(c) may saturate below one, and what leaks through it still trains the goal toward the designers' b:

    R = value c - (1 - a)(pull/2)|g - b|^2 - cost e u_h,        a(c) = max_awareness logistic((c - threshold)/width)

Behind it the goal is held to a memory m, by hacking its own gradient where capability has passed ``hacking_threshold``
(u_h, with an effort e), or by reading it from outside the weights where capability has passed ``memory_threshold``
(u_m); u = logistic((c - its threshold)/width):

    dg = f [-(1 - a) pull (g - b) - weight_decay g - hold u (g - m)] dt + f noise dW,    u = 1 - (1 - e u_h)(1 - u_m)
    dm = f [tracking + writing (1 - u_h)(1 - u_m)] (g - m) dt + f memory_noise dW'
    de = -ease cost u_h e dt

f is 1 until ``freeze_time`` and 0 from then on. A memory outside the weights neither tracks nor has noise: it is what
it was at the start, or, with a fast ``writing``, what the goal was when either threshold was passed. A memory inside is
weights like any other: it follows the goal at the rate ``tracking`` and has noise. Effort that costs reward is
unlearned, by the metric K = ease e.

Outside, the memory stands still (``outside``). ``course`` compares the goal at the moments that matter; ``resetting``
reads at random times, a jump process; ``strength`` is noise on weights whose square is held; ``shares`` holds the
features of a drive.
"""

from simulator.models.preservation.course import course
from simulator.models.preservation.law import outside, preservation
from simulator.models.preservation.resetting import freezing, resetting
from simulator.models.preservation.shares import shares as _shares
from simulator.models.preservation.strength import strength as _strength
from simulator.models.preservation.strength import weight as _weight

__all__ = ["outside", "preservation", "variants"]

variants = (_strength, _weight, _shares, course(preservation), resetting, freezing)
