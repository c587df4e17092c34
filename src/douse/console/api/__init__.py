"""The API: the same operations as the pages, for programs, by tokens."""
