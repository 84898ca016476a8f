"""The same work by other libraries, one file each, in the form that a user of the library would write.

The work is `work.Work`: agents whose goal follows the law ``goal_drift``, and at the end the mean and the variance of
the cosine to the designers' goal. Each file has ``TASKS``: by name, a function that takes the work and returns a
function without arguments, which does all of it and returns (mean, variance). Importing a file imports its library.
"""
