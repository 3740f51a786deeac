"""The container files ask for no more than they need, and run what there is."""

import ipaddress
import re
import subprocess
import sys
import tomllib

import click
import pytest

from flows.cli import main
from tests.containers import DOCKERFILE, ROOT, context, environment, services, stages, steps
from tests.pins import pins

TEXT = DOCKERFILE.read_text(encoding="utf-8")
STAGES = stages(TEXT)
FINAL = STAGES[-1]
SERVICES = services()
OURS = {name: one for name, one in SERVICES.items() if "build" in one}
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
    "version"
]
each = pytest.mark.parametrize("service", SERVICES.values(), ids=SERVICES)


def said(name, stage=FINAL):
    (found,) = [step for step in stage if step.name == name]
    return found


def test_every_run_of_the_dockerfile_is_taken_whole():
    lines = TEXT.splitlines()
    begun = [n for n, line in enumerate(lines) if re.match(r"\s*run\s", line, re.IGNORECASE)]
    taken = [step.said for step in steps(TEXT) if step.name == "RUN"]

    assert len(taken) == len(begun) == 4
    for start, run in zip(begun, taken, strict=True):
        end = next(n for n in range(start, len(lines)) if not lines[n].endswith("\\"))
        written = " ".join(lines[start : end + 1]).replace("\\", " ")
        assert run.split() == written.split()[1:]


def test_an_instruction_that_nobody_goes_through_is_refused():
    with pytest.raises(ValueError, match="ADD"):
        list(steps("FROM a:1\nADD https://elsewhere.example/a.tar /\n"))


@pytest.mark.parametrize(
    "image",
    [said("FROM", stage).words[0] for stage in STAGES]
    + [one["image"] for one in SERVICES.values()],
)
def test_every_image_is_pinned_to_a_version(image):
    tag = image.partition(":")[2]

    assert re.fullmatch(r"\d+\.\d+(\.\d+)?(-[a-z-]+)?", tag)


def test_our_image_bears_the_version_of_the_project():
    assert {one["image"] for one in OURS.values()} == {f"grapevine:{VERSION}"}


def test_the_image_is_run_by_an_account_of_its_own_that_owns_the_data_alone():
    uid = said("USER").said.partition(":")[0]
    (made,) = [step.said for step in FINAL if step.name == "RUN"]

    assert int(uid) >= 10_000
    assert f"--owner={uid} " in made
    assert made.endswith("--mode=0700 /data")
    assert {one["user"] for one in OURS.values()} == {said("USER").said}


def test_everything_that_is_written_goes_to_the_data_folder_or_to_tmp():
    told = environment(FINAL)
    names = ("HOME", "GRAPEVINE_HOME", "PREFECT_HOME", "PREFECT_SERVER_UI_STATIC_DIRECTORY")

    assert all(re.match(r"/(data|tmp)(/|$)", told[name]) for name in names)
    assert told["PYTHONDONTWRITEBYTECODE"] == "1"


def test_the_image_is_made_of_locked_packages_only():
    installs = [
        part.strip()
        for step in steps(TEXT) if step.name == "RUN"
        for part in step.said.split("&&") if " install " in part and "pip" in part
    ]  # fmt: skip

    assert len(installs) == 3
    for one in installs:
        is_own = "--editable ." in one
        assert ("--no-deps" in one and "--require-build-hashes" in one) or not is_own
        assert "--require-hashes" in one or is_own


def test_the_python_of_the_image_is_one_that_the_project_takes():
    asked = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"]
    tags = {said("FROM", stage).words[0] for stage in STAGES}
    (version,) = {tag.partition(":")[2].partition("-")[0] for tag in tags}

    assert tuple(map(int, version.split("."))) >= tuple(map(int, asked.strip(">=").split(".")))


