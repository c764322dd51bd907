"""The table: what was measured, against its yardstick, beside what is asked for."""

import argparse
import os
import platform
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from bench.growth import Growth
from bench.load import Result

DOCUMENT = Path("docs/performance.md")
_HEAD = ["| | measured | of the yardstick | must | aim | verdict |", "|---|---|---|---|---|---|"]
Bounds = tuple[float, float] | None

# name, measured, yardstick, (must, aim) of the yardstick
_RATIOS: tuple[tuple[str, str, str, Bounds], ...] = (
    ("API posts, Hot, 20, against bare", "api posts", "bare posts", (0.50, 0.75)),
    ("the same signed in, against anonymous", "api posts signed in", "api posts", (0.60, 0.80)),
    ("API posts, New, 20, against bare", "api posts new", "bare posts", None),
    ("API 200 comments, against bare", "api comments 200", "bare comments", (0.50, 0.80)),
    ("the same signed in, against anonymous", "api comments signed in", "api comments 200", None),
    ("HTML front page, against bare posts", "html front", "bare posts", (0.25, 0.45)),
    ("HTML community, against bare posts", "html community", "bare posts", (0.25, 0.45)),
    ("HTML thread of 200, against bare comments", "html thread 200", "bare comments", (0.20, 0.40)),
    ("HTML thread of 300, against bare comments", "html thread 300", "bare comments", None),
    ("front page from the cache, against the same bytes", "cached front page", "bare front page", (0.50, 0.85)),
    ("API page from the cache, against the same bytes", "cached api page", "bare api page", (0.50, 0.85)),
)  # fmt: skip
_WRITES = (("votes through the API", "votes", (800, 1500)), ("comments", "comments", (300, 800)))
# name, what of the slowest of which requests, (must, aim) in milliseconds
_SLOWEST = (
    ("p99 of lists", ("api posts", "api posts signed in", "html front", "html community"), (40, 15)),
    ("p99 of threads", ("api comments 200", "api comments signed in", "html thread 200"), (60, 30)),
)  # fmt: skip
# name, fact, unit, (must, aim), both at most
_FACTS = (
    ("longest hold of the write lock by background work", "hold", "ms", (50, 15)),
    ("memory of all, idle", "idle", "MB", (180, 150)),
    ("memory of all, most under load", "loaded", "MB", (220, 180)),
    ("memory, one worker, idle", "idle, one worker", "MB", (120, 100)),
    ("memory, one worker, most under load", "loaded, one worker", "MB", (150, 120)),
    ("cold start to the first answer", "cold start", "s", (1.5, 0.9)),
    ("disk, search index and log included", "disk", "MB", (250, 190)),
)
_GROWTH = (1.5, 1.15)


def table(
    results: Mapping[str, Result], facts: Mapping[str, float], given: argparse.Namespace
) -> str:
    """Markdown of the whole run."""
    head = (
        f"{_stamp()}, {given.size:,} posts, {given.workers} web workers, 16 connections, medians of"
        f" 3 × {given.seconds} s; Python {platform.python_version()}, {os.cpu_count()} cores. The"
        " generator runs on the same machine.\n\n"
    )
    rows = [*_HEAD]
    rows += [_ratio(results, *row) for row in _RATIOS]
    rows += [_slowest(results, *row) for row in _SLOWEST]
    rows += [_write(results, *row) for row in _WRITES]
    rows += [_fact(facts, *row) for row in _FACTS]
    yardsticks = ", ".join(
        f"{name} {results[name].per_second:,.0f}/s" for name in sorted(results) if "bare" in name
    )
    return f"{head}{_lines(rows)}\n\nYardsticks: {yardsticks}.\n"


def growth_table(found: Sequence[Growth], small: int, large: int) -> str:
    """Markdown of how lists grow."""
    rows = [
        f"| list | {small:,} posts | {large:,} posts | ratio | verdict |",
        "|---|---|---|---|---|",
    ]
    rows += [
        f"| {each.name} | {each.small_us:,.0f} µs | {each.large_us:,.0f} µs | {each.ratio:.2f}"
        f" | {_verdict(-each.ratio, _at_most(_GROWTH))} |"
        for each in found
    ]
    worst = max(found, key=lambda each: each.ratio)
    return (
        f"{_stamp()}, first pages and pages 50 further down or in the middle, processor time, asked in turns; the large"
        f" forum is an older one. Most: {worst.name}, {worst.ratio:.2f} × (must {_GROWTH[0]} ×,"
        f" aim {_GROWTH[1]} ×).\n\n{_lines(rows)}\n"
    )


def keep(name: str, text: str) -> None:
    """Put a table into the document, in the place of the last one of this name."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    before, rest = DOCUMENT.read_text().split(begin)
    _, after = rest.split(end)
    DOCUMENT.write_text(f"{before}{begin}\n\n{text}\n{end}{after}")


def _stamp() -> str:
    return f"{datetime.now(UTC):%Y-%m-%d}"


def _lines(rows: Iterable[str]) -> str:
    return "\n".join(rows)


def _speed(result: Result) -> str:
    failed = f", **{result.errors} failed**" if result.errors else ""
    return (
        f"{result.per_second:,.0f}/s, p50 {result.p50_ms:.1f}, p99 {result.p99_ms:.1f} ms{failed}"
    )


def _ratio(
    results: Mapping[str, Result], name: str, measured: str, yardstick: str, bounds: Bounds
) -> str:
    ratio = results[measured].per_second / results[yardstick].per_second
    errors = results[measured].errors + results[yardstick].errors
    must, aim = (f"{part:.0%}" for part in bounds) if bounds else ("", "")
    return (
        f"| {name} | {_speed(results[measured])} | {ratio:.0%} | {must} | {aim}"
        f" | {_verdict(ratio, bounds, errors)} |"
    )


def _slowest(
    results: Mapping[str, Result], name: str, which: Sequence[str], bounds: tuple[float, float]
) -> str:
    slowest = max(which, key=lambda key: results[key].p99_ms)
    p99 = results[slowest].p99_ms
    errors = sum(results[key].errors for key in which)
    return (
        f"| {name} | {p99:.1f} ms ({slowest}) | | {bounds[0]} ms | {bounds[1]} ms"
        f" | {_verdict(-p99, _at_most(bounds), errors)} |"
    )


def _write(results: Mapping[str, Result], name: str, key: str, bounds: tuple[float, float]) -> str:
    verdict = _verdict(results[key].per_second, bounds, results[key].errors)
    return f"| {name} | {_speed(results[key])} | | {bounds[0]:,}/s | {bounds[1]:,}/s | {verdict} |"


def _fact(
    facts: Mapping[str, float], name: str, key: str, unit: str, bounds: tuple[float, float]
) -> str:
    verdict = _verdict(-facts[key], _at_most(bounds))
    places = 2 if unit == "s" else 0
    return (
        f"| {name} | {facts[key]:,.{places}f} {unit} | | {bounds[0]} {unit} | {bounds[1]} {unit}"
        f" | {verdict} |"
    )


def _at_most(bounds: tuple[float, float]) -> tuple[float, float]:
    return -bounds[0], -bounds[1]


def _verdict(value: float, bounds: Bounds, errors: int = 0) -> str:
    if bounds is None:
        return ""
    if errors:
        return "**missed**"  # answers that are none are fast
    must, aim = bounds
    return "aim met" if value >= aim else "must met" if value >= must else "**missed**"
