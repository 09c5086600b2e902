"""Look at a report in a real browser.

    check_report.py TOOL FOLDER [UNITS RELEASES]

Makes a project with a long history (report_project.py) by running TOOL, writes its report, and opens it as a file
in headless Chromium with every host out of reach: in light and dark, at the widths of a phone and of a screen, with
axe's rules of accessibility, by keyboard. Then it watches a live report during a run. Saves pictures in
FOLDER. Exits 1 and says what is wrong otherwise.
"""

from __future__ import annotations

import base64
import http.client
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import axe_core_python
from check_site import PATIENCE, Wrong
from report_browser import browser, look, opened, until
from report_project import HOSTILE, Project
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webdriver import WebDriver

_AXE = Path(axe_core_python.__file__).with_name("axe.min.js")
_AXE_RUN = """
const done = arguments[arguments.length - 1];
axe.run(document, { resultTypes: ['violations'] }).then(
  found => done(found.violations.map(rule => [rule.id, rule.nodes.slice(0, 3).map(
    node => node.html.slice(0, 200) + ' ' + node.any.concat(node.all).map(c => c.message).join('; '))])),
  error => done([['axe', [String(error)]]]));
"""
_OVERFLOW = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
# A canvas that holds more than one colour was drawn.
_BLANK = """
return [...document.querySelectorAll('canvas')].filter(canvas => {
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  return !new Uint32Array(data.buffer).some(pixel => pixel !== 0);
}).map(canvas => canvas.ariaLabel);
"""


def check_file(report: Path, folder: Path, data: dict) -> None:
    """Check the report as a file: nothing is fetched, all is shown, everybody can use it."""
    with browser("--host-resolver-rules=MAP * ~NOTFOUND") as driver:
        for width, scheme in ((1280, "light"), (1280, "dark"), (360, "light"), (360, "dark")):
            look(driver, width, 900, scheme)
            drawn, loaded, painted = opened(driver, report.as_uri())
            print(f"{width} px, {scheme}: drawn {drawn:.0f} ms, loaded {loaded:.0f} ms, painted {painted} ms")
            if (overflow := driver.execute_script(_OVERFLOW)) > 0:
                raise Wrong(f"the page is {overflow} px wider than the window of {width} px")
            _open_everything(driver)
            _accessible(driver, f"{width} px, {scheme}")
            _save(driver, folder / f"report-{width}-{scheme}.png", width)
            _nothing_wrong(driver, report.as_uri())
        look(driver, 1280, 900, "light")
        opened(driver, report.as_uri())
        _by_keyboard(driver)
        _names(driver)
        _numbers(driver, data)


def _open_everything(driver: WebDriver) -> None:
    driver.execute_script(
        "dispatchEvent(new Event('beforeprint'));"
        "document.querySelectorAll('#releases .releases details').forEach(d => { d.open = d.matches(':first-child'); })"
    )
    until(driver, lambda d: not d.execute_script(_BLANK), "a chart stays empty")
    if (count := len(driver.find_elements(By.TAG_NAME, "canvas"))) < 6:
        raise Wrong(f"there are only {count} charts")
    if not driver.find_elements(By.CSS_SELECTOR, "#stages svg .node"):
        raise Wrong("the graph of stages is not drawn")
    for figure in driver.find_elements(By.TAG_NAME, "figure"):
        picture = figure.find_element(By.CSS_SELECTOR, "canvas, svg")
        if not picture.get_attribute("aria-label") or not figure.find_element(By.TAG_NAME, "figcaption").text:
            raise Wrong("a picture has no words that say the same")


def _accessible(driver: WebDriver, where: str) -> None:
    driver.execute_script(_AXE.read_text())
    violations = driver.execute_async_script(_AXE_RUN)
    if violations:
        lines = "\n".join(f"  {rule}: {node}" for rule, nodes in violations for node in nodes)
        raise Wrong(f"axe finds at {where}:\n{lines}")


def _nothing_wrong(driver: WebDriver, url: str) -> None:
    severe = [entry["message"] for entry in driver.get_log("browser") if entry["level"] == "SEVERE"]
    if severe:
        raise Wrong(f"the page logs to the console: {'; '.join(severe)}")
    for entry in driver.get_log("performance"):
        message = json.loads(entry["message"])["message"]
        if message["method"] == "Network.requestWillBeSent":
            asked = message["params"]["request"]["url"]
            if asked != url and not asked.startswith("data:"):
                raise Wrong(f"the page asks the network for {asked}")


def _by_keyboard(driver: WebDriver) -> None:
    """Every table and every control must be reached by the tabulator alone."""
    wanted = "main button:not([hidden]), main .scroll, main summary, main select, main input, nav a"
    reachable = driver.execute_script(
        f"return [...document.querySelectorAll('{wanted}')].filter(e => e.checkVisibility()).length"
    )
    driver.execute_script("document.activeElement.blur(); scrollTo(0, 0); window.seen = new Set()")
    body = driver.find_element(By.TAG_NAME, "body")
    for _ in range(reachable + 20):
        (driver.switch_to.active_element or body).send_keys(Keys.TAB)
        driver.execute_script(
            f"if (document.activeElement.matches('{wanted}')) seen.add(document.activeElement)"
        )
    if (seen := driver.execute_script("return seen.size")) != reachable:
        raise Wrong(f"of {reachable} tables and controls the keyboard reaches {seen}")
    first = driver.find_element(By.CSS_SELECTOR, "#units h3:last-of-type ~ div thead button")
    first.send_keys(Keys.ENTER)
    head = driver.find_element(By.CSS_SELECTOR, "#units h3:last-of-type ~ div thead th[aria-sort]")
    if head.get_attribute("aria-sort") != "ascending":
        raise Wrong("Enter on the head of a column does not order by it")


