"""Bulletins: made, looked at, published into the instance's folder, and served from there."""
