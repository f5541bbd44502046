"""The embedded model in PyTorch, for pretraining only: a Llama whose tensors carry the names that
transformers and mlx-lm expect, so that the checkpoint is the model.

This module refuses to know data, optimisers and files. PyTorch is imported when a network is
made: only pretraining needs it, and it is an extra.
"""

from __future__ import annotations

from typing import Any

from assistant.training.recipe import Shape


def make_network(shape: Shape) -> Any:
    """A network with fresh weights; calling it with token ids gives hidden states and logits."""
    import torch
    from torch import nn
    from torch.nn import functional

    class Attention(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            inside = shape.heads * shape.head_width
            shared = shape.key_heads * shape.head_width
            self.q_proj = nn.Linear(shape.width, inside, bias=False)
            self.k_proj = nn.Linear(shape.width, shared, bias=False)
            self.v_proj = nn.Linear(shape.width, shared, bias=False)
            self.o_proj = nn.Linear(inside, shape.width, bias=False)

        def forward(self, x: Any, cos: Any, sin: Any) -> Any:
            rows, length, _ = x.shape

            def split(y: Any, heads: int) -> Any:
                return y.view(rows, length, heads, shape.head_width).transpose(1, 2)

            q = turned(split(self.q_proj(x), shape.heads), cos, sin)
            k = turned(split(self.k_proj(x), shape.key_heads), cos, sin)
            v = split(self.v_proj(x), shape.key_heads)
            times = shape.heads // shape.key_heads
            out = functional.scaled_dot_product_attention(
                q,
                k.repeat_interleave(times, dim=1),
                v.repeat_interleave(times, dim=1),
                is_causal=True,
            )
            return self.o_proj(out.transpose(1, 2).reshape(rows, length, -1))

    class Mlp(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.gate_proj = nn.Linear(shape.width, shape.inner, bias=False)
            self.up_proj = nn.Linear(shape.width, shape.inner, bias=False)
            self.down_proj = nn.Linear(shape.inner, shape.width, bias=False)

        def forward(self, x: Any) -> Any:
            return self.down_proj(functional.silu(self.gate_proj(x)) * self.up_proj(x))

    class Block(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.input_layernorm = nn.RMSNorm(shape.width, eps=shape.norm_eps)
            self.self_attn = Attention()
            self.post_attention_layernorm = nn.RMSNorm(shape.width, eps=shape.norm_eps)
            self.mlp = Mlp()

        def forward(self, x: Any, cos: Any, sin: Any) -> Any:
            x = x + self.self_attn(self.input_layernorm(x), cos, sin)
            return x + self.mlp(self.post_attention_layernorm(x))

    class Body(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.embed_tokens = nn.Embedding(shape.vocabulary, shape.width)
            self.layers = nn.ModuleList(Block() for _ in range(shape.layers))
            self.norm = nn.RMSNorm(shape.width, eps=shape.norm_eps)

    class Network(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = Body()
            half = shape.head_width // 2
            turns = shape.rope_theta ** (-torch.arange(half) / half)
            angles = torch.outer(torch.arange(shape.context), turns)
            angles = torch.cat([angles, angles], dim=-1)
            self.register_buffer("cos", angles.cos(), persistent=False)
            self.register_buffer("sin", angles.sin(), persistent=False)
            for name, weight in self.named_parameters():
                if weight.ndim == 2:
                    # What is added to the residual stream begins smaller, the deeper the model.
                    last = name.endswith(("o_proj.weight", "down_proj.weight"))
                    spread = 0.02 / ((2 * shape.layers) ** 0.5 if last else 1.0)
                    nn.init.normal_(weight, std=spread)

        def forward(self, ids: Any) -> Any:
            length = ids.shape[1]
            x = self.model.embed_tokens(ids)
            for block in self.model.layers:
                x = block(x, self.cos[:length], self.sin[:length])
            return functional.linear(self.model.norm(x), self.model.embed_tokens.weight)

    def turned(x: Any, cos: Any, sin: Any) -> Any:
        half = x.shape[-1] // 2
        other = torch.cat([-x[..., half:], x[..., :half]], dim=-1)
        return (x * cos + other * sin).to(x.dtype)

    return Network()
