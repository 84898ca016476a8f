"""Planted faults: each a small named mistake in a law, a mechanism or the machinery that must turn a check red.

A check that has never been red shows nothing. ``catalog.faults()`` has all of them, found in the files of this
package; ``python -m theory trust`` plants one after the other and prints what the check says with it and without.
"""
