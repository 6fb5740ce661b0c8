"""A loopback stand-in for the telephone provider: plays our TwiML to a phone in a page or a terminal."""
