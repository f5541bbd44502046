"""Determinants of Gaussian-integer matrices, exactly, from their values modulo primes.

Modulo a prime p ≡ 1 (mod 4) the unit i is a number r with r² = −1, so FLINT's determinant modulo
p of A + r·B and of A − r·B gives both parts; Hadamard's inequality says how many primes are
enough (von zur Gathen and Gerhard, Modern Computer Algebra, section 5.5, for real matrices).
This module refuses to know fractions.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isqrt, prod


def gaussian_determinant(rows: Sequence[Sequence[tuple[int, int]]]) -> tuple[int, int]:
    """Real and imaginary part of the determinant; entries are pairs (real, imaginary)."""
    from flint import nmod_mat

    size = len(rows)
    # Hadamard: |det|² is at most the product of the rows' squared lengths.
    bound = isqrt(prod(sum(a * a + b * b for a, b in row) for row in rows)) + 1
    modulus, re, im = 1, 0, 0
    for prime in _primes():
        unit = _square_root_of_minus_one(prime)
        plus = nmod_mat(size, size, [(a + unit * b) % prime for r in rows for a, b in r], prime)
        minus = nmod_mat(size, size, [(a - unit * b) % prime for r in rows for a, b in r], prime)
        first, second = int(plus.det()), int(minus.det())
        here_re = (first + second) * pow(2, -1, prime) % prime
        here_im = (first - second) * pow(2 * unit, -1, prime) % prime
        # Chinese remainders: raise the old value by the multiple of `modulus` that fits.
        inverse = pow(modulus, -1, prime)
        re += modulus * ((here_re - re) * inverse % prime)
        im += modulus * ((here_im - im) * inverse % prime)
        modulus *= prime
        if modulus > 2 * bound:
            break
    return _centred(re, modulus), _centred(im, modulus)


def _centred(value: int, modulus: int) -> int:
    return value - modulus if value > modulus // 2 else value


def _primes() -> Iterator[int]:
    from flint import fmpz

    candidate = 2**62 + 1
    while True:
        candidate -= 4
        if fmpz(candidate).is_prime():
            yield candidate


def _square_root_of_minus_one(prime: int) -> int:
    """r with r² ≡ −1: a non-residue to the power (p − 1)/4. Half of all numbers will do."""
    return next(
        root
        for base in range(2, prime)
        if (root := pow(base, (prime - 1) // 4, prime)) ** 2 % prime == prime - 1
    )
