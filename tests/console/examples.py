"""Arguments of addresses that need some, for the walks over all addresses: add those of your pages."""

ARGUMENTS: dict[str, dict[str, object]] = {
    "admin:user": {"name": "administrator"},
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
    "first_password": {"token": "never-made"},
}
# Addresses of the policy that only an instance with a certain setting has.
SOMETIMES = {"oidc_authentication_init", "oidc_authentication_callback"}
