"""Every essay figure: simulated points, the analytic curve, the deviations between them, and the page of them all.

One file a phenomenon draws its figures; ``figures.panel`` draws what they share, ``figures.figure`` says what a
figure is, ``figures.essay`` sets the page. ``python -m figures NAME`` draws one. Importing this package is light.
"""
