// What `whittle catalog event` prints: the actions that an event resolves to, and by which rule.

public import AWSCatalog
import JSONStream

/// One event's mapping.
public struct CatalogEventReport: Sendable {
  /// The event source as given.
  public let eventSource: String
  /// The event name as given.
  public let eventName: String
  /// What the catalog says.
  public let mapping: OperationMapping

  /// Creates a report.
  ///
  /// - Parameters:
  ///   - eventSource: The event source as given.
  ///   - eventName: The event name as given.
  ///   - mapping: What the catalog says.
  public init(eventSource: String, eventName: String, mapping: OperationMapping) {
    self.eventSource = eventSource
    self.eventName = eventName
    self.mapping = mapping
  }

  /// Writes the mapping as one JSON object.
  ///
  /// - Parameters:
  ///   - output: Where the object goes.
  ///   - isPretty: Whether it takes several lines.
  public func writeJSON(to output: inout some (ByteOutput & ~Copyable), isPretty: Bool) {
    var writer = JSONWriter(pretty: isPretty)
    writer.beginObject()
    writer.member("eventSource", eventSource)
    writer.member("eventName", eventName)
    writer.member("actions", mapping.actions)
    writer.member("rule", mapping.rule)
    writer.member("kind", mapping.kind.rawValue)
    writer.member("conditionalActions", mapping.conditionalActions)
    writer.member("passRole", mapping.passRole) { writer, rule in
      writer.member("parameter", rule.parameter.description)
      writer.member("form", rule.form.rawValue)
      writer.member("services", rule.services)
    }
    writer.member("note", mapping.note)
    writer.endObject()
    writer.endLine()
    output.write(writer.bytes)
  }

  /// Writes text for people.
  ///
  /// - Parameters:
  ///   - output: Where the text goes.
  ///   - catalog: Where the actions' ARN formats are looked up.
  ///   - isColored: Whether the text is coloured.
  public func writeText(
    to output: inout some (ByteOutput & ~Copyable), catalog: Catalog, isColored: Bool
  ) {
    let title = TextStyle.paint(terminalText("\(eventSource) \(eventName)"), .heading, enabled: isColored)
    let rule = TextStyle.paint("by \(mapping.rule)", .dim, enabled: isColored)
    output.write(text: "\(title)  \(verdict(isColored))  \(rule)\n")
    if let note = mapping.note { output.write(text: "  \(terminalText(note))\n") }
    guard mapping.kind == .action else { return }
    var table = TextTable(("needs", .left), ("when", .left), ("resource", .left))
    for requirement in mapping.requirements {
      table.add(
        .init(requirement.action), .init(condition(requirement)), .init(resource(requirement, catalog)))
    }
    for rule in mapping.passRole {
      let receivers = rule.services.joined(separator: " or ")
      let what = rule.form == .role ? "the role" : "the role of the instance profile"
      table.add(
        .init("iam:PassRole"), .init(rule.always ? "always" : "`\(rule.parameter)` holds a role"),
        .init("\(what)\(receivers.isEmpty ? "" : ", to \(receivers)")"))
    }
    if let tags = mapping.tagOnCreate {
      let parameters = tags.parameters.map { "`\($0)`" }.joined(separator: " or ")
      table.add(.init(tags.action), .init("\(parameters) holds tags"), .init("what is created"))
    }
    table.write(to: &output, isColored: isColored)
  }

  private func verdict(_ isColored: Bool) -> String {
    switch mapping.kind {
    case .action: TextStyle.paint("authorised", .good, enabled: isColored)
    case .noPermissionNeeded: TextStyle.paint("needs no permission", .good, enabled: isColored)
    case .notACall: TextStyle.paint("no call", .dim, enabled: isColored)
    case .unresolved: TextStyle.paint("unresolved", .warning, enabled: isColored)
    }
  }

  private func condition(_ requirement: OperationAction) -> String {
    guard !requirement.always else { return "always" }
    let proofs = requirement.proofs.map { proof -> String in
      if proof.path.description == "?" { return "the request asks for it" }
      return "`\(proof.path)`" + (proof.value.map { " is `\($0)`" } ?? "")
    }
    let instead = requirement.replaces.map { ", in place of \($0)" } ?? ""
    return proofs.joined(separator: " or ") + instead
  }

  private func resource(_ requirement: OperationAction, _ catalog: Catalog) -> String {
    if let path = requirement.resourcePath { return path }
    if let parameter = requirement.resourceFrom { return "from `\(parameter)`" }
    guard let types = catalog.action(requirement.action)?.resourceTypes, !types.isEmpty else { return "*" }
    let required = types.filter(\.required)
    return (required.isEmpty ? types : required).map { $0.arnFormats.first ?? $0.name }
      .joined(separator: required.isEmpty ? " or " : " and ")
  }
}
