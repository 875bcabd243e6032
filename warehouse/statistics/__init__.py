"""Statistics that know nothing of postings: arrays in, arrays out, employers as clusters."""
