"""Who may do what: one table that the code, the documentation and the tests read.

A role has rights; a user has a role in a zone and all that lies within it (`Assignment`). What is not written here is
refused. Rights are words:

``anyone``        also who has not signed in
``signed_in``     whoever has signed in
``assigned``      whoever has at least one role
``read TABLE``    sees rows of the table within reach
``write TABLE``   adds rows to the table, or corrects them, within reach
anything else     one of `ACTIONS`

Every page and every operation of the API is a row of `PAGES`, by the name of its URL, with the right of each method.
An address that has no row is refused to everybody.
"""

from dataclasses import dataclass
from itertools import chain

_ = str  # marks what is said, for translation
EVERYWHERE = "*"  # in place of a zone: the whole area

GROUND = ("zones", "places", "facilities", "indicators")
PERSONS = ("cases", "contacts", "visits", "tests", "stays", "arrivals", "people", "follow_ups", "tasks", "merges")
SUPPLIES = ("stock", "shipments", "crews", "production", "requests")
DECIDED = ("measures", "decisions", "verdicts")
KEPT = ("holds", "erasures", "attachments")
SAID = ("claims", "bulletins")
UNREAD = ("receipts",)  # hashes by which residents come back: no role of users reads or writes them
BETWEEN = ("returns", "assessments", "offers", "bundles")
ALL_TABLES = (*GROUND, *PERSONS, *SUPPLIES, *DECIDED, *KEPT, *SAID, *BETWEEN, "self_reports", "audit")

# Every action, and what it lets a person do.
ACTIONS: dict[str, str] = {
    "verify_signal": _("verify or dismiss a signal, with a reason"),
    "see_plan": _("see the proposed plan and compare plans"),
    "approve_measure": _("approve, change or decline a proposed measure, with a reason"),
    "second_measure": _("agree, as a second person, to a lockdown"),
    "see_chains": _("see who may have infected whom"),
    "do_tasks": _("see and do one's tasks, offline too"),
    "share_tasks": _("give tasks to people"),
    "make_tasks": _("make today's tasks out of the worklist"),
    "merge_persons": _("merge two pseudonyms that are one person, and undo it"),
    "see_names": _("see names, phones and addresses within reach; each look is logged"),
    "see_outside": _("see masked rows of other zones: pseudonym, coarse zone, coarse age"),
    "break_glass": _("see another zone for four hours, with a reason; the data steward is told"),
    "see_broken_glass": _("be told when somebody broke the glass"),
    "import": _("bring in files of tables"),
    "exchange": _("send everything to another instance, and take in what it sends"),
    "export": _("take tables out of the console"),
    "export_persons": _("take lists of cases and contacts out of the console"),
    "erase": _("erase a person: the vault's row goes, personal fields are emptied"),
    "hold": _("put a legal hold on records, and release it"),
    "make_token": _("make tokens for the API, for oneself"),
    "manage_users": _("add and lock users, give and take roles, make one-time links"),
    "choose_protocol": _("choose the pathogen, protocol and costs in force"),
    "verify_ledger": _("check the chain of the ledger"),
    "triage": _("look through what residents declare, and say what becomes of it"),
    "give_code": _("give a resident a one-time code, by which they can send a form without script"),
    "answer_claim": _("answer a claim with evidence"),
    "review_claim": _("agree, as a second person, to the answer of a claim, and publish it"),
    "publish_bulletin": _("publish a bulletin"),
    "sign_return": _("sign and send what a level above asks for"),
    "assess_event": _("weigh an event by the International Health Regulations"),
    "share": _("offer a case to a partner's instance"),
}


@dataclass(frozen=True)
class Role:
    """What people of a role may do in their zones. `personal`: they see personal columns; they need a second factor."""

    name: str
    says: str
    reads: frozenset[str]
    writes: frozenset[str]
    actions: frozenset[str]
    personal: bool = False

    @property
    def rights(self) -> frozenset[str]:
        """All rights as words."""
        reads, writes = (f"read {table}" for table in self.reads), (f"write {table}" for table in self.writes)
        return frozenset(chain(reads, writes, self.actions))


