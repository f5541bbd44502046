"""A local chat assistant on MLX where the LoRA adapter is the first-class thing.

Importing the package imports nothing heavy: no mlx, no Textual, no numpy.
"""

__all__ = ["__version__"]

__version__ = "0.1.0"
