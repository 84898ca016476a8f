"""PyTorch, float32: in-place operations on blocks that fit the cache, and torch.compile on whole arrays."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import torch

from benchmarks.peers.work import Run, Work, runs, summary

BLOCK = 4096  # agents


@torch.inference_mode()
def _block(work: Work, first: int, last: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(first)
    base = torch.from_numpy(work.base).float()[:, None]
    goal = torch.from_numpy(work.start).float()[:, None].repeat(1, last - first)
    noise = torch.empty_like(goal)
    for kept, added, spread in work.coefficients().tolist():
        noise.normal_(generator=generator)
        goal.mul_(kept).add_(noise, alpha=spread).add_(base, alpha=added)
    return (goal * base).sum(0) / goal.norm(dim=0)


def blocked(work: Work) -> Run:
    """Return blocks in place, threads over blocks."""
    torch.set_num_threads(1)

    def run() -> tuple[float, float]:
        with ThreadPoolExecutor(work.threads) as pool:
            parts = pool.map(lambda part: _block(work, *part), runs(work.agents, BLOCK))
            return summary(torch.cat(list(parts)).numpy())

    return run


def compiled(work: Work) -> Run:
    """Return whole arrays, the step compiled; the noise is torch's own (drawn inside, it takes ten times as long)."""
    torch.set_num_threads(work.threads)

    @torch.compile
    def step(goal: torch.Tensor, noise: torch.Tensor, base: torch.Tensor, row: torch.Tensor) -> None:
        goal.copy_(row[0] * goal + row[1] * base + row[2] * noise)

    @torch.no_grad()
    def run() -> tuple[float, float]:
        generator = torch.Generator().manual_seed(0)
        base = torch.from_numpy(work.base).float()[:, None]
        goal = torch.from_numpy(work.start).float()[:, None].repeat(1, work.agents)
        noise = torch.empty_like(goal)
        for row in torch.from_numpy(work.coefficients()).float():
            step(goal, noise.normal_(generator=generator), base, row)
        return summary(((goal * base).sum(0) / goal.norm(dim=0)).numpy())

    return run


TASKS = {"torch in place, blocked, float32": blocked, "torch.compile, float32": compiled}