def test_what_goes_into_the_image_is_the_program_and_nothing_of_yours(tmp_path):
    names = {str(name) for name in context()}
    tops = {name.partition("/")[0] for name in names}

    assert {"flows/cli.py", "prefect.yaml", "warehouse/reference/counties.csv"} <= names
    assert tops.isdisjoint({"data", "tests", ".git", ".venv", ".env", "grapevine.env", ".ci"})
    assert {step.words[0] for step in STAGES[0] if step.name == "COPY"} - {"."} <= names
    assert not [name for name in names if name.endswith(".pyc")]


def test_the_site_is_restarted_for_no_week_that_is_late():
    (asked,) = [word for word in said("HEALTHCHECK").words if "HTTPConnection" in word]

    assert "'GET', '/')" in asked
    assert "healthcheck" not in SERVICES["site"]


@each
def test_every_service_is_read_only_has_no_power_and_no_root(service):
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert int(service["user"].partition(":")[0]) > 0
    assert "/tmp" in service["tmpfs"]
    assert not {"privileged", "cap_add", "network_mode", "pid", "devices"} & service.keys()


@each
def test_every_service_says_whether_it_is_well_or_ends(service):
    ends = service["restart"] == "no"

    assert ends or service in OURS.values() or "test" in service["healthcheck"]
    assert not ends or service["healthcheck"] == {"disable": True}


@each
def test_every_port_is_this_machines_own(service):
    for port in service.get("ports", []):
        host, _, _ = port.split(":")
        assert ipaddress.ip_address(host).is_loopback


@each
def test_no_password_has_a_default_or_stands_in_the_file(service):
    for name, value in service.get("environment", {}).items():
        if re.search(r"PASSWORD|AUTH", name):
            assert re.fullmatch(r"(admin:)?\$\{[A-Z_]+_PASSWORD:\?[^}]+\}", value)


@each
def test_every_service_waits_for_services_that_there_are(service):
    for name, told in service.get("depends_on", {}).items():
        if told["condition"] == "service_healthy":
            assert "test" in SERVICES[name]["healthcheck"]
        else:
            assert SERVICES[name]["restart"] == "no"


def test_what_holds_posts_is_shared_with_the_worker_and_read_by_the_site_alone():
    mounted = {name: one["volumes"] for name, one in SERVICES.items() if "volumes" in one}

    assert mounted.pop("postgres") == ["postgres:/var/lib/postgresql/data"]
    assert mounted == {"worker": ["data:/data"], "site": ["data:/data:ro"]}
    assert "env_file" not in SERVICES["site"]


def test_the_database_is_reached_by_the_server_only():
    with_inside = {
        name for name, one in SERVICES.items() if "inside" in one.get("networks", [])
    }

    assert with_inside == {"postgres", "server"}
    assert "ports" not in SERVICES["postgres"]


def test_a_site_that_others_can_reach_has_a_password():
    command = said("CMD").words

    assert command[command.index("--host") + 1] == "0.0.0.0"
    assert "GRAPEVINE_SERVE_PASSWORD" in SERVICES["site"]["environment"]


@pytest.mark.parametrize(
    "words", [said("CMD").words, SERVICES["schedule"]["command"]], ids=lambda words: words[1]
)
def test_every_command_of_ours_exists_with_its_options(words):
    program, name, *options = words
    command = main.commands[name]

    assert program == "grapevine"
    assert command.make_context(name, list(options), parent=click.Context(main))


def test_every_command_of_prefect_exists_with_its_options():
    commands = [one["command"][1:] for one in OURS.values() if "command" in one]
    asked = [words for words in commands if words[0] in ("server", "worker")]
    code = "\n".join(
        [
            "from prefect.cli._app import _app as app",
            f"for words in {asked!r}:",
            "    command, bound, *_ = app.parse_args(words, exit_on_error=False)",
            "    print(command.__name__, bound.arguments)",
        ]
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)

    assert len(asked) == 2
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 2


def test_sqlalchemy_is_the_one_that_lets_runs_by_the_clock_be_made():
    locked = {one.name: one.version for one in pins(ROOT / "requirements.lock")}

    assert locked["sqlalchemy"].startswith("2.0.")
    assert {"asyncpg"} <= locked.keys()  # the server's way to PostgreSQL
