import pytest

from classifiers.place.communities import find_community
from flows.regions import FILE, load_regions
from warehouse.errors import InputError
from warehouse.reference import load_counties, load_states


@pytest.fixture
def changed(tmp_path):
    """The regions file with one text put for another."""

    def write(old, new):
        text = FILE.read_text(encoding="utf-8")
        assert old in text
        file = tmp_path / "regions.toml"
        file.write_text(text.replace(old, new, 1), encoding="utf-8")
        return file

    return write


def test_every_state_has_a_community_that_is_placed_in_it():
    regions = load_regions()

    assert regions.states.keys() == load_states().keys()
    for state, names in regions.states.items():
        assert {find_community(name).state for name in names} == {state}


def test_every_state_of_which_much_is_rural_has_towns():
    counties = load_counties().values()
    people = {state: [0, 0] for state in load_states()}
    for county in counties:
        people[county.state][county.is_rural] += county.pop

    much = {state for state, (urban, rural) in people.items() if rural >= (urban + rural) / 4}

    assert len(much) == 20
    assert all(load_regions().towns[state] for state in much)


def test_most_rural_counties_that_have_a_community_are_collected():
    regions = load_regions()
    rural = {fips for fips, county in load_counties().items() if county.is_rural}

    placed = {find_community(name).fips for name in regions.communities()}

    assert len(placed & rural) == 170


def test_no_community_is_named_twice():
    names = load_regions().communities()

    assert len(names) == len(set(names)) == 391


def test_one_round_of_all_communities_fits_well_into_an_hour():
    queries_n = 2 * len(load_regions().communities())

    assert queries_n / 100 < 15


def test_a_region_has_several_counties_of_its_state():
    counties = load_counties()

    for region in load_regions().regions.values():
        assert len(region.counties) > 1, region.name
        assert {counties[fips].state for fips in region.counties} == {region.state}
        assert list(region.counties) == sorted(set(region.counties))


def test_the_communities_of_a_region_are_placed_in_its_state_and_no_county():
    for region in load_regions().regions.values():
        found = [find_community(name) for name in region.communities]

        assert {(place.state, place.fips) for place in found} == {(region.state, None)}


def test_a_county_is_named_as_people_say_it():
    region = load_regions().regions["virginia_new_river"]

    assert region.name == "New River Valley"
    assert region.counties == ("51063", "51071", "51121", "51155", "51750")
    assert region.communities == ("nrv",)


def test_communities_can_be_asked_for_by_state():
    names = load_regions().communities(["WY", "CO"])

    assert {"wyoming", "casper", "colorado", "slv"} <= set(names)
    assert "montana" not in names


def test_a_community_that_is_placed_nowhere_is_refused_with_the_nearest_name(changed):
    file = changed('"casper"', '"caspar"')

    with pytest.raises(InputError, match=r"r/caspar.*Did you mean 'casper'\?.*review\.toml"):
        load_regions(file)


def test_a_community_under_the_wrong_state_is_refused(changed):
    file = changed('WY = ["wyoming"]', 'WY = ["montana"]')

    with pytest.raises(InputError, match=r"r/montana under WY.*under MT"):
        load_regions(file)


def test_a_state_left_out_is_named(changed):
    with pytest.raises(InputError, match="no community for WY"):
        load_regions(changed('WY = ["wyoming"]\n', ""))


def test_a_state_that_is_none_is_named(changed):
    with pytest.raises(InputError, match="'XX', which is no postal code"):
        load_regions(changed('state = "AR"', 'state = "XX"'))


@pytest.mark.parametrize("name", ["Bentone", "Benton County County"])
def test_a_county_that_its_state_does_not_have_is_named(changed, name):
    with pytest.raises(InputError, match=f"'{name}' in AR, which is 0 counties"):
        load_regions(changed('"Benton", "Madison"', f'"{name}", "Madison"'))


def test_a_region_with_a_key_missing_is_named(changed):
    with pytest.raises(InputError, match="'arkansas_northwest' must have"):
        load_regions(changed('name = "Northwest Arkansas"\n', ""))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[towns]", "[villages]", "must hold"),
        ('WY = ["wyoming"]', "WY = [", "no TOML"),
        ('WY = ["wyoming"]', "WY = [5]", "'WY' must list names in quotes"),
        ('WY = ["wyoming"]', 'WY = "wyoming"', "'WY' must list names in quotes"),
    ],
)
def test_a_file_of_another_shape_is_refused_in_one_line(changed, old, new, said):
    with pytest.raises(InputError, match=said) as refused:
        load_regions(changed(old, new))

    assert "\n" not in str(refused.value)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(InputError, match=r"none\.toml cannot be read"):
        load_regions(tmp_path / "none.toml")
