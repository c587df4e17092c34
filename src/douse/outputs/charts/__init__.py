"""Charts: Altair specifications, compiled to SVG."""
