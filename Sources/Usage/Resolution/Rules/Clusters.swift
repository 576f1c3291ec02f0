// Rule `eks`: clusters and what belongs to them. The path parameter of the cluster is logged as `name`, whatever else the
// request names.

import IAM

/// EKS clusters, node groups, add-ons and access entries.
struct Clusters: ServiceRule {
  let name = "eks"
  let services: Set<String> = ["eks"]
  let owns: Set<String> = ["access-entry", "cluster"]

  func found(_ query: ResourceQuery) -> [String] {
    let request = query.call.request
    guard let cluster = request.value(named: "clusterName") ?? request.value(named: "name"),
      WellFormed.isValue(cluster), let format = query.type.formats.first
    else { return [] }
    switch query.type.name {
    case "cluster": return query.resource(named: cluster).map { [$0] } ?? []
    case "access-entry":
      // access-entry/CLUSTER/role|user/ACCOUNT/NAME/ID, made of the principal and an id of the service's.
      guard let principal = request.value(named: "principalArn").flatMap(WellFormed.arn) else { return [] }
      let parts = principal.resource.split(separator: "/")
      guard let kind = parts.first, let identity = parts.last, parts.count >= 2 else { return [] }
      return query.resource(format, [cluster, String(kind), principal.account, String(identity), nil]).map {
        [$0]
      }
        ?? []
    default:
      // PARENT/CLUSTER/NAME/ID: the name stands in a parameter of the type's, the id nowhere in the request.
      let placeholders = format.placeholders
      guard placeholders.count >= 2, placeholders[0] == "ClusterName",
        let own = request.value(named: placeholders[1]) ?? request.value(named: query.type.name + "Name"),
        WellFormed.isValue(own)
      else { return [] }
      var values: [String?] = [cluster, own]
      values += [String?](repeating: nil, count: placeholders.count - 2)
      if let id = request.value(named: "associationId") ?? request.value(named: "id"), placeholders.count == 3
      {
        values[2] = id
      }
      return query.resource(format, values).map { [$0] } ?? []
    }
  }
}
