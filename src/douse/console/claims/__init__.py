"""The register of claims: what goes around, weighed, answered, agreed to by a second person, and published."""
