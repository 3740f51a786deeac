import csv
import json
import socket
import threading
import time
from contextlib import suppress

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.collecting import choose, collect, live_sources
from flows.sources import clinic
from flows.sources.clinic import COLUMNS, ROLES, TEMPLATE, Settings, addresses, fetch, parse
from flows.sources.clinic.rows import read_report
from flows.sources.collected import SettingsError
from flows.sources.reading import BadRowError, Rejected
from tests.fakes.clinic import KINDS, FakeClinic
from warehouse.clinic import CLINIC, Heard, file_id, fingerprint, put, read_weeks
from warehouse.errors import DataFolderError, InputError
from warehouse.home import Home
from warehouse.reference import load_counties
from warehouse.weeks import Week

THIS_WEEK = Week(2024, 12)
SEEDED = ("2024-W09", "2024-W10")
WEEKS = THIS_WEEK.trailing(6)
SECRET = "hush-hush"


def row(**changes):
    """A plain row; name only what the test is about."""
    plain = {"week": "2024-W10", "county": "56025", "role": "nurse", "theme": "raw_milk"}
    return plain | {"heard": "4"} | changes


def heard(number=2, **changes):
    """The record of a plain row."""
    return parse(row(**changes), f"abc:{number}", THIS_WEEK)


def report(tmp_path, text, name="heard.csv"):
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    return file


def read(file):
    return list(read_report(file, "abc", THIS_WEEK))


def collected(home):
    """One look of the real collector at the report."""
    (source,) = choose("clinic")
    said = []
    tally = collect(home, source, True, said.append, lambda: False)
    return tally, said


def counts(home):
    """(week, county, theme, heard_n) of every row in the lake."""
    rows = read_weeks(home, WEEKS).to_pylist()
    return [(r["week"], r["county_fips"], r["theme_id"], r["heard_n"]) for r in rows]


@pytest.fixture
def fake(home, monkeypatch):
    with FakeClinic() as made:
        monkeypatch.setenv("GRAPEVINE_CLINIC", made.url)
        yield made


@pytest.mark.parametrize(
    ("written", "fips"),
    [
        ("56025", "56025"),
        ("01001", "01001"),
        ("1001", "01001"),  # a spreadsheet took the zero
        ("Natrona County, WY", "56025"),
        ("natrona county , wyoming", "56025"),
        ("Natrona, WY", "56025"),
        ("Dona Ana, NM", "35013"),
        ("St Clair County, MO", "29185"),
        ("Orleans Parish, LA", "22071"),
        ("Baltimore city, MD", "24510"),
        ("Baltimore County, MD", "24005"),
        ("Carson City, NV", "32510"),
        ("District of Columbia, DC", "11001"),
    ],
)
def test_a_county_is_understood_by_code_and_by_name(written, fips):
    assert heard(county=written).county_fips == fips


def test_every_county_can_be_named_in_full():
    for fips, county in load_counties().items():
        assert heard(county=f"{county.name}, {county.state}").county_fips == fips
        assert heard(county=f"{county.name}, {county.state_name}").county_fips == fips
        assert heard(county=fips).county_fips == fips


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"county": "Casper, WY"}, "no such county; write its FIPS code, or as: Natrona"),
        ({"county": "Natrona County"}, "no such county"),
        ({"county": ""}, "no such county"),
        ({"county": "Baltimore, MD"}, "two counties have that name; write the FIPS code"),
        ({"week": ""}, "no week; write it as 2024-W10, or a day of it as 2024-03-04"),
        ({"week": "2024-W60"}, "no week"),
        ({"week": "202410"}, "no week"),
        ({"week": "123456789"}, "no week"),
        ({"week": "0001-01-01"}, "a week more than ten years ago"),
        ({"week": "2024-W13"}, "a week that has not begun"),
        ({"week": "2024-03-24"}, "a week that has not begun"),
        ({"role": "nurze"}, r"no such role; did you mean nurse\?"),
        ({"role": "patient 12 of Dr. Gray"}, "no such role; see the list of roles"),
        ({"theme": "raw milks"}, r"no such theme; did you mean raw_milk\?"),
        ({"theme": ""}, "no such theme; see the list of themes"),
        *(
            ({"heard": n}, "heard is no whole number from 1 to 1,000")
            for n in ("", "0", "-3", "4.0", "1001", "99999999999", "٤", "four", "1e2")
        ),
    ],
)
def test_a_row_that_cannot_be_used_says_why_in_plain_words(changes, reason):
    with pytest.raises(BadRowError, match=f"^{reason}"):
        heard(**changes)


