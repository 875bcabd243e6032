"""A rehearsal of the first live crawl: the default plan at its real pace against a loopback stand-in for the internet."""
