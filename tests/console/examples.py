"""Arguments of addresses that need some, for the walks over all addresses: add those of your pages."""

ARGUMENTS: dict[str, dict[str, object]] = {
    "admin:user": {"name": "administrator"},
    "chains:case": {"case_id": "case-north-1"},
    "plan:decision": {"decision_id": "never-made"},
    "plan:measure": {"proposal": "level/north-1/2026-04-01/start-control"},
    "plan:second": {"proposal": "level/north-1/2026-04-01/start-lockdown"},
    "resources:facility": {"facility_id": "hospital"},
    "resources:receive": {"shipment_id": "never-sent"},
    "signals:signal": {"signal_id": "cluster:north-1:2026-04-01"},
    "first_password": {"token": "never-made"},
}
# Addresses of the policy that only an instance with a certain setting has.
SOMETIMES = {"oidc_authentication_init", "oidc_authentication_callback"}
