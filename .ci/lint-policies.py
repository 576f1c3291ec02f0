"""Runs parliament over every policy document below a folder and fails on findings that mean a fault.

The findings that `accepted` names say something about the logs or about parliament's own tables; each is passed
over for the reason given there, and nothing else is.
"""

import fnmatch
import json
import os
import sys
import warnings

warnings.filterwarnings("ignore")
from parliament import analyze_policy_string, enhance_finding  # noqa: E402


def grants(folder):
    """What the documents of one principal grant together: pairs of an action and a resource."""
    pairs = set()
    for name in os.listdir(folder):
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            for statement in json.load(file)["Statement"]:
                actions, resources = statement["Action"], statement["Resource"]
                for action in [actions] if isinstance(actions, str) else actions:
                    for resource in [resources] if isinstance(resources, str) else resources:
                        pairs.add((action, resource))
    return pairs


def accepted(finding, granted):
    """Why a finding is no fault of the policy, or None."""
    issue, detail = finding.issue, str(finding.detail)
    if issue == "INVALID_ARN" and ("Region expected" in detail or "ccount" in detail):
        return "sample logs have invented regions and accounts"
    actions = [found["action"] for found in finding.detail] if issue == "RESOURCE_MISMATCH" else []
    if actions and all(action.startswith("ssm:") for action in actions):
        return "documents and parameters that AWS owns have no account in their ARN"
    if actions and all(
        any(action == found["action"] and fnmatch.fnmatchcase(resource, found["required_format"])
            for action, resource in granted)
        for found in finding.detail
    ):
        return "IAM asks for each resource by itself, and another statement of the principal allows this one"
    if issue == "RESOURCE_STAR":
        return "the logs do not tell the resource, which the program reports beside the policy"
    if issue == "RESOURCE_POLICY_PRIVILEGE_ESCALATION":
        return "the use was recorded; that it is dangerous does not make it unused"
    return None


def main(folder):
    faults = documents = 0
    for root, _, files in sorted(os.walk(folder)):
        for name in sorted(files):
            if not name.endswith(".json") or name == "manifest.json":
                continue
            documents += 1
            path = os.path.join(root, name)
            with open(path, encoding="utf-8") as file:
                policy = analyze_policy_string(file.read())
            granted = grants(root)
            for finding in map(enhance_finding, policy.findings):
                if finding.severity == "MUTE" or accepted(finding, granted):
                    continue
                faults += 1
                print(f"{os.path.relpath(path, folder)}: {finding.severity} {finding.issue}: "
                      f"{finding.detail} {finding.location}", file=sys.stderr)
    print(f"parliament: {documents} documents, {faults} faults")
    return 1 if faults or not documents else 0


sys.exit(main(sys.argv[1]))
