"""Train the reader: `python -m evals.reader.training --work .evals [--held-out 8]`; it can be interrupted and goes on.

Needs `pip install -e ".[train]"`. Public sets first, then readers' questions with the product's own search results.
"""

import argparse
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Generic, TypeVar

import torch
import torch.nn.functional as F
from tokenizers import BertWordPieceTokenizer
from torch import Tensor

from evals.reader.examples import Example, LabelledPassage, read_examples
from evals.reader.export import restored
from evals.reader.network import AdaptedMiniLM, Reader, Reading
from retrieval.models.minilm.tokens import TokenPair, encode_pair, encode_question, wordpiece_tokenizer
from retrieval.models.minilm.weights import read_packaged_model, read_weights

M = TypeVar("M", bound=AdaptedMiniLM)

RATE, RATE_AFTER, WARM_UP, DECAY = 1e-3, 5e-4, 150, 0.01
FROZEN_AFTER = 2  # layers that stay as they are in a training that goes on from an earlier one; a fifth less time
QUESTIONS = 6  # a step
# A question, drawn anew each time; 2 for the public sets.
PASSAGES = {"asked": 6, "multihop": 6, "news": 5, "sentences": 6}
PUBLIC_QUESTIONS, ASKED_EPOCHS, PUBLIC_SHARE = 6_000, 3, 0.1  # PUBLIC_SHARE is mixed into the questions of readers
PASSAGE_WEIGHT, SPAN_WEIGHT = 0.5, 0.3
TYPO_RATE = 0.15  # of questions
WITHHELD_RATE = 0.25  # of readers' questions, whose answering passages are withheld
WITHOUT_CONTEXT = 0.3  # of single sentences, which are read without their headline and day
SUB_BATCH = 12
SEED = 11
CHECKPOINT_SECONDS = 240


@dataclass(frozen=True, slots=True)
class Pair:
    """A question with one passage; `question` numbers the questions of a step."""

    question: int
    encoded: TokenPair
    labels: tuple[int, ...]
    answer: tuple[int, int] | None


def main() -> None:
    """Train and write `reader/reader.pt` in the work folder."""
    parser = argparse.ArgumentParser(prog="python -m evals.reader.training", description=__doc__)
    parser.add_argument("--work", type=Path, default=Path(".evals"))
    parser.add_argument("--held-out", type=int, nargs="*", default=[8], help="slices that are not trained on")
    parser.add_argument("--out", type=Path, default=Path(".evals/reader"), help="where the result goes")
    parser.add_argument("--start", type=Path, help="a reader to go on from, at a lower rate: .pt or .npz")
    parser.add_argument("--public", type=int, default=PUBLIC_QUESTIONS)
    parser.add_argument("--epochs", type=int, default=ASKED_EPOCHS)
    parser.add_argument("--news", type=int, default=0, help="of the questions over news the last so many; 0: all")
    parser.add_argument("--sentences", type=int, default=0, help="questions to train on with single sentences instead")
    options = parser.parse_args()
    folder = options.work / "reader"
    torch.manual_seed(SEED)
    options.out.mkdir(parents=True, exist_ok=True)
    if options.sentences:
        every = [item for item in read_examples(folder / "sentences.jsonl.gz") if item.slice not in options.held_out]
        train(options.out, random.Random(SEED).sample(every[: options.sentences], options.sentences), options.start)
        return
    public = read_examples(folder / "public.jsonl.gz")
    asked = [item for item in read_examples(folder / "asked.jsonl.gz") if item.slice not in options.held_out]
    asked += read_examples(folder / "multihop.jsonl.gz")
    news = [item for item in read_examples(folder / "news.jsonl.gz") if item.slice not in options.held_out]
    news = news[-options.news :]
    train(options.out, schedule(public, asked, news, options.public, options.epochs), options.start)


def schedule(
    public: Sequence[Example], asked: Sequence[Example], news: Sequence[Example], count: int, epochs: int
) -> list[Example]:
    """The examples in the order of training: an epoch has all of `asked` and its part of `news`, which comes once."""
    chance = random.Random(SEED)
    rare = [item for item in public if not item.source.startswith("squad")]
    common = [item for item in public if item.source.startswith("squad")]
    first = chance.sample(rare + chance.sample(common, max(0, count - len(rare))), count)
    parts = [news[at::epochs] for at in range(epochs)]
    later = [item for part in parts for item in _epoch([*asked, *part], public, chance)]
    return first + later


def _epoch(asked: Sequence[Example], public: Sequence[Example], chance: random.Random) -> list[Example]:
    mixed = [*asked, *chance.sample(public, int(PUBLIC_SHARE * len(asked)))]
    chance.shuffle(mixed)
    return mixed


