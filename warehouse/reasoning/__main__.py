"""Runs `python -m warehouse.reasoning`."""

import sys

from warehouse.reasoning import main

sys.exit(main())
