"""Kernels: arrays in, arrays out; no names, dates or files."""
