"""Which plan, and why: the plans side by side, the frontier, what may go wrong, what more capacity is worth."""

from douse.outputs.blocks import Block, Cell, Chip, Figure, Fold, Grid, Lines, Section, Text
from douse.outputs.briefing import Briefing
from douse.outputs.charts.frontier import frontier
from douse.outputs.sections.common import columns, interval, listed, named, number, prose
from douse.outputs.words import Words
from douse.planning.choice.choice import Choice, More, PlanFigures, Range
from douse.planning.choice.weighed import SURELY


def choice(briefing: Briefing, words: Words) -> Section:
    """Section of the report: which plan is proposed among those that were tried."""
    title = words.say("Which plan, and why")
    made = briefing.plan.choice
    if made is None:
        said = words.say("Plans were not compared: levels and rounds follow the protocol's rules.")
        return Section("choice", title, (Text(said, "note"),))
    return Section("choice", title, blocks(made, words))


def blocks(made: Choice, words: Words) -> tuple[Block, ...]:
    """Everything that is said of a choice."""
    taken = made.plan(made.chosen)
    found: list[Block] = [
        Text(words.say("Proposed: {name}.", name=plan_name(taken, words)), "lead"),
        Text(words.because(made.because), "plain" if made.holds else "warn"),
    ]
    if taken.beyond:
        levels = listed((words.level(level) for level in taken.beyond), words)
        said = words.say(
            "It puts {levels} on larger areas than the protocol does: that needs a legal basis of its own.",
            levels=levels,
        )
        found.append(Text(said, "warn"))
    if made.lesser is not None:
        lesser = words.say("The next lesser plan is: {name}.", name=plan_name(made.plan(made.lesser), words))
        found.append(Text(f"{lesser} {words.because(made.lesser_fails)}"))
    else:
        found.append(Text(words.because(made.lesser_fails)))
    picture = frontier(made, words)
    if picture is not None:
        caption = words.say(
            "Each point is a plan: the further to the left, the less it costs people in all; the higher, the surer it "
            "ends in time. Bars: 95% interval."
        )
        found.append(Figure((picture,), caption))
    found.append(plans_grid(made, words))
    found.append(_books(made, taken, words))
    found += _stress(made, taken, words)
    found += _more(made, words)
    found.append(_nothing(made, taken, words))
    if made.notes:
        notes = tuple(Text(words.because(note), "note") for note in made.notes)
        found.append(Fold(words.say("What the scenarios assume"), notes))
    return tuple(found)


def plan_name(plan: PlanFigures, words: Words) -> str:
    """Name of the strategy in the reader's language."""
    return plan.name.get(words.language, plan.name["en"])


def plans_grid(made: Choice, words: Words) -> Grid:
    """All plans, the least restrictive first."""
    rows: list[list[Cell]] = [
        [
            Lines(plan_name(plan, words), _role(plan, made, words), _holds(plan, words)),
            named(
                words.share(plan.extinct.value),
                interval_of_share(plan.extinct.low, plan.extinct.high, words),
            ),
            _range(plan.burden, words, made.currency),
            _range(plan.restricted, words),
            _range(plan.infections, words),
            _range(plan.last_infection, words),
            words.number(plan.scenarios),
        ]
        for plan in made.plans
    ]
    heads = columns(
        words.say("Plan"),
        number(words.say("Ends within {days} days", days=made.horizon_days)),
        number(words.say("Burden")),
        number(words.say("Restricted person-days")),
        number(words.say("Infections")),
        number(words.say("Days to the last infection")),
        number(words.say("Scenarios"), minor=True),
    )
    note = words.say(
        "Mean, and the range of 90% of the scenarios. Burden: money of all three books, of the measures and of the "
        "epidemic, over {days} days. Plans that are clearly worse are run in fewer scenarios.",
        days=made.days,
    )
    return Grid(words.say("Plans tried"), heads, rows, note=note)


def interval_of_share(low: float | None, high: float | None, words: Words) -> str:
    """A range of percent."""
    if low is None or high is None:
        return ""
    return words.say("{low} to {high}", low=words.share(low), high=words.share(high))


