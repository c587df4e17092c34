"""The index of visits: everybody who was there, found without reading what was not asked for."""