@dataclass(frozen=True, slots=True)
class Trainer(Generic[M]):
    """A network with what trains it; `rate` is the schedule of the optimiser's learning rate."""

    network: M
    optimiser: torch.optim.Optimizer
    rate: torch.optim.lr_scheduler.LRScheduler

    def load(self, checkpoint: Path) -> int:
        """Go on from a checkpoint where there is one; return the steps done."""
        if not checkpoint.exists():
            return 0
        kept = torch.load(checkpoint)
        for name, part in self._parts().items():
            part.load_state_dict(kept[name])
        return int(kept["done"])

    def save(self, checkpoint: Path, done: int) -> None:
        """Write a checkpoint; one that is interrupted leaves the earlier one whole."""
        state = {name: part.state_dict() for name, part in self._parts().items()}
        torch.save(state | {"done": done}, checkpoint.with_suffix(".new"))
        checkpoint.with_suffix(".new").replace(checkpoint)

    def step(self, loss_of: Callable[[M], Tensor]) -> float:
        """Take one step down the loss of the network; return the loss."""
        self.network.merge()
        loss = loss_of(self.network)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.optimiser.step()
        self.rate.step()
        return float(loss.item())

    def _parts(self) -> dict[str, Any]:
        return {"network": self.network, "optimiser": self.optimiser, "rate": self.rate}


def train(folder: Path, examples: Sequence[Example], start: Path | None = None) -> None:
    """Train over the examples once, in their order; go on from a checkpoint where there is one."""
    steps, checkpoint = len(examples) // QUESTIONS, folder / "checkpoint.pt"
    trainer = make_trainer(_reader(start), RATE_AFTER if start else RATE, partial(_share, steps=steps))
    done = trainer.load(checkpoint)
    trainer.network.train()
    losses, saved = list[float](), time.time()
    for step in range(done, steps):
        chance = random.Random(SEED * 1_000_003 + step)
        chosen = examples[step * QUESTIONS : (step + 1) * QUESTIONS]
        pairs = [pair for at, item in enumerate(chosen) for pair in _pairs(wordpiece_tokenizer(), at, item, chance)]
        losses.append(trainer.step(partial(_loss, pairs=pairs)))
        if step % 50 == 49:
            print(f"{step + 1}/{steps} loss {sum(losses) / len(losses):.3f}", flush=True)
            losses = []
        if time.time() - saved > CHECKPOINT_SECONDS or step == steps - 1:
            trainer.save(checkpoint, step + 1)
            saved = time.time()
    torch.save(trainer.network.state_dict(), folder / "reader.pt")


def _reader(start: Path | None) -> Reader:
    reader = Reader(read_weights(read_packaged_model()), FROZEN_AFTER if start else 0)
    if start:
        reader.load_state_dict(restored(start) if start.suffix == ".npz" else torch.load(start))
    return reader


def make_trainer(network: M, rate: float, share: Callable[[int], float]) -> Trainer[M]:
    """AdamW on a rate of which each step takes a `share`."""
    optimiser = torch.optim.AdamW(network.parameters(), lr=rate, weight_decay=DECAY, betas=(0.9, 0.98))
    return Trainer(network, optimiser, torch.optim.lr_scheduler.LambdaLR(optimiser, share))


def _share(step: int, steps: int) -> float:
    """The rate rises over WARM_UP steps and then falls in proportion to the steps left."""
    return min((step + 1) / WARM_UP, 0.02 + 0.98 * max(0.0, 1 - step / steps))


def _pairs(tokenizer: BertWordPieceTokenizer, at: int, example: Example, chance: random.Random) -> Iterator[Pair]:
    question = example.question
    if chance.random() < TYPO_RATE:
        question = misspelt(question, chance)
    start = encode_question(tokenizer, question)
    for passage in _drawn(example, chance):
        alone = example.source == "sentences" and chance.random() < WITHOUT_CONTEXT
        encoded = encode_pair(tokenizer, start, "" if alone else passage.context, passage.text, passage.sentences)
        yield Pair(at, encoded, passage.labels, _answer_tokens(encoded, passage))


def _drawn(example: Example, chance: random.Random) -> list[LabelledPassage]:
    """Up to two passages that answer, and others, those that the search ranks high more often.

    Now and then those that answer are withheld, so that the reader learns to find none in the rest.
    """
    size = PASSAGES.get(example.source, 2)
    withheld = chance.random() < WITHHELD_RATE and size > 2
    answering = [passage for passage in example.passages if any(passage.labels) and not withheld]
    others = [passage for passage in example.passages if not any(passage.labels)]
    drawn = chance.sample(answering, min(2 if size > 2 else 1, len(answering)))
    keyed = sorted(others, key=lambda passage: chance.random() * (4 + max(passage.rank, 0)))
    return drawn + keyed[: size - len(drawn)]


