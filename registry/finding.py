"""One model from what a person typed, or a sentence that helps to type better."""

from __future__ import annotations

import difflib
from typing import NamedTuple

from registry.catalogue import Catalogue
from registry.manifest import Manifest
from zoo.errors import NotInZoo

MAX_SHOWN = 8


class Located(NamedTuple):
    """A model's id and, where its manifest can be read, its name."""

    id: str
    name: str | None


def the_one(catalogue: Catalogue, query: str) -> Manifest:
    """The one model that ``query`` names.

    Raises:
        NotInZoo: there is none, and names that look alike are offered; or several, which are listed.
    """
    found = catalogue.matches(query)
    if len(found) == 1:
        return found[0]
    if found:
        some = ", ".join(f"{m.short_id} ({m.name}, {m.architecture})" for m in found[:MAX_SHOWN])
        more = f" and {len(found) - MAX_SHOWN} more" if len(found) > MAX_SHOWN else ""
        raise NotInZoo(query, f"{query!r} could be {some}{more}; give more of the id")
    near = difflib.get_close_matches(query, catalogue.names(), n=3, cutoff=0.5)
    hint = f"did you mean {', '.join(near)}?" if near else "`zoo list` shows what there is"
    raise NotInZoo(query, f"no model called {query!r} is in the zoo; {hint}")
