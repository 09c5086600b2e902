"""The browser that looks at a report: its windows, and how it waits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from check_site import PATIENCE, Wrong, _program
from selenium import webdriver
from selenium.common.exceptions import TimeoutException
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.support.ui import WebDriverWait

# Milliseconds from the start of the navigation until the page is there, and until it is painted.
TIMES = """
const [load] = performance.getEntriesByType('navigation');
const paint = performance.getEntriesByName('first-contentful-paint')[0];
return [performance.getEntriesByName('drawn')[0]?.startTime, load.loadEventEnd, paint ? paint.startTime : null];
"""


@contextmanager
def browser(*arguments: str) -> Iterator[WebDriver]:
    """A headless Chromium that tells what it asked the network for."""
    options = webdriver.ChromeOptions()
    options.binary_location = _program("chromium")
    # Chromium's sandbox refuses to run as root, as in a container.
    always = ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--hide-scrollbars")
    for argument in (*always, *arguments):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options, webdriver.ChromeService(_program("chromedriver")))
    try:
        driver.set_script_timeout(PATIENCE)
        yield driver
    finally:
        driver.quit()


def look(driver: WebDriver, width: int, height: int, scheme: str) -> None:
    """Set the size of the window and the colours that the reader wants."""
    metrics = dict(width=width, height=height, deviceScaleFactor=1, mobile=False)
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    features = [dict(name="prefers-color-scheme", value=scheme)]
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", dict(features=features))


def opened(driver: WebDriver, url: str) -> list[float]:
    """Open the page and wait until it is drawn; returns when it was, in milliseconds."""
    driver.get(url)
    until(driver, lambda d: d.execute_script("return document.body.dataset.drawn === 'yes'"), "not drawn")
    return driver.execute_script(TIMES)


def until(driver: WebDriver, condition, problem: str) -> None:
    try:
        WebDriverWait(driver, PATIENCE, poll_frequency=0.1).until(condition)
    except TimeoutException:
        raise Wrong(problem) from None
