"""The fine-tuned encoders: run here by onnxruntime, trained with the `[train]` extra."""

from classifiers.encoder.encoder import Encoder, Reading

__all__ = ["Encoder", "Reading"]
