"""Train the judge: `python -m evals.judge.training --work .evals --minutes 25`; it can be interrupted and goes on.

Needs `pip install -e ".[train]"` and the examples of `evals.judge.prepare`. Starts from the reader's adapters, which
already compare a question with a passage. Public sets come first and give way to the claims written over news; how far
the training has come is a matter of time, not of steps, so that it ends with the lowest rate on any machine.
"""

import argparse
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import torch
from torch import Tensor

from evals.judge.examples import LABELS, JudgeExample, read_examples
from evals.judge.network import JudgeNetwork
from evals.reader.export import restored
from evals.reader.training import make_trainer, padded
from retrieval.models.minilm.judge import encode_claim
from retrieval.models.minilm.tokens import TokenPair
from retrieval.models.minilm.weights import read_packaged_model, read_weights

RATE, SEED = 7e-4, 18
FROZEN = 2  # layers that stay as the reader has them
WARM_UP, LEAST = 0.04, 0.02  # share of the time in which the rate rises; what is left of it at the end
STEP = 32  # claims
SUB_BATCH = 16  # of about equal length
PUBLIC = (0.6, 0.1)  # share of the public sets at the beginning and at the end
REPEATED = {"wice": 30, "wice_sentences": 10}  # small sets whose claims are drawn that many times as often
MADE_SHARE = 0.25  # share of lies and truths, at any time
SMOOTHING = 0.05  # of the labels
CHECKPOINT_SECONDS = 120

Item = tuple[TokenPair, tuple[int, ...]]


def main() -> None:
    """Train and write `judge.pt` into the output folder."""
    parser = argparse.ArgumentParser(prog="python -m evals.judge.training", description=__doc__)
    parser.add_argument("--work", type=Path, default=Path(".evals"))
    parser.add_argument("--held-out", type=int, nargs="*", default=[8], help="slices that are not trained on")
    parser.add_argument("--out", type=Path, default=Path(".evals/judge"), help="where the result goes")
    parser.add_argument("--start", type=Path, default=Path("retrieval/models/minilm/reader.npz"))
    parser.add_argument("--minutes", type=float, default=25.0)
    parser.add_argument("--rate", type=float, default=RATE)
    parser.add_argument("--public", type=float, nargs=2, default=PUBLIC, help="their share, first and last")
    options = parser.parse_args()
    folder = options.work / "judge"
    public, news, made = (
        [one for one in read_examples(folder / f"{name}.jsonl.gz") if one.slice not in options.held_out]
        for name in ("public", "news", "made")
    )
    torch.manual_seed(SEED)
    options.out.mkdir(parents=True, exist_ok=True)
    often = [one for one in public for _ in range(REPEATED.get(one.source, 1))]
    train(options.out, Mixture(options.public, often, news, made), options.start, options.minutes * 60, options.rate)


class Mixture:
    """Draws examples of three kinds; each is gone through in a random order, again and again.

    `public` is the share of the first kind at the beginning and at the end.
    """

    def __init__(self, public: tuple[float, float], *kinds: Sequence[JudgeExample]) -> None:
        self._first, self._last = public
        self._chance = random.Random(SEED)
        self._kinds = [self._endless(kind) for kind in kinds]
        self.drawn = [0] * len(kinds)

    def draw(self, progress: float) -> list[JudgeExample]:
        """The examples of one step, `progress` 0 at the beginning of the training and 1 at its end."""
        public = self._first + (self._last - self._first) * min(1.0, 1.5 * progress)
        shares = (public, 1 - public - MADE_SHARE, MADE_SHARE)
        chosen = self._chance.choices(range(len(shares)), [max(0.05, share) for share in shares], k=STEP)
        for kind in chosen:
            self.drawn[kind] += 1
        return [next(self._kinds[kind]) for kind in chosen]

    def _endless(self, examples: Sequence[JudgeExample]) -> Iterator[JudgeExample]:
        while True:
            yield from self._chance.sample(examples, len(examples))


def train(folder: Path, mixture: Mixture, start: Path, seconds: float, rate: float) -> None:
    """Train for some seconds; go on from a checkpoint where there is one."""
    checkpoint, clock = folder / "checkpoint.pt", Clock(seconds)
    trainer = make_trainer(_network(start), rate, lambda _: clock.rate())
    clock.earlier = trainer.load(checkpoint)
    trainer.network.train()
    losses, saved = list[float](), time.time()
    while clock.progress() < 1:
        items = [(encode_claim(one.cited), LABELS[one.label]) for one in mixture.draw(clock.progress())]
        losses.append(trainer.step(partial(loss, items=items)))
        if len(losses) == 10:
            print(f"{clock.progress():.2f} loss {sum(losses) / len(losses):.3f} {mixture.drawn}", flush=True)
            losses = []
        if time.time() - saved > CHECKPOINT_SECONDS:
            trainer.save(checkpoint, int(clock.elapsed()))
            saved = time.time()
    trainer.save(checkpoint, int(clock.elapsed()))
    torch.save(trainer.network.state_dict(), folder / "judge.pt")


@dataclass
class Clock:
    """The time of a training, `earlier` seconds of it before an interruption."""

    seconds: float
    earlier: int = 0
    started: float = field(default_factory=time.time)

    def elapsed(self) -> float:
        return self.earlier + time.time() - self.started

    def progress(self) -> float:
        """0 at the beginning, 1 at the end."""
        return self.elapsed() / self.seconds

    def rate(self) -> float:
        """The share of the learning rate: it rises, then falls in proportion to the time left."""
        return min(self.progress() / WARM_UP, LEAST + (1 - LEAST) * max(0.0, 1 - self.progress()))


def _network(start: Path) -> JudgeNetwork:
    """A judge with the reader's adapters and a head of its own."""
    network = JudgeNetwork(read_weights(read_packaged_model()), FROZEN)
    known = network.state_dict()
    values = restored(start) if start.suffix == ".npz" else torch.load(start)
    network.load_state_dict(known | {name: value for name, value in values.items() if name in known})
    return network


def loss(network: JudgeNetwork, items: Sequence[Item]) -> Tensor:
    """Minus the log of the probability of the verdicts that are right, smoothed; the mean over the claims."""
    total = torch.zeros(())
    for group, logits in judged(network, items):
        shares = torch.log_softmax(logits, -1)
        right = torch.stack(
            [torch.logsumexp(row[list(label)], 0) for row, (_, label) in zip(shares, group, strict=True)]
        )
        total = total - (1 - SMOOTHING) * right.sum() - SMOOTHING * shares.mean(-1).sum()
    return total / len(items)


def judged(network: JudgeNetwork, items: Sequence[Item]) -> Iterator[tuple[list[Item], Tensor]]:
    """Logits of the claims in batches of about equal length."""
    order = sorted(items, key=lambda item: len(item[0].ids))
    for first in range(0, len(order), SUB_BATCH):
        group = order[first : first + SUB_BATCH]
        ids, types, mask = padded([pair for pair, _ in group])
        yield group, network.verdicts(network.encode(ids, types, mask), types, mask)


if __name__ == "__main__":
    main()
