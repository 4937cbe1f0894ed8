"""A list of models as rows: for tables, for JSON, and as a pandas DataFrame."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from registry.manifest import Manifest

if TYPE_CHECKING:
    import pandas as pd


class ModelList(tuple[Manifest, ...]):
    """Manifests in a fixed order, by name and then id.

    >>> ModelList([]).to_rows()
    []
    """

    __slots__ = ()

    def to_rows(self) -> list[dict[str, Any]]:
        """One flat dict for each model; ``None`` is unknown, ``facts_from`` says who claims what."""
        return [_row(manifest) for manifest in self]

    def to_dataframe(self) -> pd.DataFrame:
        """One row for each model, indexed by id; unknown values are missing ones."""
        import pandas as pd

        columns = ["id", *_COLUMNS]
        table: pd.DataFrame = pd.DataFrame(self.to_rows(), columns=columns).convert_dtypes()
        indexed: pd.DataFrame = table.set_index("id")
        return indexed


_COLUMNS = (
    "name",
    "other_names",
    "make",
    "model",
    "kind",
    "gain_class",
    "tone",
    "architecture",
    "family",
    "hidden_size",
    "num_knobs",
    "num_parameters",
    "sample_rate",
    "sample_rate_assumed",
    "licence",
    "author",
    "date",
    "parent",
    "esr",
    "facts_from",
)


def _row(manifest: Manifest) -> dict[str, Any]:
    known: dict[str, Any] = {
        **dict(manifest),
        **dict(manifest.device),
        "tone": ", ".join(manifest.tone) or None,
        "other_names": ", ".join(manifest.names[1:]) or None,
        "esr": manifest.training.esr if manifest.training else None,
        "facts_from": ", ".join(f"{fact}: {source}" for fact, source in manifest.facts_from.items()) or None,
    }
    return {key: known[key] for key in ("id", *_COLUMNS)}
