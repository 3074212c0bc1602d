"""Text to unit vectors."""

from clioscope.embeddings.base import Embedder, Vectors
from clioscope.embeddings.minilm_embedder import MiniLMEmbedder

__all__ = ["Embedder", "MiniLMEmbedder", "Vectors"]