def misspelt(question: str, chance: random.Random) -> str:
    """One or two words with a letter dropped, doubled, swapped or replaced."""
    words = question.split()
    long = [at for at, word in enumerate(words) if len(word) > 3]
    for at in chance.sample(long, min(chance.choice((1, 1, 2)), len(long))):
        word, place = words[at], chance.randrange(1, len(words[at]) - 1)
        words[at] = chance.choice(
            (
                word[:place] + word[place + 1 :],
                word[:place] + word[place] + word[place:],
                word[:place] + word[place + 1] + word[place] + word[place + 2 :],
                word[:place] + chance.choice("aeioulnrst") + word[place + 1 :],
            )
        )
    return " ".join(words)


def _answer_tokens(encoded: TokenPair, passage: LabelledPassage) -> tuple[int, int] | None:
    if passage.answer is None:
        return None
    start, end = passage.answer
    inside = [at for at, (a, b) in enumerate(encoded.offsets) if a < end and b > start]
    return (encoded.start + inside[0], encoded.start + inside[-1]) if inside else None


def _loss(reader: Reader, pairs: Sequence[Pair]) -> Tensor:
    """Over each question: softmax over all sentences and `none`; over sentences, passages and spans on their own."""
    scores, labels, owner, passages, answers, span_losses = [], [], [], [], [], list[Tensor]()
    for group, found in read_pairs(reader, pairs):
        flat = [label for pair in group for label in _kept(pair)]
        labels += flat
        owner += [pair.question for pair in group for _ in _kept(pair)]
        scores.append(found.sentences)
        passages.append(found.passages)
        answers += [float(any(pair.labels)) for pair in group]
        span_losses += _span_losses(group, found)
    score, label = torch.cat(scores), torch.tensor(labels, dtype=torch.float32)
    questions = 1 + max(owner)
    owners = torch.tensor(owner)
    listwise = score.new_zeros(())
    for question in range(questions):
        own, right = score[owners == question], label[owners == question] > 0
        everything = torch.logsumexp(torch.cat([own, own.new_zeros(1)]), 0)
        listwise = listwise + everything - (torch.logsumexp(own[right], 0) if right.any() else 0.0)
    sentence = F.binary_cross_entropy_with_logits(score, label, reduction="sum") / questions / 3
    passage = F.binary_cross_entropy_with_logits(torch.cat(passages), torch.tensor(answers))
    loss = listwise / questions + sentence + PASSAGE_WEIGHT * passage
    return loss + SPAN_WEIGHT * torch.stack(span_losses).mean() if span_losses else loss


def _kept(pair: Pair) -> list[int]:
    return [label for label, (a, b) in zip(pair.labels, pair.encoded.sentences, strict=True) if a < b]


def _span_losses(group: Sequence[Pair], found: Reading) -> list[Tensor]:
    losses = list[Tensor]()
    for row, pair in enumerate(group):
        if pair.answer:
            first, last = pair.encoded.start, len(pair.encoded.ids) - 1
            for logits, target in ((found.starts, pair.answer[0]), (found.ends, pair.answer[1])):
                losses.append(F.cross_entropy(logits[row, first:last][None], torch.tensor([target - first])))
    return losses


def read_pairs(reader: Reader, pairs: Sequence[Pair]) -> Iterator[tuple[list[Pair], Reading]]:
    """Read pairs in batches of about equal length; sentences without tokens are left out."""
    order = sorted(pairs, key=lambda pair: len(pair.encoded.ids))
    for first in range(0, len(order), SUB_BATCH):
        group = order[first : first + SUB_BATCH]
        ids, types, mask = padded([pair.encoded for pair in group])
        owners, count = torch.full(ids.shape, -1), 0
        for row, pair in enumerate(group):
            for a, b in pair.encoded.sentences:
                if a < b:
                    owners[row, a:b] = count
                    count += 1
        yield group, reader.heads(reader.encode(ids, types, mask), owners)


def padded(pairs: Sequence[TokenPair]) -> tuple[Tensor, Tensor, Tensor]:
    """Ids, types and mask of a batch, each (pairs, the longest pair's tokens)."""
    length = max(len(pair.ids) for pair in pairs)
    ids, types, mask = (torch.zeros(len(pairs), length, dtype=torch.long) for _ in range(3))
    for row, pair in enumerate(pairs):
        ids[row, : len(pair.ids)] = torch.tensor(pair.ids)
        types[row, : len(pair.ids)] = torch.tensor(pair.types)
        mask[row, : len(pair.ids)] = 1
    return ids, types, mask


if __name__ == "__main__":
    main()
