"""A headless Chromium for the tests of the HTML report. Exits with 77, "skipped", where there is none."""
import json
import os
import pathlib
import shutil
import sys

try:
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service
except ImportError:
    print("python3-selenium is not installed", file=sys.stderr)
    sys.exit(77)

TIMEOUT = 60  # seconds; a machine with two cores that builds something else meanwhile


def start(profile, width=1280, height=900):
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    chromedriver = shutil.which("chromedriver")
    if not chromium or not chromedriver:
        print("chromium or chromedriver is not installed", file=sys.stderr)
        sys.exit(77)
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for argument in ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                     "--disable-background-networking", "--disable-component-update", f"--user-data-dir={profile}",
                     f"--window-size={width},{height}"]:
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(service=Service(chromedriver), options=options)
    driver.set_page_load_timeout(TIMEOUT)
    driver.set_script_timeout(TIMEOUT)
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                           {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False})
    return driver


def requests(driver):
    """The addresses of everything that was asked for since the last call."""
    found = []
    for entry in driver.get_log("performance"):
        message = json.loads(entry["message"])["message"]
        if message["method"] == "Network.requestWillBeSent":
            found.append(message["params"]["request"]["url"])
    return found


def address(path, fragment=""):
    return pathlib.Path(path).resolve().as_uri() + fragment


SOURCES = {
    "src/dns.c": "void resolve(void) {\n  int error = getaddrinfo(\"name\", 0, 0, 0); /* waits */\n}\n// the end\n",
    "src/conn.c": "\n" * 9 + "/* a comment\n   of two lines */\n  conn->handler = load_page;\n",
    "src/server.c": "".join(f"int line_{n}(void);\n" for n in range(1, 130)),
    "src/cache.c": "".join(f"\tcached({n}, 'x', \"text\");\n" for n in range(1, 40)),
    "src/store.c": "".join(f"  flush({n});\n" for n in range(1, 60)),
}


def write_sources(root):
    for name, text in SOURCES.items():
        path = os.path.join(root, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
