"""What surrounds every page: head of the document, navigation and footer."""

from __future__ import annotations

from html import escape

from dash import dcc, html, page_container

import release

NAME = "Tumour Crosstalk"
_PAGES = (
    ("Home", "/"),
    ("Circos", "/circos"),
    ("Interactions", "/interactions"),
    ("Ligand effects", "/ligand-effects"),
)


def document() -> str:
    """The HTML document. It names the release, so that a plain request tells which one answers."""
    number = escape(release.current().number, quote=True)
    return f"""<!doctype html>
<html lang="en">
<head>
{{%metas%}}
<meta name="release" content="{number}">
<title>{{%title%}}</title>
<link rel="icon" href="assets/icon.svg" type="image/svg+xml">
{{%css%}}
</head>
<body>
{{%app_entry%}}
<footer>{{%config%}}{{%scripts%}}{{%renderer%}}</footer>
</body>
</html>"""


def layout() -> html.Div:
    """Navigation, the page, and the footer."""
    return html.Div(
        [
            html.Div(
                html.Nav(
                    [
                        dcc.Link(
                            [html.Img(src="assets/icon.svg", alt=""), NAME],
                            href="/",
                            className="brand",
                        ),
                        html.Div(
                            [dcc.Link(text, href=path, id=_id(path)) for text, path in _PAGES],
                            className="links",
                        ),
                    ],
                    **{"aria-label": "Pages"},
                ),
                className="bar",
            ),
            html.Main(page_container),
            _footer(),
        ],
        className="shell",
    )


def current_classes(path: str | None) -> list[str]:
    """The class of each link of the navigation, when the page at `path` is shown."""
    return [
        "current" if (path or "/").rstrip("/") == target.rstrip("/") else "" for _, target in _PAGES
    ]


def link_ids() -> list[str]:
    """The ids of the links, in the order of `current_classes`."""
    return [_id(path) for _, path in _PAGES]


def _id(path: str) -> str:
    return "nav-" + (path.strip("/") or "home")


def _footer() -> html.Div:
    running = release.current()
    parts = [html.Span(running.name)]
    if running.manifest:
        parts.append(
            html.Span(["data ", html.Code(running.short_manifest, title=running.manifest)])
        )
    if running.image:
        parts.append(html.Span(["image ", html.Code(running.short_image, title=running.image)]))
    parts.append(html.A("health", href="/health"))
    return html.Div(parts, id="release", className="foot")
