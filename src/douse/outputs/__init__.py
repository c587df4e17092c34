"""Outputs: report, exports, manifest."""
