"""Reads an output with a reader that is not ours, and fails where data has become more than data.

Usage: inspect-output.py FORMAT FILE. Exits with 0 where the file is in order, with 77 where the reader of the format is not
installed, and with 1 and a message otherwise. The output was made of logs that hold what attackers would write.
"""

import csv
import json
import re
import sys
import unicodedata

SKIPPED = 77


def fail(message):
    sys.exit(f"{message}")


def check_characters(text, allowed=""):
    """Nothing that a terminal or an editor would act on instead of showing it."""
    for character in text:
        if character in allowed:
            continue
        if unicodedata.category(character) in ("Cc", "Cf", "Zl", "Zp"):
            fail(f"control or format character U+{ord(character):04X}")


def unique(pairs):
    names = [name for name, _ in pairs]
    if len(names) != len(set(names)):
        fail(f"a member stands twice: {names}")
    return dict(pairs)


def refuse(constant):
    fail(f"{constant} is no JSON")


def read_json(text):
    return json.loads(text, object_pairs_hook=unique, parse_constant=refuse)


def inspect_json(text):
    read_json(text)


def inspect_ndjson(text):
    for line in text.split("\n")[:-1]:
        if not isinstance(read_json(line), dict):
            fail("a line is no object")
    if text and not text.endswith("\n"):
        fail("the last line has no end")


def inspect_sarif(text):
    log = read_json(text)
    if log.get("version") != "2.1.0" or not log.get("runs"):
        fail("no log of SARIF 2.1.0")


def inspect_csv(text):
    check_characters(text, "\r\n")
    rows = list(csv.reader(text.splitlines(keepends=True), strict=True))
    for number, row in enumerate(rows, 1):
        if len(row) != len(rows[0]):
            fail(f"row {number} has {len(row)} cells, the header {len(rows[0])}")
        for cell in row:
            start = unicodedata.normalize("NFKC", cell.lstrip())[:1]
            if start in ("=", "+", "-", "@") and not re.fullmatch(r"-?\d+", cell):
                fail(f"row {number} has a formula: {cell!r}")


def inspect_markdown(text):
    try:
        from markdown_it import MarkdownIt
    except ImportError:
        sys.exit(SKIPPED)
    check_characters(text, "\n")
    tokens = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).parse(text)
    is_code = False
    for token in (inner for outer in tokens for inner in [outer, *(outer.children or [])]):
        if token.type in ("link_open", "image", "html_block", "softbreak", "hardbreak"):
            fail(f"{token.type}: {token.content!r}")
        if token.type == "html_inline" and token.content not in ("<code>", "</code>"):
            fail(f"live HTML: {token.content!r}")
        if token.type == "html_inline":
            is_code = token.content == "<code>"
        # Inside the element every sign is a character reference, which GitHub links nothing in.
        if token.type == "text" and not is_code and re.search(r"https?://|www\.|javascript:", token.content):
            fail(f"text that GitHub would link: {token.content!r}")


def inspect_cloudformation(text):
    try:
        import yaml
    except ImportError:
        sys.exit(SKIPPED)
    check_characters(text, "\n")
    # The safe loader knows none of CloudFormation's tags, so that a function in the template is an error.
    for template in yaml.safe_load_all(text):
        if template is None:
            continue
        for name, resource in template["Resources"].items():
            if not re.fullmatch(r"AWS::IAM::((Managed|Role|User|Group)Policy|UserToGroupAddition)", resource["Type"]):
                fail(f"{name} is a {resource['Type']}")
        check_functions(template)


def check_functions(value):
    if isinstance(value, dict):
        for name, inner in value.items():
            if name == "Ref" or str(name).startswith("Fn::"):
                fail(f"the template calls {name}")
            check_functions(inner)
    elif isinstance(value, list):
        for inner in value:
            check_functions(inner)


def inspect_terraform(text):
    try:
        import hcl2
    except ImportError:
        sys.exit(SKIPPED)
    check_characters(text, "\n")
    # `$${` and `%%{` stand for themselves; nothing that we write interpolates.
    rest = text.replace("$${", "").replace("%%{", "")
    for sign in ("${", "%{", "<<"):
        if re.search(rf'"[^"\n]*{re.escape(sign)}', rest) and sign != "<<":
            fail(f"a template: {sign}")
    if re.search(r"=\s*<<", rest):
        fail("a heredoc")
    configuration = hcl2.loads(text) if text.strip() else {}
    if set(configuration) - {"resource", "import"}:
        fail(f"more than resources and what they are imported from: {sorted(configuration)}")
    for block in configuration.get("import", []):
        if not re.fullmatch(r"\$\{aws_iam_\w+\.[\w-]+\}", block["to"]) or set(block) != {"to", "id"}:
            fail(f"an import of something else: {block}")
    for resource in configuration.get("resource", []):
        for kind in resource:
            if not kind.strip('"').startswith("aws_iam_"):
                fail(f"a resource of type {kind}")


def main(form, path):
    with open(path, "rb") as file:
        text = file.read().decode("utf-8", "strict")
    inspectors = {name.removeprefix("inspect_"): value for name, value in globals().items() if name.startswith("inspect_")}
    if form not in inspectors:
        fail(f"no reader for {form}")
    inspectors[form](text)


main(*sys.argv[1:])
