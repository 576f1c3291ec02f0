// Rule `ssm`: parameters without their leading slash, documents, and the instances that documents run on.
//
// What AWS owns has no account in its ARN: parameters under `/aws/`, documents called `AWS-…`.

import IAM

/// Systems Manager parameters, documents and instances.
struct Parameters: ServiceRule {
  let name = "ssm"
  let services: Set<String> = ["ssm"]
  let owns: Set<String> = [
    "parameter", "instance", "managed-instance", "document", "maintenancewindow", "opsitem", "opsmetadata",
    "patchbaseline",
  ]

  /// Types with the parameter that names them and the word that `resourceType` has for them.
  private static let others = [
    "maintenancewindow": (parameter: "windowId", word: "MaintenanceWindow"),
    "opsitem": (parameter: "opsItemId", word: "OpsItem"),
    "opsmetadata": (parameter: "opsMetadataId", word: "OpsMetadata"),
    "patchbaseline": (parameter: "baselineId", word: "PatchBaseline"),
  ]

  func found(_ query: ResourceQuery) -> [String] {
    let request = query.call.request
    switch query.type.name {
    case "parameter":
      let paths = request.value(named: "path").map { [$0] } ?? []
      let names =
        ["name", "names", "parameterName", "parameterNames"].lazy
        .map { request.values(named: $0).map(\.value) }.first { !$0.isEmpty } ?? []
      let isAboutParameters = query.operation.noun.containsBytes(of: "parameter")
      let resources =
        request.value(named: "resourceType") == "Parameter" ? request.values(named: "resourceId") : []
      return ((isAboutParameters ? paths + names : []) + resources.map(\.value)).compactMap {
        parameter($0, query)
      }
    case "document":
      let named = ["documentName", "name"].lazy.compactMap { request.value(named: $0) }.first
      let isAbout =
        query.operation.noun.containsBytes(of: "document") || request.value(named: "documentName") != nil
      guard isAbout, let named else { return [] }
      return owned(named, query).map { [$0] } ?? []
    case "automation-definition":
      guard let document = request.value(named: "documentName"), WellFormed.isValue(document),
        let format = query.type.formats.first
      else { return [] }
      var place = query.call.place
      if Parameters.isOwnedByAWS(document) { place.account = "" }
      let version = request.value(named: "documentVersion") ?? "$DEFAULT"
      return query.resource(format, [document, version], at: place).map { [$0] } ?? []
    case "instance": return machines(query, prefix: "i-")
    case "managed-instance", "managed-instance-inventory": return machines(query, prefix: "mi-")
    case "task":
      return request.value(named: "target").flatMap { target in
        guard target.hasPrefix("ecs:"), let format = query.type.formats.first else { return nil }
        let parts = target.dropFirst(4).split(separator: "_")
        guard parts.count >= 2 else { return nil }
        return query.resource(format, ["\(parts[0])/\(parts[1])"]).map { [$0] }
      } ?? []
    default:
      guard let known = Parameters.others[query.type.name] else { return [] }
      var ids = request.values(named: known.parameter).map(\.value)
      if request.value(named: "resourceType") == known.word {
        ids += request.values(named: "resourceId").map(\.value)
      }
      return ids.compactMap { query.resource(named: $0) }
    }
  }

  private func parameter(_ name: String, _ query: ResourceQuery) -> String? {
    guard WellFormed.isValue(name) else { return nil }
    if let arn = WellFormed.arn(name) { return query.resource(arn) }
    var place = query.call.place
    if name.hasPrefix("/aws/") { place.account = "" }
    var name = name.hasPrefix("/") ? String(name.dropFirst()) : name
    if let selector = name.firstIndex(of: ":") { name = String(name[..<selector]) }
    return query.resource(named: name, at: place)
  }

  private func owned(_ document: String, _ query: ResourceQuery) -> String? {
    guard WellFormed.isValue(document) else { return nil }
    if let arn = WellFormed.arn(document) { return query.resource(arn) }
    var place = query.call.place
    if Parameters.isOwnedByAWS(document) { place.account = "" }
    return query.resource(named: document, at: place)
  }

  private func machines(_ query: ResourceQuery, prefix: String) -> [String] {
    let request = query.call.request
    let ids =
      ["instanceId", "instanceIds", "target", "resourceId"].lazy
      .map { request.values(named: $0).map(\.value) }.first { !$0.isEmpty } ?? []
    return ids.filter { $0.hasPrefix(prefix) }.compactMap { query.resource(named: $0) }
  }

  /// Whether a document is AWS's own: nobody else may use these beginnings (CreateDocument in the Systems Manager API
  /// Reference).
  ///
  /// - Parameter document: The document's name.
  /// - Returns: Whether it is.
  static func isOwnedByAWS(_ document: String) -> Bool {
    let name = document.lowercased()
    return name.hasPrefix("aws") || name.hasPrefix("amazon") || name.hasPrefix("amzn")
  }
}
