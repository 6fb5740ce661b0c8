"""Properties are about answers, not about how busy the machine is: no time limit per example."""

from hypothesis import settings

settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
