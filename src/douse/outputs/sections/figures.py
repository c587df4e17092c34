"""Key figures, as cards, and who the cases are."""

from douse.outputs.blocks import Block, Card, Cards, Cell, Fold, Grid, Section, Tone
from douse.outputs.briefing import Briefing
from douse.outputs.sections.common import bars, columns, interval, number
from douse.outputs.words import UNKNOWN, Words
from douse.situation.situation import Interval, Situation


def figures(briefing: Briefing, words: Words) -> Section:
    """Section: the figures that a decision maker asks for first."""
    situation = briefing.situation
    blocks: list[Block] = [Cards(tuple(cards(situation, words)))]
    who = _who(situation, words)
    if who:
        blocks.append(Fold(words.say("Cases by age and severity"), tuple(who)))
    return Section("figures", words.say("Key figures"), tuple(blocks))


def cards(situation: Situation, words: Words) -> list[Card]:
    """One card a figure; the terminal prints them too."""
    return [
        Card(
            words.say("Cases in all"),
            words.number(situation.total),
            (words.say("{n} suspected besides", n=situation.suspected),) if situation.suspected else (),
        ),
        Card(
            words.say("New today"),
            words.number(situation.new_today),
            (words.say("{n} in 7 days", n=situation.new_week),),
        ),
        Card(words.say("Active"), words.number(situation.active)),
        Card(words.say("Deaths"), words.number(situation.deaths), _fatality(situation, words)),
        _estimate(words.say("R, new infections a case"), situation.r_now, words, digits=2, tone=_tone(situation.r_now)),
        _doubling(situation, words),
        _community_zero(situation, words),
        _origins(situation, words),
        _contacts(situation, words),
        _isolation(situation, words),
        _milestones(situation, words),
    ]


def _estimate(label: str, value: Interval, words: Words, *, digits: int, tone: Tone = "") -> Card:
    if value.estimate is None:
        return Card(label, UNKNOWN, (words.say(value.why_not),) if value.why_not else ())
    spread = interval(value.lower, value.upper, words, digits)
    return Card(
        label,
        words.number(value.estimate, digits),
        (words.say("95% interval {range}", range=spread),) if spread else (),
        tone,
    )


def _tone(r: Interval) -> Tone:
    if r.lower is not None and r.lower > 1:
        return "bad"
    return "good" if r.upper is not None and r.upper < 1 else ""


def _doubling(situation: Situation, words: Words) -> Card:
    value = situation.doubling_days
    falling = value.estimate is not None and value.estimate < 0
    label = words.say("Halving time, days") if falling else words.say("Doubling time, days")
    if value.estimate is None:
        return _estimate(label, value, words, digits=1)
    bounds = sorted(abs(bound) for bound in (value.lower, value.upper) if bound is not None)
    if len(bounds) == 1:  # the other one is without end
        return Card(
            label, words.number(abs(value.estimate), 1), (words.say("95% interval: {low} or more", low=bounds[0]),)
        )
    low, high = bounds or (None, None)
    return _estimate(label, Interval(abs(value.estimate), low, high), words, digits=1)


def _fatality(situation: Situation, words: Words) -> tuple[str, ...]:
    if not situation.total:
        return ()
    return (words.say("{share} of cases so far", share=situation.deaths / situation.total),)


def _community_zero(situation: Situation, words: Words) -> Card:
    zero = situation.community_zero
    days = words.say("{n} of {target} days without a community case", n=zero.days, target=zero.target_days)
    if zero.share is None:
        return Card(words.say("New cases already in quarantine"), UNKNOWN, (days,), "good" if zero.reached else "")
    found = words.say("{n} of {of} new cases", n=zero.already_in_quarantine, of=zero.new_cases)
    return Card(
        words.say("New cases already in quarantine"),
        words.share(zero.share),
        (found, days),
        "good" if zero.reached else "",
    )


def _origins(situation: Situation, words: Words) -> Card:
    rows = list(situation.by_origin.select("origin", "cases", "share").iter_rows())
    unlinked = next((share for origin, _, share in rows if origin == "unlinked"), None)
    rest = (" · ".join(f"{words.label(origin)} {words.number(cases)}" for origin, cases, _ in rows),)
    return Card(words.say("Cases without a known source"), words.share(unlinked), rest)


def _contacts(situation: Situation, words: Words) -> Card:
    contacts = situation.contacts
    rows = [words.say("{n} contacts of {cases} cases", n=contacts.total, cases=contacts.cases_with_contacts)]
    if contacts.per_case_median is not None:
        spread = interval(contacts.per_case_low, contacts.per_case_high, words)
        rows.append(words.say("{median} a case (middle half {range})", median=contacts.per_case_median, range=spread))
    rows.append(words.say("{n} under quarantine", n=contacts.under_quarantine))
    return Card(
        words.say("Contacts reached within 48 h"),
        words.share(contacts.reached_48h_share),
        tuple(rows) if contacts.total else (),
    )


def _isolation(situation: Situation, words: Words) -> Card:
    delay = next((d for d in situation.delays if d.name == "onset_to_isolation"), None)
    if delay is None or delay.median is None:
        return Card(words.say("Days from onset to isolation"), UNKNOWN)
    small = [
        words.say(
            "90% within {range}",
            range=interval(delay.low, delay.high, words),
        )
    ]
    if delay.share_in_time is not None:
        small.append(words.say("{share} in time", share=delay.share_in_time))
    return Card(words.say("Days from onset to isolation"), words.brief(delay.median), tuple(small))


def _milestones(situation: Situation, words: Words) -> Card:
    met = [m.met for m in situation.milestones]
    known = [m for m in met if m is not None]
    rows = tuple(
        f"{words.label(m.name)} {words.brief(m.days)} / {words.number(m.target_days)}" for m in situation.milestones
    )
    if not known:
        return Card(words.say("7-1-7 targets met"), UNKNOWN, rows)
    value = words.say("{n} of {of}", n=sum(known), of=len(met))
    return Card(
        words.say("7-1-7 targets met"),
        value,
        (*rows, words.say("days taken / target")),
        "good" if all(m for m in met) else "",
    )


def _who(situation: Situation, words: Words) -> list[Block]:
    blocks: list[Block] = []
    ages = list(situation.by_age.select("age_group", "cases", "severe", "deaths").iter_rows())
    if ages:
        shown = bars([row[1] for row in ages], words)
        rows: list[list[Cell]] = [
            [row[0] if row[0] != "unknown" else words.label(row[0]), bar, words.number(row[2]), words.number(row[3])]
            for row, bar in zip(ages, shown, strict=True)
        ]
        heads = columns(
            words.say("Age"),
            number(words.say("Cases")),
            number(words.say("Severe or critical")),
            number(words.say("Deaths")),
        )
        blocks.append(Grid(words.say("Cases by age"), heads, rows, stack=False))
    severity = list(situation.severity.select("severity", "active", "ever").iter_rows())
    if severity:
        blocks.append(
            Grid(
                words.say("Cases by worst severity so far"),
                columns(words.say("Severity"), number(words.say("Active")), number(words.say("Ever"))),
                [
                    [words.label(s or "unknown"), words.number(active), words.number(ever)]
                    for s, active, ever in severity
                ],
                stack=False,
            )
        )
    return blocks
