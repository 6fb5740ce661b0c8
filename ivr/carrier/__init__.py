"""A loopback stand-in for the telephone provider: it plays our TwiML to a phone in a page, a terminal or a test."""
