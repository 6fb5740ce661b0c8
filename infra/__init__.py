"""The outside world, with no domain word in it: settings, clock, stores, jobs, languages, telephony, log."""
