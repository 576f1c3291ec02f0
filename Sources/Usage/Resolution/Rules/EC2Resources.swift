// Rule `ec2`: resources whose type only their id tells, and those that RunInstances makes or takes.

/// EC2 resources.
struct EC2Resources: ServiceRule {
  let name = "ec2"
  let services: Set<String> = ["ec2"]

  func found(_ query: ResourceQuery) -> [String] {
    if let prefix = EC2Resources.idPrefixes[query.type.name] {
      let ids = ["resourceId", "resourceIds"].flatMap { query.call.request.values(named: $0) }.map(\.value)
      let matching = ids.filter { EC2Resources.id($0, has: prefix) }
      if !matching.isEmpty { return matching.compactMap { query.resource(named: $0) } }
    }
    if query.action.action == "ec2:RunInstances" { return launched(query) }
    if query.action.action == "ec2:CreateTags", query.plan.operation != "CreateTags" { return tagged(query) }
    return []
  }

  /// What a launch makes: always instances, network interfaces and volumes.
  ///
  /// See "Example policies to control access to the Amazon EC2 API" in the Amazon EC2 User Guide.
  private func launched(_ query: ResourceQuery) -> [String] {
    switch query.type.name {
    case "instance", "volume", "network-interface":
      let reused =
        query.type.name == "network-interface"
        ? query.call.request.values(named: "networkInterfaceId").map(\.value) : []
      if !reused.isEmpty { return reused.compactMap { query.resource(named: $0) } }
      guard let format = query.type.formats.first, let text = format.filled(query.call.place, [nil]) else {
        return []
      }
      return [text]
    default: return []
    }
  }

  /// What a tag specification tags: new resources of the types that it states.
  private func tagged(_ query: ResourceQuery) -> [String] {
    let types = query.call.request.parameters.filter { parameter in
      parameter.name == "resourcetype" && parameter.path.contains { $0.hasPrefix("tagspecification") }
    }
    guard types.contains(where: { $0.value == query.type.name }), let format = query.type.formats.first,
      let text = format.filled(query.call.place, [String?](repeating: nil, count: format.placeholders.count))
    else { return [] }
    return [text]
  }

  private static func id(_ id: String, has prefix: String) -> Bool {
    id.hasPrefix(prefix + "-")
      && id.utf8.dropFirst(prefix.utf8.count + 1).allSatisfy { byte in
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
          || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte & 0xDF)
      }
  }

  /// The beginnings of resource ids ("Resource IDs" in the Amazon EC2 User Guide).
  private static let idPrefixes = [
    "capacity-reservation": "cr", "carrier-gateway": "cagw", "customer-gateway": "cgw",
    "dhcp-options": "dopt",
    "egress-only-internet-gateway": "eigw", "elastic-ip": "eipalloc", "fleet": "fleet", "image": "ami",
    "instance": "i", "internet-gateway": "igw", "ipam": "ipam", "ipam-pool": "ipam-pool", "key-pair": "key",
    "launch-template": "lt", "natgateway": "nat", "network-acl": "acl", "network-interface": "eni",
    "placement-group": "pg", "prefix-list": "pl", "route-table": "rtb", "security-group": "sg",
    "security-group-rule": "sgr", "snapshot": "snap", "spot-instances-request": "sir", "subnet": "subnet",
    "traffic-mirror-filter": "tmf", "traffic-mirror-session": "tms", "traffic-mirror-target": "tmt",
    "transit-gateway": "tgw", "transit-gateway-attachment": "tgw-attach",
    "transit-gateway-route-table": "tgw-rtb", "volume": "vol", "vpc": "vpc", "vpc-endpoint": "vpce",
    "vpc-endpoint-service": "vpce-svc", "vpc-flow-log": "fl", "vpc-peering-connection": "pcx",
    "vpn-connection": "vpn", "vpn-gateway": "vgw",
  ]
}
