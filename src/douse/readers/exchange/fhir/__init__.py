"""FHIR R4: which words stand for ours, and bundles to rows."""
