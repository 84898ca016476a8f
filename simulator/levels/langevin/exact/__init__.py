"""Exact transitions: laws that are Gaussian between requested times are drawn there, not stepped.

``path`` knows the noiseless traits at any time, ``integrals`` and ``coupled`` the coefficients, ``transition`` the
statements, ``stopping`` when agents stop; ``motion`` carries a block.
"""
