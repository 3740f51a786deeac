"""The command `grapevine serve`: the site, and how Grapevine is, over http."""

from __future__ import annotations

import click

from warehouse.home import Home


@click.command()
@click.option("--host", help="Address to listen on. Default: 127.0.0.1, this machine only.")
@click.option("--port", type=click.IntRange(0, 65535), help="Default: 8000.")
def serve(host: str | None, port: int | None) -> None:
    """Serve the site, its health at /healthz and its numbers for Prometheus at /metrics.

    On another address than this machine's own it wants a password, or to know the proxy that
    asks for one: [serve] in grapevine.toml.

    Example: grapevine serve --port 8000
    """
    from flows.serving.command import serve

    serve(Home.from_env(), host, port, click.echo)
