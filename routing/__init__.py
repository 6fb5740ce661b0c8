"""Who gets it next: seats, selection, reservations and the live queue index."""
