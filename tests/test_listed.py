import pytest

from classifiers.place import load_locator
from flows.sources.collected import SettingsError
from flows.sources.listed import Entry, county_words, named_loopback, read_list, seconds
from warehouse.reference import load_counties


def entry(**fields):
    return Entry("feeds.toml", "courier", fields)


@pytest.mark.whole
def test_every_county_can_be_written_so_that_the_locator_finds_it():
    locator = load_locator()

    wrong = [
        fips
        for fips in load_counties()
        if locator.locate(None, None, county_words(fips)).fips != fips
    ]

    assert len(wrong) <= 1  # King and Queen County, VA, has no name that is read: its state is


def test_every_state_can_be_written_so_that_the_locator_finds_it():
    states = {county.state for county in load_counties().values()}

    found = {
        state: load_locator().locate(None, None, entry(state=state).location())
        for state in states
    }

    assert {state: place.state for state, place in found.items()} == {s: s for s in states}


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"county": "1063"}, "no county has the code '1063'"),
        ({"county": 56025}, "county is not text"),
        ({"county": "56025", "state": "MT"}, "is not in MT"),
        ({"state": "Wyoming"}, "is no state"),
    ],
)
def test_a_place_that_is_none_is_refused_with_the_entry_s_name(fields, said):
    with pytest.raises(SettingsError, match=rf"^feeds.toml, \[courier\]: .*{said}"):
        entry(**fields).location()


def test_an_entry_without_a_place_has_none():
    assert entry().location() is None


def test_a_key_that_means_nothing_is_refused():
    with pytest.raises(SettingsError, match="there is no key 'conty'; use url, county"):
        entry(url="x", conty="56025").allow("url", "county")


def test_a_list_that_cannot_be_read_says_which_setting_names_it(tmp_path, monkeypatch):
    monkeypatch.setenv("GRAPEVINE_X", str(tmp_path / "none.toml"))

    with pytest.raises(SettingsError, match=r"none.toml cannot be read.*GRAPEVINE_X"):
        list(read_list("GRAPEVINE_X", tmp_path))


@pytest.mark.parametrize(
    ("written", "said"),
    [("[a", "is no TOML"), ("\xff", "is no TOML"), ("a = 1", "no table")],
)
def test_a_list_that_is_none_is_refused(tmp_path, monkeypatch, written, said):
    file = tmp_path / "feeds.toml"
    file.write_bytes(written.encode("latin-1"))
    monkeypatch.setenv("GRAPEVINE_X", str(file))

    with pytest.raises(SettingsError, match=said):
        list(read_list("GRAPEVINE_X", tmp_path))


def test_only_addresses_of_this_machine_can_be_named_as_such(monkeypatch):
    monkeypatch.setenv("GRAPEVINE_X", "127.0.0.1:8123, [::1]:80")

    assert named_loopback("GRAPEVINE_X") == {("127.0.0.1", 8123), ("::1", 80)}

    for wrong in (
        "10.0.0.1:80",
        "localhost:80",
        "127.0.0.1",
        "127.0.0.1:0",
        "169.254.169.254:80",
    ):
        monkeypatch.setenv("GRAPEVINE_X", wrong)
        with pytest.raises(SettingsError, match="no address of this machine"):
            named_loopback("GRAPEVINE_X")


@pytest.mark.parametrize("written", ["0", "-1", "nan", "inf", "soon", "21"])
def test_a_time_that_is_none_is_refused(monkeypatch, written):
    monkeypatch.setenv("GRAPEVINE_X", written)

    with pytest.raises(SettingsError, match="no number of seconds from 0 to 20"):
        seconds("GRAPEVINE_X", 5, 20)
