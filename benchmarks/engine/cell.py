"""One cell: one model in one process, all measurements. Started by `benchmarks.engine`."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from assistant.engine import open_engine
from benchmarks.engine.timing import print_table


def main() -> None:
    wanted = json.loads(sys.argv[1])
    model, large = Path(wanted["model"]), Path(wanted["large"])
    adapters = [Path(adapter) for adapter in wanted["adapters"]]
    tokens, rounds = wanted["tokens"], wanted["rounds"]
    untouched, resident = open_engine(str(model)), open_engine(str(model))
    # Only now: the engine opens a fast BLAS before mlx is first imported.
    from benchmarks.engine import answering, chats, cycles, llama_peer, moving, peft_peer

    for adapter in adapters:
        resident.load_adapter(str(adapter))
    peft = peft_peer.load(model, adapters)
    llama = llama_peer.load(model, adapters[0], model.parent)
    info = untouched.info
    quantised = f", {info.quantisation}" if info.quantisation else ""
    print(f"{info.parameters / 1e6:.1f}M parameters, {info.dtype}{quantised}, BLAS {info.blas}\n")
    answers = answering.contestants(
        untouched,
        resident,
        model,
        adapters,
        tokens,
        peft,
        llama,
        as_stored=wanted["as_stored"],
    )
    print_table(answers, rounds)
    print_table(moving.contestants(resident, untouched, model, adapters, large, peft), rounds)
    chats.print_turns(resident, wanted["chat"])
    untouched.close()
    resident.close()
    cycles.print_cycles(model, adapters[0], wanted["cycles"])
    # mlx on this thread, mlx on the engines' threads and torch in one process: its end may crash
    # after all is measured, which would read as a cell that broke off.
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
