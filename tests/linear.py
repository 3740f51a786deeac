"""Play the attacker with linear programming: how close can each hidden count be found?

He has every published table of every release, knows the rules and the tree of places, and is
told more than he could know: which hidden counts are below 10, and by how much at most any
count changed between two releases without being told anew. Everything he knows is linear, so
`scipy.optimize.linprog` finds the least and the greatest value each hidden count can have.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy.optimize import linprog
from scipy.sparse import csr_array

FEW = 9
"""Late posts and deletions change a count by no more than this."""
FOUND = 8
"""A count is found to within 4 when its least and greatest value are no further apart."""

ENOUGH = 10_000
"""No count of these worlds is larger."""

LARGE = 500
"""From so many variables on, sparse matrices are the faster."""

Variable = tuple[object, ...]
Floats = npt.NDArray[np.float64]


@dataclass
class Program:
    """Variables with bounds, and linear rows; names are any tuples."""

    columns: dict[Variable, int] = field(default_factory=dict)
    bounds: list[tuple[float, float | None]] = field(default_factory=list)
    equal: list[dict[Variable, float]] = field(default_factory=list)
    at_most: list[tuple[dict[Variable, float], float]] = field(default_factory=list)
    _program: dict[str, object] | None = None

    def add(self, name: Variable, low: float = 0, high: float | None = None) -> None:
        self.columns[name] = len(self.bounds)
        self.bounds.append((low, high))

    def sums_to_zero(self, terms: dict[Variable, float]) -> None:
        self.equal.append(terms)

    def is_at_most(self, terms: dict[Variable, float], most: float = 0) -> None:
        self.at_most.append((terms, most))

    def ranges(
        self, names: Sequence[Variable], wide: float
    ) -> dict[Variable, tuple[float, float]]:
        """The least and greatest value of each that is not seen to be more than `wide` apart.

        Every solution holds a value of every variable, so most need no program of their own.
        Empty when the rows contradict one another.
        """
        columns = np.array([self.columns[name] for name in names], int)
        seen = np.array([np.full(len(names), np.inf), np.full(len(names), -np.inf)])
        for number, column in enumerate(columns):
            for sign in (-1, 1):
                if seen[1, number] - seen[0, number] > wide:
                    continue
                point = self._solve(column, sign)
                if point is None:
                    return {}
                seen[0] = np.minimum(seen[0], point[columns])
                seen[1] = np.maximum(seen[1], point[columns])
        return {
            name: (low, high)
            for name, low, high in zip(names, *seen, strict=True)
            if high - low <= wide
        }

    def _solve(self, column: int, sign: int) -> Floats | None:
        """A point where the variable is least (1) or greatest (-1); None if there is none."""
        if self._program is None:
            self._program = {
                "A_eq": self._matrix(self.equal) if self.equal else None,
                "b_eq": np.zeros(len(self.equal)) if self.equal else None,
                "A_ub": self._matrix([terms for terms, _ in self.at_most]),
                "b_ub": [most for _, most in self.at_most],
                "bounds": [
                    (low, ENOUGH if high is None else high) for low, high in self.bounds
                ],
            }
        goal = np.zeros(len(self.bounds))
        goal[column] = sign
        answer = linprog(goal, method="highs-ds", **self._program)
        return answer.x if answer.status == 0 else None

    def _matrix(self, rows: Sequence[Mapping[Variable, float]]) -> csr_array | Floats:
        entries = [
            (number, self.columns[name], value)
            for number, terms in enumerate(rows)
            for name, value in terms.items()
        ]
        at = np.array([entry[:2] for entry in entries], int).reshape(-1, 2).T
        values = np.array([entry[2] for entry in entries])
        matrix = csr_array((values, at), shape=(len(rows), len(self.bounds)))
        return matrix if len(self.bounds) > LARGE else matrix.toarray()


@dataclass(frozen=True)
class View:
    """One series of one week as one release tells it, and what is true.

    told     numbers by place
    counts   true numbers by place; the attacker learns only which of them are below 10
    changed  places told for the first time, or anew, in this release: their numbers are true
             of it. Others are repeated from an earlier release
    """

    told: Mapping[str, int]
    counts: Mapping[str, int]
    changed: frozenset[str]


@dataclass(frozen=True)
class World:
    """What he knows of places and posts.

    parents        the place around each
    has_own        places in which a post may lie without lying in one inside
    is_settled     every author posts in one place; else a sum may count some of them twice
    """

    parents: Mapping[str, str | None]
    has_own: frozenset[str]
    is_settled: bool = True

    def children(self) -> dict[str, list[str]]:
        inside: dict[str, list[str]] = defaultdict(list)
        for name, outer in self.parents.items():
            if outer is not None:
                inside[outer].append(name)
        return inside


def add_view(program: Program, world: World, key: Variable, view: View, caps: set[str]) -> None:
    """Variables `(*key, place)` for one series in one release, adding up along the tree.

    caps  hidden places of which he knows whether they are below 10; he knows nothing of that
          in a release that repeats what was told before
    """
    for place in world.parents:
        if place in view.changed:
            program.add((*key, place), view.told[place], view.told[place])
        elif place in view.told:
            program.add((*key, place))
        else:
            is_small = view.changed and place in caps and view.counts.get(place, 0) < 10
            program.add((*key, place), 0, 9 if is_small else None)
    for outer, inner in world.children().items():
        terms = {(*key, outer): 1.0} | {(*key, place): -1.0 for place in inner}
        if outer in world.has_own:
            program.add((*key, "own", outer))
            terms[*key, "own", outer] = -1.0
        if world.is_settled:
            program.sums_to_zero(terms)
            continue
        program.is_at_most(terms)
        for place in inner:
            program.is_at_most({(*key, place): 1, (*key, outer): -1})


def add_drift(
    program: Program, world: World, keys: tuple[Variable, Variable], views: tuple[View, View]
) -> None:
    """Between two releases no count moved further than he knows counts to have moved.

    Counts of the innermost places, and of what lies in a state only; not those told anew, and
    not when some moved by more than late posts and deletions do.
    """
    inside = world.children()
    moved = {}
    for place in world.parents:
        names: Variable = ("own", place) if place in inside else (place,)
        if (place in inside and place not in world.has_own) or place in views[1].changed:
            continue
        earlier, later = (
            view.counts.get(place, 0) - sum(view.counts.get(p, 0) for p in inside[place])
            for view in views
        )
        moved[names] = abs(later - earlier)
    drift = max(moved.values(), default=0)
    if drift > FEW:
        return
    for names in moved:
        change = {(*keys[1], *names): 1.0, (*keys[0], *names): -1.0}
        program.is_at_most(change, drift)
        program.is_at_most({name: -value for name, value in change.items()}, drift)


def found(
    world: World,
    volumes: Sequence[View],
    shares: Sequence[View] | None = None,
    nation_most: float | None = None,
    asked: Sequence[str] | None = None,
) -> dict[Variable, tuple[float, float]]:
    """Hidden counts he finds to within 4, with their range: `(series, release, place)`.

    volumes      one week's health authors as told by each release, oldest first
    shares       the same of a theme's stance or a signal: attacked instead of the volumes
    asked        the places to find, of all releases (default: all)
    nation_most  of the nation's health authors in the first release, from its totals
    """
    program = Program()
    goals: list[Variable] = []
    for number, volume in enumerate(volumes):
        add_view(program, world, ("n", number), volume, set(world.parents))
        if nation_most is not None and not number:
            program.is_at_most({("n", number, "US"): 1}, nation_most)
        if number:
            _link(program, world, "n", number, volumes)
        if shares is None:
            goals += [("n", number, place) for place in _never_told(world, volumes, number)]
            continue
        add_view(program, world, ("x", number), shares[number], set(volume.told))
        for place in world.parents:
            program.is_at_most({("x", number, place): 1, ("n", number, place): -1})
        if number:
            _link(program, world, "x", number, shares)
        goals += [("x", number, place) for place in _never_told(world, shares, number)]
    if asked is not None:
        goals = [name for name in goals if name[-1] in asked]
    return program.ranges(goals, FOUND + 1e-6)


def _link(
    program: Program, world: World, series: str, number: int, views: Sequence[View]
) -> None:
    keys = ((series, number - 1), (series, number))
    add_drift(program, world, keys, (views[number - 1], views[number]))


def _never_told(world: World, views: Sequence[View], number: int) -> list[str]:
    """Places hidden in this release and in those before it."""
    told = {place for view in views[: number + 1] for place in view.told}
    return [place for place in world.parents if place not in told]
