"""Forms of exchange that are no plain tables: bundles, payloads, packages, maps."""
