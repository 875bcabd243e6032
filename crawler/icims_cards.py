"""How the cards of an iCIMS portal's search page are read: a title, and labelled fields in two layouts."""

from parsel import Selector


def card_title(card: Selector) -> str:
    """Return the posting's title."""
    return " ".join((card.css("h3::text").get() or card.css("a.iCIMS_Anchor::text, a::text").get() or "").split())


def card_labels(card: Selector) -> dict[str, str]:
    """Return the labelled fields of a card, such as `Job Locations`, whichever layout the portal uses."""
    pairs = {}
    for tag in card.css(".iCIMS_JobHeaderTag"):
        pairs[" ".join(tag.css("dt ::text").getall()).strip()] = " ".join(
            " ".join(tag.css("dd ::text").getall()).split()
        )
    for label in card.css(".header .field-label"):
        name, value = label.css("::text").get(""), label.xpath("following-sibling::span[1]//text()").getall()
        pairs.setdefault(name.strip(), " ".join(" ".join(value).split()))
    return pairs
