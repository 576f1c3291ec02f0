// Rule `rds`: databases, clusters, snapshots and groups. The types have short names (`db`, `pg`, `og`), the parameters long
// ones, and the caller chooses all of them, new ones too.

/// RDS resources by their identifiers.
struct RelationalDatabases: ServiceRule {
  let name = "rds"
  let services: Set<String> = ["rds"]
  let owns: Set<String> = [
    "cluster", "cluster-endpoint", "cluster-pg", "cluster-snapshot", "db", "es", "global-cluster", "og", "pg",
    "secgrp", "snapshot", "subgrp",
  ]

  /// The stems of the parameters that name a resource of a type; `source`, `target` or `final` may stand before them.
  private static let stems: [String: [String]] = [
    "cluster": ["dbclusteridentifier", "newdbclusteridentifier"],
    "cluster-endpoint": ["dbclusterendpointidentifier"],
    "cluster-pg": [
      "dbclusterparametergroupname", "dbclusterparametergroupidentifier", "dbinstanceparametergroupname",
    ],
    "cluster-snapshot": ["dbclustersnapshotidentifier"],
    "db": ["dbinstanceidentifier", "newdbinstanceidentifier"],
    "es": ["subscriptionname"],
    "global-cluster": ["globalclusteridentifier"],
    "og": ["optiongroupname", "optiongroupidentifier"],
    "pg": ["dbparametergroupname", "dbparametergroupidentifier"],
    "secgrp": ["dbsecuritygroupname", "dbsecuritygroups"],
    "snapshot": ["dbsnapshotidentifier"],
    "subgrp": ["dbsubnetgroupname"],
  ]

  private static let beginnings = ["", "source", "target", "final"]

  func found(_ query: ResourceQuery) -> [String] {
    guard let stems = RelationalDatabases.stems[query.type.name] else { return [] }
    let request = query.call.request
    if request.isEmpty { return [] }
    let values = stems.flatMap { stem in
      RelationalDatabases.beginnings.flatMap { request.values(folded: $0, stem) }
    }.map(\.value)
    return values.filter(WellFormed.isValue).compactMap { value in
      value.hasPrefix("arn:") ? WellFormed.arn(value).flatMap(query.resource) : query.resource(named: value)
    }
  }

  /// The types by the nouns of the operations about them.
  static let nouns: [String: String] = [
    "dbcluster": "cluster", "dbclusterparametergroup": "cluster-pg", "dbclustersnapshot": "cluster-snapshot",
    "dbinstance": "db", "dbinstancereadreplica": "db", "dbparametergroup": "pg", "dbsecuritygroup": "secgrp",
    "dbsnapshot": "snapshot", "dbsubnetgroup": "subgrp", "eventsubscription": "es", "optiongroup": "og",
  ]
}
