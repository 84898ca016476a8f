"""The phenomena, one module each: a law declared in SymPy, and its variants.

The name of a module here is the name of its theory, its figures and its tests; nothing lists them by hand.
"""