def _role(  # noqa: PLR0913  (a row of the table)
    name: str,
    says: str,
    reads: tuple[str, ...],
    writes: tuple[str, ...],
    actions: tuple[str, ...],
    *,
    personal: bool = False,
) -> Role:
    return Role(name, says, frozenset(reads), frozenset(writes), frozenset(actions), personal)


_ROWS = (
    _role(
        "reporter", _("reports cases, contacts, samples and counts of a clinic or community"),
        (*GROUND, "cases", "contacts", "tests", "arrivals"),
        ("cases", "contacts", "tests", "arrivals", "indicators"),
        ("import", "make_token"),
    ),
    _role(
        "tracer", _("interviews cases, finds and follows contacts"),
        (*GROUND, *PERSONS, "measures", "self_reports", "claims"),
        ("cases", "contacts", "visits", "tests", "stays", "arrivals", "people", "places", "follow_ups", "tasks",
         "self_reports"),
        ("do_tasks", "triage", "give_code", "see_chains", "see_names", "see_outside", "break_glass", "make_token"),
        personal=True,
    ),
    _role(
        "community_worker", _("looks through what residents report, and brings what they ask for"),
        ("zones", "places", "facilities", "crews", "measures", "tasks", "requests", "self_reports", "claims"),
        ("tasks", "requests", "self_reports"),
        ("do_tasks", "share_tasks", "triage", "give_code", "see_names", "make_token"), personal=True,
    ),
    _role(
        "laboratory", _("records samples and results"),
        ("zones", "facilities", "tests", "stock", "tasks"),
        ("tests", "stock", "tasks"),
        ("do_tasks", "import", "make_token"), personal=True,
    ),
    _role(
        "logistics", _("keeps beds, rooms, stock, crews, shipments and what residents ask for"),
        (*GROUND, *SUPPLIES, "measures", "tasks"),
        (*SUPPLIES, "facilities", "tasks"),
        ("do_tasks", "share_tasks", "give_code", "see_plan", "import", "export", "make_token"),
    ),
    _role(
        "epidemiologist", _("judges signals and chains, prepares the plan, leads tracing"),
        (*GROUND, *PERSONS, *SUPPLIES, *DECIDED, *SAID, *BETWEEN, "self_reports"),
        (*GROUND, "cases", "contacts", "visits", "tests", "stays", "arrivals", "people", "follow_ups", "tasks",
         "merges", "verdicts", "claims", "returns", "assessments", "self_reports"),
        ("verify_signal", "triage", "give_code", "answer_claim", "review_claim", "assess_event", "see_plan",
         "see_chains", "do_tasks", "share_tasks", "make_tasks", "merge_persons",
         "see_outside", "break_glass", "import", "export", "export_persons", "make_token"), personal=True,
    ),
    _role(
        "decision_maker", _("approves, changes or declines measures"),
        (*GROUND, *SUPPLIES, *DECIDED, *SAID, *BETWEEN, "cases", "contacts", "tests", "tasks"),
        ("measures", "decisions", "tasks", *SAID, *BETWEEN),
        ("answer_claim", "review_claim", "publish_bulletin", "sign_return", "assess_event", "share", "see_plan",
         "approve_measure", "second_measure", "share_tasks", "make_token"),
    ),
    _role(
        "data_steward", _("keeps the records right: imports, merges, erasure, holds, exports"),
        ALL_TABLES,
        (*GROUND, *PERSONS, *SUPPLIES, "holds", "returns", "offers", "bundles", "self_reports"),
        ("share", "sign_return", "merge_persons",
         "see_names", "see_outside", "exchange", "see_broken_glass", "see_chains", "import", "export",
         "export_persons", "erase", "hold", "verify_ledger", "make_token"), personal=True,
    ),
    _role(
        "administrator", _("manages users, roles and the protocol in force; sees no records of persons"),
        ("zones", "facilities", "audit", "holds"), (),
        ("manage_users", "choose_protocol", "verify_ledger"),
    ),
    _role(
        "auditor", _("reads the audit log, decisions, holds and erasures; sees no records of persons"),
        ("zones", "audit", *DECIDED, *KEPT, *SAID, *BETWEEN), (),
        ("verify_ledger",),
    ),
)  # fmt: skip
ROLES: dict[str, Role] = {role.name: role for role in _ROWS}
# Whoever sends a form without an account. No user can be given it; it reads nothing, and corrects only what a receipt
# opens (`permissions.Resident`).
RESIDENT = _role(
    "resident", _("sends what residents declare and ask, without an account"),
    (), ("self_reports", "requests", "receipts", "claims"), (),
)  # fmt: skip


