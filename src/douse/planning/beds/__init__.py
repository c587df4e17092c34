"""Isolation and treatment: who goes to which bed or room today, and which facility to open when."""
