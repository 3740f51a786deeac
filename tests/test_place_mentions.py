"""Where places named in running text lead, in English and Spanish."""

import pytest

from classifiers.place import load_locator
from classifiers.place.found import agree, in_county, in_state
from warehouse.records import NOWHERE


def locate(text=None, community=None, location=None):
    """One post; name only what the test is about."""
    return load_locator().locate(text, community, location)


def placed(text, community=None, location=None):
    """The county of one post, or its state, or None."""
    place = locate(text, community, location)
    return place.fips or place.state


@pytest.mark.parametrize(
    ("text", "fips"),
    [
        ("Anyone else in Casper, WY hearing this?", "56025"),
        ("the clinic in Casper, Wyoming closed", "56025"),
        ("our nurse in casper, wyoming said so", "56025"),
        ("Saw it in Chinle, Ariz. yesterday", "04001"),
        ("the board of Natrona County, Wyoming met", "56025"),
        ("Natrona County health nurses are tired", "56025"),
        ("In Coeur d'Alene, Idaho nobody asks", "16055"),
        ("near Washington, D.C. it rained", "11001"),
        ("En Las Cruces, Nuevo México no hay citas", "35013"),
        ("la clínica en Gallup, NM está cerrada", "35031"),
        ("viven en el condado de Natrona", "56025"),
        ("Paris, Texas has two pharmacies", "48277"),
        ("St. George, Utah is dry", "49053"),
        ("Greetings from Butte. Here in Butte, MT we ski", "30093"),
    ],
)
def test_a_town_or_county_named_with_its_state_places_a_text(text, fips):
    place = locate(text)

    assert (place.fips, place.basis) == (fips, "mention")


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("out here in western Kansas the well is dry", "KS"),
        ("people in upstate New York say", "NY"),
        ("across rural Montana", "MT"),
        ("el norte de Nuevo México está seco", "NM"),
        ("We are in Nuevo México.", "NM"),
        ("measles in Washington state", "WA"),
    ],
)
def test_a_state_named_as_a_place_gives_the_state(text, state):
    assert placed(text) == state


@pytest.mark.parametrize(
    "text",
    [
        "We moved from Casper, WY last year",
        "My people are from Casper, Wyoming",
        "born and raised in Casper, Wyoming",
        "I used to live in Casper, WY",
        "Nací en Albuquerque, Nuevo México",
        "Dr. Jane Easton, MD told me",
        "ask Bill Salisbury MD",
        "tell me, OK?",
        "SALEM, OR ELSE",
        "in Kansas City we wait",
        "in Lincoln Park the line is long",
        "the Texas Children's nurse",
        "the governor of Florida",
        "London, Ontario is cold",
        "Vancouver, B.C. is wet",
        "Orange County is expensive",
        "in Washington they argue",
        "swimming in Lake Michigan",
        "the Black Missouri teenager",
        "in Indiana, Pennsylvania and Ohio",
        "",
    ],
)
def test_a_text_that_names_no_place_of_its_own_is_left_alone(text):
    assert locate(text) == NOWHERE


def test_a_town_without_its_state_needs_a_community_that_knows_it():
    assert locate("the hospital in Gillette closed") == NOWHERE
    assert placed("the hospital in Gillette closed", "wyoming") == "56005"
    assert placed("cerca de Roswell no llueve", "NewMexico") == "35005"


@pytest.mark.parametrize(
    ("text", "community"),
    [
        ("see you in March", "texas"),
        ("gridlock in Congress", "arizona"),
        ("it snowed in Denver", "Iowa"),
        ("a friend in Moscow", "kansas"),
        ("I grew up in Gillette", "wyoming"),
        ("lunch in Lincoln Park", "Nebraska"),
        ("the war in Lebanon", "newhampshire"),
    ],
)
def test_a_word_or_a_larger_town_elsewhere_is_not_the_small_town(text, community):
    assert locate(text, community).basis == "community"


def test_a_shared_county_name_is_read_in_the_state_of_the_community():
    assert placed("Orange County schools", "newyork") == "36071"
    assert placed("Orange County schools", "florida") == "12095"
    assert placed("Acadia Parish roads", "louisiana") == "22001"


def test_several_towns_give_their_state_and_several_states_give_nothing():
    assert placed("Between Casper, WY and Cody, WY") == "WY"
    assert placed("From Cody, WY I drove. Casper, WY or Reno, NV?") is None


def test_of_several_towns_those_of_the_community_win():
    assert placed("Casper, WY is not Denver, CO", "wyoming") == "56025"


def test_a_known_town_and_an_unknown_one_agree_on_the_state():
    shared = agree([in_county("56025", "x"), in_state("WY", "x")])

    assert shared == in_county("56025", "x")
