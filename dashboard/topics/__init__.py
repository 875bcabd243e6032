"""The figures of the topic pages: each a plain aggregate over the snapshot that a notebook could run."""
