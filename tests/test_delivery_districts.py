"""How the brief of a district reaches its subscribers."""

import json
from dataclasses import replace
from email import message_from_bytes, policy

import pytest
from click.testing import CliRunner

from dashboards.districts import District
from dashboards.geo import Geo
from dashboards.place_page import NO_TOTAL
from delivery.issue import check_district
from delivery.layout import as_html, as_text
from delivery.letter import Letters
from delivery.office import read_office
from flows.cli import main
from tests.offices import OfficeFile, publish, put_pdf
from tests.pages import Page
from tests.snapshots import Snapshot, edition, plenty
from warehouse.errors import GrapevineError

REGIONS = """
[districts.platte-valley]
name = "Platte Valley"
counties = ["56025", "56027"]
"""
PLACE = Geo("district", "platte-valley")


@pytest.fixture
def made(tmp_path):
    district = District("platte-valley", "Platte Valley", ("56025", "56027"))
    return replace(edition(plenty(), tmp_path), districts={district.slug: district})


def row(name="clinic", key="platte-valley"):
    return f'[subscribers.{name}]\ndistrict = "{key}"\nemail = "{name}@clinic.example"\n'


def office(home, key="platte-valley"):
    file = OfficeFile()
    file.rows.append(row(key=key))
    return file.write(home)


def previews(home, out):
    return CliRunner().invoke(main, ["deliver", "--dry-run", "--out", str(out)])


def test_a_subscriber_may_ask_for_a_district(home):
    (found,) = read_office(office(home)).subscribers

    assert found.place == PLACE


def test_a_subscriber_of_a_district_and_a_county_is_told_to_choose(home):
    file = OfficeFile()
    file.rows.append(f'{row()}county = "56025"\n')

    with pytest.raises(GrapevineError, match="either county"):
        read_office(file.write(home))


def test_an_unknown_district_is_named_with_the_nearest_right_one(made):
    check_district(made, "clinic", PLACE)
    check_district(made, "clinic", Geo("county", "56025"))

    with pytest.raises(GrapevineError) as caught:
        check_district(made, "clinic", Geo("district", "plate-valey\n"))

    assert str(caught.value) == (
        "Subscriber 'clinic': no district has the key 'plate-valey'. Did you mean "
        "'platte-valley'? The keys stand in regions.toml, as in [districts.KEY]."
    )


def test_the_letter_of_a_district_says_what_its_page_says(made):
    letter = Letters(made, "https://briefs.example/").letter(PLACE, "en")
    text = " ".join(as_text(letter).split())

    assert letter.subject == "Platte Valley, Wyoming: brief for week 10 of 2024"
    assert letter.url == "https://briefs.example/district/platte-valley.html"
    assert letter.detail.startswith("In Natrona County, about 5 in 100 health voices")
    assert NO_TOTAL in text
    assert "Natrona County: Raw milk said to be safer or healing. Of 1,000" in text
    assert "this county" not in text
    assert Page(as_html(letter)).problems == []


def test_the_letter_of_a_county_still_says_this_county(made):
    letters = Letters(made)
    letters.letter(PLACE, "en")

    assert "this county" in as_text(letters.letter(Geo("county", "56025"), "en")).lower()


def test_a_district_has_a_letter_in_spanish_too(made):
    letter = Letters(made).letter(PLACE, "es")

    assert letter.subject.startswith("Platte Valley, Wyoming: resumen")
    assert letter.detail.endswith("no se hace un total de todos.")


def test_a_district_without_a_word_of_its_own_says_so(tmp_path):
    district = District("corner", '<b>"Corner"</b>', ("56027",))
    found = replace(edition(Snapshot(), tmp_path), districts={"corner": district})

    html = as_html(Letters(found).letter(Geo("district", "corner"), "en"))

    assert "We can say nothing about" in html
    assert "<b>&#34;Corner" not in html
    assert "&lt;b&gt;&#34;Corner&#34;&lt;/b&gt;" in html


def test_a_district_is_delivered_with_the_pdf_of_its_release(home, tmp_path):
    release_id = publish(home)
    home.districts.write_text(REGIONS, encoding="utf-8")
    office(home)
    put_pdf(home, "district/platte-valley", b"%PDF " + release_id.encode())

    told = previews(home, tmp_path / "out")

    assert told.exit_code == 0, told.output
    assert "would go  clinic: district platte-valley, en, mail" in told.output
    mail = message_from_bytes((tmp_path / "out/clinic.eml").read_bytes(), policy=policy.default)
    assert mail["subject"] == "Platte Valley, Wyoming: brief for week 10 of 2024"
    (attached,) = mail.iter_attachments()
    assert attached.get_filename() == f"grapevine-platte-valley-{release_id}.pdf"


def test_a_delivery_to_a_district_that_is_none_stops_before_anything_is_sent(home, tmp_path):
    publish(home)
    home.districts.write_text(REGIONS, encoding="utf-8")
    office(home, "plate-valley")

    told = previews(home, tmp_path / "out")

    assert told.exit_code == 1
    assert "Did you mean 'platte-valley'?" in told.output
    assert not (tmp_path / "out").exists()


def test_a_slip_in_the_districts_stops_a_delivery_in_one_line(home, tmp_path):
    publish(home)
    home.districts.write_text(REGIONS.replace("56027", "99999"), encoding="utf-8")
    office(home)

    told = previews(home, tmp_path / "out")

    assert told.exit_code == 1
    assert "no county is called '99999'" in told.output
    assert "Traceback" not in told.output


def test_a_webhook_of_a_district_names_its_kind_of_place(home, tmp_path):
    publish(home)
    home.districts.write_text(REGIONS, encoding="utf-8")
    file = OfficeFile()
    file.rows.append(
        '[subscribers.hook]\ndistrict = "platte-valley"\n'
        'webhook = "https://hook.example/x"\nsecret = "env:HOOK_SECRET"\n'
    )
    file.write(home)

    told = previews(home, tmp_path / "out")

    assert told.exit_code == 0, told.output
    body = json.loads((tmp_path / "out/hook.json").read_text(encoding="utf-8"))
    assert "platte-valley" in json.dumps(body)
