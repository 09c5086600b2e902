"""The project of each page."""

from __future__ import annotations

import os

import pages
import projects


def kind(page: pages.Page) -> type[projects.Project]:
    """The class that a page names by its comment `project`."""
    if page.project is None:
        raise pages.PageError(f"{page.name}.md names no project for its commands")
    if page.project.startswith("aws "):
        import clouds

        return getattr(clouds, page.project.removeprefix("aws ").capitalize())
    import servers

    return getattr(servers, page.project.capitalize(), None) or getattr(
        projects, page.project.capitalize()
    )


def lacks(page: pages.Page) -> str | None:
    """What this machine lacks for the page's project."""
    if page.project is not None and page.project.startswith("aws "):
        for name in ("PIPELINE_TEST_AWS_PYTHON", "PIPELINE_TEST_ENGINE"):
            if not os.environ.get(name):
                return name
    if kind(page).as_root and os.geteuid() != 0:
        return "root"
    return next((name for name in kind(page).needs if not os.environ.get(name)), None)


def project(page: pages.Page) -> projects.Project:
    return kind(page)()
