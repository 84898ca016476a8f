"""diffrax, float32: its Euler solver at fixed steps, vmapped over agents, compiled as a whole."""

from __future__ import annotations

import diffrax
import jax
import jax.numpy as jnp
import lineax

from benchmarks.peers.work import Run, Work


def solve(work: Work) -> Run:
    """Return the compiled solve."""
    base, start = jnp.asarray(work.base, jnp.float32), jnp.asarray(work.start, jnp.float32)
    spread = lineax.DiagonalLinearOperator(jnp.full(work.dim, work.noise, jnp.float32))

    def drift(time: jax.Array, goal: jax.Array, _: object) -> jax.Array:
        return work.pull * jax.nn.sigmoid((work.threshold - work.growth * time) / work.width) * (base - goal)

    def agent(key: jax.Array) -> jax.Array:
        path = diffrax.UnsafeBrownianPath(shape=(work.dim,), key=key)
        terms = diffrax.MultiTerm(diffrax.ODETerm(drift), diffrax.ControlTerm(lambda time, goal, _: spread, path))
        goal = diffrax.diffeqsolve(
            terms, diffrax.Euler(), t0=0.0, t1=work.time, dt0=work.step, y0=start,
            saveat=diffrax.SaveAt(t1=True), adjoint=diffrax.DirectAdjoint(), max_steps=work.steps + 1,
        ).ys[-1]  # fmt: skip
        return jnp.dot(goal, base) / jnp.linalg.norm(goal)

    @jax.jit
    def agents(key: jax.Array) -> tuple[jax.Array, jax.Array]:
        cosine = jax.vmap(agent)(jax.random.split(key, work.agents))
        return cosine.mean(), cosine.var()

    def run() -> tuple[float, float]:
        mean, variance = agents(jax.random.key(0))
        return float(mean), float(variance)

    return run


TASKS = {"diffrax (Euler), float32": solve}
