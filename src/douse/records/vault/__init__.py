"""The vault: who the pseudonyms are. Apart from all records, encrypted, and opened by few."""

from douse.records.vault.vault import FIELDS, Vault, open_vault

__all__ = ["FIELDS", "Vault", "open_vault"]
