#!/usr/bin/env python3
"""Takes the pictures of the HTML report that the documents show.

    take.py [REPORT.html [FOLDER]]

REPORT.html is what `./dev demo` writes, build/report.html. One picture for each theme: the finding of curl_easy_perform() opened, the way to
it as a story in excerpts of the source. pngquant and optipng make them small where they are installed. FOLDER is that of this script.
"""
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "tests/browser"))
import browser  # noqa: E402

WIDTH, HEIGHT = 1200, 860
OPEN = """
const row = [...document.querySelectorAll("button.row")].find((one) => one.textContent.includes("curl_easy_perform"));
row.click();
document.activeElement.blur();
scrollTo(0, row.getBoundingClientRect().top + scrollY - 12);
"""


def take(driver, report, theme, file):
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": theme}]})
    driver.get("about:blank")
    driver.get(browser.address(report))
    driver.execute_script(OPEN)
    driver.save_screenshot(str(file))
    if shutil.which("pngquant"):
        subprocess.run(["pngquant", "--force", "--skip-if-larger", "--quality", "70-95", "--output", file, file], check=False)
    if shutil.which("optipng"):
        subprocess.run(["optipng", "-quiet", "-o5", "-strip", "all", file], check=True)


def main(report=HERE.parents[1] / "build/report.html", folder=HERE):
    with tempfile.TemporaryDirectory() as profile:
        driver = browser.start(profile, WIDTH, HEIGHT)
        try:
            for theme, name in ("light", "html-report.png"), ("dark", "html-report-dark.png"):
                take(driver, report, theme, pathlib.Path(folder) / name)
        finally:
            driver.quit()


main(*sys.argv[1:3])
