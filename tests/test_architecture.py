import ast
from functools import cache
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


@cache
def tree_of(file):
    return ast.parse(file.read_text(encoding="utf-8"))


def imported(file):
    found = set()
    for node in ast.walk(tree_of(file)):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found


def shown(file):
    return str(file.relative_to(ROOT))


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_imports_point_downwards(package):
    found = {shown(file): imported(file) & GUARDED for file in (ROOT / package).rglob("*.py")}

    assert found
    assert {file: used for file, used in found.items() if not used <= MAY_IMPORT[package]} == {}


def test_every_module_says_what_it_does():
    assert [shown(file) for file in MODULES if not ast.get_docstring(tree_of(file))] == []


def test_no_module_grows_past_300_lines_and_no_function_past_40():
    lines = {shown(file): file.read_text(encoding="utf-8").count("\n") for file in MODULES}
    functions = {
        f"{shown(file)}: {node.name}": node.end_lineno - node.lineno
        for file in MODULES
        for node in ast.walk(tree_of(file))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }

    assert {name: n for name, n in lines.items() if n > 300} == {}
    assert {name: n for name, n in functions.items() if n > 40} == {}


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
