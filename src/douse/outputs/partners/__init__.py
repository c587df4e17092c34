"""Partners: what goes to other instances and comes from them, by a policy that people can read."""
