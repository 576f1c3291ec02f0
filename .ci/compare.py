"""Groups the events of a trail by principal, source and name, as a script of one's own would: orjson and gzip."""

import gzip
import pathlib
import sys

import orjson

groups = {}
for path in pathlib.Path(sys.argv[1]).glob("*.gz"):
    for event in orjson.loads(gzip.decompress(path.read_bytes()))["Records"]:
        issuer = event["userIdentity"].get("sessionContext", {}).get("sessionIssuer", {})
        key = (issuer.get("arn"), event["eventSource"], event["eventName"])
        count, first, last = groups.get(key, (0, event["eventTime"], event["eventTime"]))
        groups[key] = count + 1, min(first, event["eventTime"]), max(last, event["eventTime"])
for key, value in sorted(groups.items(), key=str):
    print(*key, *value, sep="\t")
