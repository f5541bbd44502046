"""One module for each slash command; the registry finds them by being here."""
