"""The opacity of the ribbons of the circos figure, as Chromium draws them.

usage: figure.py URL OPACITY
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "browser"))

from check_site import PAGES, Wrong, browser, check

_OPACITIES = """
const fills = document.querySelectorAll('#circos-graph .js-plotly-plot path.js-fill');
return [...fills].map(e => Number(getComputedStyle(e).fillOpacity));
"""


def main(url: str, opacity: float) -> int:
    folder = Path(os.environ["PIPELINE_GUIDE"]) / "pictures"
    folder.mkdir(exist_ok=True)
    page = next(page for page in PAGES if page.name == "circos")
    found = None
    # A visitor whose page stays empty opens it again; what the first one saw is reported all the same.
    for look in ("first", "second"):
        try:
            with browser(1280, 900) as driver:
                check(driver, url, page, folder, 1280, change=False)
                found = driver.execute_script(_OPACITIES)
            break
        except Wrong as error:
            print(f"figure: {look} look: {error}", file=sys.stderr)
    if found is None:
        return 1
    # Ribbons are drawn first; the other filled shapes are opaque.
    seen = sorted({value for value in found if value < 1})
    print(f"ribbons at {url}: {seen}")
    return 0 if seen == [opacity] else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], float(sys.argv[2])))
