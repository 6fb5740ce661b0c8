"""Staff pages, public pages, the JSON API and the live stream."""
