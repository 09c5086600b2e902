"""Look at a running site in a real browser.

    check_site.py URL FOLDER

Opens the four pages in headless Chromium, waits until their figures are drawn, changes a selector
on each and expects another figure. Saves pictures in FOLDER. Exits 1 and says what is wrong
otherwise. Needs Debian's `chromium` and `chromium-driver`, and the packages of `requirements.txt`
beside this file.
"""

from __future__ import annotations

import base64
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from selenium import webdriver
from selenium.common.exceptions import TimeoutException, WebDriverException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.support.ui import WebDriverWait

# An upper bound for a lost cause, not a delay: every wait ends as soon as its condition holds.
PATIENCE = 60

# Marks with an extent on screen; a trace without data draws none.
_MARKS = """
const plot = document.querySelector(arguments[0]);
if (!plot || !plot.querySelector('.main-svg')) return null;
const kinds = {
  fills: 'path.js-fill', lines: 'path.js-line', points: '.points path.point',
  bars: '.barlayer .point path',
};
const count = {};
for (const [kind, selector] of Object.entries(kinds)) {
  count[kind] = [...plot.querySelectorAll(selector)].filter(e => (e.getAttribute('d') || '').length
  > 8).length;
}
return count;
"""
_SHAPE = """
const plot = document.querySelector(arguments[0]);
const parts = plot.querySelectorAll('.plot path, .infolayer text, .scatterlayer text');
return [...parts].map(e => (e.getAttribute('d') || e.textContent)).join('|');
"""
# What the page asked for and got: what still waits for an answer is not in it.
_ASKED = """
return performance.getEntriesByType('resource').map(e =>
  `${new URL(e.name).pathname} ${e.responseStatus || 'no answer'} in ${Math.round(e.duration)} ms`);
"""
# Sideways scrolling belongs to the figures' own boxes, never to the page.
_OVERFLOW = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"


class Wrong(Exception):
    """The site does not do what it should."""


@dataclass(frozen=True)
class Page:
    """A page, the marks that its figure must have, and a change of one selector."""

    name: str
    path: str
    figure: str
    marks: tuple[str, ...]
    change: Callable[[WebDriver], None]


def choose(selector: str, text: str) -> Callable[[WebDriver], None]:
    """Choose the option `text` of a dropdown."""

    def act(driver: WebDriver) -> None:
        driver.find_element(By.CSS_SELECTOR, selector).click()
        option = f"//*[contains(@class,'dash-dropdown-option')][normalize-space()='{text}']"
        WebDriverWait(driver, PATIENCE).until(lambda d: d.find_elements(By.XPATH, option))[
            0
        ].click()

    return act


def step(selector: str, key: str) -> Callable[[WebDriver], None]:
    """Move the handle of a slider by one step."""

    def act(driver: WebDriver) -> None:
        driver.find_element(By.CSS_SELECTOR, f"{selector} [role=slider]").send_keys(key)

    return act


PAGES = (
    Page("home", "/", "home", ("bars",), choose("#home-condition", "High CIN vs. no STING")),
    Page(
        "circos",
        "/circos",
        "circos",
        ("fills", "points"),
        choose("#circos-condition", "High CIN vs. no STING"),
    ),
    Page(
        "interactions",
        "/interactions",
        "interactions",
        ("lines", "points"),
        choose("#interactions-donor", "T cells"),
    ),
    Page(
        "ligand-effects",
        "/ligand-effects",
        "effects",
        ("lines", "points"),
        step("#effects-iterations", Keys.LEFT),
    ),
)


@contextmanager
def browser(width: int, height: int) -> Iterator[WebDriver]:
    """A headless Chromium with a window of the given size."""
    options = webdriver.ChromeOptions()
    options.binary_location = _program("chromium")
    # Chromium's sandbox refuses to run as root, as in a container.
    for argument in (
        "--headless=new",
        "--no-sandbox",
        "--disable-dev-shm-usage",
        "--hide-scrollbars",
    ):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options, webdriver.ChromeService(_program("chromedriver")))
    try:
        metrics = dict(width=width, height=height, deviceScaleFactor=1, mobile=False)
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        yield driver
    finally:
        driver.quit()


