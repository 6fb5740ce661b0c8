"""What work exists and by when: places, people, tickets, calendars, deadlines, escalation rules."""
