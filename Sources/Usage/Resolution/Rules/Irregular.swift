// Rules of services with one irregularity each.

import IAM

/// Rule `wafv2`: the scope of a request is a word of the ARN in other letters, `global` for CloudFront.
struct WebACLs: ServiceRule {
  let name = "wafv2"
  let services: Set<String> = ["wafv2"]
  let regions: Set<String> = [WebACLs.globalRegion]
  /// The region that the resources of CloudFront are in.
  private static let globalRegion = "us-east-1"

  func found(_ query: ResourceQuery) -> [String] {
    let request = query.call.request
    guard let format = query.type.formats.first, format.placeholders.first == "Scope",
      query.operation.isAbout(query.type, of: "wafv2"), let scope = request.value(named: "scope"),
      let name = request.value(named: "name"), WellFormed.isValue(name)
    else { return [] }
    let word = scope == "CLOUDFRONT" ? "global" : "regional"
    var place = query.call.place
    if scope == "CLOUDFRONT" { place.region = WebACLs.globalRegion }
    return query.resource(format, [word, name, request.value(named: "id")], at: place).map { [$0] } ?? []
  }
}

/// Rule `route53`: ids may stand behind their type, `/hostedzone/Z0123456789`.
struct HostedZones: ServiceRule {
  let name = "route53"
  let services: Set<String> = ["route53"]

  func found(_ query: ResourceQuery) -> [String] {
    let request = query.call.request
    let values = ["hostedZoneId", "id"].flatMap { request.values(named: $0) }.map(\.value)
    guard let value = values.first(where: WellFormed.isValue), query.type.name == "hostedzone" else {
      return []
    }
    return value.split(separator: "/").last.flatMap { query.resource(named: String($0)) }.map { [$0] } ?? []
  }
}

/// Rule `codebuild`: the id of a build is its project and a number, `web:3f2e…`.
struct Builds: ServiceRule {
  let name = "codebuild"
  let services: Set<String> = ["codebuild"]

  func found(_ query: ResourceQuery) -> [String] {
    guard query.type.name == "project",
      query.operation.noun.hasSuffix("builds") || query.operation.noun == "build"
    else { return [] }
    let ids = ["ids", "id"].flatMap { query.call.request.values(named: $0) }.map(\.value)
    return ids.compactMap { id in
      let project = id.split(separator: ":").first.map(String.init) ?? ""
      return id.hasByte(UInt8(ascii: ":")) && !id.hasPrefix("arn:") ? query.resource(named: project) : nil
    }
  }
}

/// Rule `application-autoscaling`: the ids of scalable targets are the service's; no request has them.
struct ScalableTargets: ServiceRule {
  let name = "application-autoscaling"
  let services: Set<String> = ["application-autoscaling"]

  func found(_ query: ResourceQuery) -> [String] {
    guard let format = query.type.formats.first else { return [] }
    return query.resource(format, [String?](repeating: nil, count: format.placeholders.count)).map { [$0] }
      ?? []
  }
}

/// Rule `sns`: a subscription's ARN is its topic's with one part more, and the topic is the resource.
struct Subscriptions: ServiceRule {
  let name = "sns"
  let services: Set<String> = ["sns"]

  func found(_ query: ResourceQuery) -> [String] {
    guard query.type.name == "topic",
      let arn = query.call.request.value(named: "subscriptionArn").flatMap(WellFormed.arn),
      arn.service == "sns",
      let end = arn.resource.lastIndex(of: ":")
    else { return [] }
    let topic = ARN(
      partition: arn.partition, service: arn.service, region: arn.region, account: arn.account,
      resource: String(arn.resource[..<end]))
    return query.resource(topic).map { [$0] } ?? []
  }
}

/// Rule `sso`: the account of an assignment is its target.
struct AssignmentTargets: ServiceRule {
  let name = "sso"
  let services: Set<String> = ["sso"]

  func found(_ query: ResourceQuery) -> [String] {
    guard query.type.name == "Account",
      let account = query.call.request.value(named: "targetId")
        ?? query.call.request.value(named: "accountId"),
      WellFormed.isAccount(account)
    else { return [] }
    return query.resource(named: account).map { [$0] } ?? []
  }
}
