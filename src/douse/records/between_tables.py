"""Tables of what goes between levels and between instances: returns, assessments of events, offers to partners.

As those of `ledger_tables.py`, they are only of the ledger.
"""

import dataframely as dy
import polars as pl

from douse.records import codes
from douse.records.columns import code, count, day, ident, moment, text
from douse.records.tables import Table


class Returns(Table):
    """A statistic that a level above asks for, filled in from the records, signed and sent."""

    key = ("return_id",)
    occurred = "made_at"

    return_id = ident("Identifier of what was filled in.", required=True)
    definition = ident("Name of the definition, with its edition.", required=True)
    zone = ident("Zone that reports.", references="zones.zone_id")
    period_start = day("First day of the period.", required=True)
    period_end = day("Last day of the period.", required=True)
    due_at = moment("By when it is to be there.", plan=True)
    made_at = moment("When it was filled in.", required=True)
    state = code(codes.RETURN_STATES, "Filled in, signed, or sent.", required=True)
    values = text("What was filled in, as JSON.", long=True)
    cells = count("Values in it.", "values")
    typed = count("Values that somebody had to type.", "values")
    ledger = count("Sequence number of the last entry that it was filled in from.", "entries")
    signed_by = text("Role and zone of who answers for it.")
    signed_at = moment("When it was signed.")
    sent_at = moment("When it was sent.")


class Assessments(Table):
    """An event weighed by the decision instrument of the International Health Regulations, Annex 2."""

    key = ("assessment_id",)
    occurred = "detected_at"

    assessment_id = ident("Identifier of the assessment.", required=True)
    event = text("The event, in a sentence that names nobody.")
    zone = ident("Zone of it.", references="zones.zone_id")
    pathogen = ident("Pathogen, as in the library.")
    detected_at = moment("When it was detected.", required=True)
    serious = code(codes.ANNEX_2, "Is the public health impact of the event serious?")
    serious_because = text("Why.")
    unusual = code(codes.ANNEX_2, "Is the event unusual or unexpected?")
    unusual_because = text("Why.")
    spread = code(codes.ANNEX_2, "Is there a significant risk of international spread?")
    spread_because = text("Why.")
    restrictions = code(codes.ANNEX_2, "Is there a significant risk of international travel or trade restrictions?")
    restrictions_because = text("Why.")
    answers = text("Answers to the sub-questions with their reasons, and who gave them, as JSON.", long=True)
    instrument = ident("Edition of the instrument.")
    cells = count("Answers in it.", "answers")
    typed = count("Answers that somebody gave or changed; the others were filled in from the records.", "answers")
    assessed_at = moment("When all four were answered.")
    notified_at = moment("When it was notified.")
    notification = text("Text of the notification.", long=True)
    state = code(codes.ASSESSMENT_STATES, "How far it has come.", required=True)


class Offers(Table):
    """Records that are offered to a partner's instance for a purpose, until a day: a case who travelled."""

    key = ("offer_id",)
    occurred = "offered_at"

    offer_id = ident("Identifier of the offer.", required=True)
    partner = ident("Name of the partner, as in the policy of sharing.", required=True)
    way = code(codes.EXCHANGE_WAYS, "Whether it goes to the partner, or came from there.", required=True)
    case_id = ident("Case that is offered; of an offer that came, the partner's name stands before it.", personal=True)
    zone = ident("Zone of the case.", references="zones.zone_id")
    destination = text("Where the case went or came, as known.", personal=True)
    purpose = text("What for.")
    expires_on = day("Last day on which the partner may keep it.", plan=True)
    offered_at = moment("When it was offered.")
    state = code(codes.OFFER_STATES, "What became of it.", required=True)
    answered_at = moment("When it was answered, withdrawn, or expired.")
    reason = text("Why.")
    payload = text("What is offered of the case, as JSON.", personal=True, long=True)

    @dy.rule()
    def for_a_purpose(cls) -> pl.Expr:
        """An offer names its purpose and its last day."""
        return pl.col("purpose").is_not_null() & pl.col("expires_on").is_not_null()


class Bundles(Table):
    """Bundles that went to partners, or came from them: each holds the hash of the one before."""

    key = ("bundle_id",)
    occurred = "made_at"

    bundle_id = ident("SHA-256 of its manifest.", required=True)
    partner = ident("Name of the partner, as in the policy of sharing.", required=True)
    way = code(codes.EXCHANGE_WAYS, "Whether it went to the partner, or came from there.", required=True)
    number = count("Its number among those of this partner and way, from 1.", "bundles", required=True, minimum=1)
    previous = ident("SHA-256 of the manifest of the one before.")
    made_at = moment("When it was made.", required=True)
    upto = count("Sequence number of the last entry that the sender had looked through.", "entries")
    tables = text("Rows in it by table.")
    policy = ident("SHA-256 of the policy of sharing that it was cut by.")
    expires_on = day("Last day on which what is personal in it may be kept.", plan=True)
