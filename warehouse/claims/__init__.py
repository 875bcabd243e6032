"""The claims: one file each, and this folder is the registry; a file's name is its claim's slug."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from importlib import import_module
from pkgutil import iter_modules

from warehouse.evidence.claim import Claim
from warehouse.schema.errors import UserError


def load_claims(slugs: Sequence[str] | None = None) -> list[Claim]:
    """Return the claims in the order of the board, all or those named.

    Raise `UserError` for an unknown slug, and for a file that does not declare a claim.
    """
    known = sorted(module.name for module in iter_modules(__path__))
    unknown = sorted(set(slugs or ()) - set(known))
    if unknown:
        raise UserError(f"There is no claim {', '.join(unknown)}: choose from {', '.join(known)}.")
    found = [_declared(name) for name in known if not slugs or name in slugs]
    return sorted(found, key=lambda claim: (claim.position, claim.slug))


def _declared(name: str) -> Claim:
    try:
        claim = getattr(import_module(f"{__name__}.{name}"), "CLAIM", None)
    except Exception as error:  # whatever a file that is being written may raise
        said = " ".join(str(error).split())
        raise UserError(f"warehouse/claims/{name}.py declares no claim: {said} ({type(error).__name__}).") from error
    if not isinstance(claim, Claim):
        raise UserError(f"warehouse/claims/{name}.py declares no claim: give it a `CLAIM = Claim(…)`.")
    return replace(claim, slug=name)
