"""Recorded answers served over loopback in place of the internet, for demos and tests."""
