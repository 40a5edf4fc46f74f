"""The reader in PyTorch: MiniLM with low-rank adapters, and heads for sentences, passages and answer spans."""

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from retrieval.models.minilm.weights import BIASES, HEADS, HIDDEN, LAYERS, MATRICES, Weights

RANK, SCALE = 64, 0.5  # of the adapters (https://arxiv.org/abs/2106.09685); SCALE is alpha over rank
# Of the matrices while training: where the processor does not multiply bfloat16 itself, float is thirty times as fast.
PRECISION = torch.bfloat16 if torch.cpu._is_avx512_bf16_supported() else torch.float32
EPSILON = 1e-12  # of BERT's layer norms


@dataclass(frozen=True, slots=True)
class Reading:
    """Logits of a batch: sentences (flat, in order), passages (batch,), answer starts and ends (batch, tokens)."""

    sentences: Tensor
    passages: Tensor
    starts: Tensor
    ends: Tensor


class AdaptedMiniLM(nn.Module):
    """MiniLM whose packaged weights stay as they are while adapters are trained; a subclass adds heads."""

    def __init__(self, weights: Weights, frozen: int = 0) -> None:
        super().__init__()
        self.frozen = frozen  # layers from the first on that are not trained any more, and cost no backward pass
        tensors = {name: torch.from_numpy(value.copy()) for name, value in weights.others.items()}
        tensors |= {name: torch.from_numpy(value.to_float()) for name, value in weights.matrices.items()}
        for name, table in weights.tables.items():
            self.register_buffer(name, torch.from_numpy(table.to_float()), persistent=False)
        self.types = nn.Parameter(tensors["embeddings.token_type_embeddings.weight"].clone())
        self.norm = _norm(tensors, "embeddings.LayerNorm")
        self.layers = nn.ModuleList(Layer(tensors, at) for at in range(LAYERS))

    def merge(self) -> None:
        """Merge the adapters into the packaged matrices; call it after each change of the adapters."""
        for layer in self.layers:
            layer.merge()

    def encode(self, ids: Tensor, types: Tensor, mask: Tensor) -> Tensor:
        bias = torch.zeros(mask.shape).masked_fill(mask == 0, -1e4)[:, None, None, :]
        with torch.autocast("cpu", PRECISION, enabled=PRECISION is torch.bfloat16):
            with torch.set_grad_enabled(torch.is_grad_enabled() and not self.frozen):
                hidden = self.norm(self.word[ids] + self.types[types] + self.position[: ids.shape[1]])
                hidden = F.dropout(hidden, 0.1, self.training)
            for at, layer in enumerate(self.layers):
                with torch.set_grad_enabled(torch.is_grad_enabled() and at >= self.frozen):
                    hidden = layer(hidden, bias)
        return hidden.float()


class Reader(AdaptedMiniLM):
    """Reads a question with a passage: the heads for sentences, passages and answer spans."""

    def __init__(self, weights: Weights, frozen: int = 0) -> None:
        super().__init__(weights, frozen)
        self.pool = nn.Linear(HIDDEN, 1)
        self.sentence = nn.Sequential(nn.Linear(2 * HIDDEN, HIDDEN), nn.GELU(), nn.Dropout(0.1), nn.Linear(HIDDEN, 1))
        self.passage = nn.Sequential(nn.Linear(HIDDEN, HIDDEN), nn.GELU(), nn.Dropout(0.1), nn.Linear(HIDDEN, 1))
        self.span = nn.Linear(HIDDEN, 2)

    def heads(self, hidden: Tensor, owners: Tensor) -> Reading:
        """`owners` (batch, tokens) is the sentence of each token, counted over the batch, -1 for other tokens."""
        first = hidden[:, 0]
        rows, columns = torch.nonzero(owners >= 0, as_tuple=True)
        owner, tokens = owners[rows, columns], hidden[rows, columns]
        count = int(owner.max()) + 1
        weight = self.pool(tokens).squeeze(-1).clamp(-10, 10).exp()
        total = torch.zeros(count).index_add(0, owner, weight)
        pooled = torch.zeros(count, HIDDEN).index_add(0, owner, weight[:, None] * tokens) / total[:, None]
        row_of = torch.zeros(count, dtype=torch.long).index_put((owner,), rows)
        spans = self.span(hidden)
        return Reading(
            self.sentence(torch.cat([pooled, first[row_of]], -1)).squeeze(-1),
            self.passage(first).squeeze(-1),
            spans[..., 0],
            spans[..., 1],
        )


class Layer(nn.Module):
    """A layer of BERT whose matrices have adapters."""

    def __init__(self, tensors: dict[str, Tensor], at: int) -> None:
        super().__init__()
        prefix = f"encoder.layer.{at}."
        for name in MATRICES:
            matrix = tensors[f"layer.{at}.{name}"]
            self.register_buffer(f"{name}_base", matrix, persistent=False)
            self.register_parameter(
                f"{name}_down", nn.Parameter(torch.randn(matrix.shape[0], RANK) / math.sqrt(matrix.shape[0]))
            )
            self.register_parameter(f"{name}_up", nn.Parameter(torch.zeros(RANK, matrix.shape[1])))
        for name, source in BIASES.items():
            self.register_parameter(f"{name}_bias", nn.Parameter(tensors[f"{prefix}{source}.bias"].clone()))
        self.attention_norm = _norm(tensors, prefix + "attention.output.LayerNorm")
        self.output_norm = _norm(tensors, prefix + "output.LayerNorm")

    def forward(self, hidden: Tensor, bias: Tensor) -> Tensor:
        hidden = self.attention_norm(hidden + self.linear("attention", self.attend(hidden, bias)))
        inner = F.gelu(self.linear("intermediate", hidden))
        return self.output_norm(hidden + F.dropout(self.linear("output", inner), 0.1, self.training))

    def attend(self, hidden: Tensor, bias: Tensor) -> Tensor:
        batch, length = hidden.shape[:2]
        shape = (batch, length, HEADS, HIDDEN // HEADS)
        query, key, value = (self.linear(name, hidden).view(shape).transpose(1, 2) for name in MATRICES[:3])
        attended = F.scaled_dot_product_attention(query, key, value, bias.to(query.dtype))
        return attended.transpose(1, 2).reshape(batch, length, HIDDEN)

    def linear(self, name: str, hidden: Tensor) -> Tensor:
        return F.linear(hidden, self.current[name], getattr(self, f"{name}_bias"))

    def merge(self) -> None:
        """Merge the adapters into the matrices that the next calls use."""
        self.current = {name: self.merged(name).T.to(PRECISION) for name in MATRICES}

    def merged(self, name: str) -> Tensor:
        """The packaged matrix with its adapter, shape (in, out)."""
        merged: Tensor = getattr(self, f"{name}_base")
        return merged + SCALE * (getattr(self, f"{name}_down") @ getattr(self, f"{name}_up"))


def _norm(tensors: dict[str, Tensor], name: str) -> nn.LayerNorm:
    norm = nn.LayerNorm(HIDDEN, eps=EPSILON)
    norm.load_state_dict({"weight": tensors[f"{name}.weight"], "bias": tensors[f"{name}.bias"]})
    return norm
