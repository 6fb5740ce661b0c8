"""The pages of the office, gathered for `console.setup`."""

from console.pages import calendars, residents, roster

PAGES = (roster.bp, calendars.bp, residents.bp)
