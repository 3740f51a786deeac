"""Measure the site: `make bench-site` writes dashboards/BENCHMARK.md.

The release is the one published in the data folder; `make brief` publishes the sample. Its site
is built in a process of its own, twice, then its PDFs are set; pages are timed over a slow line
and looked at by a browser; every county's brief is scored.
"""

from __future__ import annotations

import argparse
import gzip
import os
import platform
import resource
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from statistics import mean

from classifiers.taxonomy import load_taxonomy
from dashboards.cards import load_cards
from dashboards.county_page import counties_files
from dashboards.edition import Edition
from dashboards.folder import Folder
from dashboards.pdf.writing import write_pdfs
from dashboards.site import build_site
from dashboards.snapshot import read_snapshot
from tests.bench_numbers import in_process, say
from tests.browser import chromium
from tests.browser.audit import SCHEMES, WIDTHS, Audit, printed_pages
from tests.browser.sites import build_all, chosen
from tests.browser.slow_line import KBIT_S, LATENCY_MS, TRIES, Shown, served, timed
from tests.clear_communication import percent, score
from tests.releases import RELEASES
from warehouse.home import Home

COUNTY = "56025"
LANGUAGES = {"English": "county/?????.html", "Spanish": "county/?????.es.html"}
MOST_PRINTED = 20
"""Briefs of one release and language that are printed."""


def main() -> None:
    """Measure everything, and write the document when asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", type=Path)
    asked = parser.parse_args()
    if why := chromium.missing():
        sys.exit(why)
    home = Home.from_env()
    with tempfile.TemporaryDirectory(prefix="site-") as folder:
        site = Path(folder) / "site"
        built = in_process(build, str(home.snapshot), folder)
        say(str(built))
        told = {
            **built,
            **scores(site),
            **looked_at(site, Path(folder)),
            "release": read_snapshot(home.snapshot).release.release_id,
        }
    if asked.write:
        asked.write.write_text(document(told), encoding="utf-8")


def clocked(work: Callable[[], object]) -> tuple[object, str]:
    """What `work` gives, and its seconds in words; CPU of this process and its children."""
    before, start = cpu_s(), time.monotonic()
    given = work()
    return given, f"{time.monotonic() - start:.1f} s ({cpu_s() - before:.1f} s CPU)"


def cpu_s() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def build(snapshot: str, folder: str) -> dict[str, object]:
    """Build the site, again, elsewhere, and its PDFs."""
    numbers, site = Path(snapshot), Path(folder) / "site"
    _, counties_s = clocked(lambda: write_counties(numbers, Path(folder) / "counties"))
    first, first_s = clocked(lambda: build_site(numbers, site))
    again, again_s = clocked(lambda: build_site(numbers, site))
    other, _ = clocked(lambda: build_site(numbers, Path(folder) / "other"))
    edition = Edition(read_snapshot(numbers), load_taxonomy(), load_cards())
    places, cores = list(edition.numbers.counties.values()), os.cpu_count() or 1
    quietly: Callable[[str, int, int], None] = lambda *_: None  # noqa: E731
    pdfs, pdf_s = clocked(lambda: write_pdfs(edition, places, site, cores, quietly))
    return {
        "files_n": first.files_n,
        "counties_n": first.counties_n,
        "counties_s": counties_s,
        "site_mb": first.bytes_n / 1e6,
        "first_s": first_s,
        "again_s": again_s,
        "rewritten_n": again.written_n,
        "same": "the same bytes" if first.sha256 == other.sha256 else "OTHER BYTES",
        "pdfs_n": pdfs.made_n,
        "pdf_mb": pdfs.bytes_n / 1e6,
        "pdf_s": pdf_s,
    }


def write_counties(snapshot: Path, out: Path) -> None:
    """Write what a county has: its brief in both languages, its JSON and its feed."""
    edition = Edition(read_snapshot(snapshot), load_taxonomy(), load_cards())
    with Folder(out) as folder, counties_files(edition) as counties:
        for files in counties:
            for name, content in files:
                folder.write(name, content)


def scores(site: Path) -> dict[str, object]:
    """Sizes of the counties' pages, and what they score."""
    files = sorted(site.glob("county/?????.html"))
    found = [percent(score(file.read_text(encoding="utf-8"))) for file in files]
    return {
        "county_kb": max(file.stat().st_size for file in files) / 1e3,
        "county_gz_kb": max(packed_n(file) for file in files) / 1e3,
        "front_gz_kb": packed_n(site / "index.html") / 1e3,
        "scored_n": len(found),
        "lowest": min(found),
        "mean": mean(found),
    }


def packed_n(file: Path) -> int:
    return len(gzip.compress(file.read_bytes(), mtime=0))