def test_what_stands_in_a_bad_cell_is_repeated_in_no_reason():
    for column in COLUMNS:
        with pytest.raises(BadRowError) as told:
            heard(**{column: "Jane Doe 1961 diabetic"})
        assert not {"Jane", "Doe", "1961", "diabetic"} & set(str(told.value).split())


@pytest.mark.parametrize(
    "written", ["2024-W10", " 2024-W10 ", "2024-03-03", "2024-03-09", "3/4/2024", "3/9/24"]
)
def test_a_week_may_be_named_by_its_number_or_by_any_of_its_days(written):
    assert heard(week=written).week == "2024-W10"


def test_roles_and_themes_may_be_written_with_spaces_and_capitals():
    found = heard(role="Community health worker", theme="Raw-Milk")

    assert (found.role, found.theme_id) == ("community_health_worker", "raw_milk")


@settings(deadline=None)
@given(st.fixed_dictionaries({column: st.text(max_size=20) for column in COLUMNS}))
def test_any_cells_are_a_row_or_a_reason_and_never_a_crash(cells):
    with suppress(BadRowError):
        assert parse(cells, "abc:2", THIS_WEEK).role in ROLES


@settings(deadline=None)
@given(
    st.fixed_dictionaries(
        {
            "week": st.sampled_from([str(week) for week in WEEKS]),
            "county": st.sampled_from(sorted(load_counties())),
            "role": st.sampled_from(ROLES),
            "theme": st.sampled_from(["raw_milk", "fluoride", "hiv_sti"]),
            "heard": st.integers(1, 1000).map(str),
        }
    )
)
def test_a_good_row_is_taken_just_as_it_is_written(cells):
    found = parse(cells, "abc:2", THIS_WEEK)

    as_written = (found.week, found.county_fips, found.role, found.theme_id, found.heard_n)
    written = (cells["week"], cells["county"], cells["role"], cells["theme"])
    assert as_written == (*written, int(cells["heard"]))


def test_the_template_is_a_report_without_a_fault(tmp_path):
    rows = read(TEMPLATE)

    assert [(r.county_fips, r.theme_id, r.heard_n) for r in rows] == [
        ("56025", "raw_milk", 4),
        ("56025", "ivermectin_hcq", 7),
    ]
    assert {r.week for r in rows} == {"2024-W10"}


def test_columns_may_come_in_any_order_and_spelling_and_separator(tmp_path):
    file = report(
        tmp_path, "Heard;ROLE; theme;County;Week\n4;nurse;raw_milk;Natrona, WY;2024-W10\n"
    )

    (found,) = read(file)

    assert (found.heard_n, found.county_fips, found.row_id) == (4, "56025", "abc:2")


@pytest.mark.parametrize("further", ["patient", "notes", "Name of the child"])
def test_a_further_column_is_refused_by_its_name_and_nothing_is_read(tmp_path, further):
    file = report(
        tmp_path, f"week,county,role,theme,heard,{further}\n2024-W10,56025,nurse,raw_milk,4,x\n"
    )

    with pytest.raises(
        InputError, match=rf"heard\.csv line 1: has the column '{further}'; not"
    ):
        read(file)


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("week,county,role,theme", "has no column 'heard'"),
        ("week,county,role,theme,heard,heard", "has two columns 'heard'"),
        ("week,,county,role,theme,heard", "has one with no name"),
        ("Jane Doe,diabetic,1961", "holds no column names of a clinic's report"),
        ("", "is empty"),
    ],
)
def test_a_file_with_other_columns_says_which_there_must_be(tmp_path, header, said):
    file = report(tmp_path, f"{header}\n")

    with pytest.raises(InputError, match=said) as told:
        read(file)

    assert "Jane" not in str(told.value)


def test_a_bad_row_costs_itself_and_the_next_one_is_read(tmp_path):
    lines = ["week,county,role,theme,heard", "2024-W10,56025,nurse,raw_milk,4",
             "2024-W10,56025,nurse,raw_milk,4,and 5 more", '2024-W10,"Natrona,nurse,raw_milk,4',
             "2024-W10,56025,nurse,raw_milk", "2024-W10,56025,nurse,raw_milk,5"]  # fmt: skip
    rows = read(report(tmp_path, "\n".join(lines)))

    assert [r.heard_n for r in rows if isinstance(r, Heard)] == [4, 5]
    assert [r.line for r in rows if isinstance(r, Rejected)] == [3, 4, 5]