def _names(driver: WebDriver) -> None:
    """Names that try to break the page are text on it, with what cannot be seen made visible."""
    box = driver.find_element(By.ID, "unit-filter")
    box.send_keys("hostile")
    rows = [row.text for row in driver.find_elements(By.CSS_SELECTOR, "#units h3:last-of-type ~ div tbody th")]
    marks = {"\n": "\\n", "\u2028": "\\u{2028}", "\u202e": "\\u{202e}"}
    for name in HOSTILE:
        text = "compile/hostile/" + "".join(marks.get(mark, mark) for mark in name)
        if text not in rows:
            raise Wrong(f"the page does not show {text!r}: {rows}")
    foreign = "return document.querySelectorAll('main script, main img, main b').length"
    if driver.execute_script(foreign):
        raise Wrong("a name became markup")


def _numbers(driver: WebDriver, data: dict) -> None:
    """What the page says is what the data says."""
    text = driver.find_element(By.TAG_NAME, "main").text
    live = data["environments"][0]["live"]
    for expected in (f"{len(data['units']):,}", f"release {live}", "still failing", "the command ended with exit status 1"):
        if expected not in text:
            raise Wrong(f'the page does not say "{expected}"')
    log = driver.find_element(By.CSS_SELECTOR, "#failures details")
    log.find_element(By.TAG_NAME, "summary").send_keys(Keys.ENTER)
    until(driver, lambda _: "<b>red</b> </script>" in log.text, "the log of the failure is not shown")
    change = driver.find_element(By.CSS_SELECTOR, "#releases .releases details")
    change.find_element(By.TAG_NAME, "summary").send_keys(Keys.ENTER)
    until(driver, lambda _: "data/by-hand/part-" in change.text, "what a release changed is not shown")
    if "& more</b>" not in change.text:
        raise Wrong(f"the commits of a release are not shown: {change.text}")


def check_live(project: Project, tool: Path) -> None:
    """Watch the report during a run, and as others would ask for it."""
    server = subprocess.Popen(
        [tool, "report", "--live"], cwd=project.root, stdout=subprocess.PIPE, text=True
    )
    try:
        address = server.stdout.readline().strip()
        _refuses(int(address.rstrip("/").rpartition(":")[2]))
        with browser() as driver:
            opened(driver, address)
            _status(driver, "idle")
            # The unit waits for its input to be written: the run lasts until then.
            project.hold()
            run = subprocess.Popen([tool, "run", "compile"], cwd=project.root, stderr=subprocess.DEVNULL)
            try:
                _status(driver, "goes on")
                until(driver, lambda d: "running" in d.find_element(By.ID, "runs").text, "the run is not listed")
            finally:
                project.release()
                run.wait(PATIENCE)
            _status(driver, "idle")
            until(driver, lambda d: "nothing to fix" in d.page_source, "the fixed unit is still shown as failed")
            server.terminate()
            server.wait(PATIENCE)
            _status(driver, "does not answer any more")
        if server.returncode != 143:
            raise Wrong(f"the server ended with {server.returncode}")
    finally:
        server.kill()
        server.wait()
        server.stdout.close()


def _refuses(port: int) -> None:
    def asked(method: str, path: str, host: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        connection.request(method, path, headers={"Host": host})
        status = connection.getresponse().status
        connection.close()
        return status

    own = f"127.0.0.1:{port}"
    expected = {
        ("GET", "/", own): 200,
        ("GET", "/data.json", f"localhost:{port}"): 200,
        ("GET", "/", "elsewhere.example"): 421,
        ("GET", "/", f"elsewhere.example:{port}"): 421,
        ("POST", "/", own): 405,
        ("GET", "/../.pipeline/ledger.sqlite", own): 404,
    }
    for words, status in expected.items():
        if (answer := asked(*words)) != status:
            raise Wrong(f"{' '.join(words)} is answered with {answer}, not {status}")


def _status(driver: WebDriver, text: str) -> None:
    until(driver, lambda d: text in d.find_element(By.ID, "status").text, f'the page never says "{text}"')


def _save(driver: WebDriver, path: Path, width: int) -> None:
    """Save a picture of the whole page."""
    height = driver.execute_script("return document.documentElement.scrollHeight")
    clip = dict(x=0, y=0, width=width, height=min(height, 16_000), scale=1)
    shot = driver.execute_cdp_cmd("Page.captureScreenshot", dict(captureBeyondViewport=True, clip=clip))
    path.write_bytes(base64.b64decode(shot["data"]))


def main(arguments: list[str]) -> int:
    """Check the report of a project with a long history."""
    if len(arguments) not in (2, 4):
        print(__doc__, file=sys.stderr)
        return 2
    tool, folder = Path(arguments[0]).resolve(), Path(arguments[1])
    units, releases = (int(number) for number in arguments[2:] or (1000, 20))
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(prefix="pipeline-report-") as root, Project(Path(root), tool) as project:
            project.make(units, releases)
            before = project.state()
            report = Path(project.pipeline("report").strip())
            data = json.loads(project.pipeline("report", "--json"))
            if project.state() != before:
                raise Wrong("the report changed the project's state")
            releases = len(data["environments"][0]["releases"])
            print(f"{len(data['units'])} units, {releases} releases: {report.stat().st_size} bytes")
            check_file(report, folder, data)
            check_live(project, tool)
    except (Wrong, WebDriverException, RuntimeError) as error:
        print(f"check_report: {getattr(error, 'msg', None) or error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
