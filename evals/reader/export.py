"""Write what the package ships of the trained reader: `python -m evals.reader.export READER ... --out FILE`.

Adapters, biases, norms and heads in half precision; the packaged MiniLM has the rest. The file holds only numbers.
"""

import argparse
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from evals.reader.network import SCALE
from retrieval.models.minilm import judge, reader
from retrieval.models.minilm.weights import BIASES, LAYERS, MATRICES

HEAD_PREFIXES = (*reader.HEAD_PREFIXES, *judge.HEAD_PREFIXES)

Values = dict[str, npt.NDArray[np.float32]]


def main() -> None:
    """Read the trained weights, write the file."""
    parser = argparse.ArgumentParser(prog="python -m evals.reader.export", description=__doc__)
    parser.add_argument("readers", type=Path, nargs="+", help="files that training wrote, or shipped ones")
    parser.add_argument("--out", type=Path, default=Path("retrieval/models/minilm/reader.npz"))
    options = parser.parse_args()
    write_shipped(options.readers, options.out)


def write_shipped(trained: Sequence[Path], out: Path) -> None:
    """Write the file that ships of one or more trainings of a network."""
    numbers: dict[str, Any] = shipped(mean_weights([trained_values(path) for path in trained]))
    np.savez_compressed(out, **numbers)
    print(f"{out}: {out.stat().st_size / 1e6:.1f} MB")


def mean_weights(states: list[dict[str, torch.Tensor]]) -> Values:
    """The mean of several trainings of one reader, which answers better than each (https://arxiv.org/abs/2203.05482)."""
    return {name: torch.stack([state[name].float() for state in states]).mean(0).numpy() for name in states[0]}


def shipped(state: Values) -> dict[str, npt.NDArray[np.float16]]:
    """The trained values under the names that the reader gives them."""
    return {name: (factor * state[trained]).astype(np.float16) for name, trained, factor in _names(state)}


def trained_values(path: Path) -> dict[str, torch.Tensor]:
    """What training wrote, or what a shipped file holds of it."""
    values: dict[str, torch.Tensor] = restored(path) if path.suffix == ".npz" else torch.load(path)
    return values


def restored(path: Path) -> dict[str, torch.Tensor]:
    """The trained values of a shipped file, to go on from."""
    with np.load(path) as stored:
        heads = [name for name in stored.files if name.startswith(HEAD_PREFIXES)]
        return {
            trained: torch.from_numpy(stored[name].astype(np.float32) / factor)
            for name, trained, factor in _names(heads)
        }


def _names(heads: Iterable[str]) -> Iterator[tuple[str, str, float]]:
    """Each shipped value: its name, its name in training, and what it is multiplied by when it is shipped."""
    yield from ((name, name, 1.0) for name in heads if name.startswith(HEAD_PREFIXES))
    yield "embeddings.token_type_embeddings.weight", "types", 1.0
    yield from _norm_names("embeddings.LayerNorm", "norm")
    for at in range(LAYERS):
        prefix, named = f"layers.{at}.", f"encoder.layer.{at}."
        for name in MATRICES:
            yield f"layer.{at}.{name}.down", f"{prefix}{name}_down", 1.0
            yield f"layer.{at}.{name}.up", f"{prefix}{name}_up", SCALE
            yield f"{named}{BIASES[name]}.bias", f"{prefix}{name}_bias", 1.0
        yield from _norm_names(f"{named}attention.output.LayerNorm", f"{prefix}attention_norm")
        yield from _norm_names(f"{named}output.LayerNorm", f"{prefix}output_norm")


def _norm_names(name: str, trained: str) -> Iterator[tuple[str, str, float]]:
    return ((f"{name}.{part}", f"{trained}.{part}", 1.0) for part in ("weight", "bias"))


if __name__ == "__main__":
    main()
