// Rule `elasticloadbalancing`: classic load balancers by name, the others by type when they are created, and listeners
// and rules below the ARN of what they belong to.

import IAM

/// Load balancers, listeners and rules.
struct LoadBalancers: ServiceRule {
  let name = "elasticloadbalancing"
  let services: Set<String> = ["elasticloadbalancing"]
  let owns: Set<String> = ["loadbalancer", "loadbalancer/app/", "loadbalancer/net/", "loadbalancer/gwy/"]

  func found(_ query: ResourceQuery) -> [String] {
    let request = query.call.request
    switch query.type.name {
    case "loadbalancer":
      let names = ["loadBalancerName", "loadBalancerNames"].flatMap { request.values(named: $0) }.map(\.value)
      return names.compactMap { query.resource(named: $0) }
    case "loadbalancer/app/", "loadbalancer/net/", "loadbalancer/gwy/":
      guard query.plan.operation == "CreateLoadBalancer", let name = request.value(named: "name"),
        let format = query.type.formats.first
      else { return [] }
      let kind = request.value(named: "type") ?? "application"
      let wanted = ["application": "app", "network": "net", "gateway": "gwy"][kind] ?? ""
      guard query.type.name == "loadbalancer/\(wanted)/" else { return [] }
      return query.resource(format, [name, nil]).map { [$0] } ?? []
    case "listener/app", "listener/net", "listener/gwy":
      guard query.plan.operation == "CreateListener" else { return [] }
      return below(request.value(named: "loadBalancerArn"), from: "loadbalancer/", to: "listener/", query)
    case "listener-rule/app", "listener-rule/net":
      guard query.plan.operation == "CreateRule" else { return [] }
      return below(request.value(named: "listenerArn"), from: "listener/", to: "listener-rule/", query)
    default: return []
    }
  }

  private func below(_ parent: String?, from: String, to: String, _ query: ResourceQuery) -> [String] {
    guard let arn = parent.flatMap(WellFormed.arn), arn.resource.hasPrefix(from) else { return [] }
    let child = ARN(
      partition: arn.partition, service: arn.service, region: arn.region, account: arn.account,
      resource: to + arn.resource.dropFirst(from.count) + "/*")
    guard query.action.serviceTypes.types(of: child).contains(query.type.name) else { return [] }
    return [child.description]
  }
}
