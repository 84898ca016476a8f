"""Source code from a tape: constants hoisted out of the run, every array written into a buffer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from simulator.compiler.allocation import Allocation, Kind, allocate
from simulator.compiler.program import Program
from simulator.compiler.tape import SCALAR, Operation, Value

# Between scalars operators cost a fifth of a ufunc call, and mean the same on NumPy's float64.
INFIX: Mapping[str, str] = {
    "np.add": "{} + {}", "np.subtract": "{} - {}", "np.multiply": "{} * {}", "np.negative": "-{}",
    "np.reciprocal": "1.0 / {}",
}  # fmt: skip


@dataclass(frozen=True)
class Source:
    """The code of one kernel.

    Parameters
    ----------
    text
        Two functions: ``prepare(constants) -> hoisted``, once a run, and ``run(inputs, hoisted, buffers)``, which
        returns the new values of scalar inputs and then the program's returns.
    constants, inputs
        The names that they unpack, in order.
    buffers
        The shape of every buffer that ``run`` needs, and whether it holds truth values.
    """

    text: str
    constants: tuple[str, ...]
    inputs: tuple[str, ...]
    buffers: tuple[Kind, ...]


def write_source(program: Program, single: bool = False) -> Source:
    """Return the kernel's code; ``single`` writes for float32 arrays (scalars then must not promote them)."""
    tape, returned = program.record()
    hoisted = [operation for operation in tape.operations if _hoistable(operation)]
    moving = [operation for operation in tape.operations if not _hoistable(operation)]
    needed = _needed(moving, returned)
    constants = tuple(str(symbol) for symbol in program.constants)
    inputs = tuple(str(symbol) for symbol in (*program.inputs, *program.scratch))
    allocation = allocate(program, moving, returned)
    body = _body(moving, allocation, single)
    scalars = [str(symbol) for symbol, shape in program.inputs.items() if shape == SCALAR]
    results = (*scalars, *(allocation.location(value) for value in returned))
    buffers = tuple(f"_b{index}" for index in range(len(allocation.buffers)))
    lines = ["def prepare(constants):", *_unpack(constants, "constants")]
    lines += [f"    {operation.result.name} = {_call(operation, single)}" for operation in hoisted]
    lines += [f"    return {_tuple(needed)}", "", "", "def run(inputs, hoisted, buffers):"]
    lines += [*_unpack(inputs, "inputs"), *_unpack(needed, "hoisted"), *_unpack(buffers, "buffers")]
    lines += [*(f"    {line}" for line in body), f"    return {_tuple(results)}", ""]
    return Source("\n".join(lines), constants, inputs, tuple(allocation.buffers))


def _hoistable(operation: Operation) -> bool:
    return operation.result.invariant and operation.call != "store"


def _needed(moving: Sequence[Operation], returned: Sequence[Value]) -> tuple[str, ...]:
    """The constants and hoisted results that the moving part reads, in order of first use."""
    read = [operand for operation in moving for operand in operation.operands] + list(returned)
    names = dict.fromkeys(value.name for value in read if value.invariant and value.name.isidentifier())
    return tuple(name for name in names if name not in ("True", "False"))


def _body(moving: Sequence[Operation], allocation: Allocation, single: bool) -> list[str]:
    """Write the moving operations down, each into its place."""
    lines: list[str] = []
    for now, operation in enumerate(moving):
        result = operation.result
        if operation.call == "store":
            lines += _store(operation, allocation, now)
        elif result.shape == SCALAR:
            lines.append(f"{result.name} = {_call(operation, single, allocation)}")
        else:
            target = _store_target(moving, now)
            place = allocation.choose(operation, now, target)
            lines.append(_call(operation, single, allocation, place))
            allocation.place[result.name] = place
        allocation.release(operation, now)
    return lines


def _store_target(moving: Sequence[Operation], now: int) -> str | None:
    """The input's array that the next operation stores this one's result in, if it has the same shape."""
    following = moving[now + 1] if now + 1 < len(moving) else None
    if following is None or following.call != "store" or following.operands[0] != moving[now].result:
        return None
    same = following.result.shape == moving[now].result.shape
    return following.result.name.partition("@")[0] if same else None


def _store(operation: Operation, allocation: Allocation, now: int) -> list[str]:
    value, renewed = operation.operands[0], operation.result
    array, place = renewed.name.partition("@")[0], allocation.location(value)
    allocation.place[renewed.name] = array
    lines = allocation.evict(array, (renewed.shape, False), now, keep=renewed.name)
    if place == array:
        return lines
    return [*lines, f"{array} = {place}" if renewed.shape == SCALAR else f"np.copyto({array}, {place})"]


def _call(operation: Operation, single: bool, allocation: Allocation | None = None, out: str = "") -> str:
    arrays = operation.result.shape != SCALAR
    names = []
    for operand in operation.operands:
        name = operand.name if allocation is None else allocation.location(operand)
        if arrays and operand.shape == SCALAR and not operand.boolean:
            name = _plain(name, single and operation.call == "choose")
        names.append(name)
    if operation.call == "np.add.reduce":
        names.append("axis=0" if arrays else "axis=None")
    if not arrays and operation.call in INFIX:
        return INFIX[operation.call].format(*names)
    return f"{operation.call}({', '.join(names)}{f', out={out}' if out else ''})"


def _plain(name: str, single_choice: bool) -> str:
    """A ufunc takes a Python float in half the time of NumPy's float64, which would promote float32 arrays too.

    Where all of a choice are Python floats, they would make float64.
    """
    if single_choice:
        return f"np.float32({name})"
    return f"float({name})" if name.isidentifier() else name


def _unpack(names: Sequence[str], source: str) -> list[str]:
    return [f"    {_tuple(names)} = {source}"] if names else []


def _tuple(names: Sequence[str]) -> str:
    return f"({', '.join(names)}{',' if len(names) == 1 else ''})"
