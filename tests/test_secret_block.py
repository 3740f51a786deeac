import pytest

from flows.secret_block import read_secret
from flows.sources.collected import SettingsError

SETTING = "GRAPEVINE_REDDIT_SECRET_BLOCK"


def save(name, value):
    from prefect.blocks.system import Secret

    Secret(value=value).save(name, overwrite=True)


def test_the_secret_of_a_block_is_read_without_blanks_around_it(prefect):
    save("reddit-app", " planted-9f2 \n")

    assert read_secret("reddit-app", SETTING) == "planted-9f2"


def test_a_secret_that_looks_like_a_number_is_read_as_it_was_written(prefect):
    save("reddit-number", "12e5")

    assert read_secret("reddit-number", SETTING) == "12e5"


def test_a_block_that_is_not_there_is_named_with_its_setting(prefect):
    with pytest.raises(SettingsError, match=rf"{SETTING} names .*'no-such-block'"):
        read_secret("no-such-block", SETTING)


def test_a_block_that_holds_more_than_a_text_is_refused_and_not_shown(prefect):
    save("reddit-both", {"id": "planted-9f2"})

    with pytest.raises(SettingsError, match="holds no text") as refused:
        read_secret("reddit-both", SETTING)

    assert "planted" not in str(refused.value)


def test_a_setting_that_names_a_block_gives_the_client_its_secret(prefect, monkeypatch):
    from flows.sources.reddit import Settings

    save("reddit-app", "planted-9f2")
    env = {
        "GRAPEVINE_REDDIT_APPROVAL": "ref",
        "GRAPEVINE_REDDIT_CLIENT_ID": "id",
        SETTING: "reddit-app",
        "GRAPEVINE_REDDIT_STATES": "WY",
    }

    settings = Settings.from_env(env)

    assert settings.client_secret == "planted-9f2"
    assert "planted" not in repr(settings)


def test_a_secret_put_where_the_name_of_a_block_belongs_is_not_repeated():
    with pytest.raises(SettingsError, match="names no Prefect block") as refused:
        read_secret("Planted_9f2/secret", SETTING)

    assert "lanted" not in str(refused.value)
