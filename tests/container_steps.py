"""Go through the container files without an engine: run the image's steps, start its services.

Every RUN, COPY and ENV of the Dockerfile is done below one folder, which stands for the root of
the image: `/grapevine` becomes `FOLDER/grapevine`. Then what compose.yaml would run is started
there, under the image's account, with free ports and the passwords it demands, and is asked
what its health check asks. Packages come from where
this machine has them. Of what compose.yaml says, PostgreSQL is not run (Prefect's own
SQLite stands for it), and networks, limits and read-only mounts are not made: that nothing but
`/data` and `/tmp` was written is looked up afterwards. It needs root, as the image's steps do.

    python -m tests.container_steps
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.containers import DOCKERFILE, ROOT, context, environment, services, stages

TOPS = r"(?<![\w./-])/(?=(?:opt|grapevine|data|tmp)\b)"
SYSTEM = "/usr/local/bin:/usr/bin:/bin"
WAIT_S = 240
PORTS = ("4200", "8000", "8080")
WRITTEN = ("data", "tmp")


def placed(said, image):
    """Paths of the image's root as paths of the folder that stands for it."""
    return re.sub(TOPS, f"{image}/", said)


def build(image, text):
    """Do the steps of every stage; yields what was run. All stages share the one root."""
    (image / "usr").mkdir()
    (image / "usr/python").symlink_to(shutil.which("python3", path=SYSTEM))
    for stage in stages(text):
        env, folder = os.environ | {"PATH": f"{image}/usr:{SYSTEM}"}, image
        for step in stage:
            said = placed(step.said, image)
            if step.name == "ENV" and stage is not stages(text)[-1]:
                env |= environment([step])
            elif step.name == "WORKDIR":
                folder = Path(said)
                folder.mkdir(exist_ok=True)
            elif step.name == "COPY":
                copy(said.split(), folder)
            elif step.name == "RUN":
                yield step.said
                subprocess.run(["/bin/sh", "-c", said], cwd=folder, env=env, check=True)


def copy(words, folder):
    """COPY what .dockerignore leaves of the clone; what an earlier stage made is there."""
    *sources, to = words
    if sources[0].startswith("--from="):
        if not Path(sources[1]).is_dir():
            raise FileNotFoundError(sources[1])
        return
    for name in context():
        if "." in sources or str(name) in sources:
            (folder / to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / to / name)


def tree(image):
    """Every file that a service must not touch, with its size and time."""
    files = (
        file
        for top in image.iterdir() if top.name not in WRITTEN
        for file in top.rglob("*")
    )  # fmt: skip
    return {file: (file.lstat().st_size, file.lstat().st_mtime_ns) for file in files}


class Services:
    """What compose.yaml runs, with ports of this machine."""

    def __init__(self, image, final):
        self.image, self.final = image, final
        self.ports = {port: str(free_port()) for port in PORTS}
        words = {step.name: step.words for step in final}
        self.account = int(words["USER"][0].partition(":")[0])
        self.usual = {
            "command": words["CMD"],
            "healthcheck": {"test": ["CMD", *words["HEALTHCHECK"]]},
        }

    def here(self, said):
        """A word of a service, as it must be on this machine."""
        said = re.sub(r"\$\{(\w+):\?[^}]*\}", r"\1-of-this-trial", str(said))
        said = said.replace("://server:", "://127.0.0.1:").replace("0.0.0.0", "127.0.0.1")
        for port, ours in self.ports.items():
            said = re.sub(rf"\b{port}\b", ours, said)
        return placed(said, self.image)

    def env(self, service):
        """The image's variables, then the service's, less the database that is not here."""
        said = environment(self.final) | service.get("environment", {})
        kept = {name: self.here(value) for name, value in said.items()
                if not name.startswith("PREFECT_SERVER_DATABASE_")}  # fmt: skip
        where = {"TMPDIR": str(self.image / "tmp")}
        return kept | where | {"PREFECT_WORKER_WEBSERVER_PORT": self.ports["8080"]}

    def command(self, service):
        """What a service runs, and where the image's CMD names no port, on ours."""
        words = [self.here(word) for word in service.get("command", self.usual["command"])]
        return (
            [*words, "--port", self.ports["8000"]]
            if words[:2] == ["grapevine", "serve"]
            else words
        )

    def start(self, words, env, errors=None):
        """Begin a program as the image's account."""
        folder, account = self.image / "data", self.account
        return subprocess.Popen(
            words, cwd=folder, env=env, user=account, group=account, extra_groups=[],
            stderr=errors, executable=shutil.which(words[0], path=env["PATH"]),
        )  # fmt: skip

    def is_healthy(self, service):
        """What its health check says."""
        _, *asked = service.get("healthcheck", self.usual["healthcheck"])["test"]
        words = [self.here(word) for word in asked]
        with self.start(words, self.env(service), subprocess.DEVNULL) as looking:
            return looking.wait() == 0

    @contextmanager
    def running(self, name):
        """The service, once it is well, for the length of a block."""
        service, until = services()[name], time.monotonic() + WAIT_S
        program = self.start(self.command(service), self.env(service))
        try:
            while not self.is_healthy(service):
                if program.poll() is not None or time.monotonic() > until:
                    raise RuntimeError(f"{name} did not become well.")
                time.sleep(1)
            say(f"{name}: well, as its health check has it")
            yield
        finally:
            program.terminate()
            program.wait()


def free_port():
    """A port of this machine that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def say(line):
    """Print at once."""
    print(line, flush=True)  # noqa: T201


def main():
    """Build, start, look, and say what was seen."""
    if os.geteuid():
        sys.exit(
            "The image's steps set an owner, so this needs root: sudo make container-steps."
        )
    with TemporaryDirectory() as folder, ExitStack() as held:
        image, text = Path(folder), DOCKERFILE.read_text()
        image.chmod(0o755)
        (image / "tmp").mkdir()
        (image / "tmp").chmod(0o1777)
        for ran in build(image, text):
            say(f"RUN {ran}")
        before, trial = tree(image), Services(image, stages(text)[-1])
        held.enter_context(trial.running("server"))
        one = services()["schedule"]
        if trial.start(trial.command(one), trial.env(one)).wait():
            sys.exit("schedule did not end well.")
        say("schedule: ended well")
        held.enter_context(trial.running("worker"))
        held.enter_context(trial.running("site"))
        held.close()
        if changed := {str(file) for file, _ in before.items() ^ tree(image).items()}:
            sys.exit(f"Written outside /data and /tmp: {', '.join(sorted(changed)[:5])}")
        say(f"account {trial.account}; nothing was written outside /data and /tmp")


if __name__ == "__main__":
    main()
