"""The machinery's own predictions, held to the same judge as the laws: ``python -m theory audit``.

``replicates``: replicates are distinct and independent, and standard errors are what they say. ``samplers``: what is
drawn by structure, exactly or in a few numbers, agrees with the plain stepped integrator.
"""

from theory.audit import replicates, samplers

predictions = (*replicates.predictions, *samplers.predictions)
