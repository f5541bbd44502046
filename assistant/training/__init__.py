"""The recipe of the embedded model and of the adapter that teaches it MLX.

    operations, layers, concepts (data/*.toml) ─┐
    docstrings of the installed packages ───────┼─► base set ─► tokenizer ─► models/tiny
                                                └─► MLX set ──► LoRA ──────► adapters/mlx-docs

`python -m assistant.training --help` lists the steps. Importing this package loads none of the
heavy libraries; each step imports what it needs when it runs.
"""
