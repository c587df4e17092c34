"""Chains: who may have infected whom, as a picture and as a table, with why each link is believed."""