def looked_at(site: Path, folder: Path) -> dict[str, object]:
    """What a browser says of the pages, and how long they take."""
    (folder / "kinds").mkdir()
    sites = build_all(folder / "kinds")
    pages = chosen(sites)
    with chromium.started() as browser:
        slow = slow_rows(browser, site)
        audit = Audit(browser, pages)
        wrong = {scheme: audit.axe(scheme) for scheme in SCHEMES}
        wide = [audit.overflow(width) for width in WIDTHS]
        keys = audit.keyboard(WIDTHS[0])
        sides = sides_rows(browser, {"the published release": site} | sites)
        version = browser.version
    kinds = defaultdict(int)
    for page in pages:
        kinds[page.kind] += 1
    return {
        "slow": slow,
        "sides": sides,
        "chromium": version,
        "pages_n": len(pages),
        "views_n": len(pages) * len(WIDTHS) * len(SCHEMES),
        "kinds": ", ".join(f"`{kind}` {n}" for kind, n in sorted(kinds.items())),
        "violations_n": sum(map(len, wrong.values())),
        "wide_n": sum(map(len, wide)),
        "keys_n": len(keys),
        "releases": ", ".join(RELEASES),
    }


def slow_rows(browser: object, site: Path) -> str:
    """A row a page of the published release."""
    largest = max(site.glob("county/?????.html"), key=packed_n).name
    pages = {
        "a county's brief": f"county/{COUNTY}.html",
        "the largest county's brief": f"county/{largest}",
        "the front page": "index.html",
        "a patient handout": "handout/raw_milk.html",
    }
    with served(site) as address:
        found = {name: timed(browser, f"{address}/{page}") for name, page in pages.items()}
    return "\n".join(_slow_row(name, shown) for name, shown in found.items())


def _slow_row(name: str, shown: Shown) -> str:
    say(f"{name}: {shown}")
    return (
        f"| {name} | {shown.sent_n / 1e3:.1f} kB | {shown.first_ms / 1e3:.2f} s "
        f"| {shown.whole_ms / 1e3:.2f} s |"
    )


def sides_rows(browser: object, sites: dict[str, Path]) -> str:
    """A row a release: sides of Letter that its counties' briefs take, by language."""
    rows = []
    with chromium.tab(browser) as one:
        for name, site in sites.items():
            told = [_sides(one, sorted(site.glob(pattern))) for pattern in LANGUAGES.values()]
            rows.append(f"| {name} | {' | '.join(told)} |")
    return "\n".join(rows)


def _sides(one: chromium.Tab, files: list[Path]) -> str:
    """`20 on 1, 3 on 2`."""
    found: dict[int, int] = defaultdict(int)
    for file in files[:: -(-len(files) // MOST_PRINTED) or 1]:
        one.open(file)
        found[printed_pages(one)] += 1
    return ", ".join(f"{n} on {sides}" for sides, n in sorted(found.items()))


PAGE = """# What the site costs, and how well its pages hold

Release {release}, {counties_n:,} counties. CPU-seconds are those of all cores together.
`make bench-site` measures it and writes this page.

## Building

| | |
|---|---|
| every county's brief in both languages, its JSON and its feed | {counties_s} |
| the whole site, {files_n:,} files, {site_mb:,.0f} MB | {first_s} |
| the same again | {again_s}, {rewritten_n} files rewritten |
| the same release into another folder | {same} |
| {pdfs_n:,} briefs as PDF, {pdf_mb:,.0f} MB | {pdf_s} |
| largest county page | {county_kb:.0f} kB, {county_gz_kb:.1f} kB packed |
| front page | {front_gz_kb:.1f} kB packed |

## Over a slow line

{kbit} kbit/s, {latency} ms until a page begins to come, empty cache, 360 px wide; the middle of
{tries} tries. As Chromium emulates it: looking up the host and shaking hands come on top.

| page | sent | words on the screen | all of it |
|---|---:|---:|---:|
{slow}

## In a browser

Chromium {chromium} and axe-core look at {pages_n} pages in {views_n} views ({widths} px, light
and dark), of releases with: {releases}. Pages by kind: {kinds}.

| | |
|---|---:|
| views with a violation (WCAG 2.0, 2.1 and 2.2 A and AA, best practice) | {violations_n} |
| pages wider than their window | {wide_n} |
| pages where the Tab key misses something, or its place is unseen | {keys_n} |

Sides of Letter that a county's brief takes, printed from the browser, by release:

| release | in English | in Spanish |
|---|---|---|
{sides}

## Clear communication

{scored_n:,} briefs of the published release by the items of the CDC Clear Communication Index
that a program can judge (tests/clear_communication.py): lowest {lowest:.0f}, mean {mean:.1f} of
100; the Index asks for 90.

{cores} cores, {machine}, Python {python}; load at the end {load:.1f}.
"""


def document(told: dict[str, object]) -> str:
    """The figures as a page of Markdown."""
    return PAGE.format(
        **told,
        kbit=KBIT_S,
        latency=LATENCY_MS,
        tries=TRIES,
        widths=", ".join(map(str, WIDTHS)),
        cores=os.cpu_count(),
        machine=platform.machine(),
        python=platform.python_version(),
        load=os.getloadavg()[0],
    )


if __name__ == "__main__":
    main()