@dataclass(frozen=True)
class Page:
    """One address: the name of its URL (with its namespace), and the right that each method needs."""

    url: str
    rights: dict[str, str]


def page(url: str, **rights: str) -> Page:
    """Make a row of `PAGES`: ``page("cases:list", GET="read cases")``."""
    return Page(url, rights)


# Room F: foundation.
_FOUNDATION = (
    page("healthy", GET="anyone"),
    page("language", POST="anyone"),
    page("sign_in", GET="anyone", POST="anyone"),
    page("as_role", POST="anyone"),
    page("second_factor", GET="signed_in", POST="signed_in"),
    page("first_password", GET="anyone", POST="anyone"),
    page("oidc_authentication_init", GET="anyone"),
    page("oidc_authentication_callback", GET="anyone"),
    page("sign_out", POST="signed_in"),
    page("account", GET="signed_in", POST="signed_in"),
    page("today", GET="assigned"),
    page("today_part", GET="read cases"),
    page("break_glass", GET="break_glass", POST="break_glass"),
    page("glass_end", POST="signed_in"),
    page("glass_told", POST="see_broken_glass"),
    page("admin:users", GET="manage_users", POST="manage_users"),
    page("admin:user", GET="manage_users", POST="manage_users"),
    page("admin:protocol", GET="choose_protocol", POST="choose_protocol"),
    page("admin:retention", GET="read holds", POST="erase"),
    page("admin:hold", POST="hold"),
    page("admin:release", POST="hold"),
    page("admin:audit", GET="read audit"),
    page("admin:ledger", GET="verify_ledger", POST="verify_ledger"),
)
# Room C: cases and contacts.
_FORMS = ("cases", "contacts", "follow_ups", "tests", "stays", "visits", "arrivals", "people")
_CASES: tuple[Page, ...] = (
    page("cases:list", GET="read cases"),
    page("cases:contacts", GET="read contacts"),
    page("cases:tests", GET="read tests"),
    page("cases:export_cases", GET="export_persons"),
    page("cases:export_contacts", GET="export_persons"),
    page("cases:case", GET="read cases"),
    page("cases:person", GET="read contacts"),
    page("cases:duplicates", GET="merge_persons"),
    page("cases:pair", GET="merge_persons", POST="merge_persons"),
    page("cases:undo", POST="merge_persons"),
    page("cases:erase", GET="erase", POST="erase"),
    *(page(f"cases:add_{table}", GET=f"write {table}", POST=f"write {table}") for table in _FORMS),
    *(page(f"cases:correct_{table}", GET=f"write {table}", POST=f"write {table}") for table in _FORMS),
    page("files:choose", GET="import", POST="import"),
    page("files:look", GET="import"),
    page("files:take", POST="import"),
    page("files:drop", POST="import"),
    page("files:findings", GET="import"),
    page("files:rejected", GET="import"),
)
# Room T: tasks, offline, API.
# Tables that no operation of the API writes row by row: each has an operation of its own, which keeps its rules.
BY_OPERATION = ("tasks", *DECIDED, "merges", *KEPT, *SAID, *BETWEEN, "self_reports", "audit")
_TASKS = (
    page("tasks:mine", GET="read tasks"),
    page("tasks:all", GET="share_tasks"),
    page("tasks:new", GET="share_tasks", POST="share_tasks"),
    page("tasks:make", POST="make_tasks"),
    page("tasks:assign", POST="share_tasks"),
    page("tasks:one", GET="read tasks"),
    page("tasks:record", POST="do_tasks"),
    page("tasks:take", POST="do_tasks"),
    page("tasks:door", GET="do_tasks"),
    page("tasks:exchange", POST="do_tasks"),
    page("tasks:worker", GET="anyone"),
    page("tasks:offline", GET="anyone"),
    page("tokens", GET="make_token", POST="make_token"),
    page("api_docs", GET="anyone"),
    page("api:openapi-json", GET="anyone"),
    page("api:api-root", GET="anyone"),
    page("api:tables", GET="assigned"),
    *(
        page(f"api:table_{table}", GET=f"read {table}")
        if table in BY_OPERATION
        else page(f"api:table_{table}", GET=f"read {table}", POST=f"write {table}")
        for table in ALL_TABLES
    ),
    *(page(f"api:record_{table}", GET=f"read {table}") for table in ALL_TABLES),
    *(page(f"api:history_{table}", GET=f"read {table}") for table in ALL_TABLES),
    *(page(f"api:correction_{table}", POST=f"write {table}") for table in ALL_TABLES if table not in BY_OPERATION),
    page("api:tasks_mine", GET="do_tasks"),
    page("api:tasks_new", POST="share_tasks"),
    page("api:tasks_give", POST="share_tasks"),
    page("api:tasks_make", POST="make_tasks"),
    page("api:tasks_exchange", POST="do_tasks"),
    page("api:situation", GET="read cases"),
    page("api:signals", GET="read verdicts"),
    page("api:verdicts", POST="verify_signal"),
    page("api:plan", GET="see_plan", POST="see_plan"),
    page("api:decisions", POST="read decisions"),
    page("api:merges_new", POST="merge_persons"),
    page("api:merges_undo", POST="merge_persons"),
    page("api:holds_new", POST="hold"),
    page("api:holds_release", POST="hold"),
    page("api:erasures_new", POST="erase"),
    page("api:uploads", POST="import"),
    page("api:upload", GET="import", POST="import", DELETE="import"),
    page("api:bundles", GET="exchange", POST="exchange"),
)
# Room P: signals, chains, plan, resources.
_PLAN = (
    page("plan:show", GET="see_plan"),
    page("plan:make", POST="see_plan"),
    page("plan:progress", GET="see_plan"),
    page("plan:compare", GET="see_plan"),
    page("plan:measure", GET="see_plan", POST="approve_measure"),
    page("plan:second", POST="second_measure"),
    page("plan:in_force", GET="read measures"),
    page("plan:end", POST="approve_measure"),
    page("plan:decisions", GET="read decisions"),
    page("plan:decision", GET="read decisions"),
    page("signals:list", GET="read verdicts"),
    page("signals:signal", GET="read verdicts", POST="verify_signal"),
    page("chains:show", GET="see_chains"),
    page("chains:make", POST="see_chains"),
    page("chains:progress", GET="see_chains"),
    page("chains:case", GET="see_chains"),
    page("resources:show", GET="read facilities"),
    page("resources:beds", GET="read facilities"),
    page("resources:facility", GET="write facilities", POST="write facilities"),
    page("resources:stock", GET="read stock"),
    page("resources:count", GET="write stock", POST="write stock"),
    page("resources:shipments", GET="read shipments"),
    page("resources:send", GET="write shipments", POST="write shipments"),
    page("resources:receive", POST="write shipments"),
    page("resources:crews", GET="read crews"),
    page("resources:crew_new", GET="write crews", POST="write crews"),
    page("resources:crew", GET="write crews", POST="write crews"),
)
# Room levels: returns, events weighed by the IHR, partners.
_LEVELS = (
    page("returns:list", GET="read returns"),
    page("returns:fill", GET="read returns", POST="write returns"),
    page("returns:delays", GET="read returns"),
    page("returns:definition", GET="read returns"),
    page("returns:return", GET="read returns"),
    page("returns:sign", POST="sign_return"),
    page("returns:send", POST="sign_return"),
    page("returns:file", GET="read returns"),
    page("events:list", GET="read assessments"),
    page("events:new", GET="assess_event", POST="assess_event"),
    page("events:event", GET="read assessments", POST="assess_event"),
    page("events:move", POST="assess_event"),
    page("events:text", GET="read assessments"),
    page("partners:list", GET="assigned"),
    page("partners:take", POST="share"),
    page("partners:offer_new", GET="share", POST="share"),
    page("partners:offer", GET="read offers", POST="share"),
    page("partners:bundle", POST="share"),
)
# What residents open, and what staff do with what they send.
_RESIDENTS = (
    page("public:home", GET="anyone"),
    page("public:report", GET="anyone", POST="anyone"),
    page("public:needs", GET="anyone", POST="anyone"),
    page("public:receipt", GET="anyone", POST="anyone"),
    page("public:correct", GET="anyone", POST="anyone"),
    page("public:withdraw", GET="anyone", POST="anyone"),
    page("public:confirm", GET="anyone", POST="anyone"),
    page("public:totals", GET="anyone"),
    page("public:totals_json", GET="anyone"),
    page("public:work", GET="anyone"),
    page("residents:triage", GET="triage"),
    page("residents:report", GET="triage", POST="triage"),
    page("residents:requests", GET="read requests"),
    page("residents:request", GET="read requests", POST="write requests"),
    page("residents:codes", GET="give_code", POST="give_code"),
)
# Claims: the register, and its public list.
_CLAIMS = (
    page("claims:list", GET="read claims"),
    page("claims:new", GET="write claims", POST="write claims"),
    page("claims:similar", GET="read claims"),
    page("claims:claim", GET="read claims"),
    page("claims:answer", GET="answer_claim", POST="answer_claim"),
    page("claims:facts", GET="answer_claim"),
    page("claims:review", POST="review_claim"),
    page("claims:send_back", POST="review_claim"),
    page("claims:withdraw", POST="answer_claim"),
    page("claims:reopen", POST="answer_claim"),
    page("claims:join", POST="write claims"),
    page("public:claims", GET="anyone"),
    page("public:claim", GET="anyone"),
    page("public:claim_new", GET="anyone", POST="anyone"),
    page("public:claims_json", GET="anyone"),
    page("bulletins:list", GET="read bulletins"),
    page("bulletins:make", POST="publish_bulletin"),
    page("bulletins:look", GET="publish_bulletin"),
    page("bulletins:publish", POST="publish_bulletin"),
    page("bulletins:preview", GET="publish_bulletin"),
    page("bulletins:partners", GET="publish_bulletin"),
)

