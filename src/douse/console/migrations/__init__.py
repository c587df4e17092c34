"""Migrations of the tables of users."""
