"""Write the example file: every key that there is, commented out, with what it means."""

from __future__ import annotations

from collections.abc import Iterator
from types import NoneType
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel

from flows.configuration.environment import variable
from flows.configuration.keys import Configuration, Secret

_SAMPLES: dict[Any, str] = {str: '"…"', bool: "true", int: "1", float: "1.0"}


def example() -> str:
    """The file as TOML that sets nothing: take the `#` off what you need."""
    head = [
        "# Every setting of Grapevine. Take the # off what you need; the rest has its default.",
        "# The variable named behind a key wins over the key. Check: grapevine config check",
    ]
    return "\n".join([*head, *_lines(Configuration, "")]) + "\n"


def _lines(model: type[BaseModel], above: str) -> Iterator[str]:
    sections = []
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            sections.append((name, field.annotation))
            continue
        path = f"{above}{name}"
        yield f"# {field.description} ({variable(path)})"
        yield f"# {name} = {_sample(field.annotation)}"
    for name, section in sections:
        yield ""
        yield f"[{name}]  # {(section.__doc__ or '').strip()}"
        yield from _lines(section, f"{above}{name}.")


def _sample(annotation: Any) -> str:  # noqa: ANN401 - a type as pydantic holds it
    kind = next(part for part in get_args(annotation) if part is not NoneType)
    if kind is Secret:
        return '"env:NAME"'
    if kind in _SAMPLES:
        return _SAMPLES[kind]
    if get_origin(kind) is Literal:
        return f'"{get_args(kind)[0]}"'
    outer = getattr(kind, "__origin__", None)
    return {list: '["…"]', dict: "{ other = 720 }"}.get(outer, '"…"')  # type: ignore[arg-type]
