"""The one language that crawler, warehouse and dashboard share: archive records, public tables, folder layout."""

from warehouse.schema.errors import UserError
from warehouse.schema.layout import DataFolder
from warehouse.schema.records import BoardReading, PayOffer, Sighting
from warehouse.schema.tables import TABLES, Column, Table

__all__ = ["TABLES", "BoardReading", "Column", "DataFolder", "PayOffer", "Sighting", "Table", "UserError"]