def _role(plan: PlanFigures, made: Choice, words: Words) -> tuple[str, ...]:
    beyond = (words.say("larger areas than the protocol's"),) if plan.beyond else ()
    if plan.strategy == made.chosen:
        return (words.say("proposed"), *beyond)
    if plan.strategy == made.lesser:
        return (words.say("next lesser plan"), *beyond)
    return ((words.say("on the frontier"),) if plan.on_frontier else ()) + beyond


def _holds(plan: PlanFigures, words: Words) -> Chip:
    if plan.holds:
        return Chip(words.say("holds the floor"), "good")
    return Chip(words.say("misses the floor"), "bad")


def _range(value: Range, words: Words, currency: str | None = None) -> Cell:
    main = words.large(value.mean) if currency is None else words.money(value.mean, currency)
    return named(main, words.say("{low} to {high}", low=words.large(value.low), high=words.large(value.high)))


def _books(made: Choice, taken: PlanFigures, words: Words) -> Grid:
    rows: list[list[Cell]] = []
    for line in taken.lines:
        if line.quantity.high or line.quantity.mean:
            amount = "" if line.amount is None else words.money(line.amount, made.currency)
            rows.append(
                [
                    words.label(line.cause),
                    words.label(line.book),
                    words.label(line.item),
                    named(
                        words.large(line.quantity.mean),
                        interval(line.quantity.low, line.quantity.high, words, 0),
                    ),
                    words.label(line.unit),
                    amount,
                ]
            )
    heads = columns(
        words.say("Caused by"),
        words.say("Book"),
        words.say("Item"),
        number(words.say("Quantity")),
        words.say("Unit"),
        number(words.say("Money")),
    )
    note = words.say(
        "With all prices at the low end of their range the burden is {low}, at the high end {high}.",
        low=words.money(taken.burden_low, made.currency),
        high=words.money(taken.burden_high, made.currency),
    )
    caption = words.say("What the plan costs over {days} days, in three books", days=made.days)
    return Grid(caption, heads, rows, note=note)


def _stress(made: Choice, taken: PlanFigures, words: Words) -> list[Block]:
    names = {"usual": words.say("Nothing beyond what is known")} | {
        name: said.get(words.language, said["en"]) for name, said in made.stresses.items()
    }
    rows: list[list[Cell]] = [
        [names.get(name, name), words.share(chance), words.number(many)]
        for name, (chance, many) in sorted(taken.by_stress.items(), key=lambda one: (one[1], one[0]))
    ]
    heads = columns(words.say("What happens"), number(words.say("Ends in time")), number(words.say("Scenarios")))
    return [Grid(words.say("If something goes wrong"), heads, rows, stack=False)]


def _more(made: Choice, words: Words) -> list[Block]:
    """Capacities that surely end the outbreak earlier, each with a sentence; the others by name."""
    helps = [more for more in made.more if more.earlier_days > SURELY * more.error]
    others = [more for more in made.more if more not in helps]
    found: list[Block] = []
    if helps:
        rows: list[list[Cell]] = [[words.label(more.resource), _worth(more, words)] for more in helps]
        heads = columns(words.say("Capacity"), prose(words.say("What more of it is worth to this plan")))
        found.append(Grid(words.say("What more capacity is worth"), heads, rows))
    if others:
        names = listed((words.code(more.resource) for more in others), words, len(others))
        said = words.say("Half as much again of these would not surely end the outbreak earlier: {names}.", names=names)
        found.append(Text(said, "note"))
    return found


def _worth(more: More, words: Words) -> str:
    return words.say(
        "{added} more {unit} ({there} now): the last infection comes {days} days earlier (standard error {error}), the "
        "chance to end in time changes by {gained} points.",
        added=words.large(more.added),
        unit=words.code(more.unit),
        there=words.large(more.there),
        days=words.number(more.earlier_days, 1),
        error=words.number(more.error, 1),
        gained=words.number(100 * more.chance_gained, 1),
    )


def _nothing(made: Choice, taken: PlanFigures, words: Words) -> Text:
    return Text(
        words.say(
            "If nothing were done, and people acted with caution by themselves, {n} people would be infected within "
            "{days} days ({low} to {high}); with this plan {planned}.",
            n=words.large(made.nothing.infections.mean),
            low=words.large(made.nothing.infections.low),
            high=words.large(made.nothing.infections.high),
            days=made.days,
            planned=words.large(taken.infections.mean),
        )
    )
