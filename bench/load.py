"""Load from wrk, a program of Debian's: requests per second, latency, and what went wrong."""

import json
import re
import statistics
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

CONNECTIONS = 16
# Cookies make the forum leave its page cache aside; nobody is signed in by this one.
UNCACHED = {"Cookie": "bench=1"}

_DONE = """
done = function(summary, latency, requests)
  io.write(string.format("RESULT %f %d %f %f %d\\n",
    summary.duration / 1e6, summary.requests, latency:percentile(50) / 1000,
    latency:percentile(99) / 1000,
    summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout))
end
"""
_RESULT = re.compile(r"RESULT (\S+) (\d+) (\S+) (\S+) (\d+)")


@dataclass(frozen=True, slots=True)
class Result:
    """One measurement: requests per second and latencies in milliseconds."""

    per_second: float
    p50_ms: float
    p99_ms: float
    errors: int


def get(url: str, headers: dict[str, str], seconds: int) -> Result:
    """Ask for one address again and again."""
    return _run(url, headers, seconds, _DONE)


def post(url: str, headers: dict[str, str], bodies: list[tuple[str, str]], seconds: int) -> Result:
    """Send (token, JSON body) pairs one after the other, in the order given."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bodies.txt"
        path.write_text("\n".join(f"{token}\t{body}" for token, body in bodies))
        script = f"""
local calls = {{}}
for line in io.lines({json.dumps(str(path))}) do
  local token, body = line:match("^(.-)\\t(.*)$")
  calls[#calls + 1] = {{token, body}}
end
local n = 0
wrk.method = "POST"
request = function()
  n = n % #calls + 1
  return wrk.format(nil, nil, {{
    ["Content-Type"] = "application/json", ["Authorization"] = "Bearer " .. calls[n][1]
  }}, calls[n][2])
end
{_DONE}"""
        return _run(url, headers, seconds, script)


def median(results: list[Result]) -> Result:
    """The middle of several runs, figure by figure; errors are added up."""
    return Result(
        statistics.median(r.per_second for r in results),
        statistics.median(r.p50_ms for r in results),
        statistics.median(r.p99_ms for r in results),
        sum(r.errors for r in results),
    )


def _run(url: str, headers: dict[str, str], seconds: int, script: str) -> Result:
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        file.write(script)
        file.flush()
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", file.name]
        for name, value in headers.items():
            command += ["-H", f"{name}: {value}"]
        output = subprocess.run([*command, url], check=True, capture_output=True, text=True).stdout
    found = _RESULT.search(output)
    if found is None:
        raise RuntimeError(f"wrk said nothing that can be read:\n{output}")
    duration, requests, p50, p99, errors = found.groups()
    return Result(int(requests) / float(duration), float(p50), float(p99), int(errors))
