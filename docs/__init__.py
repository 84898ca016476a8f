"""The reference: pages made from docstrings by pdoc, and from the declarations of laws and predictions by themselves.

``python -m docs`` writes them. ``docs.declared`` says what stands on the page of a phenomenon, ``docs.literate`` makes
prose of a script's comments, ``docs.site`` writes pages.
"""
