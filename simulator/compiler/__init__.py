"""SymPy expressions compiled to blocked, allocation-free NumPy kernels.

``stable`` rewrites, ``tape`` orders the operations, ``source`` gives every result a buffer and writes the code,
``kernel`` compiles and caches it.
"""

from simulator.compiler.kernel import Kernel, compile_program
from simulator.compiler.program import Assign, Let, Program
from simulator.compiler.tape import SCALAR, Shape

__all__ = ["SCALAR", "Assign", "Kernel", "Let", "Program", "Shape", "compile_program"]
