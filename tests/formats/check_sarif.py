"""check_sarif.py FILE [ROOT]: what SARIF 2.1.0 Errata 01 and GitHub's code scanning ask of the report.

The objects and their properties are those of the standard (docs.oasis-open.org/sarif/sarif/v2.1.0/errata01), as far as blockscan writes
them; anything else fails. With ROOT, the folder of the sources, line hashes and columns are computed again. Where
$BLOCKSCAN_SARIF_SCHEMA names the official JSON schema, that is asked as well.
"""

import gzip
import json
import os
import re
import sys
import urllib.parse

TEXT, NUMBER, WHOLE, TRUTH = str, (int, float), int, bool


class List:
    def __init__(self, item, least=0, most=None):
        self.item, self.least, self.most = item, least, most


class OneOf:
    def __init__(self, *values):
        self.values = values


ANY = object()
MESSAGE = {"text!": TEXT}
DESCRIPTION = {"text!": TEXT, "markdown": TEXT}
BAG = ANY
ARTIFACT = {"uri!": TEXT, "uriBaseId": OneOf("%SRCROOT%")}
REGION = {"startLine!": WHOLE, "startColumn": WHOLE, "endColumn": WHOLE}
LOCATION = {
    "id": WHOLE,
    "physicalLocation": {"artifactLocation!": ARTIFACT, "region": REGION},
    "logicalLocations": List({"fullyQualifiedName!": TEXT, "kind": OneOf("function")}, 1),
    "message": MESSAGE,
}
LEVEL = OneOf("none", "note", "warning", "error")
RULE = {
    "id!": TEXT,
    "name": TEXT,
    "shortDescription!": DESCRIPTION,
    "fullDescription!": DESCRIPTION,
    "help!": DESCRIPTION,
    "helpUri": TEXT,
    "defaultConfiguration": {"level": LEVEL},
    "properties": {"tags": List(TEXT, 0, 20), "problem.severity": OneOf("recommendation", "warning", "error")},
}
FLOW_LOCATION = {
    "location!": LOCATION,
    "nestingLevel": WHOLE,
    "kinds": List(OneOf("enter", "call", "function"), 1),
    "importance": OneOf("important", "essential", "unimportant"),
}
RESULT = {
    "ruleId!": TEXT,
    "ruleIndex!": WHOLE,
    "level!": LEVEL,
    "message!": MESSAGE,
    "locations!": List(LOCATION, 1, 1),
    "relatedLocations": List(LOCATION, 1),
    "codeFlows": List({"threadFlows!": List({"locations!": List(FLOW_LOCATION, 1)}, 1)}, 1),
    "partialFingerprints": {"primaryLocationLineHash!": TEXT},
    "fingerprints!": {"blockscan/v1!": TEXT},
    "occurrenceCount": WHOLE,
    "rank": NUMBER,
    "baselineState": OneOf("new", "unchanged", "updated", "absent"),
    "properties": BAG,
}
NOTIFICATION = {
    "descriptor!": {"id!": TEXT, "index!": WHOLE},
    "level!": LEVEL,
    "message!": MESSAGE,
    "locations": List(LOCATION, 1),
}
RUN = {
    "tool!": {"driver!": {"name!": TEXT, "semanticVersion": TEXT, "rules!": List(RULE), "notifications": List(RULE)}},
    "columnKind!": OneOf("utf16CodeUnits"),
    "originalUriBaseIds!": {"%SRCROOT%!": {"description": MESSAGE}},
    "results!": List(RESULT, 0, 25000),
    "invocations!": List({"executionSuccessful!": TRUTH, "toolExecutionNotifications": List(NOTIFICATION)}, 1, 1),
    "properties": BAG,
}
LOG = {"$schema": TEXT, "version!": OneOf("2.1.0"), "runs!": List(RUN, 1, 20)}


def check(value, form, where):
    if form is ANY:
        return
    if isinstance(form, OneOf):
        assert value in form.values, f"{where}: {value!r}"
    elif isinstance(form, List):
        assert isinstance(value, list), f"{where}: no list"
        assert len(value) >= form.least and (form.most is None or len(value) <= form.most), f"{where}: {len(value)} items"
        for i, item in enumerate(value):
            check(item, form.item, f"{where}[{i}]")
    elif isinstance(form, dict):
        assert isinstance(value, dict), f"{where}: no object"
        known = {key.rstrip("!"): inner for key, inner in form.items()}
        for key in value:
            assert key in known, f"{where}: unknown property {key}"
            check(value[key], known[key], f"{where}.{key}")
        for key in form:
            assert not key.endswith("!") or key[:-1] in value, f"{where}: no {key[:-1]}"
    else:
        assert isinstance(value, form) and (form is TRUTH or not isinstance(value, bool)), f"{where}: {value!r}"


def each_location(result):
    yield from result["locations"]
    yield from result.get("relatedLocations", [])
    for flow in result.get("codeFlows", []):
        for thread in flow["threadFlows"]:
            for step in thread["locations"]:
                yield step["location"]


def check_uri(artifact):
    uri = artifact["uri"]
    assert re.fullmatch(r"(file://)?([A-Za-z0-9._~!$&'()*+,;=@/-]|%[0-9A-F]{2})+", uri), uri
    assert uri.startswith("file:///") == ("uriBaseId" not in artifact), artifact


