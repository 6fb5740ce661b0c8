"""The pages of the office, gathered for `console.setup`."""

from console.pages import calendars, imports, residents, roster

PAGES = (roster.bp, calendars.bp, imports.bp, residents.bp)
