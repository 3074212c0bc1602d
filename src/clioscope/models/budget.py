"""What may still be spent."""

from __future__ import annotations

from collections.abc import Sequence

from clioscope.errors import OverBudgetError
from clioscope.models.base import Answer, Request
from clioscope.models.prices import PriceTable
from clioscope.models.profiles import SHIPPED, Profiles
from clioscope.models.store import Spent
from clioscope.models.tokens import request_tokens

_LEAST_OF_A_BATCH = 0.05
"""The least part of the limit that a batch near it may cost, so that it is not spent in ever smaller ones."""


class Budget:
    """Counts what is spent and what is under way, and refuses the call that could pass the limit.

    Parameters
    ----------
    most
        US dollars; ``None`` for no limit.
    spent
        What this run has spent before.
    """

    def __init__(
        self, prices: PriceTable, most: float | None, spent: Sequence[Spent], profiles: Profiles = SHIPPED
    ) -> None:
        self._prices, self._profiles = prices, profiles
        self._most = most
        self._lost = 0.0
        self.recount(spent)

    def recount(self, spent: Sequence[Spent], under_way: float = 0.0) -> None:
        """Begin from what was really spent, and from what is handed over in bulk and may cost so much at most."""
        self._spent = self._prices.cost(spent).dollars
        self._under_way = under_way

    def most_answer_tokens(self, request: Request, model: str) -> int:
        """How many tokens the call allows the model for its answer, with what it may think before."""
        return request.max_tokens + self._profiles.of(model).thinking_tokens

    def reserve(self, request: Request, model: str, *, batched: bool = False) -> float:
        """Set aside what the call may cost: its prompt, about, and the longest answer, with what is thought before.

        Raises
        ------
        OverBudgetError
            There is not enough left.
        """
        price = self._prices.of(model)
        if self._most is None or price is None:
            return 0.0
        most = price.of(request_tokens(request), self.most_answer_tokens(request, model), batched=batched)
        if self._spent + self._lost + self._under_way + most > self._most:
            raise OverBudgetError(
                f"The cost could pass --max-cost {self._most:g}: ${self._spent + self._lost:.4f} spent "
                f"so far, and the next call may cost up to ${most:.4f}. What is answered is kept: run the same command "
                "with a higher --max-cost to go on."
            )
        self._under_way += most
        return most

    def is_worth_a_batch(self, reserved: float) -> bool:
        """Whether what little is left of the limit is worth another wait of hours."""
        return self._most is None or reserved >= _LEAST_OF_A_BATCH * self._most

    def settle(self, reserved: float, model: str, answer: Answer | None) -> None:
        """Give back what was set aside, and count what the call did cost."""
        self._under_way -= reserved
        price = self._prices.of(model)
        if answer is not None and price is not None:
            self._spent += price.of(answer.prompt_tokens, answer.completion_tokens)

    def lose(self, request: Request, model: str, completion_tokens: int = 0) -> None:
        """Count a call that was sent and broke off, or gave what is no answer: it may be paid for all the same.

        Of earlier invocations nobody knows; their bills may be higher by that much.
        """
        price = self._prices.of(model)
        if price is not None:
            self._lost += price.of(request_tokens(request), completion_tokens)