def check_message(message, ids=()):
    text = message["text"]
    assert text and not re.search(r"(?<!\{)(\{\{)*\{(?!\{)|(?<!\})(\}\})*\}(?!\})", text), text
    for target in re.findall(r"(?<!\\)\]\((\d+)\)", text):
        assert int(target) in ids, text
    rest = re.sub(r"(?<!\\)\[(\\.|[^\[\]\\])*\]\(\d+\)", "", text)
    assert not re.search(r"(?<!\\)[\[\]]", rest), text


def check_flows(result):
    total = 0
    for flow in result.get("codeFlows", []):
        for thread in flow["threadFlows"]:
            steps = thread["locations"]
            total += len(steps)
            levels = [step["nestingLevel"] for step in steps]
            assert levels[0] == 0 and all(b - a in (0, 1) for a, b in zip(levels, levels[1:])), levels
            for step in steps:
                check_message(step["location"]["message"])
    assert total <= 1000, f"{total} locations of code flows"


def line_hashes(text):
    """GitHub's hashes, computed for each line by itself: github/codeql-action, src/fingerprints.ts."""
    raw = text.encode("utf-16-le", "surrogatepass")
    units = [int.from_bytes(raw[i : i + 2], "little") for i in range(0, len(raw), 2)]
    kept, starts, at_start, previous = [], [], True, None
    for unit in units + [65535]:
        if unit in (9, 32) or (previous == 13 and unit == 10):
            previous = None
            continue
        previous = unit
        if at_start:
            starts.append(len(kept))
        unit = 10 if unit == 13 else unit
        kept.append(unit)
        at_start = unit == 10
    seen, hashes = {}, []
    for start in starts:
        value = 0
        for unit in (kept[start : start + 100] + [0] * 100)[:100]:
            value = (value * 37 + unit) % 2**64
        seen[value] = seen.get(value, 0) + 1
        hashes.append(f"{value:x}:{seen[value]}")
    return hashes


def check_sources(result, root):
    """The region is the name of a function; the hash is GitHub's."""
    for location in each_location(result):
        place = location["physicalLocation"]
        region = place.get("region", {})
        name = os.path.join(root, urllib.parse.unquote(place["artifactLocation"]["uri"]))
        text = open(name, encoding="utf-8", newline="").read()
        line = text.splitlines()[region["startLine"] - 1].encode("utf-16-le")
        if "endColumn" in region:
            word = line[2 * region["startColumn"] - 2 : 2 * region["endColumn"] - 2].decode("utf-16-le")
            assert re.fullmatch(r"\w+|[^\w\s]", word), (region, word)
    place = result["locations"][0]["physicalLocation"]
    name = os.path.join(root, urllib.parse.unquote(place["artifactLocation"]["uri"]))
    wanted = line_hashes(open(name, encoding="utf-8", newline="").read())[place["region"]["startLine"] - 1]
    assert result["partialFingerprints"]["primaryLocationLineHash"] == wanted, (result["partialFingerprints"], wanted)


def check_result(result, rules, notifications):
    assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    assert 0 <= result["rank"] <= 100 and result["occurrenceCount"] >= 1
    ids = [location["id"] for location in result.get("relatedLocations", [])]
    assert len(ids) == len(set(ids)) and all(i > 0 for i in ids), ids
    check_message(result["message"], ids)
    for location in each_location(result):
        if "physicalLocation" in location:
            check_uri(location["physicalLocation"]["artifactLocation"])
            region = location["physicalLocation"].get("region", {"startLine": 1})
            assert region["startLine"] >= 1 and region.get("startColumn", 1) >= 1
            assert region.get("endColumn", 10**9) > region.get("startColumn", 1), region
    check_flows(result)
    line_hash = result.get("partialFingerprints", {}).get("primaryLocationLineHash", "0:1")
    assert re.fullmatch(r"[0-9a-f]{1,16}:[1-9]\d*", line_hash)


def main(file, root=None):
    data = open(file, "rb").read()
    log = json.loads(data)
    results = log["runs"][0]["results"]
    sample = results[:: 1 + len(data) // 2**22]  # of a big report not every result is looked at
    log["runs"][0]["results"] = sample
    check(log, LOG, "log")
    assert len(results) <= 25000
    assert len(gzip.compress(data, 6)) < 10 * 2**20, "more than 10 MB of gzip"
    if "BLOCKSCAN_SARIF_SCHEMA" in os.environ:
        import jsonschema

        schema = json.load(open(os.environ["BLOCKSCAN_SARIF_SCHEMA"]))
        jsonschema.validators.validator_for(schema)(schema).validate(log)
    run = log["runs"][0]
    rules, notifications = run["tool"]["driver"]["rules"], run["tool"]["driver"].get("notifications", [])
    assert len({rule["id"] for rule in rules}) == len(rules)
    for result in sample:
        check_result(result, rules, notifications)
        if root:
            check_sources(result, root)
    assert len({r["fingerprints"]["blockscan/v1"] for r in results}) == len(results)
    for notification in run["invocations"][0]["toolExecutionNotifications"]:
        assert notifications[notification["descriptor"]["index"]]["id"] == notification["descriptor"]["id"]
        check_message(notification["message"])


main(*sys.argv[1:])
