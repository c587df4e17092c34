"""Tables of the public side: what residents declare and ask, what is said to them, and what is going around.

As those of `ledger_tables.py`, they are only of the ledger.
"""

import dataframely as dy
import polars as pl

from douse.records import codes
from douse.records.columns import code, count, day, ident, moment, text
from douse.records.tables import Table


class SelfReports(Table):
    """What somebody declares from a phone, without an account; staff of the zone look through it (triage)."""

    key = ("report_id",)
    occurred = "sent_at"

    report_id = ident("Identifier of the report.", required=True)
    person_id = ident("Pseudonym of who declares it; a name or phone lies in the vault.", personal=True)
    zone = ident("Zone where the person stays.", references="zones.zone_id")
    kind = code(codes.REPORT_KINDS, "What is declared.", required=True)
    sent_at = moment("When it was sent.", required=True)
    age_band = code(codes.AGE_BANDS, "Age.", personal=True)
    symptoms = text("Codes of symptoms with ; between; empty: none.", personal=True)
    onset = day("First day of symptoms.")
    exposed_to = code(codes.SETTINGS, "Where somebody ill was met.")
    exposed_on = day("Last day of that.")
    came_from = text("Country or area that the person came from.")
    arrived_on = day("Day of arrival.")
    note = text("What else was said.", personal=True)
    state = code(codes.REPORT_STATES, "What became of it.", required=True)
    same_as = ident("Report that it repeats.", references="self_reports.report_id")
    case_id = ident("Case that came of it.", references="cases.case_id")
    weight = count("Order of triage: higher is looked at first.", "points", maximum=1000)

    @dy.rule()
    def symptoms_are_codes(cls) -> pl.Expr:
        """Symptoms are codes with ; between them."""
        one = f"(?:{'|'.join(codes.SYMPTOMS)})"
        return pl.col("symptoms").str.contains(rf"^{one}(?:;{one})*$").fill_null(value=True)


class Receipts(Table):
    """Numbers by which residents come back to what they sent: only their hashes, so that nobody here can forge one."""

    key = ("receipt",)

    receipt = ident("Hash of the number.", required=True)
    of_table = ident("Table of what was sent.", required=True)
    of_id = ident("Its identifier.", required=True)


class Claims(Table):
    """Something that goes around, weighed against evidence. Of who spreads it nothing is kept."""

    key = ("claim_id",)
    occurred = "first_seen_at"

    claim_id = ident("Identifier of the claim.", required=True)
    claim = text("What is claimed, in a sentence that names nobody.")
    language = ident("Language of it, such as en or zh.")
    zone = ident("Zone where it goes around.", references="zones.zone_id")
    channel = code(codes.CLAIM_CHANNELS, "How it came to be known here; never through whom.")
    first_seen_at = moment("When it was first seen.", required=True)
    state = code(
        codes.CLAIM_STATES, "Open, answered, published after a second person agreed, or withdrawn.", required=True
    )
    answer = code(codes.CLAIM_ANSWERS, "What the evidence says of it.")
    because = text("The answer in plain words.")
    evidence = text(
        "What it rests on, as JSON: a list of figures of the records (kind fact: figure, zone, as_of, sequence, value, "
        "bulletin) and of sources (kind source: title, publisher, url, day).",
        long=True,
    )
    versions = text("Claim and answer in other languages, as JSON: {language: {claim, because}}.", long=True)
    answered_at = moment("When it was answered.")
    published_at = moment("When the answer was published.")
    reason = text("Why it was sent back, withdrawn, or joined to another claim.")
    same_as = ident("Claim that it repeats.", references="claims.claim_id")
    seen = count("How often it was brought.", "times")

    @dy.rule()
    def answered_with_evidence(cls) -> pl.Expr:
        """An answer says why and on what evidence; what is not yet known says why."""
        open_ = pl.col("state").is_in(["open", "withdrawn"])
        said = pl.col("answer").is_not_null() & pl.col("because").is_not_null()
        return open_ | (said & (pl.col("evidence").is_not_null() | (pl.col("answer") == "not_yet_known")))


class Bulletins(Table):
    """Bulletins that were published: each holds the hash of the one before, and none is ever changed."""

    key = ("bulletin_id",)
    occurred = "published_at"

    bulletin_id = ident("SHA-256 of its content.", required=True)
    as_of = moment("Moment whose knowledge it tells.", required=True)
    audience = code(codes.AUDIENCES, "For whom.", required=True)
    published_at = moment("When it was published.", required=True)
    previous = ident("SHA-256 of the bulletin before, of this audience.")
    corrects = ident("SHA-256 of the bulletin that it corrects.")
    ledger = count("Sequence number of the last entry that it was made from.", "entries")
    folder = ident("Where its files are, below the folder of published bulletins.")
