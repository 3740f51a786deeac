import duckdb
import pytest

from warehouse.build import MODELS, Model, ModelError, build

HEADER = """-- {name}: a table of a test.
--
-- Grain: place
-- Columns:
--   place   where
--   post_n  posts, and a meaning that goes on
--           over a second line

"""


@pytest.fixture
def con():
    con = duckdb.connect()
    con.execute("create table raw_posts as select 'WY' as place, 1 as post_n")
    return con


def model(folder, name, sql, header=HEADER):
    """Write one model; name only what the test is about."""
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.sql").write_text(header.format(name=name) + sql)
    return folder


PLAIN = "select place, post_n from raw_posts"


def test_models_are_built_in_the_order_they_need_each_other(con, tmp_path):
    model(tmp_path / "marts", "mart_a", "select place, post_n from mart_b")
    model(tmp_path / "marts", "mart_b", "select place, post_n from stg_c")
    model(tmp_path / "staging", "stg_c", PLAIN)

    assert build(con, tmp_path) == ["stg_c", "mart_b", "mart_a"]
    assert con.execute("select * from mart_a").fetchall() == [("WY", 1)]


def test_building_again_replaces_every_table(con, tmp_path):
    model(tmp_path, "mart_a", PLAIN)

    build(con, tmp_path)
    con.execute("update raw_posts set post_n = 2")
    build(con, tmp_path)

    assert con.execute("select * from mart_a").fetchall() == [("WY", 2)]


def test_what_still_knows_posts_and_authors_does_not_stay_on_disk(tmp_path):
    model(tmp_path / "models", "stg_a", "select 'WY' as place, 1 as post_n")
    file = tmp_path / "some.duckdb"

    with duckdb.connect(file) as con:
        build(con, tmp_path / "models")
        assert con.execute("select * from stg_a").fetchall() == [("WY", 1)]

    with duckdb.connect(file) as con:
        assert con.execute("show tables").fetchall() == []


def test_a_view_over_files_can_be_read(con, tmp_path):
    file = tmp_path / "posts.parquet"
    con.execute(f"copy raw_posts to '{file}'")
    con.register("raw_files", con.read_parquet([str(file)]))
    model(tmp_path / "models", "mart_a", "select place, post_n from raw_files")

    assert build(con, tmp_path / "models") == ["mart_a"]


@pytest.mark.parametrize(
    "sql",
    [
        "select place from raw_posts",
        "select post_n, place from raw_posts",
        "select place, post_n, 1 as extra_n from raw_posts",
        "select place, post_n as posts from raw_posts",
    ],
)
def test_columns_that_are_not_those_of_the_header_stop_the_build(con, tmp_path, sql):
    model(tmp_path, "mart_a", sql)

    with pytest.raises(ModelError, match="mart_a: the header lists place, post_n but the SEL"):
        build(con, tmp_path)


def weekly_models(folder):
    """Posts of a week, counted by place; and the weeks put together."""
    model(folder / "weekly", "stg_week", "select place, post_n from raw_posts")
    model(
        folder / "weekly",
        "mart_week",
        "select place || post_n as place, post_n from stg_week",
    )
    model(
        folder,
        "mart_all",
        "select 'all' as place, sum(post_n)::bigint as post_n from mart_week",
    )


def test_weekly_models_see_a_week_at_a_time_and_their_marts_gather_all(con, tmp_path):
    weekly_models(tmp_path)

    def prepare(post_n):
        con.execute(
            f"create or replace table raw_posts as select 'WY' as place, {post_n} as post_n"
        )

    built = build(con, tmp_path, weeks=[lambda n=n: prepare(n) for n in (1, 2, 3)])

    assert built == ["stg_week", "mart_week", "mart_all"]
    assert con.execute("from stg_week").fetchall() == [("WY", 3)]
    assert con.execute("from mart_week order by all").fetchall() == [
        ("WY1", 1),
        ("WY2", 2),
        ("WY3", 3),
    ]
    assert con.execute("from mart_all").fetchall() == [("all", 6)]


def test_a_row_told_in_two_weeks_stops_the_build(con, tmp_path):
    weekly_models(tmp_path)

    with pytest.raises(ModelError, match="mart_week: place does not name one row"):
        build(con, tmp_path, weeks=[lambda: None, lambda: None])


def test_a_build_again_begins_its_weekly_tables_anew(con, tmp_path):
    weekly_models(tmp_path)

    build(con, tmp_path)
    build(con, tmp_path)

    assert con.execute("select count(*) from mart_week").fetchone() == (1,)


@pytest.mark.parametrize("second", ["('WY', 2)", "(null, 2)"])
def test_a_row_that_the_grain_does_not_name_stops_the_build(con, tmp_path, second):
    con.execute(f"insert into raw_posts values {second}")
    model(tmp_path, "mart_a", PLAIN)

    with pytest.raises(ModelError, match="mart_a: place does not name one row"):
        build(con, tmp_path)


@pytest.mark.parametrize(
    "sql",
    [
        "select place, post_n from raw_posts union all select place, post_n\nfrom raw_posts\n"
        "group by place, post_n",
        "select\n    upper(place) as place,\n    sum(post_n) as post_n\nfrom raw_posts\n"
        "group by place",
        "select\n    place,\n    post_n\nfrom raw_posts\ngroup by place, post_n",
    ],
)
def test_a_group_by_that_is_not_of_the_grain_is_not_taken_for_it(con, tmp_path, sql):
    con.execute("insert into raw_posts values ('wy', 5)")
    con.execute("insert into raw_posts values ('WY', 7)")
    model(tmp_path, "mart_a", sql)

    with pytest.raises(ModelError, match="mart_a: place does not name one row"):
        build(con, tmp_path)


def test_what_is_grouped_by_its_grain_still_may_not_be_missing(con, tmp_path):
    con.execute("insert into raw_posts values (null, 5)")
    model(
        tmp_path,
        "mart_a",
        "select\n    place,\n    sum(post_n) as post_n\nfrom raw_posts\ngroup by place",
    )

    with pytest.raises(ModelError, match="mart_a: place does not name one row"):
        build(con, tmp_path)


@pytest.mark.parametrize(
    ("broken", "complaint"),
    [
        (HEADER.replace("{name}:", "other:"), "the first line must be '-- mart_a: what"),
        (HEADER.replace("Grain: place", "A row a place"), "needs one '-- Grain:'"),
        (HEADER.replace("-- Columns:", "--"), "a '-- Columns:'"),
        (HEADER.replace("Grain: place", "Grain: place, week"), "names a column that the"),
        (HEADER.replace("  where", ""), "names a column that the header does not"),
        ("", "the first line must be"),
    ],
)
def test_a_header_that_is_not_complete_stops_the_build(con, tmp_path, broken, complaint):
    model(tmp_path, "mart_a", PLAIN, broken)

    with pytest.raises(ModelError, match=complaint):
        build(con, tmp_path)


def test_every_model_of_ours_has_a_full_header_and_one_select():
    models = [Model.read(path) for path in sorted(MODELS.rglob("*.sql"))]

    assert len(models) > 20
    assert all(model.columns for model in models)
    assert all(
        ";" not in model.sql.split("-- Columns:")[1].split("\n\n", 1)[1] for model in models
    )


def test_a_models_layer_is_the_first_part_of_its_name():
    layers = {"staging": "stg_", "marts": ("mart_", "ref_"), "published": "pub_"}

    for path in MODELS.rglob("*.sql"):
        assert path.stem.startswith(layers[path.parent.name])
