"""Arguments of addresses that need some, for the walks over all addresses: add those of your pages."""

from douse.records.ledger_tables import LEDGER_TABLES

ARGUMENTS: dict[str, dict[str, object]] = {
    "admin:user": {"name": "administrator"},
    **{
        f"claims:{page}": {"claim_id": "never-brought"}
        for page in ("claim", "answer", "facts", "review", "send_back", "withdraw", "reopen", "join")
    },
    "bulletins:look": {"name": "never-made"},
    "bulletins:publish": {"name": "never-made"},
    "bulletins:preview": {"name": "never-made", "path": "en/index.html"},
    "bulletins:partners": {"path": "en/index.html"},
    "public:claim": {"claim_id": "never-brought"},
    "cases:case": {"case_id": "case-north-1"},
    "cases:erase": {"person_id": "p-north-1"},
    "cases:person": {"person_id": "c-north-1"},
    **{
        f"cases:correct_{table}": {"record_id": "no-such-row"}
        for table in ("cases", "contacts", "follow_ups", "tests", "stays", "visits", "arrivals", "people")
    },
    "files:look": {"token": "never-sent"},
    "files:take": {"token": "never-sent"},
    "files:drop": {"token": "never-sent"},
    "files:findings": {"token": "never-sent"},
    "files:rejected": {"token": "never-sent", "table": "cases"},
    "chains:case": {"case_id": "case-north-1"},
    "plan:decision": {"decision_id": "never-made"},
    "plan:measure": {"proposal": "level/north-1/2026-04-01/start-control"},
    "plan:second": {"proposal": "level/north-1/2026-04-01/start-lockdown"},
    "resources:facility": {"facility_id": "hospital"},
    "resources:crew": {"crew_id": "crew-1"},
    "resources:receive": {"shipment_id": "never-sent"},
    "signals:signal": {"signal_id": "cluster:north-1:2026-04-01"},
    "returns:definition": {"name": "district-daily"},
    **{f"returns:{page}": {"return_id": "never-made"} for page in ("return", "sign", "send", "file")},
    **{f"events:{page}": {"assessment_id": "never-made"} for page in ("event", "move", "text")},
    "partners:offer": {"offer_id": "never-made"},
    "partners:bundle": {"name": "nobody"},
    "residents:report": {"report_id": "never-sent"},
    "residents:request": {"request_id": "never-sent"},
    "first_password": {"token": "never-made"},
    "tasks:one": {"task_id": "none"},
    "tasks:record": {"task_id": "none"},
    "tasks:take": {"task_id": "none"},
    "api:upload": {"token": "never-sent"},
    **{
        f"api:{what}_{table}": {"record_id": "none"}
        for what in ("record", "history", "correction")
        for table in LEDGER_TABLES
    },
}
# Addresses of the policy that only an instance with a certain setting has.
SOMETIMES = {"oidc_authentication_init", "oidc_authentication_callback"}
