import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MAY_IMPORT = {
    "warehouse": {"warehouse"},
    "classifiers": {"warehouse", "classifiers"},
    "dashboards": {"warehouse", "classifiers", "dashboards"},
    "delivery": {"warehouse", "classifiers", "dashboards", "delivery"},
    "simulation": {"warehouse", "classifiers", "simulation"},
    "flows": {
        *("warehouse", "classifiers", "dashboards", "delivery", "simulation", "flows"),
        "prefect",
    },
}
GUARDED = set(MAY_IMPORT) | {"prefect"}
MODULES = [file for name in MAY_IMPORT for file in sorted((ROOT / name).rglob("*.py"))]


def imported(file):
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found


def shown(file):
    return str(file.relative_to(ROOT))


@pytest.mark.parametrize("file", MODULES, ids=shown)
def test_imports_point_downwards(file):
    package = file.relative_to(ROOT).parts[0]

    assert imported(file) & GUARDED <= MAY_IMPORT[package]


@pytest.mark.parametrize("file", MODULES, ids=shown)
def test_every_module_says_what_it_does(file):
    assert ast.get_docstring(ast.parse(file.read_text(encoding="utf-8")))


@pytest.mark.parametrize("file", MODULES, ids=shown)
def test_no_module_grows_past_300_lines_and_no_function_past_40(file):
    text = file.read_text(encoding="utf-8")
    functions = (
        node for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )  # fmt: skip

    assert text.count("\n") <= 300
    assert [f.name for f in functions if f.end_lineno - f.lineno > 40] == []


def test_only_the_flows_their_schedule_and_their_secrets_import_prefect():
    users = [shown(file) for file in MODULES if "prefect" in imported(file)]

    assert users == [
        *("flows/deployments.py", "flows/hourly.py", "flows/past.py", "flows/secret_block.py"),
        *("flows/service/schedule.py", "flows/watching/artifact.py", "flows/watching/flow.py"),
        "flows/weekly.py",
    ]


def test_the_weekly_flow_reads_as_a_table_of_contents():
    tree = ast.parse((ROOT / "flows" / "weekly.py").read_text())
    (flow,) = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    stages = [node.value.func.id for node in flow.body if isinstance(node, ast.Expr)
              and isinstance(node.value, ast.Call)]  # fmt: skip

    assert stages == ["read", "locate", "tag", "lake", "marts", "release", "briefs"]
    assert flow.end_lineno - flow.lineno < 20


def test_the_readme_of_the_warehouse_says_what_each_of_its_modules_does():
    told = (ROOT / "warehouse/README.md").read_text()

    missing = [
        file.name
        for file in sorted((ROOT / "warehouse").glob("*.py"))
        if file.name != "__init__.py" and f"`{file.name}`" not in told
    ]

    assert missing == []
