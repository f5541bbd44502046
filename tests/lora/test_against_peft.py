"""An adapter that PEFT itself made gives PEFT's own answers here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from assistant.engine import Request, Sampling, open_engine
from assistant.paths import shipped
from tests.engine.conftest import answers

# transformers warns of a name of its own that PEFT still asks for.
pytestmark = [pytest.mark.peers, pytest.mark.filterwarnings("ignore")]

QUESTION: Any = [{"role": "user", "content": "How do I sort an array in MLX?"}]


@pytest.mark.parametrize(
    "options",
    [
        {"r": 8, "lora_alpha": 16},
        {"r": 8, "lora_alpha": 16, "use_rslora": True},
        {"r": 4, "lora_alpha": 8, "rank_pattern": {"q_proj": 12}, "alpha_pattern": {"v_proj": 40}},
        {"r": 8, "lora_alpha": 16, "layers_to_transform": [0, 3]},
    ],
    ids=["plain", "rank-stabilised", "patterns", "some layers"],
)
def test_greedy_tokens_are_pefts(tmp_path: Path, options: dict[str, Any]) -> None:
    torch = pytest.importorskip("torch")
    peft = pytest.importorskip("peft")
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tiny = shipped("models") / "tiny"
    torch.manual_seed(0)
    base = AutoModelForCausalLM.from_pretrained(tiny, dtype=torch.float32)
    targets = ["q_proj", "v_proj", "down_proj"]
    model = peft.get_peft_model(base, peft.LoraConfig(target_modules=targets, **options))
    for name, parameter in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(parameter, std=0.6)
    model.save_pretrained(tmp_path / "theirs")
    tokenizer = AutoTokenizer.from_pretrained(tiny)
    prompt = tokenizer.apply_chat_template(
        QUESTION, add_generation_prompt=True, return_tensors="pt", return_dict=True
    )
    with torch.no_grad():
        said = model.generate(**prompt, max_new_tokens=40, do_sample=False, repetition_penalty=1.0)
    expected = said[0, prompt["input_ids"].shape[1] :].tolist()
    expected = [token for token in expected if token != tokenizer.eos_token_id]

    engine = open_engine("tiny")
    try:
        if "float32" not in engine.info.dtype:
            pytest.skip("without a fast BLAS the engine runs in bfloat16, PEFT here in float32")
        engine.load_adapter(str(tmp_path / "theirs"))
        row = Request(QUESTION, {"theirs": 1.0}, Sampling(max_tokens=40))
        base_row = Request(QUESTION, {}, Sampling(max_tokens=40))
        adapted, plain = answers(engine, row, base_row)
    finally:
        engine.close()
    assert list(adapted.tokens) == expected
    assert adapted.tokens != plain.tokens
