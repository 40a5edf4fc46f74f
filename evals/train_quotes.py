"""Train the quote network: `python -m evals.train_quotes --data FOLDER --out FILE [--fold N]`.

Needs `pip install -e ".[train]"`. The same data, versions and machine give the same file. The file holds only numbers;
its vocabulary is MiniLM's public one. The package reads `retrieval/quotes/attribution/network.npz`.
"""

import argparse
import time
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import onnx
import optax

from evals.data import FOLDS, attributed, fold
from evals.quote_windows import LENGTH, OFFSETS, WINDOW, Window, windows
from retrieval.models.minilm.weights import packaged_model
from retrieval.quotes.attribution.network import (
    DILATIONS,
    KERNEL,
    POSITION_FEATURES,
    WINDOW_DILATIONS,
    distance_buckets,
)
from retrieval.quotes.attribution.token_features import FEATURES

WORD, HIDDEN, PAIR = 64, 96, 32  # dimensions of a word, a token and a token beside a cue
EPOCHS, BATCH, RATE, DECAY, WARM_UP = 20, 4, 2e-3, 0.01, 200
WORD_RATE = 0.3  # of the gradient reaches the words: they come trained
DROPOUT, UNKNOWN_RATE, UNKNOWN = 0.25, 0.08, 100  # some words are hidden so that names are not learned by heart
AVERAGING = 0.998  # of the weights over the last steps
CONTENT_WEIGHT, SOURCE_WEIGHT = 0.03, 0.5
SEED = 7

Parameters = dict[str, Any]


