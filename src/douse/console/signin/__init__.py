"""Signing in: passwords, second factor, one-time links, OpenID Connect."""
