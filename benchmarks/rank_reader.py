"""Random texts into the reader of matrices: no crash, no hang, no flood of memory.

    python benchmarks/rank_reader.py [--count 1000000] [--seed 1]

Texts are random characters, random pieces of notations, and good matrices with some characters
changed. Exit code 1, and the text, for one that is neither read nor refused; the slowest text and
the growth of memory are reported.
"""

from __future__ import annotations

import argparse
import random
import resource
import sys
import time

from assistant.errors import MatrixError
from assistant.rank.reading import read

_LIMIT_S = 0.05
_LIMIT_MB = 100
_GOOD = [
    "[[1, 2], [3, 6]]",
    "1 2; 3 6",
    "np.array([[1., 2.], [3., 6.]], dtype=np.float32)",
    r"\begin{bmatrix} 1 & \frac{1}{2} \\ 3 & 6 \end{bmatrix}",
    "| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 6 |",
    "```\n1,2\n3,6\n```",
    "tensor([[1+2j, 3], [4, 5-1j]], device='cuda:0')",
    "⎡1  2⎤\n⎢    ⎥\n⎣3  6⎦",
    "{{1, 2 + I}, {3/4, 6*^2}}",
    "What is the rank of 1 2; 3 6, please?",
]
_PIECES = [
    *"0123456789.,;:[](){}+-*/^eEijIx|\\&$ \t\n'\"`_=½−×⎡⎤１²∞%~<>",
    *("np.array(", "\\begin{bmatrix}", "\\end{bmatrix}", "\\frac{", "1/0", "nan", "```\n", "|---|"),
    *("dtype=", "shape=(", "Fraction(", "Matrix(2, 2, [", "1e9999", "rank of ", "[[1,2],[3,6]]"),
]


def text_of(dice: random.Random) -> str:
    kind = dice.randrange(3)
    if kind == 0:
        return "".join(
            chr(dice.choice((127, 0x250, 0x3000, 0x1FFFF)))
            if dice.random() < 0.02
            else chr(dice.randrange(1, dice.choice((128, 0x2600))))
            for _ in range(dice.randrange(60))
        )
    if kind == 1:
        return "".join(dice.choices(_PIECES, k=dice.randrange(40)))
    text = list(dice.choice(_GOOD))
    for _ in range(dice.randrange(1, 5)):
        place = dice.randrange(len(text))
        text[place : place + dice.randrange(3)] = dice.choices(_PIECES, k=dice.randrange(3))
        text = text or ["1"]
    return "".join(text)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--count", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    dice = random.Random(options.seed)
    read("[[1, 2], [3, 6]]")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    slowest, slow_text, accepted = 0.0, "", 0
    for _ in range(options.count):
        text = text_of(dice)
        start = time.process_time()
        try:
            read(text)
            accepted += 1
        except MatrixError as error:
            if not error.message or "\n" in error.message:
                print(f"The refusal of {text!r} is no sentence: {error.message!r}")
                return 1
        except Exception as error:
            print(f"{text!r} raised {type(error).__name__}: {error}")
            return 1
        took = time.process_time() - start
        if took > slowest:
            slowest, slow_text = took, text
    unit = 2**20 if sys.platform == "darwin" else 2**10  # ru_maxrss counts bytes there, KiB here
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / unit
    print(f"{options.count:,} texts, {accepted:,} of them matrices")
    print(f"slowest {slowest * 1e3:.1f} ms: {slow_text!r}")
    print(f"memory grew by {grown:.0f} MB")
    return 1 if slowest > _LIMIT_S or grown > _LIMIT_MB else 0


if __name__ == "__main__":
    sys.exit(main())
