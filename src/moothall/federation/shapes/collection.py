"""Collections, and what stands in the place of something that is gone."""

from typing import Any

from .base import PUBLIC, Document


def ordered(own_id: str, items: list[Any]) -> Document:
    """A collection with everything in it."""
    return {
        "id": own_id,
        "type": "OrderedCollection",
        "totalItems": len(items),
        "orderedItems": items,
    }


def counted(own_id: str, total: int) -> Document:
    """A collection of which only the size is told: who follows what is their own affair."""
    return {"id": own_id, "type": "Collection", "totalItems": total, "items": []}


def announced(group_id: str, activity: Document) -> Document:
    """An activity as the group passes it on; its id follows from the activity's."""
    own_id = activity["id"].replace("/activities/", "/activities/announce/", 1)
    return {
        "id": own_id,
        "type": "Announce",
        "actor": group_id,
        "to": [PUBLIC],
        "cc": [f"{group_id}/followers"],
        "object": activity,
        "published": activity["published"],
    }


def tombstone(own_id: str, former_type: str) -> Document:
    """What is gone."""
    return {"id": own_id, "type": "Tombstone", "formerType": former_type}
