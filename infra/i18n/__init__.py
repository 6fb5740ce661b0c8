"""Message catalogs: finding, compiling, extracting and reading them. No message text is here."""
