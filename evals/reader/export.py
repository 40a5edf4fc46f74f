"""Write what the package ships of the trained reader: `python -m evals.reader.export READER ... --out FILE`.

Adapters, biases, norms and heads in half precision; the packaged MiniLM has the rest. The file holds only numbers.
"""

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from evals.reader.network import SCALE
from retrieval.models.minilm.weights import BIASES, LAYERS, MATRICES

Values = dict[str, npt.NDArray[np.float32]]


def main() -> None:
    """Read the trained weights, write the file."""
    parser = argparse.ArgumentParser(prog="python -m evals.reader.export", description=__doc__)
    parser.add_argument("readers", type=Path, nargs="+", help="files that training wrote")
    parser.add_argument("--out", type=Path, default=Path("retrieval/models/minilm/reader.npz"))
    options = parser.parse_args()
    numbers: dict[str, Any] = shipped(mean_weights([torch.load(path) for path in options.readers]))
    np.savez_compressed(options.out, **numbers)
    print(f"{options.out}: {options.out.stat().st_size / 1e6:.1f} MB")


def mean_weights(states: list[dict[str, torch.Tensor]]) -> Values:
    """The mean of several trainings of one reader, which answers better than each (https://arxiv.org/abs/2203.05482)."""
    return {name: torch.stack([state[name].float() for state in states]).mean(0).numpy() for name in states[0]}


def shipped(state: Values) -> dict[str, npt.NDArray[np.float16]]:
    """The trained values under the names that the reader gives them."""
    heads = ("pool.", "sentence.", "passage.", "span.")
    kept = {name: value for name, value in state.items() if name.startswith(heads)}
    kept["embeddings.token_type_embeddings.weight"] = state["types"]
    kept |= _norm(state, "norm", "embeddings.LayerNorm")
    for at in range(LAYERS):
        prefix, named = f"layers.{at}.", f"encoder.layer.{at}."
        for name in MATRICES:
            kept[f"layer.{at}.{name}.down"] = state[f"{prefix}{name}_down"]
            kept[f"layer.{at}.{name}.up"] = SCALE * state[f"{prefix}{name}_up"]
            kept[f"{named}{BIASES[name]}.bias"] = state[f"{prefix}{name}_bias"]
        kept |= _norm(state, f"{prefix}attention_norm", f"{named}attention.output.LayerNorm")
        kept |= _norm(state, f"{prefix}output_norm", f"{named}output.LayerNorm")
    return {name: value.astype(np.float16) for name, value in kept.items()}


def _norm(state: Values, name: str, shipped_name: str) -> Values:
    return {f"{shipped_name}.{part}": state[f"{name}.{part}"] for part in ("weight", "bias")}


if __name__ == "__main__":
    main()
