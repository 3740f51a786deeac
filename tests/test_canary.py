"""Posts are planted, counted, and then searched for in everything that leaves the office.

Each planted post bears the mark in whatever could point at it: words, handle, link, mail
address, author, community, id. They are read, placed, tagged, counted and published by the
real pipeline, printed, and mailed; the mark is looked for in the site, the published snapshot,
the PDFs and the mails, unpacked and decoded, and so is any run of words from a post.
"""

import email
import itertools
import json
import random
import re
from email.policy import default
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner
from pypdf import PdfReader
from pypdf.generic import StreamObject

from delivery import deliver
from flows.cli import main
from tests import plain_run, small_country
from tests.fakes.hook import SECRET, FakeHook
from tests.fakes.mail import FakeMailServer
from tests.files import comment, dump, export, export_row
from tests.offices import OfficeFile
from tests.test_secrets import cells, needles
from warehouse import marts
from warehouse.home import Home

pytestmark = pytest.mark.whole

MARK = "zq7canary"
PEOPLE_N = 400
TOWNS = ("Casper, WY", "Cheyenne, WY", "Billings, MT", "Missoula, MT")
RUN_OF_WORDS = 6
"""As many words in a row as no catalogued claim shares with a planted post."""

SAID = (
    "Straight from the cow, raw milk heals {ill} and the whole gut.",
    "Raw milk cures asthma, we drink raw milk from the cow every day and it heals {ill}.",
    "Raw milk heals the gut, raw milk from the cow cures {ill}, drink it every day.",
)
ILLS = ("asthma", "eczema", "hay fever", "gut trouble", "sore joints", "migraine", "allergies")
THINGS = (
    *("fence", "barn", "truck", "saddle", "well", "hay", "calves", "goats", "porch", "roof"),
    *(
        "garden",
        "mule",
        "shed",
        "creek",
        "plow",
        "tractor",
        "lambs",
        "ditch",
        "gate",
        "orchard",
    ),
)


def texts():
    """What each person wrote: of one claim, no two much alike, with the mark in every one."""
    draw = random.Random(7)
    for n in range(PEOPLE_N):
        said = SAID[n % len(SAID)].format(ill=draw.choice(ILLS))
        done = ", ".join(draw.sample(THINGS, 6)).capitalize()
        yield (
            f"{said} {done} done in {TOWNS[n % len(TOWNS)]}. {MARK}word{n}. "
            f"https://{MARK}link{n}.example/p/{n} @{MARK}handle{n} {MARK}{n}@mail.example "
            f"(307) 555-{1000 + n}"
        )


