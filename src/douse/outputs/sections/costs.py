"""Costs: three books, measures apart from the epidemic, and what they are compared with."""

from itertools import groupby

from douse.outputs.blocks import Block, Card, Cards, Cell, Grid, Section, Text
from douse.outputs.briefing import Briefing
from douse.outputs.sections.common import columns, number
from douse.outputs.vocabulary import BOOKS, CAUSES
from douse.outputs.words import UNKNOWN, Words
from douse.planning.plan import CostLine, Costs


def costs(briefing: Briefing, words: Words) -> Section:
    """Section: totals, then a table a book."""
    account = briefing.plan.costs
    blocks: list[Block] = [
        Text(words.because(account.counterfactual)),
        Cards(
            (
                _total(words.say("Cost of the measures"), account.measures_total, account, words),
                _total(words.say("Cost of the epidemic"), account.epidemic_total, account, words),
            )
        ),
    ]
    ordered = sorted(
        account.lines,
        key=lambda line: (BOOKS.index(line.book), CAUSES.index(line.cause), -(line.amount or 0), line.item),
    )
    for book, lines in groupby(ordered, key=lambda line: line.book):
        blocks.append(_book(book, list(lines), account.currency, words))
    if not account.lines:
        blocks.append(Text(words.say("No cost was counted."), "note"))
    prices = words.say(
        "Unit costs: {name}, edition {edition}. Replace them by local prices in a file of your own.",
        name=briefing.costs.name.say(words.language),
        edition=briefing.costs.edition,
    )
    return Section("costs", words.say("Costs"), (*blocks, Text(prices, "note")))


def _total(label: str, amount: float | None, account: Costs, words: Words) -> Card:
    return Card(
        label, words.money(amount, account.currency), (words.say("over {days} days", days=account.horizon_days),)
    )


def _book(book: str, lines: list[CostLine], currency: str, words: Words) -> Grid:
    titles = {
        "economic": words.say("Economic book: tests, beds, staff, lost output"),
        "social": words.say("Social book: restricted days, school days"),
        "livelihood": words.say("Livelihood book: income lost, care delayed, health lost, requests not met in time"),
    }
    rows: list[list[Cell]] = [
        [
            words.label(line.item),
            words.code(line.cause),
            words.large(line.quantity),
            words.code(line.unit),
            words.large(line.amount) if line.amount is not None else UNKNOWN,
        ]
        for line in lines
    ]
    heads = columns(
        words.say("Item"),
        words.say("Caused by"),
        number(words.say("Quantity")),
        words.say("Unit"),
        number(words.say("Amount, {currency}", currency=currency)),
    )
    return Grid(titles[book], heads, rows)