_ROOMS = (_FOUNDATION, _CASES, _TASKS, _PLAN, _LEVELS, _RESIDENTS, _CLAIMS)
PAGES: dict[str, Page] = {row.url: row for room in _ROOMS for row in room}


# Navigation, in order: the name of the URL and its label. An entry shows where the person may open it; one that stands
# in for another shows where the person may not open that one, which leads to it.
INSTEAD = {"cases:tests": "cases:list"}
NAVIGATION: tuple[tuple[str, str], ...] = (
    ("today", _("Today")),
    ("signals:list", _("Signals")),
    ("cases:list", _("Cases and contacts")),
    ("cases:tests", _("Tests")),
    ("chains:show", _("Chains")),
    ("plan:show", _("Plan")),
    ("tasks:mine", _("Tasks")),
    ("claims:list", _("Claims")),
    ("bulletins:list", _("Bulletins")),
    ("residents:triage", _("Self-reports")),
    ("residents:requests", _("Requests")),
    ("resources:show", _("Resources")),
    ("returns:list", _("Returns")),
    ("events:list", _("Events (IHR)")),
    ("partners:list", _("Partners")),
    ("files:choose", _("Bring in files")),
    ("admin:users", _("Users")),
    ("admin:protocol", _("Protocol")),
    ("admin:retention", _("Retention")),
    ("admin:audit", _("Audit log")),
    ("admin:ledger", _("Ledger")),
    ("break_glass", _("Break the glass")),
)
