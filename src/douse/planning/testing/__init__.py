"""The testing day: sites, samplers, couriers and laboratories of one day's rounds, checked event by event."""
