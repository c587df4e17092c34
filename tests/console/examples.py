"""Arguments of addresses that need some, for the walks over all addresses: add those of your pages."""

ARGUMENTS: dict[str, dict[str, object]] = {
    "admin:user": {"name": "administrator"},
    "first_password": {"token": "never-made"},
}
# Addresses of the policy that only an instance with a certain setting has.
SOMETIMES = {"oidc_authentication_init", "oidc_authentication_callback"}
