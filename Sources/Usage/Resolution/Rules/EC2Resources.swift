// Rule `ec2`: resources whose type only their id tells, and those that RunInstances makes or takes.

/// EC2 resources.
struct EC2Resources: ServiceRule {
  let name = "ec2"
  let services: Set<String> = ["ec2"]
  let owns: Set<String> = ["group", "key-pair"]

  func found(_ query: ResourceQuery) -> [String] {
    let names = named(query)
    if !names.isEmpty { return names.compactMap { query.resource(named: $0) } }
    if query.action.action == "ec2:RunInstances" { return launched(query) }
    if query.plan.creates, query.type.required, EC2Resources.isMade(query.type.name, by: query.operation) {
      return anew(query)
    }
    return identified(query)
  }

  /// Key pairs and placement groups, whose ARNs have the name that their maker chose.
  private func named(_ query: ResourceQuery) -> [String] {
    let request = query.call.request
    switch query.type.name {
    case "key-pair":
      return ["keyName", "keyNames"].flatMap { request.values(named: $0) }.map(\.value)
    case "placement-group":
      if query.operation.isAbout("placement-group", of: "ec2") {
        return request.values(named: "groupName").map(\.value)
      }
      // Elsewhere a group's name is that of a security group, but for the placement of an instance.
      return request.parameters.filter { $0.path.suffix(2) == ["placement", "groupname"] }.map(\.value)
    default: return []
    }
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
      return anew(query)
    default: return []
    }
  }

  /// Whether an operation makes a resource of a type, though its name does not say so whole.
  private static func isMade(_ type: String, by operation: OperationName) -> Bool {
    switch (operation.noun, type) {
    case ("image", "snapshot"): true
    case (let noun, "transit-gateway-attachment"): noun.hasSuffix("attachment")
    default: false
    }
  }

  /// A new resource of the type.
  private func anew(_ query: ResourceQuery) -> [String] {
    guard let format = query.type.formats.first else { return [] }
    let values = [String?](repeating: nil, count: format.placeholders.count)
    return format.filled(query.call.place, values).map { [$0] } ?? []
  }

  /// Resources by the beginning of their ids, whatever the parameter is called; filters name none.
  private func identified(_ query: ResourceQuery) -> [String] {
    guard let prefix = EC2Resources.idPrefixes[query.type.name] else { return [] }
    var resources: [String] = []
    // Most values are no such ids, and are looked at where they stand.
    let parameters = query.call.request.parameters
    for place in parameters.indices where EC2Resources.id(parameters[place].value, has: prefix) {
      let parameter = parameters[place]
      // What a filter, a tag or a security group's rule only refers to is not asked for.
      let isReference = parameter.path.contains { container in
        container.hasPrefix("filter") || container.hasPrefix("tag") || container.hasPrefix("ippermission")
      }
      if !isReference, let resource = query.resource(named: parameter.value) { resources.append(resource) }
    }
    return resources
  }

  /// The types of resources that the tag specifications of a call state.
  ///
  /// - Parameter call: The call.
  /// - Returns: The types.
  static func taggedTypes(_ call: Call) -> [String] {
    // Few types are stated, often more than once.
    call.request.parameters.reduce(into: []) { types, parameter in
      guard parameter.name == "resourcetype", parameter.path.first?.hasPrefix("tagspecification") == true,
        !types.contains(parameter.value)
      else { return }
      types.append(parameter.value)
    }
  }

  /// What a tag specification tags: new resources of a type that it states.
  ///
  /// - Parameter query: The question about that type.
  /// - Returns: The pattern of the type.
  func tagged(_ query: ResourceQuery) -> [String] {
    let names = named(query)
    return names.isEmpty ? anew(query) : names.compactMap { query.resource(named: $0) }
  }

  /// Whether a value may be the id of a resource of a type, judged by how such ids begin.
  ///
  /// - Parameters:
  ///   - type: The resource type.
  ///   - value: The value.
  ///   - service: The service prefix; other services' ids have no common form.
  /// - Returns: Whether it may.
  static func mayName(_ type: String, _ value: String, _ service: String) -> Bool {
    guard service == "ec2", type != "key-pair", type != "placement-group", let prefix = idPrefixes[type]
    else {
      return true
    }
    return value.hasPrefix(prefix + "-")
  }

  private static func id(_ id: String, has prefix: String) -> Bool {
    guard id.utf8.count >= prefix.utf8.count + 9, id.utf8.first == prefix.utf8.first else { return false }
    return id.hasPrefix(prefix + "-")
      && id.utf8.dropFirst(prefix.utf8.count + 1).allSatisfy { byte in
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
          || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte & 0xDF)
      }
  }

  /// The beginnings of resource ids ("Resource IDs" in the Amazon EC2 User Guide).
  static let idPrefixes = [
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
