"""How well each field of the codebook is read, measured against labels that people made by reading postings.

`python -m warehouse.quality` reads the labels beside the project, enriches the labelled postings, and rewrites
`warehouse/reference/quality.json` (figures and counts, no text) and `docs/quality.md` (rendered from it).
"""
