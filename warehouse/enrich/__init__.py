"""The codebook as one pure function: rows of title, company, place and text in, the codebook's fields out.

The folder is the registry: a module here with `FIELDS` and `extract` is an extractor, and its fields become columns.
"""

from warehouse.enrich.composition import ENRICHED_SCHEMA, PARSER_VERSION, enrich, extractors
from warehouse.enrich.files import enrich_file

__all__ = ["ENRICHED_SCHEMA", "PARSER_VERSION", "enrich", "enrich_file", "extractors"]
