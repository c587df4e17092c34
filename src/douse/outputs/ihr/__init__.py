"""The decision instrument of the International Health Regulations, Annex 2."""