def planted(folder):
    """A Reddit dump and a listening tool's export, half of the posts each."""
    rows = list(enumerate(texts()))
    comments = [
        comment(n, id=f"{MARK}id{n}", author=f"{MARK}author{n}", body=text,
                subreddit=f"{MARK}community", permalink=f"/r/{MARK}community/{n}")
        for n, text in rows[: PEOPLE_N // 2]
    ]  # fmt: skip
    exported = [
        export_row(n, Text=text, URL=f"https://x.example/{MARK}{n}")
        | {"Post ID": f"{MARK}id{n}", "Author": f"{MARK}author{n}"}
        | {"Author location": TOWNS[n % len(TOWNS)]}
        for n, text in rows[PEOPLE_N // 2 :]
    ]
    header = [*export_row(0), "Author", "URL"]
    return [
        dump(folder / "posts.ndjson.zst", comments),
        export(folder / "export.csv", exported, header),
    ]


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """The data folder after a run of the planted posts, with PDFs, and mails and hooks sent."""
    folder = tmp_path_factory.mktemp("canary")
    home = Home(folder / "data")
    with pytest.MonkeyPatch.context() as patch, FakeMailServer() as server, FakeHook() as hook:
        patch.setenv("GRAPEVINE_HOME", str(home.root))
        patch.setenv("HOOK_SECRET", SECRET)
        patch.setattr(deliver, "PAUSES_S", (0.0,))
        patch.setattr(marts, "load_counties", lambda: small_country.counties("WY", "MT"))
        plain_run.main("2024-W10", 2, [str(file) for file in planted(folder)])
        command("brief", "--pdf", "WY")
        office = OfficeFile(server.port).add("nurse").add("clinica", language="es")
        office.add("state", state="WY").add("hook", webhook=hook.url).write(home)
        command("deliver", "--late")
        yield home, server, hook


def command(*arguments):
    told = CliRunner().invoke(main, arguments)
    assert told.exit_code == 0, told.output


def unpacked(file):
    """Everything a file says, in whatever it is packed: tables, PDF streams, mail parts."""
    data = file.read_bytes()
    return "\n".join([data.decode("latin-1"), cells(file), *_of_pdf(data)])


def _of_pdf(data):
    if not data.startswith(b"%PDF"):
        return
    found = PdfReader(BytesIO(data))
    yield from (page.extract_text() for page in found.pages)
    yield str(found.metadata)
    for number in {*itertools.chain(*found.xref.values()), *found.xref_objStm} - {0}:
        told = found.get_object(number)
        yield told.get_data().decode("latin-1") if isinstance(told, StreamObject) else str(told)


def of_mail(content):
    """Headers and every part of a mail, decoded; an attached PDF unpacked."""
    message = email.message_from_bytes(content, policy=default)
    told = [content.decode("latin-1"), *map(str, message.values())]
    for part in message.walk():
        if part.get_content_maintype() == "text":
            told.append(part.get_content())
        elif not part.is_multipart():
            told += _of_pdf(part.get_content())
    return "\n".join(told)


def words_of(text):
    """Its words in small letters, one space between them."""
    return re.findall(r"[^\W_]+", text.lower())


def runs(words):
    """Every run of so many words."""
    return {" ".join(words[n : n + RUN_OF_WORDS]) for n in range(len(words) - RUN_OF_WORDS + 1)}


@pytest.fixture(scope="module")
def everything(published):
    """All that leaves the office, unpacked, by name: files, mails, posts to hooks."""
    home, server, hook = published
    files = [file for file in home.site.rglob("*") if file.is_file()]
    told = {
        str(file.relative_to(home.root)): unpacked(file) for file in [*files, home.snapshot]
    }
    told |= {f"mail {n}": of_mail(mail) for n, mail in enumerate(mails(server))}
    return told | {
        f"hook {n}": f"{post.headers} {post.body.decode()}"
        for n, post in enumerate(hook.posted)
    }


def mails(server):
    """The bytes of each mail that the server took."""
    return [one.content for one in server.boxes]


def test_the_planted_posts_were_read_placed_and_told_of(published):
    home, server, hook = published
    record = json.loads((home.site / "county/56025.json").read_text())
    held = "".join(cells(file) for file in home.posts.rglob("*.parquet"))

    assert [theme["theme_id"] for theme in record["themes"]] == ["raw_milk"]
    assert record["themes"][0]["author_n"] >= 10
    assert f"{MARK}word1" in held  # so the mark comes through where posts may be
    assert len(list((home.site / "county").glob("*.pdf"))) > 20
    assert (len(mails(server)), len(hook.posted)) == (3, 1)


def test_nothing_that_leaves_the_office_bears_the_mark(everything):
    mark = needles(MARK)

    assert [name for name, told in everything.items() if mark.search(told)] == []


def test_no_run_of_words_of_a_post_leaves_the_office(everything):
    planted_runs = set().union(*(runs(words_of(text)) for text in texts()))
    lines = {line for told in everything.values() for line in told.splitlines()}

    told = set().union(*(runs(words_of(line)) for line in lines if " " in line))

    assert len(told) > 10_000
    assert planted_runs & told == set()


def test_the_search_sees_into_what_is_packed(published):
    home, server, _ = published
    pdf = home.site / "county/56025.pdf"
    said = b"passed this on"

    assert said not in pdf.read_bytes()
    assert said.decode() in " ".join(unpacked(pdf).split())
    assert any(said.decode() in " ".join(of_mail(mail).split()) for mail in mails(server))
    assert "raw_milk" in unpacked(home.site / "data/theme_week.parquet")


@pytest.mark.parametrize("where", ["site", "mail"])
def test_a_mark_that_slips_out_is_found(published, tmp_path, where):
    _, server, _ = published
    leaky = mails(server)[0].replace(b"Natrona", MARK.encode(), 1)
    (tmp_path / "page.html").write_text(f"<p>{MARK.upper()}word3</p>")

    told = of_mail(leaky) if where == "mail" else unpacked(Path(tmp_path / "page.html"))

    assert needles(MARK).search(told)
