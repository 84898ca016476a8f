"""Exact transitions: laws that are Gaussian between requested times are drawn there, not stepped.

``path`` and ``orbit`` know the noiseless traits at any time; ``quadrature``, ``integrals`` and ``coupled`` the
coefficients; ``transition`` the statements; ``stopping`` when agents stop; ``motion`` carries a block.
"""
