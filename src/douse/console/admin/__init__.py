"""Administration: users, protocol in force, retention, audit log, ledger."""
