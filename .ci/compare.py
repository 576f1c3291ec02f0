"""Groups the events of logs by principal, source and name, as scripts of one's own would.

Usage: compare.py orjson|duckdb THREADS PATH, where PATH is a folder of gzip files, a gzip file or a file of an event a
line, or `-` for one on standard input.
"""

import gzip
import multiprocessing
import pathlib
import sys


def by_orjson(threads, path):
    import orjson

    def group(events):
        groups = {}
        for event in events:
            identity = event["userIdentity"]
            issuer = identity.get("sessionContext", {}).get("sessionIssuer", {})
            key = (issuer.get("arn") or identity.get("arn") or "", event["eventSource"], event["eventName"])
            time = event["eventTime"]
            arns = {resource["ARN"] for resource in event.get("resources") or [] if "ARN" in resource}
            known = groups.get(key)
            if known is None:
                groups[key] = [1, time, time, arns]
                continue
            known[0] += 1
            known[1] = min(known[1], time)
            known[2] = max(known[2], time)
            known[3] |= arns
        return groups

    def merge(groups, part):
        for key, (count, first, last, arns) in part.items():
            known = groups.setdefault(key, [0, first, last, set()])
            known[0] += count
            known[1] = min(known[1], first)
            known[2] = max(known[2], last)
            known[3] |= arns
        return groups

    def worker(files, connection):
        groups = {}
        for file in files:
            merge(groups, group(orjson.loads(gzip.decompress(file.read_bytes()))["Records"]))
        connection.send(groups)

    groups = {}
    if path.is_dir():
        files = sorted(file for file in path.rglob("*") if file.is_file())
        if threads == 1:
            for file in files:
                merge(groups, group(orjson.loads(gzip.decompress(file.read_bytes()))["Records"]))
        else:
            context = multiprocessing.get_context("fork")
            running = []
            for number in range(threads):
                ours, theirs = context.Pipe(False)
                process = context.Process(target=worker, args=(files[number::threads], theirs))
                process.start()
                running.append((process, ours))
            for process, connection in running:
                merge(groups, connection.recv())
                process.join()
    else:
        lines = sys.stdin.buffer if str(path) == "-" else (gzip.open if path.suffix == ".gz" else open)(path, "rb")
        groups = group(map(orjson.loads, lines))
    for key, (count, first, last, arns) in sorted(groups.items()):
        print(*key, count, first, last, len(arns), sep="\t")


def by_duckdb(threads, path):
    import duckdb

    event = {
        "userIdentity": "STRUCT(arn VARCHAR, sessionContext STRUCT(sessionIssuer STRUCT(arn VARCHAR)))",
        "eventTime": "VARCHAR",
        "eventSource": "VARCHAR",
        "eventName": "VARCHAR",
        "resources": "STRUCT(ARN VARCHAR)[]",
    }
    if path.is_dir():
        members = ", ".join(f"{name} {kind}" for name, kind in event.items())
        events = (
            f"SELECT unnest(Records, recursive := false) AS e FROM read_json('{path}/**/*.gz', "
            f"columns = {{Records: 'STRUCT({members})[]'}}, maximum_object_size = 268435456)"
        )
    else:
        source = "/dev/stdin" if str(path) == "-" else path
        columns = ", ".join(f"{name}: '{kind}'" for name, kind in event.items())
        events = (
            f"SELECT t AS e FROM read_json('{source}', format = 'newline_delimited', columns = {{{columns}}}) AS t"
        )
    connection = duckdb.connect(config={"threads": threads})
    rows = connection.execute(f"""
        SELECT coalesce(e.userIdentity.sessionContext.sessionIssuer.arn, e.userIdentity.arn, '') AS principal,
            e.eventSource AS source, e.eventName AS name, count(*), min(e.eventTime), max(e.eventTime),
            len(list_distinct(flatten(list(list_transform(coalesce(e.resources, []), lambda r: r.ARN)))))
        FROM ({events}) GROUP BY principal, source, name ORDER BY principal, source, name""").fetchall()
    for row in rows:
        print(*row, sep="\t")


{"orjson": by_orjson, "duckdb": by_duckdb}[sys.argv[1]](int(sys.argv[2]), pathlib.Path(sys.argv[3]))