def check(
    driver: WebDriver, url: str, page: Page, folder: Path, width: int, change: bool = True
) -> dict[str, int]:
    """Check one page; returns the marks of its figure."""
    driver.get(url.rstrip("/") + page.path)
    marks = _drawn(driver, page)
    _no_errors(driver, page)
    if (overflow := driver.execute_script(_OVERFLOW)) > 0:
        raise Wrong(f'page "{page.name}" is {overflow} px wider than the window of {width} px')
    if not driver.find_element(By.ID, "release").text.strip():
        raise Wrong(f'page "{page.name}" does not name its release')
    _save(driver, folder / f"{page.name}-{width}.png", width)
    if change:
        _expect_change(driver, page)
        _save(driver, folder / f"{page.name}-{width}-changed.png", width)
        _no_errors(driver, page)
    return marks


def _drawn(driver: WebDriver, page: Page) -> dict[str, int]:
    """Wait until the figure is drawn, and count its marks."""
    plot = f"#{page.figure}-graph .js-plotly-plot"

    def complete(driver: WebDriver) -> dict[str, int] | None:
        if driver.find_elements(By.CSS_SELECTOR, "[role=alert]"):
            raise Wrong(f'page "{page.name}" shows an error: {_alerts(driver)}')
        marks = driver.execute_script(_MARKS, plot)
        return marks if marks and all(marks[kind] for kind in page.marks) else None

    try:
        return WebDriverWait(driver, PATIENCE).until(complete)
    except TimeoutException:
        marks = driver.execute_script(_MARKS, plot)
        raise Wrong(
            f'page "{page.name}": figure without {" or ".join(page.marks)} (found {marks})\n'
            + "\n".join(_circumstances(driver))
        ) from None


def _circumstances(driver: WebDriver) -> list[str]:
    """What may tell why a page shows nothing: its title and words, the console, and each request."""
    return [
        f"title: {driver.title}",
        f"text: {driver.find_element(By.TAG_NAME, 'body').text[:300]}",
        *(f"console: {entry['level']} {entry['message']}" for entry in driver.get_log("browser")),
        *(f"request: {line}" for line in driver.execute_script(_ASKED)),
    ]


def _expect_change(driver: WebDriver, page: Page) -> None:
    plot = f"#{page.figure}-graph .js-plotly-plot"
    before = driver.execute_script(_SHAPE, plot)
    page.change(driver)
    try:
        WebDriverWait(driver, PATIENCE).until(lambda d: d.execute_script(_SHAPE, plot) != before)
    except TimeoutException:
        raise Wrong(
            f'page "{page.name}": the figure stays the same after another selection'
        ) from None
    _drawn(driver, page)


def _no_errors(driver: WebDriver, page: Page) -> None:
    if alerts := _alerts(driver):
        raise Wrong(f'page "{page.name}" shows an error: {alerts}')
    severe = [entry["message"] for entry in driver.get_log("browser") if entry["level"] == "SEVERE"]
    if severe:
        raise Wrong(f'page "{page.name}" logs to the console: {"; ".join(severe)}')


def _alerts(driver: WebDriver) -> str:
    return "; ".join(
        element.text for element in driver.find_elements(By.CSS_SELECTOR, "[role=alert]")
    )


def _save(driver: WebDriver, path: Path, width: int) -> None:
    """Save a picture of the whole page."""
    # Leaves menus and hover labels out of the picture.
    driver.execute_script("document.activeElement && document.activeElement.blur()")
    height = driver.execute_script("return document.documentElement.scrollHeight")
    clip = dict(x=0, y=0, width=width, height=height, scale=1)
    shot = driver.execute_cdp_cmd(
        "Page.captureScreenshot", dict(captureBeyondViewport=True, clip=clip)
    )
    path.write_bytes(base64.b64decode(shot["data"]))


def _program(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        raise Wrong(
            f'"{name}" is not installed: '
            "apt-get install --no-install-recommends chromium chromium-driver"
        )
    return path


def main(arguments: list[str]) -> int:
    """Check all pages of the site at the URL given."""
    if len(arguments) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    url, folder = arguments[0], Path(arguments[1])
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with browser(1280, 900) as driver:
            for page in PAGES:
                print(f"{page.name} at 1280 px: {check(driver, url, page, folder, 1280)}")
        with browser(400, 860) as driver:
            for page in PAGES:
                print(
                    f"{page.name} at 400 px: {check(driver, url, page, folder, 400, change=False)}"
                )
    except (Wrong, WebDriverException) as error:
        print(f"check_site: {getattr(error, 'msg', None) or error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
