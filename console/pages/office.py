"""The pages of the office, gathered for `console.setup`."""

from console.pages import admin, calendars, imports, residents, roster

PAGES = (admin.bp, roster.bp, calendars.bp, imports.bp, residents.bp)
