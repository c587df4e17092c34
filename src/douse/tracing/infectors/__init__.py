"""Who infected whom, with probabilities, where nobody recorded it."""
