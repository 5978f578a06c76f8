"""A sum of money in yuan: as shops and officers type it, and what may be paid or kept. Pure.

What citizens tell in a sentence is read by bot/reading/amounts.py.
"""

import re
from decimal import Decimal

from bot.reading import folding

LARGEST_PAID = Decimal(1_000_000)  # more is a slip of the hand
_TOO_LARGE = Decimal(10) ** 12  # the records hold twelve digits before the point
_CENT = Decimal("0.01")
_LONGEST = 20  # characters
_SUM = re.compile(r"(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.[0-9]{1,2})?")


class NoSum(ValueError):
    """What was typed as a sum is none."""


def read(typed: str) -> Decimal | None:
    """The one sum that was typed, None where nothing was. Raises NoSum.

    1,200、￥1200.50、１２００ 元 are sums; 1e3, 1_200, -5, 12.345 and 二百 are none: nobody guesses here.
    """
    plain = folding.plain(typed)
    if not plain:
        return None
    plain = plain.removeprefix("¥").removesuffix("元").strip()
    if len(plain) > _LONGEST or not _SUM.fullmatch(plain):
        raise NoSum
    return Decimal(plain.replace(",", ""))


def is_payable(amount: Decimal) -> bool:
    """Whether a sum can be offered, agreed on or paid: a cent at least, LARGEST_PAID at most."""
    return amount.is_finite() and _CENT <= amount <= LARGEST_PAID and amount == round(amount, 2)


def kept(amount: Decimal) -> Decimal | None:
    """A disputed sum as the records hold it, in whole cents; None where it cannot be one."""
    if not amount.is_finite() or not 0 <= amount < _TOO_LARGE:
        return None
    return amount if amount == round(amount, 2) else round(amount, 2)
