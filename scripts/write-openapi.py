"""Write docs/api/openapi.json anew from the table of routes; a test says when that is due."""

import json
from pathlib import Path

from moothall.api import v3
from moothall.api.openapi import openapi

target = Path(__file__).resolve().parent.parent / "docs" / "api" / "openapi.json"
document = openapi(v3.all_routes(), v3.PREFIX)
target.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
print(target)
