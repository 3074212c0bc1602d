"""What calls cost, and where a run stops so as not to cost more than it may."""

from __future__ import annotations

import random
from collections import deque
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clioscope.errors import ConfigError, OverBudgetError
from clioscope.models import wire_openai
from clioscope.models.base import Answer, Request
from clioscope.models.budget import Budget
from clioscope.models.prices import Price, PriceTable, read_prices, refuse_unpriced
from clioscope.models.profiles import SHIPPED
from clioscope.models.store import Spent
from clioscope.models.tokens import request_tokens

MODEL = "openai/double"
PRICE = Price(match=(MODEL,), prompt=2.0, completion=8.0)
TABLE = PriceTable([PRICE])
REQUEST = Request("audit", "system", "user", {"type": "object"}, 100, 0.0)
FREE_ROW = "[[price]]\nprompt = 0\ncompletion = 0\n"


def own(folder: Path, text: str) -> PriceTable:
    path = folder / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return read_prices(path)


def spent(prompt: int, completion: int, batched: tuple[int, int] = (0, 0), model: str = MODEL) -> Spent:
    return Spent("Auditing", "audit", model, 1, prompt, completion, *batched)


@pytest.mark.parametrize(
    ("model", "prompt", "completion"),
    [
        ("openai/gpt-4o-2024-08-06", 2.5, 10),
        ("openai/gpt-4o-mini", 0.15, 0.6),
        ("openai/gpt-4.1-nano-2025-04-14", 0.1, 0.4),
        ("openai/gpt-5", 1.25, 10),
        ("openai/gpt-5-2025-08-07", 1.25, 10),
        ("openai/gpt-5-nano", 0.05, 0.4),
        ("azure/gpt-5-mini", 0.25, 2),
        ("anthropic/claude-haiku-4-5-20251001", 1, 5),
        ("gemini/gemini-2.5-flash", 0.3, 2.5),
        ("gemini/gemini-2.5-flash-lite-preview", 0.1, 0.4),
        ("ollama/llama3.2:3b", 0, 0),
        ("vllm/Qwen/Qwen3-8B", 0, 0),
        ("file/model", 0, 0),
    ],
)
def test_the_closest_row_of_the_shipped_table_gives_the_price(model: str, prompt: float, completion: float) -> None:
    price = read_prices(None).of(model)
    assert price is not None
    assert (price.prompt, price.completion, price.batch) == (prompt, completion, 0.5)


@pytest.mark.parametrize("model", ["openai/gpt-5-pro", "openai/unheard-of", "openrouter/openai/gpt-5", "azure/mine"])
def test_a_model_that_the_table_does_not_know_has_no_price(model: str) -> None:
    assert read_prices(None).of(model) is None


