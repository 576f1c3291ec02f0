// Rule `lambda`: functions by name, partial or whole ARN, with their qualifier; layers with their version.

import IAM

/// Lambda functions and layers.
///
/// A call with a qualifier is checked against the qualified ARN, `…:function:resize:PROD`.
struct Functions: ServiceRule {
  let name = "lambda"
  let services: Set<String> = ["lambda"]
  let owns: Set<String> = ["function", "layerVersion"]

  func found(_ query: ResourceQuery) -> [String] {
    switch query.type.name {
    case "function": return function(query).map { [$0] } ?? []
    case "layerVersion": return layerVersion(query)
    default: return []
    }
  }

  /// What stands between account and name where no more of an ARN is given.
  private static let marker = ":function:"

  private func function(_ query: ResourceQuery) -> String? {
    let request = query.call.request
    guard let text = request.value(named: "functionName"), WellFormed.isValue(text) else { return nil }
    var place = query.call.place
    var function = text
    if let arn = WellFormed.arn(text) {
      guard arn.service == "lambda", arn.resource.hasPrefix("function:") else { return nil }
      place = Place(partition: arn.partition, region: arn.region, account: arn.account)
      function = String(arn.resource.dropFirst(9))
    } else if let end = text[...].offset(ofBytes: Functions.marker) {
      let account = String(decoding: text.utf8.prefix(end), as: UTF8.self)
      guard WellFormed.isAccount(account) else { return nil }
      place.account = account
      function = String(decoding: text.utf8.dropFirst(end + Functions.marker.utf8.count), as: UTF8.self)
    }
    if !function.hasByte(UInt8(ascii: ":")), let qualifier = request.value(named: "qualifier"),
      WellFormed.isValue(qualifier)
    {
      function += ":" + qualifier
    }
    guard !function.isEmpty, let format = query.type.formats.first else { return nil }
    return format.filled(place, [function])
  }

  private func layerVersion(_ query: ResourceQuery) -> [String] {
    let request = query.call.request
    guard let layer = request.value(named: "layerName"), let version = request.value(named: "versionNumber"),
      let format = query.type.formats.first
    else { return [] }
    if let arn = WellFormed.arn(layer) {
      return ARN("\(arn):\(version)").flatMap(query.resource).map { [$0] } ?? []
    }
    return query.resource(format, [layer, version]).map { [$0] } ?? []
  }
}
