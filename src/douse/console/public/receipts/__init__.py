"""By a receipt number residents see, correct, withdraw and confirm what they sent."""
