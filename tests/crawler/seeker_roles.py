"""A stand-in for the warehouse's classifier: the role is the words the invented seekers use."""


def roles(texts: list[str]) -> list[str | None]:
    """Return one role per text."""
    return ["data_scientist" if "data scientist" in text.lower() else "software_engineer" for text in texts]
