"""Write what the package ships of the trained reader: `python -m evals.reader.export --work .evals --out FILE`.

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
    """Read `reader/reader.pt` or the checkpoint, write the file."""
    parser = argparse.ArgumentParser(prog="python -m evals.reader.export", description=__doc__)
    parser.add_argument("--work", type=Path, default=Path(".evals"))
    parser.add_argument("--out", type=Path, default=Path("retrieval/models/minilm/reader.npz"))
    options = parser.parse_args()
    finished, checkpoint = (options.work / "reader" / name for name in ("reader.pt", "checkpoint.pt"))
    state = torch.load(finished) if finished.exists() else torch.load(checkpoint)["reader"]
    numbers: dict[str, Any] = shipped({name: value.float().numpy() for name, value in state.items()})
    np.savez_compressed(options.out, **numbers)
    print(f"{options.out}: {options.out.stat().st_size / 1e6:.1f} MB")


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