def test_loading_twice_changes_no_byte(tmp_path):
    home = Home(tmp_path)
    rows = [heard(n, role=role) for n, role in enumerate(ROLES, 2)]
    put(home, rows)
    (file,) = home.clinic.rglob("*.parquet")
    before = (file.stat().st_mtime_ns, file.read_bytes(), fingerprint(home))

    weeks_n = put(home, reversed(rows))

    assert weeks_n == 1
    assert (file.stat().st_mtime_ns, file.read_bytes(), fingerprint(home)) == before


def test_the_lake_keeps_a_row_for_each_row_of_the_file_by_week(tmp_path):
    home = Home(tmp_path)

    put(home, [heard(2), heard(3), heard(4, week="2024-W09"), heard(5, role="dentist")])

    assert sorted(path.parent.name for path in home.clinic.rglob("*.parquet")) == [
        "week=2024-W09",
        "week=2024-W10",
    ]
    table = read_weeks(home, WEEKS)
    assert table.schema == CLINIC
    assert table["row_id"].to_pylist() == ["abc:4", "abc:2", "abc:3", "abc:5"]
    assert read_weeks(home, [Week(2024, 9)]).num_rows == 1


def test_a_corrected_file_replaces_its_weeks_and_leaves_the_others(tmp_path):
    home = Home(tmp_path)
    put(home, [heard(2, week="2024-W09"), heard(3), heard(4, heard="9")])
    put(home, [parse(row(heard="7"), "other:2", THIS_WEEK)])

    put(home, [heard(2, heard="5")])

    assert counts(home) == [
        ("2024-W09", "56025", "raw_milk", 4),
        ("2024-W10", "56025", "raw_milk", 5),
        ("2024-W10", "56025", "raw_milk", 7),
    ]


def test_no_rows_and_no_reports_are_no_table(tmp_path):
    home = Home(tmp_path)

    assert put(home, []) == 0
    assert not home.clinic.exists()
    assert read_weeks(home, WEEKS).num_rows == 0
    assert fingerprint(home) == fingerprint(Home(tmp_path / "other"))


def test_a_damaged_week_is_named_with_what_to_do(tmp_path):
    home = Home(tmp_path)
    put(home, [heard()])
    (file,) = home.clinic.rglob("*.parquet")
    file.write_bytes(b"PAR1 not any more")

    with pytest.raises(DataFolderError, match=r"heard\.parquet is damaged.*load the clinics'"):
        read_weeks(home, WEEKS)


@settings(deadline=None)
@given(
    files=st.lists(
        st.lists(st.tuples(st.sampled_from(WEEKS[:3]), st.integers(1, 9)), max_size=4),
        max_size=4,
    )
)
def test_the_last_word_of_each_file_on_each_week_is_what_stands(files, tmp_path_factory):
    home = Home(tmp_path_factory.mktemp("any"))
    stands = {}
    for number, rows in enumerate(files):
        name = f"f{number % 2}"
        put(home, [
            parse(row(week=str(week), heard=str(n)), f"{name}:{line}", THIS_WEEK)
            for line, (week, n) in enumerate(rows)
        ])  # fmt: skip
        stands |= {(name, week): [n for w, n in rows if w == week] for week, _ in rows}

    expected = sorted((str(week), n) for (_, week), ns in stands.items() for n in ns)
    assert sorted((week, n) for week, _, _, n in counts(home)) == expected


def test_a_heard_count_of_none_is_no_record():
    with pytest.raises(ValueError, match="heard_n is not from 1 to 1000"):
        Heard("2024-W10", "56025", "nurse", "raw_milk", "abc:2", 0)


def test_a_file_is_the_same_wherever_it_lies():
    names = [Settings(path).identity for path in ("/a/heard.csv", "heard.csv")]
    urls = [Settings(f"https://x.test/heard.csv{end}").identity for end in ("", "?sig=1")]

    assert len(set(map(file_id, names))) == len(set(map(file_id, urls))) == 1


def test_the_collector_knows_the_source():
    assert live_sources()["clinic"] is clinic


def test_a_report_on_the_web_is_collected_into_its_own_table(fake, home):
    fake.seed(40, SEEDED)

    tally, said = collected(home)

    assert tally.problem is None
    assert (tally.offered_n, tally.landed_n, tally.set_aside_n) == (40, 0, 0)
    assert fake.offered == set(range(2, 42))
    assert sum(n for *_, n in counts(home)) == sum(int(r[-1]) for r in fake.rows)
    assert not home.posts.exists()
    assert list(home.landing.rglob("*.parquet")) == []
    assert said == ["clinic: 40 rows of a report taken, 0 set aside"]


