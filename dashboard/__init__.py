"""The dashboard shows one published snapshot and computes nothing a notebook could not."""
