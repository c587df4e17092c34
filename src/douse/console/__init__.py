"""The console: where a health department works every day. The only package that imports Django."""