def test_a_report_read_as_it_stands_is_not_read_again(fake, home):
    fake.seed(5, SEEDED)
    fake.add(role="nobody")

    first, _ = collected(home)
    before = counts(home)
    again, said = collected(home)

    assert (first.set_aside_n, again.offered_n, said) == (1, 0, [])
    assert counts(home) == before
    listed = (home.quarantine / "collected-clinic.csv").read_text().splitlines()
    assert listed[1:] == ["clinic,7,no such role; see the list of roles in the instructions"]


def test_a_row_corrected_on_the_web_takes_effect(fake, home):
    fake.add(heard=40)
    collected(home)
    fake.rows[0][-1] = "4"
    fake.add(week="2024-W09")

    collected(home)

    assert [n for *_, n in counts(home)] == [4, 4]


def test_a_file_on_this_machine_is_collected_too(home, tmp_path, monkeypatch):
    monkeypatch.setenv("GRAPEVINE_CLINIC", str(TEMPLATE))

    tally, _ = collected(home)

    assert (tally.offered_n, len(counts(home))) == (2, 2)


SAID = {
    "reset": r"gave no whole answer \(Re\w+Error\)\. Try again later",
    "timeout": r"took over 4 seconds",
    "half_body": r"gave no whole answer \(RemoteProtocolError\)",
    "unsized": "does not say how long the file is",
    "packed": "does not say how long the file is",
    "redirect": "leads to another one",
    "http_401": "does not let us in",
    "http_429": r"answers 429\. Try again in 7 seconds",
    "http_5xx": r"answers 503\. Try again later",
    "strange_body": "holds no column names of a clinic's report",
    "endless": "is over 5 MB",
}


PATIENCE = dict.fromkeys(KINDS, 20.0) | {"timeout": 4.0}


@pytest.mark.timeout(60)
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_lost_and_nothing_twice_after_each_fault(fake, home, kind, monkeypatch):
    asked = Settings(fake.url, PATIENCE[kind])
    monkeypatch.setattr(Settings, "from_env", lambda: asked)
    fake.seed(30, SEEDED)
    collected(home)
    fake.seed(10, ("2024-W11",))
    fake.fail(kind, 2)
    before = counts(home)

    for _ in range(2):
        tally, said = collected(home)
        assert tally.problem
        assert counts(home) == before
        assert said == [f"clinic: {tally.problem}"]
    tally, _ = collected(home)

    assert len(counts(home)) == 40
    assert tally.problem is None
    assert fake.asked_n == 4


@pytest.mark.timeout(30)
@pytest.mark.parametrize("kind", KINDS)
def test_each_fault_is_said_in_one_plain_line_without_the_address(fake, kind, monkeypatch):
    fake.seed(5, SEEDED)
    fake.fail(kind)
    settings = Settings(
        f"{fake.url}?token={SECRET}".replace("//", f"//me:{SECRET}@"), PATIENCE[kind]
    )

    with pytest.raises(InputError, match=SAID[kind]) as told:
        list(fetch(settings, {}, print, lambda: False))

    assert SECRET not in str(told.value) + repr(settings)
    assert "127.0.0.1" not in str(told.value)
    assert str(told.value).isprintable()


@pytest.mark.timeout(30)
def test_an_answer_that_drips_is_given_up_in_time(fake, monkeypatch):
    class Drip:
        def iter_raw(self):
            while True:
                time.sleep(0.01)
                yield b"2024"

    started = time.monotonic()
    with pytest.raises(addresses.httpx.ReadTimeout):
        addresses._within_caps(Drip(), started + 0.1)

    assert time.monotonic() - started < 5


def test_a_password_reaches_no_file_notice_or_tally(fake, home, monkeypatch):
    fake.seed(5, SEEDED)
    address = f"{fake.url}?token={SECRET}".replace("//", f"//me:{SECRET}@")
    monkeypatch.setenv("GRAPEVINE_CLINIC", address)

    tally, said = collected(home)

    assert len(counts(home)) == 5
    assert SECRET not in repr(tally) + repr(said)
    written = [file for file in home.root.rglob("*") if file.is_file()]
    assert written
    assert not [file for file in written if SECRET.encode() in file.read_bytes()]


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("", "GRAPEVINE_CLINIC is not set"),
        ("  ", "GRAPEVINE_CLINIC is not set"),
        ("http://health.example.org/heard.csv", "is not encrypted"),
        ("http://127.0.0.1.example.org/heard.csv", "is not encrypted"),
        ("ftp://health.example.org/heard.csv", "must begin with https://"),
        ("file:///etc/passwd", "must begin with https://"),
        ("https:///heard.csv", "must begin with https://"),
        ("https://[::1/heard.csv", "is no address"),
    ],
)
def test_an_address_we_would_not_ask_is_refused_at_once(monkeypatch, address, said):
    monkeypatch.setenv("GRAPEVINE_CLINIC", address)

    with pytest.raises(SettingsError, match=said):
        Settings.from_env()


