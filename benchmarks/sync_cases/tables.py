"""Results as tables."""

from __future__ import annotations

import statistics


def show(title: str, rows: dict[str, list[float]], unit: str = "s", ours: str = "pipeline") -> dict:
    """Print medians and how they compare with ours; the figures as they go into the JSON."""
    print(f"\n{title}")
    medians = {name: statistics.median(values) for name, values in rows.items()}
    base = medians.get(ours)
    for name, median in sorted(medians.items(), key=lambda item: item[1]):
        ratio = "" if base is None or name == ours else f"{median / base:8.1f} x ours"
        spread = f"{min(rows[name]):.2f}-{max(rows[name]):.2f}"
        print(f"  {name:24} {median:9.2f} {unit}   {spread:>16}{ratio}")
    return {"title": title, "unit": unit, "runs": rows, "medians": medians}


def facts(title: str, rows: list[tuple[str, str]]) -> dict:
    """Print plain facts."""
    print(f"\n{title}")
    for name, text in rows:
        print(f"  {name:44} {text}")
    return {"title": title, "facts": rows}
