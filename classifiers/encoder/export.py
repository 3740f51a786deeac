"""Turn a trained network into the int8 ONNX file that ships (`[train]` extra)."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic

from classifiers.encoder.encoder import OUTPUTS
from classifiers.encoder.network import Network
from classifiers.encoder.one_text import OneText

OPSET = 18


def exported(network: Network) -> bytes:
    """The ONNX file: weights as int8, one scale a column of a matrix, one for all words.

    Weights keep to 7 bits (`reduce_range`): processors without VNNI add pairs of products in
    16 bits, which full int8 overflows, so that the same file would score otherwise elsewhere.
    """
    with TemporaryDirectory() as folder:
        whole, small = Path(folder, "whole.onnx"), Path(folder, "small.onnx")
        _export(network, whole)
        quantize_dynamic(
            whole, small, per_channel=True, reduce_range=True, weight_type=QuantType.QInt8
        )
        return small.read_bytes()


def _export(network: Network, to: Path) -> None:
    ids = torch.tensor([[4, 5, 6, 7, 8]])
    torch.onnx.export(
        OneText(network).eval(),
        (ids,),
        to,
        input_names=["ids"],
        output_names=list(OUTPUTS),
        dynamic_axes={"ids": {1: "pieces"}},
        opset_version=OPSET,
        dynamo=False,
    )
    graph = onnx.load(to)
    graph.graph.ClearField("value_info")
    onnx.save(graph, to)
