"""Write the list of all counties: the way to a brief that needs neither script nor map."""

from __future__ import annotations

from jinja2 import Environment

from dashboards.edition import Edition


def county_list(edition: Edition, pages: Environment) -> str:
    """Every county A to Z, state by state, with the states' first letters as anchors."""
    letters: dict[str, str] = {}
    for postal, name in edition.states.items():
        letters.setdefault(name[:1], postal)
    return pages.get_template("counties.html.j2").render(
        up="",
        letters=letters,
        states=[
            (postal, name, edition.counties_of[postal])
            for postal, name in edition.states.items()
        ],
        districts=list(edition.districts.values()),
    )
