"""Command line of what goes between levels and instances: returns, ihr, partners."""

import argparse
from collections.abc import Sequence
from datetime import datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

from rich.text import Text

from douse import arguments
from douse.arguments import Show
from douse.errors import UsageError
from douse.ledger_commands import AUTHOR, place, takes_place

if TYPE_CHECKING:
    from douse.ledgers import Place

    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]

_MOST_SHOWN = 40


def add(verbs: "Verbs", show: Show) -> None:
    """Add the verbs."""
    _add_returns(verbs, show)
    _add_ihr(verbs, show)
    _add_partners(verbs, show)


def _takes_language(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--lang", choices=("en", "zh"), default="en", help="language")


def _pairs(said: Sequence[str]) -> dict[str, str]:
    """NAME=TEXT, each."""
    found = {}
    for one in said:
        name, equals, text = one.partition("=")
        if not equals:
            raise UsageError("--set takes a name and what it is set to.", allowed="--set NAME=TEXT")
        found[name.strip()] = text.strip()
    return found


def _add_returns(verbs: "Verbs", show: Show) -> None:
    parser = verbs.add_parser("returns", help="what the level above asks for: filled in from the records, signed, sent")
    ways = parser.add_subparsers(dest="way", required=True, metavar="list|fill|late|delays|sign|send|verify")
    listed = ways.add_parser("list", help="what each level asks for, with deadlines and their sources")
    filled = ways.add_parser("fill", help="fill one in from a folder or a ledger")
    filled.add_argument("name", help="of the return, as `douse returns list` says")
    arguments.takes_data(filled)
    arguments.takes_knowledge(filled)
    filled.add_argument("--zone", help="zone that reports (default: the only one of its kind)")
    filled.add_argument("--day", type=arguments.day, help="a day of the period (default: the as-of day)")
    filled.add_argument("--set", action="append", default=[], help="NAME=TEXT of a column that somebody types")
    filled.add_argument("--out", type=Path, help="write it into this file: .csv or .json")
    filled.add_argument("--keep", action="store_true", help="put it on the ledger as a draft; DATA is its folder")
    late = ways.add_parser("late", help="which returns are late or missing")
    delays = ways.add_parser("delays", help="how long each zone takes to tell the level above")
    sign = ways.add_parser("sign", help="say who answers for a draft")
    sign.add_argument("return_id")
    sign.add_argument("--by", required=True, help='role and zone, such as "decision_maker, north"')
    send = ways.add_parser("send", help="write the signed file of a return, and say on the ledger that it went")
    send.add_argument("return_id")
    send.add_argument("--out", type=Path, required=True, help="file (.json)")
    for each in (late, delays, sign, send):
        takes_place(each)
    verify = ways.add_parser("verify", help="whether a file that was sent is what was signed, and by which key")
    verify.add_argument("file", type=Path)
    for each in (listed, late, delays, sign, send, verify):
        _takes_language(each)
    parser.set_defaults(call=lambda options: _returns(options, show))


def _returns(options: argparse.Namespace, show: Show) -> int:
    from douse import levels
    from douse.outputs.returns import listing
    from douse.outputs.returns.files import verify_return
    from douse.outputs.returns.standing import shipped
    from douse.outputs.words import Words

    words = Words(options.lang)
    if options.way == "list":
        show(listing.definitions(shipped(), words))
    elif options.way == "fill":
        _fill(options, show)
    elif options.way == "late":
        found, _, words = levels.standing(place(options), datetime.now(), language=options.lang)
        owed = [one for one in found if one.is_late]
        show(listing.standing(owed[:_MOST_SHOWN], words))
        if len(owed) > _MOST_SHOWN:
            show(Text(words.say("and {n} more", n=len(owed) - _MOST_SHOWN)))
        return 1 if owed else 0
    elif options.way == "delays":
        _, hops, words = levels.standing(place(options), datetime.now(), language=options.lang)
        show(listing.delays(hops, words))
    elif options.way == "sign":
        levels.sign_return(place(options), options.return_id, options.by, author=AUTHOR, at=datetime.now())
        show(Text(words.say("Signed.")))
    elif options.way == "send":
        levels.send_return(place(options), options.return_id, options.out, author=AUTHOR, at=datetime.now())
        show(Text(words.say("Sent; the signed file is {path}", path=options.out)))
    else:
        content = verify_return(_bytes(options.file))
        show(Text(words.say("The signature holds. Key: {key}", key=content["public_key"])))
        show(Text(f"{content['definition']}, {content['zone']}"))
    return 0


def _fill(options: argparse.Namespace, show: Show) -> None:
    from douse import levels
    from douse.outputs.returns import listing

    question = arguments.question(options)
    made = levels.fill_return(
        question, options.name, zone=options.zone, day=options.day, typed=_pairs(options.set), language=options.lang
    )
    show(listing.filled(made.filled, made.words))
    if options.out is not None:
        levels.write_return(made.filled, options.out, made.words)
        show(Text(str(options.out)))
    if options.keep:
        kept = levels.keep_return(_place_of(options.data), made.filled, author=AUTHOR, at=datetime.now())
        show(Text(made.words.say("On the ledger as a draft: {name}", name=kept)))


def _place_of(data: Path) -> "Place":
    from douse.ledgers import Place
    from douse.records.ledger.storage import is_ledger

    if not is_ledger(data):
        raise UsageError("--keep needs a ledger.", next_step="Name the folder of one, or leave --keep out.")
    return Place(data)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        raise UsageError(f"{path.name} cannot be read.", next_step="Check the path.") from None


def _add_ihr(verbs: "Verbs", show: Show) -> None:
    parser = verbs.add_parser("ihr", help="weigh an event by the International Health Regulations, Annex 2")
    ways = parser.add_subparsers(dest="way", required=True, metavar="assess|list")
    assess = ways.add_parser("assess", help="the four questions, filled in from the records; the notification text")
    arguments.takes_data(assess)
    arguments.takes_knowledge(assess)
    assess.add_argument("--zone", help="zone of the event (default: the whole area)")
    assess.add_argument("--event", default="", help="the event, in a sentence that names nobody")
    assess.add_argument(
        "--set", action="append", default=[], help="QUESTION=yes|no|not_known: REASON, of any of the eleven"
    )
    assess.add_argument("--out", type=Path, help="write the notification text into this file")
    assess.add_argument("--keep", action="store_true", help="put it on the ledger; DATA is its folder")
    listed = ways.add_parser("list", help="assessments on the ledger")
    takes_place(listed)
    _takes_language(listed)
    parser.set_defaults(call=lambda options: _ihr(options, show))


def _ihr(options: argparse.Namespace, show: Show) -> int:
    from douse import assessing
    from douse.outputs.ihr import listing
    from douse.outputs.words import Words

    if options.way == "list":
        show(listing.listed(assessing.assessments(place(options)), Words(options.lang)))
        return 0
    given = {
        name: (answer.strip(), why.strip())
        for name, text in _pairs(options.set).items()
        for answer, _, why in [text.partition(":")]
    }
    now = datetime.now() if options.as_of is None else datetime.combine(options.as_of, time.max)
    weighed = assessing.assess(
        arguments.question(options), given, now=now, zone=options.zone, about=options.event, language=options.lang
    )
    words = weighed.event.words
    show(listing.guided(weighed.event.instrument, weighed.answers, weighed.outcome, weighed.clocks, words))
    if options.out is not None:
        options.out.write_text(weighed.text, "utf-8")
        show(Text(str(options.out)))
    if options.keep:
        kept = assessing.keep(_place_of(options.data), weighed, author=AUTHOR, at=datetime.now())
        show(Text(words.say("On the ledger: {name}", name=kept)))
    return 0


def _add_partners(verbs: "Verbs", show: Show) -> None:
    parser = verbs.add_parser("partners", help="share with other instances by a policy: bundles, cases who travelled")
    ways = parser.add_subparsers(
        dest="way", required=True, metavar="policy|key|send|take|offer|offers|accept|decline|withdraw|expire"
    )
    policy = ways.add_parser("policy", help="who gets what from us, what we take, and why")
    key = ways.add_parser("key", help="our public key: partners write it into their policies")
    send = ways.add_parser("send", help="the next bundle for a partner, cut by the policy and signed")
    send.add_argument("partner")
    send.add_argument("--out", type=Path, required=True, help="file (.zip)")
    send.add_argument("--again", action="store_true", help="the last one anew: it never arrived")
    take = ways.add_parser("take", help="take in the bundle of a partner, or refuse it")
    take.add_argument("file", type=Path)
    offer = ways.add_parser("offer", help="offer a case who travelled to a partner; it goes with the next bundle")
    offer.add_argument("case_id")
    offer.add_argument("partner")
    offer.add_argument("--purpose", required=True, help="what the partner needs it for")
    offer.add_argument("--until", type=arguments.day, required=True, help="last day on which the partner may keep it")
    offer.add_argument("--destination", default="", help="where the person went, as known")
    offers = ways.add_parser("offers", help="offers, and what became of them")
    accept = ways.add_parser("accept", help="take an offered case in: it lives in a zone of ours")
    accept.add_argument("--zone", required=True, help="where the person is now")
    decline = ways.add_parser("decline", help="decline an offer: what is personal in it is erased")
    withdraw = ways.add_parser("withdraw", help="take an offer of ours back")
    for way in (accept, decline, withdraw):
        way.add_argument("offer_id")
    for way in (decline, withdraw):
        way.add_argument("--reason", required=True, help="why, in a sentence")
    expire = ways.add_parser("expire", help="erase what partners gave until a day that is over; run it each day")
    for way in (policy, key, send, take, offer, offers, accept, decline, withdraw, expire):
        takes_place(way)
        _takes_language(way)
    parser.set_defaults(call=lambda options: _partners(options, show))


def _partners(options: argparse.Namespace, show: Show) -> int:
    from douse import partnering
    from douse.outputs.partners import listing
    from douse.outputs.words import Words

    here, at, words = place(options), datetime.now(), Words(options.lang)
    if options.way == "policy":
        show(listing.policy(partnering.policy(here), words))
    elif options.way == "key":
        show(Text(partnering.own_key(here)))
    elif options.way == "send":
        made = partnering.send(here, options.partner, options.out, author=AUTHOR, at=at, again=options.again)
        show(listing.sent(options.partner, made.number, made.cut, words))
    elif options.way == "take":
        show(listing.taken(*partnering.take(here, options.file, author=AUTHOR, at=at), words))
    elif options.way == "offer":
        name = partnering.offer(
            here, options.case_id, options.partner, options.purpose, options.until, author=AUTHOR, at=at,
            destination=options.destination,
        )  # fmt: skip
        show(Text(words.say("Offered: {name}. It goes with the next bundle.", name=name)))
    elif options.way == "offers":
        show(listing.offers(partnering.offers(here), words))
    elif options.way == "expire":
        show(listing.ended(partnering.expire(here, author=AUTHOR, at=at), words))
    else:
        state = {"accept": "accepted", "decline": "declined", "withdraw": "withdrawn"}[options.way]
        partnering.answer(
            here, options.offer_id, state, author=AUTHOR, at=at, zone=getattr(options, "zone", ""),
            reason=getattr(options, "reason", ""),
        )  # fmt: skip
        show(Text(words.say("The offer is {state}. The answer goes with the next bundle.", state=state)))
    return 0
