"""One line of the log, for processes too small to import `lib.log`, in the same two forms."""

import json
import sys
import time


def write_line(form: str, level: str, event: str, **fields: object) -> None:
    """Write an event to standard error, as "json" or for the "console"."""
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    if form == "json":
        line = json.dumps({"time": at, "level": level, "event": event, **fields})
    else:
        line = f"{at} {level:<7} {event}" + "".join(f" {k}={v}" for k, v in fields.items())
    sys.stderr.write(line + "\n")
    sys.stderr.flush()