@pytest.mark.parametrize(
    "address", ["https://x.test/a.csv", "http://localhost:1/a.csv", "http://[::1]:1/a", "a.csv"]
)
def test_an_address_or_a_path_we_would_ask_is_taken(monkeypatch, address):
    monkeypatch.setenv("GRAPEVINE_CLINIC", address)

    assert Settings.from_env().address == address


@pytest.mark.parametrize("made", ["nothing", "folder", "large"])
def test_a_path_that_is_no_report_is_told_by_its_name(tmp_path, made):
    path = tmp_path / "heard.csv"
    if made == "folder":
        path.mkdir()
    elif made == "large":
        path.write_bytes(b"x" * (addresses.MAX_BYTES + 1))

    with pytest.raises(InputError, match=r"^heard\.csv is (no file|over 5 MB)") as told:
        list(fetch(Settings(str(path)), {}, print, lambda: False))

    assert str(tmp_path) not in str(told.value)


def test_a_collector_that_is_to_stop_asks_nobody(fake):
    assert list(fetch(Settings(fake.url), {}, print, lambda: True)) == []
    assert fake.asked_n == 0


def test_the_mark_is_plain_json_and_holds_nothing_of_the_report(fake):
    fake.add()

    (batch,) = fetch(Settings(fake.url), {}, print, lambda: False)

    assert json.loads(json.dumps(batch.mark)) == batch.mark
    assert "raw_milk" not in json.dumps(batch.mark)
    assert list(fetch(Settings(fake.url), batch.mark, print, lambda: False)) == []


def test_the_largest_report_there_may_be_is_read_within_seconds(tmp_path):
    line = '2024-W10,"Natrona County, WY",nurse,raw_milk,4\n'
    file = report(tmp_path, "week,county,role,theme,heard\n" + line * 20_000)

    started = time.process_time()
    rows = read(file)

    assert len(rows) == 20_000
    assert time.process_time() - started < 10


def test_the_quarantine_lists_what_was_set_aside_and_no_cell(fake, home):
    fake.add(role="Jane Doe")
    fake.add(county="Jane Doe")

    collected(home)

    with (home.quarantine / "collected-clinic.csv").open(newline="") as listed:
        rows = list(csv.reader(listed))
    assert [line for _, line, _ in rows[1:]] == ["2", "3"]
    assert "Jane" not in str(rows)
    assert (
        duckdb.connect().read_csv(str(home.quarantine / "collected-clinic.csv")).shape[0] == 2
    )


@pytest.mark.parametrize("path", [f"office.example/heard.csv?sig={SECRET}", f"me:{SECRET}@x"])
def test_an_address_without_its_scheme_is_told_without_what_it_hides(path):
    with pytest.raises(InputError, match="is no file") as told:
        list(fetch(Settings(path), {}, print, lambda: False))

    assert SECRET not in str(told.value)


def test_an_address_with_brackets_in_a_wrong_place_is_none(monkeypatch):
    monkeypatch.setenv("GRAPEVINE_CLINIC", f"https://me:{SECRET}@[]/heard.csv")

    with pytest.raises(SettingsError, match="is no address") as told:
        Settings.from_env()

    assert SECRET not in repr(told.value) + repr(told.value.__cause__)


@pytest.mark.timeout(30)
def test_headers_that_drip_are_given_up_in_time():
    def drip(server):
        with server.accept()[0] as to, suppress(OSError):
            to.recv(65_536)
            to.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
            for _ in range(100):
                to.sendall(b"a")
                time.sleep(0.1)

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=drip, args=(server,), daemon=True).start()
        address = f"http://127.0.0.1:{server.getsockname()[1]}/heard.csv"
        started = time.monotonic()
        with pytest.raises(InputError, match="Try again later"):
            list(fetch(Settings(address, 0.5), {}, print, lambda: False))

    assert time.monotonic() - started < 5
