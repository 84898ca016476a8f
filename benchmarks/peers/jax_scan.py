"""JAX, float32: lax.scan over the steps, all agents at once, compiled as a whole."""

from __future__ import annotations

import jax
import jax.numpy as jnp

from benchmarks.peers.work import Run, Work


def scan(work: Work) -> Run:
    """Return the compiled scan, with JAX's own generator (its other one, rbg, takes longer on a CPU)."""
    base, start = jnp.asarray(work.base, jnp.float32), jnp.asarray(work.start, jnp.float32)
    coefficients = jnp.asarray(work.coefficients(), jnp.float32)

    @jax.jit
    def agents(key: jax.Array) -> tuple[jax.Array, jax.Array]:
        def step(goal: jax.Array, now: tuple[jax.Array, jax.Array]) -> tuple[jax.Array, None]:
            key, (kept, added, spread) = now
            noise = jax.random.normal(key, goal.shape, goal.dtype)
            return kept * goal + added * base[:, None] + spread * noise, None

        first = jnp.tile(start[:, None], (1, work.agents))
        goal, _ = jax.lax.scan(step, first, (jax.random.split(key, work.steps), coefficients))
        cosine = base @ goal / jnp.linalg.norm(goal, axis=0)
        return cosine.mean(), cosine.var()

    def run() -> tuple[float, float]:
        mean, variance = agents(jax.random.key(0))
        return float(mean), float(variance)

    return run


TASKS = {"JAX scan, float32": scan}