def main() -> None:
    """Read, train, write."""
    parser = argparse.ArgumentParser(prog="python -m evals.train_quotes", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with the labelled sets")
    parser.add_argument("--out", type=Path, required=True, help="file to write")
    parser.add_argument("--fold", type=int, default=-1, help=f"one of {FOLDS} to keep out for measuring")
    options = parser.parse_args()
    marked = attributed(options.data)
    held_out = set(fold(list(marked), options.fold))
    samples = [sample for key in sorted(marked) if key not in held_out for sample in windows(*marked[key])]
    save(options.out, train(samples))


def train(samples: list[Window]) -> Parameters:
    """Train for EPOCHS over all samples; return the averaged weights."""
    steps = EPOCHS * (len(samples) // BATCH)
    schedule = optax.warmup_cosine_decay_schedule(0.0, RATE, min(WARM_UP, steps // 2), steps, RATE / 200)
    optimiser = optax.chain(optax.clip_by_global_norm(1.0), optax.adamw(schedule, weight_decay=DECAY))

    @jax.jit
    def step(weights: Parameters, averaged: Parameters, state: Any, batch: Window, key: Any) -> tuple[Any, ...]:
        losses, gradient = jax.value_and_grad(loss)(weights, batch, key)
        gradient["emb"] *= WORD_RATE
        updates, state = optimiser.update(gradient, state, weights)
        weights = optax.apply_updates(weights, updates)
        averaged = jax.tree.map(lambda old, new: AVERAGING * old + (1 - AVERAGING) * new, averaged, weights)
        return weights, averaged, state, losses

    weights = averaged = initial()
    state, key, shuffle = optimiser.init(weights), jax.random.PRNGKey(SEED), np.random.default_rng(SEED)
    started = time.perf_counter()
    for epoch in range(EPOCHS):
        order, total = shuffle.permutation(len(samples)), 0.0
        for at in range(0, len(order) - BATCH + 1, BATCH):
            some = [samples[row] for row in order[at : at + BATCH]]
            batch = {name: np.stack([sample[name] for sample in some]) for name in some[0]}
            key, used = jax.random.split(key)
            weights, averaged, state, losses = step(weights, averaged, state, batch, used)
            total += float(losses)
        print(
            f"epoch {epoch + 1}: {total / (len(order) // BATCH):.3f}, {time.perf_counter() - started:.0f} s", flush=True
        )
    return averaged


def initial() -> Parameters:
    """Random weights under a fixed seed; words as MiniLM's own, reduced to their WORD principal components."""
    draw = np.random.default_rng(SEED)

    def normal(*shape: int, scale: float) -> np.ndarray:
        return (draw.normal(size=shape) * scale).astype(np.float32)

    made = {"emb": _words(), "win": normal(WORD + FEATURES, HIDDEN, scale=(2 / (WORD + FEATURES)) ** 0.5)}
    for layer, _ in enumerate(DILATIONS):
        made[f"c{layer}"] = normal(3, HIDDEN, HIDDEN, scale=(1 / (3 * HIDDEN)) ** 0.5)
        made[f"b{layer}"], made[f"g{layer}"] = np.zeros(HIDDEN, np.float32), np.ones(HIDDEN, np.float32)
        made[f"o{layer}"] = normal(HIDDEN, HIDDEN, scale=0.5 * (1 / HIDDEN) ** 0.5)
    for layer, _ in enumerate(WINDOW_DILATIONS, start=1):
        made[f"k{layer}"] = normal(KERNEL, PAIR, PAIR, scale=(1 / (KERNEL * PAIR)) ** 0.5)
        made[f"kb{layer}"] = np.zeros(PAIR, np.float32)
    made |= {"bin": np.zeros(HIDDEN, np.float32), "gf": np.ones(HIDDEN, np.float32), "pb": np.zeros(PAIR, np.float32)}
    made |= {
        "pr": normal(int(distance_buckets(OFFSETS).max()) + 1, PAIR, scale=0.3),
        "pg": normal(POSITION_FEATURES, PAIR, scale=0.3),
    }
    made |= {name: normal(HIDDEN, PAIR, scale=(2 / HIDDEN) ** 0.5) for name in ("pu", "pv")}
    made |= {"cue": normal(HIDDEN, 3, scale=(2 / HIDDEN) ** 0.5), "cueb": np.array([2, -1, -1], np.float32)}
    made |= {"out": normal(PAIR, 4, scale=0.1), "outb": np.array([-1.5, 0, 0, -3], np.float32)}
    made |= {"null": normal(HIDDEN, 2, scale=0.05)}
    return {name: jnp.asarray(value) for name, value in made.items()}


def _words() -> np.ndarray:
    stored = {item.name: item for item in onnx.load(str(packaged_model())).graph.initializer}
    table = "inner.embeddings.word_embeddings.weight"
    words = onnx.numpy_helper.to_array(stored[f"{table}_q"]).astype(np.float32)
    words = words * onnx.numpy_helper.to_array(stored[f"{table}_scale"])
    words -= words.mean(axis=0)
    _, axes = np.linalg.eigh(words.T @ words)
    reduced = words @ axes[:, ::-1][:, :WORD]
    halved: np.ndarray = (0.5 * reduced / reduced.std()).astype(np.float32)
    return halved


def loss(weights: Parameters, batch: Window, key: Any) -> Any:
    """The loss of a batch of windows, per attribution."""
    keys = jax.random.split(key, BATCH)
    cue, content, source, known = jax.vmap(lambda sample, key: _loss(weights, sample, key))(batch, keys)
    return (cue.sum() + CONTENT_WEIGHT * content.sum() + SOURCE_WEIGHT * source.sum()) / (known.sum() + 1)


def _loss(weights: Parameters, sample: Window, key: Any) -> tuple[Any, ...]:
    hide, first, second = jax.random.split(key, 3)
    ids = jnp.where(jax.random.bernoulli(hide, UNKNOWN_RATE, sample["ids"].shape), UNKNOWN, sample["ids"])
    hidden = _encode(weights, ids, sample["features"], first)
    exists = jnp.arange(LENGTH) < sample["count"]
    cross = optax.softmax_cross_entropy_with_integer_labels
    cue = (cross(hidden @ weights["cue"] + weights["cueb"], sample["tags"]) * exists).sum()
    marked, begins, ends, seen = _surroundings(weights, hidden, sample, second)
    known = sample["known"]
    said = (optax.sigmoid_binary_cross_entropy(marked, sample["marked"]) * (seen * known[:, None])).sum()
    source = ((cross(begins, sample["sources"][0]) + cross(ends, sample["sources"][1])) * known).sum()
    return cue, said, source, known.sum()


def _encode(weights: Parameters, ids: Any, features: Any, key: Any) -> Any:
    """Encode tokens as `network.encode` does, with dropout."""
    keys = jax.random.split(key, len(DILATIONS) + 1)
    words = _dropped(keys[-1], weights["emb"][ids], DROPOUT)
    hidden = jnp.concatenate([words, features], axis=1) @ weights["win"] + weights["bin"]
    for layer, reach in enumerate(DILATIONS):
        padded = jnp.pad(_normed(hidden, weights[f"g{layer}"]), ((reach, reach), (0, 0)))
        kernel = weights[f"c{layer}"]
        found = sum(padded[step * reach : step * reach + LENGTH] @ kernel[step] for step in range(3))
        found = jax.nn.relu(found + weights[f"b{layer}"])
        hidden = hidden + _dropped(keys[layer], found, DROPOUT) @ weights[f"o{layer}"]
    return _normed(hidden, weights["gf"])


def _normed(hidden: Any, gain: Any) -> Any:
    return hidden * gain / jnp.sqrt((hidden * hidden).mean(axis=-1, keepdims=True) + 1e-5)


def _dropped(key: Any, values: Any, rate: float) -> Any:
    return jnp.where(jax.random.bernoulli(key, 1 - rate, values.shape), values / (1 - rate), 0)


def _surroundings(weights: Parameters, hidden: Any, sample: Window, key: Any) -> tuple[Any, ...]:
    """Read windows as `network.read_cues` does, with dropout: content, source, its ends, what exists."""
    first, last = sample["cues"]
    cue = hidden[first] + hidden[last]
    at = first[:, None] + jnp.asarray(OFFSETS)
    exists = (at >= 0) & (at < sample["count"])
    near = jnp.clip(at, 0, LENGTH - 1)
    seen = (hidden @ weights["pv"])[near] + (cue @ weights["pu"] + weights["pb"])[:, None]
    seen = (
        seen
        + weights["pr"][jnp.asarray(distance_buckets(OFFSETS))]
        + _places(sample, first, last, at, near) @ weights["pg"]
    )
    seen = jax.nn.relu(seen) * exists[:, :, None]
    for layer, (spread, used) in enumerate(
        zip(WINDOW_DILATIONS, jax.random.split(key, len(WINDOW_DILATIONS)), strict=True), start=1
    ):
        margin, kernel = spread * (KERNEL // 2), weights[f"k{layer}"]
        padded = jnp.pad(seen, ((0, 0), (margin, margin), (0, 0)))
        found = sum(padded[:, step * spread : step * spread + WINDOW] @ kernel[step] for step in range(KERNEL))
        seen = seen + _dropped(used, jax.nn.relu(found + weights[f"kb{layer}"]), DROPOUT / 2)
    logits = jnp.where(exists[:, :, None], seen @ weights["out"] + weights["outb"], -30.0)
    nobody = cue @ weights["null"]
    begins = jnp.concatenate([logits[:, :, 1], nobody[:, :1]], axis=1)
    ends = jnp.concatenate([logits[:, :, 2], nobody[:, 1:]], axis=1)
    return jnp.stack([logits[:, :, 0], logits[:, :, 3]]), begins, ends, exists


def _places(sample: Window, first: Any, last: Any, at: Any, near: Any) -> Any:
    apart = sample["paragraphs"][near] - sample["paragraphs"][first][:, None]
    sentences, quotation = sample["sentences"], sample["quotations"][near]
    facts = [
        apart == 0,
        apart == 1,
        apart == -1,
        jnp.abs(apart) > 1,
        sentences[near] == sentences[first][:, None],
        quotation == sample["quotations"][first][:, None],
        quotation > 0,
        (at >= first[:, None]) & (at <= last[:, None]),
    ]
    return jnp.stack(facts, axis=-1).astype(jnp.float32)


def save(path: Path, trained: Parameters) -> None:
    """Words as 8-bit integers with a scale a row, all else in half precision."""
    weights = {name: np.asarray(value) for name, value in trained.items()}
    words = weights.pop("emb")
    scale = np.abs(words).max(axis=1, keepdims=True) / 127
    stored = {name: value.astype(np.float16) for name, value in weights.items()}
    stored |= {"emb": np.round(words / scale).astype(np.int8), "emb_scale": scale.astype(np.float16)}
    np.savez_compressed(path, allow_pickle=False, **stored)


if __name__ == "__main__":
    main()