def test_rows_of_ones_own_win_over_the_shipped_ones_and_the_later_over_the_earlier(tmp_path: Path) -> None:
    table = own(
        tmp_path,
        '[[price]]\nmatch = ["openai/*"]\nprompt = 1\ncompletion = 1\n'
        '[[price]]\nmatch = ["azure/mine", "openai/gpt-5-n[ab]no"]\nprompt = 7\ncompletion = 9\nbatch = 1.0\n',
    )
    prices = {name: table.of(name) for name in ("openai/gpt-4o", "openai/gpt-5-nano", "azure/mine", "azure/gpt-4o")}
    assert {name: price and price.prompt for name, price in prices.items()} == dict(
        zip(prices, (1, 7, 7, 2.5), strict=True)
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("price", "--prices .*mine.toml cannot be read as TOML"),
        ("price = 'x'", "mine.toml: .*A row is "),
        (FREE_ROW, "mine.toml: match: Field required"),
        (FREE_ROW + 'match = "openai/*"', r"mine.toml: match: .*A row is \[\[price\]\] with match = \["),
        (FREE_ROW + 'match = ["a"]\nfor = "b"', "mine.toml: for: Extra inputs"),
        ('[[price]]\nmatch = ["a"]\nprompt = -1\ncompletion = 1', "prompt: .*greater than or equal to 0"),
        ('[[price]]\nmatch = ["a"]\nprompt = "cheap"\ncompletion = 1', "prompt: .*valid number"),
        ('[[price]]\nmatch = ["a"]\nprompt = 1\ncompletion = 1\nbatch = 50', "batch: .*less than or equal to 1"),
    ],
)
def test_a_table_that_is_wrong_is_a_sentence_with_file_and_field(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        own(tmp_path, text)


NO_ROWS = ['[[prices]]\nmatch = ["openai/*"]\nprompt = 1\ncompletion = 1', "price = 3", "# nothing yet"]


@pytest.mark.parametrize("text", NO_ROWS)
def test_a_table_without_rows_is_a_sentence(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigError, match=r"mine\.toml"):
        own(tmp_path, text)


def test_a_table_that_is_missing_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.toml cannot be read as TOML"):
        read_prices(tmp_path / "none.toml")


def test_tokens_cost_their_price_a_million_and_in_a_batch_half_of_it() -> None:
    assert PRICE.of(1_000_000, 0) == 2.0
    assert PRICE.of(0, 500_000) == 4.0
    assert PRICE.of(1_000_000, 500_000, batched=True) == 3.0
    assert PRICE.model_copy(update={"batch": 0.25}).of(1_000_000, 500_000, batched=True) == 1.5


def test_what_was_batched_costs_half_and_the_rest_the_whole() -> None:
    cost = TABLE.cost([spent(3_000_000, 1_000_000, batched=(2_000_000, 500_000)), spent(1_000_000, 0)])
    assert cost.dollars == pytest.approx((2 + 4) + (4 + 4) / 2 + 2)
    assert cost.unpriced == ()


def test_what_has_no_price_is_told_and_not_counted_as_nothing() -> None:
    cost = TABLE.cost([spent(1_000_000, 0), spent(9, 9, model="b/new"), spent(9, 9, model="a/new")])
    assert cost == (2.0, ("a/new", "b/new"))


def test_a_limit_on_what_has_no_price_is_refused_with_what_to_write() -> None:
    refuse_unpriced(TABLE, [MODEL])
    with pytest.raises(ConfigError, match=r'price of a/new, b/new is not known.*match = \["a/new"\]'):
        refuse_unpriced(TABLE, ["a/new", MODEL, "b/new"])


def test_a_call_that_could_pass_the_limit_is_refused_and_one_that_just_fits_is_not() -> None:
    most = PRICE.of(request_tokens(REQUEST), REQUEST.max_tokens)
    assert Budget(TABLE, most, []).reserve(REQUEST, MODEL) == most
    with pytest.raises(OverBudgetError, match=r"--max-cost .*\$0\.0000 spent so far.*a higher --max-cost to go on"):
        Budget(TABLE, most * 0.999, []).reserve(REQUEST, MODEL)
    assert Budget(TABLE, most * 0.5, []).reserve(REQUEST, MODEL, batched=True) == most / 2


def test_calls_under_way_count_until_they_are_settled() -> None:
    budget = Budget(TABLE, 2.5 * PRICE.of(request_tokens(REQUEST), 100), [])
    reserved = [budget.reserve(REQUEST, MODEL) for _ in range(2)]
    with pytest.raises(OverBudgetError):
        budget.reserve(REQUEST, MODEL)
    budget.settle(reserved[0], MODEL, None)
    assert budget.reserve(REQUEST, MODEL) > 0


def test_a_call_that_broke_off_counts_as_paid_for_its_prompt() -> None:
    most = PRICE.of(request_tokens(REQUEST), 100)
    budget = Budget(TABLE, most, [])
    budget.settle(budget.reserve(REQUEST, MODEL), MODEL, None)
    budget.lose(REQUEST, MODEL)
    with pytest.raises(OverBudgetError):
        budget.reserve(REQUEST, MODEL)


def test_what_is_handed_over_in_bulk_counts_after_a_new_beginning() -> None:
    most = PRICE.of(request_tokens(REQUEST), 100)
    budget = Budget(TABLE, most, [])
    budget.recount([], under_way=most / 2)
    with pytest.raises(OverBudgetError):
        budget.reserve(REQUEST, MODEL)
    budget.recount([])
    assert budget.reserve(REQUEST, MODEL) == most


def test_what_the_run_spent_before_counts() -> None:
    with pytest.raises(OverBudgetError, match=r"\$2\.0000 spent"):
        Budget(TABLE, 2.0, [spent(1_000_000, 0)]).reserve(REQUEST, MODEL)


def test_without_a_limit_or_a_price_nothing_is_refused() -> None:
    assert Budget(TABLE, None, [spent(10**12, 10**12)]).reserve(REQUEST, MODEL) == 0
    assert Budget(TABLE, 0.0, []).reserve(REQUEST, "a/new") == 0
    assert Budget(read_prices(None), 0.0, []).reserve(REQUEST, "ollama/small") == 0


@given(st.integers(0, 2**32), st.floats(0.0005, 0.02), st.integers(1, 8))
def test_calls_that_end_in_any_order_never_cost_more_than_the_limit(seed: int, most: float, at_once: int) -> None:
    rng = random.Random(seed)
    budget, paid = Budget(TABLE, most, []), 0.0
    under_way: list[float] = []

    def call(_: int) -> None:
        nonlocal paid
        if len(under_way) == at_once:
            answer = Answer("x", "stop", rng.randint(0, request_tokens(REQUEST)), rng.randint(1, 100))
            paid += PRICE.of(answer.prompt_tokens, answer.completion_tokens)
            budget.settle(under_way.pop(rng.randrange(at_once)), MODEL, answer)
        under_way.append(budget.reserve(REQUEST, MODEL))

    with pytest.raises(OverBudgetError):
        deque(map(call, range(5_000)), maxlen=0)
    assert paid <= most * (1 + 1e-9)
    assert paid + sum(under_way) > most - PRICE.of(request_tokens(REQUEST), 100) - 1e-12


def test_what_is_reserved_covers_the_tokens_that_the_call_allows() -> None:
    name = "openai/gpt-5-nano"
    sent = wire_openai.body(REQUEST, "gpt-5-nano", SHIPPED.of(name))
    price = read_prices(None).of(name)
    assert price is not None
    assert Budget(read_prices(None), 1.0, []).reserve(REQUEST, name) >= price.of(0, sent["max_completion_tokens"])
