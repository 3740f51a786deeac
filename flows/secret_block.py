"""Read one secret from a Prefect Secret block that the environment names.

Prefect takes seconds to import, so it is asked for only when a setting names a block. The
value is returned and kept nowhere: no log line, error or file has it.
"""

from __future__ import annotations

import re
from typing import cast

from flows.sources.collected import SettingsError


def read_secret(block: str, setting: str) -> str:
    """The text in the Secret block called `block`, named by the environment's `setting`.

    Raises `SettingsError` when there is no such block, no Prefect to ask, or no text in it.
    """
    if not re.fullmatch(r"[a-z0-9-]{1,100}", block):
        # not repeated: it may be the secret itself
        raise SettingsError(
            f"{setting} names no Prefect block: their names have small letters, digits and "
            "dashes. Put the name of a Secret block there, never the secret."
        )
    import httpx
    from prefect.blocks.system import Secret

    try:
        # not `.get()`, which reads a secret like 12e5 as JSON, a number
        value = cast("Secret[str]", Secret.load(block)).value.get_secret_value()
    except ValueError:
        raise SettingsError(
            f"{setting} names the Prefect block '{block}', which does not exist. Make a Secret "
            "block of that name, or correct the setting."
        ) from None
    except (httpx.HTTPError, RuntimeError) as error:
        raise SettingsError(
            f"{setting} names a Prefect block, but Prefect does not answer. Check "
            "PREFECT_API_URL, or set the secret in the environment."
        ) from error
    if not isinstance(value, str) or not value.strip():
        raise SettingsError(
            f"The Prefect block '{block}' named in {setting} holds no text. Put the secret "
            "alone in it."
        )
    return value.strip()
