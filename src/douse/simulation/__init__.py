"""The outbreak forward, person by person: course of the illness, contacts, measures, and the engine that runs them."""
