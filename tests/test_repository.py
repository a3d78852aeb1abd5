"""The promises that the repository as a whole makes."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CONDA_NAMES = {"duckdb": "python-duckdb"}


def _bounds(requirements: list[str]) -> dict[str, str]:
    found = {}
    for requirement in requirements:
        match = re.fullmatch(r"([A-Za-z0-9_.-]+)\s*(?:\[[^]]*\])?\s*>=\s*([0-9.]+).*", requirement)
        assert match, f"{requirement!r} has no lower bound"
        found[match[1].lower()] = match[2]
    return found


def _project() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def test_every_dependency_has_a_lower_bound():
    project = _project()
    for extra, requirements in project["project"]["optional-dependencies"].items():
        if extra != "all":
            _bounds(requirements)
    for requirements in project["dependency-groups"].values():
        _bounds(requirements)
    assert _bounds(project["project"]["dependencies"])


def test_the_conda_environment_is_in_step_with_the_project():
    project = _project()["project"]
    wanted = _bounds(
        [
            *project["dependencies"],
            *project["optional-dependencies"]["notebooks"],
            *project["optional-dependencies"]["test"],
        ]
    )
    lines = (ROOT / "environment.yml").read_text().splitlines()
    listed = [match[1] for line in lines if (match := re.fullmatch(r"  - ([a-z0-9-]+ >=[0-9.]+)", line))]
    found = _bounds(listed)
    assert found.pop("python") == project["requires-python"].removeprefix(">=")
    assert found == {CONDA_NAMES.get(name, name): bound for name, bound in wanted.items()}


def test_the_conda_environment_is_a_file_that_conda_can_use():
    yaml = pytest.importorskip("yaml")
    found = yaml.safe_load((ROOT / "environment.yml").read_text())
    assert set(found) == {"name", "channels", "dependencies"}
    assert found["channels"] == ["conda-forge", "nodefaults"]
    (pip,) = [one["pip"] for one in found["dependencies"] if isinstance(one, dict)]
    # Each line becomes one of a requirements file, in which pip allows no option such as --no-deps.
    assert pip == ["-e ."]


def test_the_citation_is_in_step_with_the_project():
    yaml = pytest.importorskip("yaml")
    cited, project = yaml.safe_load((ROOT / "CITATION.cff").read_text()), _project()["project"]
    assert {"cff-version", "message", "title", "authors"} <= set(cited)
    assert cited["title"].startswith(project["name"])
    assert cited["version"] == project["version"]
    assert cited["license"] == project["license"]


def test_the_workflow_runs_what_ci_runs_and_the_readmes_test():
    yaml = pytest.importorskip("yaml")
    jobs = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text())["jobs"]
    steps = {name: [step.get("run", "") for step in job["steps"]] for name, job in jobs.items()}
    assert ".ci/run" in steps["everything"]
    assert {"python -m pip install '.[test]'", "python -m pytest"} <= set(steps["readme"])
    lowest = _project()["project"]["requires-python"].removeprefix(">=")
    assert jobs["readme"]["strategy"]["matrix"]["python"][0] == lowest


def test_the_readme_opens_with_two_one_line_commands():
    blocks = re.findall(r"^```[a-z]*\n(.*?)^```", (ROOT / "README.md").read_text(), flags=re.M | re.S)
    commands = blocks[0].strip().splitlines()
    assert len(commands) == 2
    assert "reidlab replay betterhelp" in commands[0]
    assert "pytest" in commands[1]


def test_no_address_in_the_repository_is_at_a_provider_that_exists():
    tracked = subprocess.run(
        ["git", "ls-files", "*.py", "*.md", "*.toml", "*.yml", "*.json", "*.ipynb"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if tracked.returncode:
        pytest.skip("not a git checkout")
    address = re.compile(r"[\w.+-]+@([\w-]+\.)+(com|net|org|de|edu|gov|io|co\.uk)\b", re.I)
    allowed = re.compile(r"@(\w+\.)*example\.(com|net|org)$", re.I)
    # Google gives out no name of fewer than six letters and digits, so these belong to nobody.
    too_short = re.compile(r"^\.*([a-z0-9]\.*){0,5}(\+[^@]*)?@(gmail|googlemail)\.com$", re.I)
    found = {
        f"{name}: {match[0]}"
        for name in tracked.stdout.split()
        for match in address.finditer((ROOT / name).read_text(errors="replace"))
        if not allowed.search(match[0]) and not too_short.match(match[0])
    }
    assert not found


def test_the_packages_are_light_to_import():
    heavy = ["sklearn", "scipy.stats", "pandas", "matplotlib", "opendp", "mbi", "jax", "pyspark", "splink"]
    code = (
        "import sys, exports, simulate, attacks, defenses, reidlab, reidlab.cli\n"
        f"print([name for name in {heavy!r} if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_a_test_is_quick_unless_its_file_says_otherwise(request):
    assert any(line.startswith("quick:") for line in request.config.getini("markers"))
    by_file = {}
    for item in request.session.items:
        marks = {mark.name for mark in item.iter_markers()}
        assert ("quick" in marks) == marks.isdisjoint({"statistical", "thorough", "slow", "extra"}), (
            item.nodeid
        )
        if item.path.name.startswith("test_"):
            by_file.setdefault(item.path, []).append("quick" in marks)
    says = re.compile(r"\b(statistical|thorough|slow|extra)\b")
    silent = [path for path, quick in by_file.items() if not any(quick) and not says.search(path.read_text())]
    assert not silent


def test_no_advice_installs_a_name_that_the_project_does_not_own():
    texts = {
        path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
        for pattern in ("*/**/*.py", "*.md", "docs/**/*.md", "notebooks/**/*.ipynb")
        for path in ROOT.glob(pattern)
        if ".venv" not in path.parts and path.name != Path(__file__).name
    }
    assert [
        place for place, text in texts.items() if re.search(r"pip install [^\n&;|]*(?<![./])reidlab", text)
    ] == []
