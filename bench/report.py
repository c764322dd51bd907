"""The table: what was measured, against its yardstick, beside what is asked for."""

import argparse
import os
import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from bench.load import Result

DOCUMENT = Path("docs/performance.md")
_BEGIN, _END = "<!-- figures: begin -->", "<!-- figures: end -->"

# name, measured, yardstick, must, aim (of the yardstick)
_RATIOS = (
    ("API posts, Hot, 20, against bare", "api posts", "bare posts", 0.50, 0.75),
    ("the same signed in, against anonymous", "api posts signed in", "api posts", 0.60, 0.80),
    ("API posts, New, 20, against bare", "api posts new", "bare posts", None, None),
    ("API 200 comments, against bare", "api comments 200", "bare comments", 0.50, 0.80),
    ("the same signed in, against anonymous", "api comments signed in", "api comments 200", None, None),
    ("HTML front page, against bare posts", "html front", "bare posts", 0.25, 0.45),
    ("HTML community, against bare posts", "html community", "bare posts", 0.25, 0.45),
    ("HTML thread of 200, against bare comments", "html thread 200", "bare comments", 0.20, 0.40),
    ("HTML thread of 300, against bare comments", "html thread 300", "bare comments", None, None),
    ("front page from the cache, against the same bytes", "cached front page", "bare front page", 0.50, 0.85),
    ("API page from the cache, against the same bytes", "cached api page", "bare api page", 0.50, 0.85),
)  # fmt: skip
_WRITES = (("votes through the API", "votes", 800, 1500), ("comments", "comments", 300, 800))
# name, fact, unit, must, aim (at most)
_FACTS = (
    ("memory of all, idle", "idle", "MB", 180, 150),
    ("memory of all, under load", "loaded", "MB", 220, 180),
    ("memory, one worker, idle", "idle, one worker", "MB", 120, 100),
    ("memory, one worker, under load", "loaded, one worker", "MB", 150, 120),
    ("cold start to the first answer", "cold start", "s", 1.5, 0.9),
    ("disk, search index included", "disk", "MB", 250, 190),
)


def table(
    results: Mapping[str, Result], facts: Mapping[str, float], given: argparse.Namespace
) -> str:
    """Markdown of the whole run."""
    head = (
        f"{datetime.now(UTC):%Y-%m-%d}, {given.size:,} posts, {given.workers} web workers,"
        f" 16 connections, medians of 3 × {given.seconds:g} s; Python"
        f" {platform.python_version()}, {os.cpu_count()} cores. The generator runs on the same"
        " machine.\n\n"
    )
    rows = ["| | measured | of the yardstick | must | aim |", "|---|---|---|---|---|"]
    rows += [_ratio(results, *row) for row in _RATIOS]
    rows += [_write(results, *row) for row in _WRITES]
    rows += [_fact(facts, *row) for row in _FACTS]
    yardsticks = ", ".join(
        f"{name} {results[name].per_second:,.0f}/s" for name in sorted(results) if "bare" in name
    )
    return f"{head}{os.linesep.join(rows)}\n\nYardsticks: {yardsticks}.\n"


def keep(text: str) -> None:
    """Put the table into the document, in the place of the last one."""
    page = DOCUMENT.read_text()
    before, rest = page.split(_BEGIN)
    _, after = rest.split(_END)
    DOCUMENT.write_text(f"{before}{_BEGIN}\n\n{text}\n{_END}{after}")


def _speed(result: Result) -> str:
    failed = f", **{result.errors} failed**" if result.errors else ""
    return (
        f"{result.per_second:,.0f}/s, p50 {result.p50_ms:.1f}, p99 {result.p99_ms:.1f} ms{failed}"
    )


def _ratio(
    results: Mapping[str, Result],
    name: str,
    measured: str,
    yardstick: str,
    must: float | None,
    aim: float | None,
) -> str:
    ratio = results[measured].per_second / results[yardstick].per_second
    verdict = _verdict(ratio, must, aim)
    asked = [f"{part:.0%}" if part else "" for part in (must, aim)]
    return (
        f"| {name} | {_speed(results[measured])} | {ratio:.0%}{verdict} | {asked[0]} | {asked[1]} |"
    )


def _write(results: Mapping[str, Result], name: str, key: str, must: float, aim: float) -> str:
    verdict = _verdict(results[key].per_second, must, aim)
    return f"| {name} | {_speed(results[key])}{verdict} | | {must:,}/s | {aim:,}/s |"


def _fact(
    facts: Mapping[str, float], name: str, key: str, unit: str, must: float, aim: float
) -> str:
    verdict = _verdict(-facts[key], -must, -aim)
    return f"| {name} | {facts[key]:,.2f} {unit}{verdict} | | {must} {unit} | {aim} {unit} |"


def _verdict(value: float, must: float | None, aim: float | None) -> str:
    if must is None or aim is None:
        return ""
    if value >= aim:
        return " (aim)"
    return "" if value >= must else " **(short)**"
