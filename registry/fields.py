"""What the fields of manifests may hold: bounded text, hashes, paths that stay inside a folder."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Annotated, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

Sha256: TypeAlias = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Commit: TypeAlias = Annotated[str, Field(pattern=r"^[0-9a-f]{40}$")]
Text: TypeAlias = Annotated[str, Field(min_length=1, max_length=1000)]
Bytes: TypeAlias = Annotated[int, Field(ge=0, le=1 << 40)]


def _inside(path: str) -> str:
    parts = PurePosixPath(path).parts
    plain = bool(parts) and all(part.isprintable() and not part.startswith(".") for part in parts)
    if not plain or path != "/".join(parts) or parts[0] == "/" or "\\" in path or ":" in path:
        raise ValueError(f"{path!r} is not a plain path inside the model's folder")
    return path


InsidePath: TypeAlias = Annotated[str, Field(max_length=255), AfterValidator(_inside)]


class Strict(BaseModel):
    """No field beyond those named, no coercion, no change after the fact."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


def complaint(error: ValidationError) -> str:
    """Which field is wrong, and how, in a few words."""
    first = error.errors(include_url=False, include_context=False)[0]
    where = ".".join(str(step) for step in first["loc"]) or "the whole"
    return f"{where[:100]!r} ({first['msg']})"
