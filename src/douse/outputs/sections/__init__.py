"""The sections of the report, one file each: a briefing and words in, blocks out."""
