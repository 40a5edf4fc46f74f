"""MiniLM, or another BERT of its width, as an ONNX graph of ONNX Runtime's fused operators (domain `com.microsoft`).

The packaged graph casts its int8 weights back to float and multiplies in float. This one multiplies int8
(`DynamicQuantizeMatMul`) and fuses attention and the norms: three times as fast where the processor has VNNI.
Operators: https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from retrieval.models.minilm.weights import BIASES, EMBEDDINGS, HEADS, HIDDEN, Matrix, Weights

if TYPE_CHECKING:
    from onnx import NodeProto, TensorProto

FUSED = "com.microsoft"
EPSILON = 1e-12  # of BERT's layer norms


def build_graph(weights: Weights, *, int8: bool) -> bytes:
    """Build the graph: `input_ids` and `token_type_ids`, both (1, tokens), to `hidden` (1, tokens, 384).

    One text a call: activations have one scale a call, so in batches a text's values would depend on the others.
    """
    from onnx import TensorProto, helper

    builder = _GraphBuilder(int8=int8)
    hidden = builder.embed(weights)
    for layer in range(weights.layers):
        hidden = builder.layer(weights, layer, hidden)
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, [1, "tokens"])
        for name in ("input_ids", "token_type_ids")
    ]
    output = helper.make_tensor_value_info(hidden, TensorProto.FLOAT, [1, "tokens", 384])
    graph = helper.make_graph(builder.nodes, "minilm", inputs, [output], builder.initializers)
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid(FUSED, 1)]
    model: bytes = helper.make_model(graph, opset_imports=opsets, ir_version=8).SerializeToString()
    return model


class _GraphBuilder:
    """Collects nodes and initializers; each method returns the name of what it computes."""

    def __init__(self, *, int8: bool) -> None:
        self.nodes: list[NodeProto] = []
        self.initializers: list[TensorProto] = []
        self._int8 = int8
        self._known: set[str] = set()

    def embed(self, weights: Weights) -> str:
        """The sum of the words', types' and positions' vectors, normalized."""
        words = self._rows("word", weights.tables["word"], "input_ids")
        types = self._value("types", weights.others[f"{EMBEDDINGS}.token_type_embeddings.weight"])
        kinds = self._node("Gather", [types, "token_type_ids"])
        length = self._node("Shape", ["input_ids"], start=1)
        zero, one = self._value("zero", np.array([0])), self._value("one", np.array([1]))
        positions = self._value("positions", weights.tables["position"].to_float())
        places = self._node("Slice", [positions, zero, length, zero, one])
        total = self._node("Add", [self._node("Add", [words, kinds]), places])
        return self._node("LayerNormalization", [total, *self._norm(weights, f"{EMBEDDINGS}.LayerNorm")], axis=-1)

    def layer(self, weights: Weights, at: int, hidden: str) -> str:
        """Attention and the two linear layers, each added to its input and normalized."""
        attended = self._linear(weights, at, "attention", self._attend(weights, at, hidden))
        middle = self._add_norm(weights, f"encoder.layer.{at}.attention.output.LayerNorm", attended, hidden)
        inner = self._node("Gelu", [self._linear(weights, at, "intermediate", middle)], domain=FUSED)
        output = self._linear(weights, at, "output", inner)
        return self._add_norm(weights, f"encoder.layer.{at}.output.LayerNorm", output, middle)

    def _attend(self, weights: Weights, at: int, hidden: str) -> str:
        names = ("query", "key", "value")
        parts = [weights.matrices[f"layer.{at}.{name}"] for name in names]
        joined = Matrix(
            np.concatenate([part.integers for part in parts], axis=1),
            np.concatenate([part.scale for part in parts], axis=1),
        )
        bias = np.concatenate([_bias(weights, at, name) for name in names])
        product = self._multiply(f"layer.{at}.qkv", joined, bias, hidden)
        split = [f"{product}.{name}" for name in names]
        self.nodes.append(self._make("Split", [product], split, axis=-1))
        return self._node("MultiHeadAttention", split, domain=FUSED, num_heads=HEADS)

    def _linear(self, weights: Weights, at: int, name: str, hidden: str) -> str:
        key = f"layer.{at}.{name}"
        return self._multiply(key, weights.matrices[key], _bias(weights, at, name), hidden)

    def _multiply(self, name: str, matrix: Matrix, bias: npt.NDArray[np.float32], hidden: str) -> str:
        added = self._value(f"{name}.bias", bias)
        if not self._int8:
            product = self._node("MatMul", [hidden, self._value(name, matrix.to_float())])
            return self._node("Add", [product, added])
        integers, scale = self._value(name, matrix.integers), self._value(f"{name}.scale", matrix.scale.reshape(-1))
        return self._node("DynamicQuantizeMatMul", [hidden, integers, scale, "", added], domain=FUSED)

    def _rows(self, name: str, table: Matrix, ids: str) -> str:
        """Rows of a table that stays int8 in memory: scaled after they are gathered."""
        integers = self._node("Gather", [self._value(name, table.integers), ids])
        scale = self._node("Gather", [self._value(f"{name}.scale", table.scale), ids])
        values, blocks = self._node("Cast", [integers], to=1), table.scale.shape[1]
        if blocks == 1:
            return self._node("Mul", [values, scale])
        by_block = self._value(f"{name}.blocks", np.array([1, -1, blocks, HIDDEN // blocks]))
        row, last = self._value(f"{name}.row", np.array([1, -1, HIDDEN])), self._value(f"{name}.last", np.array([3]))
        scaled = self._node("Mul", [self._node("Reshape", [values, by_block]), self._node("Unsqueeze", [scale, last])])
        return self._node("Reshape", [scaled, row])

    def _add_norm(self, weights: Weights, name: str, one: str, other: str) -> str:
        inputs = [one, other, *self._norm(weights, name)]
        return self._node("SkipLayerNormalization", inputs, domain=FUSED, epsilon=EPSILON)

    def _norm(self, weights: Weights, name: str) -> Iterator[str]:
        for part in ("weight", "bias"):
            yield self._value(f"{name}.{part}", weights.others[f"{name}.{part}"])

    def _value(self, name: str, value: npt.NDArray[Any]) -> str:
        from onnx import numpy_helper

        if name not in self._known:
            self._known.add(name)
            self.initializers.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def _node(self, operator: str, inputs: Sequence[str], **attributes: Any) -> str:
        output = f"{operator}.{len(self.nodes)}"
        self.nodes.append(self._make(operator, inputs, [output], **attributes))
        return output

    @staticmethod
    def _make(operator: str, inputs: Sequence[str], outputs: Sequence[str], **attributes: Any) -> "NodeProto":
        from onnx import helper

        if operator == "LayerNormalization":
            attributes["epsilon"] = EPSILON
        return helper.make_node(operator, list(inputs), list(outputs), **attributes)


def _bias(weights: Weights, at: int, name: str) -> npt.NDArray[np.float32]:
    return weights.others[f"encoder.layer.{at}.{BIASES[name]}.bias"]
