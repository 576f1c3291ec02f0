// What `whittle catalog action` prints: everything that the catalog says about actions.

public import AWSCatalog
import JSONStream

/// The actions that a pattern matched.
public struct CatalogActionReport: Sendable {
  /// The actions, sorted.
  public let actions: [ActionEntry]

  /// Up to so many actions are shown in full; more are listed.
  private static let detailed = 3

  /// Creates a report.
  ///
  /// - Parameter actions: The actions, sorted.
  public init(_ actions: [ActionEntry]) { self.actions = actions }

  /// Writes one action a line.
  ///
  /// - Parameter output: Where the lines go.
  public func writeNDJSON(to output: inout some (ByteOutput & ~Copyable)) {
    for action in actions where output.isOpen {
      var writer = JSONWriter()
      CatalogActionReport.write(action, to: &writer)
      writer.endLine()
      output.write(writer.bytes)
    }
  }

  /// Writes one JSON document.
  ///
  /// - Parameter output: Where the document goes.
  public func writeJSON(to output: inout some (ByteOutput & ~Copyable)) {
    var writer = JSONWriter(pretty: true)
    writer.beginObject()
    writer.name("actions")
    writer.beginArray()
    for action in actions { CatalogActionReport.write(action, to: &writer) }
    writer.endArray()
    writer.endObject()
    writer.endLine()
    output.write(writer.bytes)
  }

  private static func write(_ action: ActionEntry, to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("action", action.action)
    writer.member("accessLevel", action.accessLevel.rawValue)
    writer.member("resourceTypes", action.resourceTypes) { writer, type in
      writer.member("name", type.name)
      writer.member("required", type.required)
      writer.member("arnFormats", type.arnFormats)
    }
    writer.member("conditionKeys", action.conditionKeys)
    writer.member("dependentActions", action.dependentActions)
    writer.member("observability", action.observability.rawValue)
    writer.endObject()
  }

  /// Writes text for people: a few actions in full, many as a table.
  ///
  /// - Parameters:
  ///   - output: Where the text goes.
  ///   - isColored: Whether the text is coloured.
  public func writeText(to output: inout some (ByteOutput & ~Copyable), isColored: Bool) {
    guard actions.count > CatalogActionReport.detailed else {
      for (index, action) in actions.enumerated() {
        if index > 0 { output.write(text: "\n") }
        write(action, to: &output, isColored: isColored)
      }
      return
    }
    var table = TextTable(("action", .left), ("level", .left), ("logged", .left), ("resource types", .left))
    for action in actions {
      let types = action.resourceTypes.map { $0.name + ($0.required ? "*" : "") }.joined(separator: ", ")
      table.add(
        .init(action.action), .init(action.accessLevel.rawValue, style(of: action.accessLevel)),
        .init(action.observability.short, .dim), .init(types))
    }
    table.write(to: &output, indent: 0, isColored: isColored)
    output.write(text: "\n\(counted(actions.count, "action")); `*` marks required resource types\n")
  }

  private func write(
    _ action: ActionEntry, to output: inout some (ByteOutput & ~Copyable), isColored: Bool
  ) {
    let level = TextStyle.paint(
      action.accessLevel.rawValue, style(of: action.accessLevel), enabled: isColored)
    let title = TextStyle.paint(terminalText(action.action), .heading, enabled: isColored)
    output.write(text: "\(title)  \(level), \(action.observability.long)\n")
    if action.resourceTypes.isEmpty {
      output.write(text: "  takes no resource: `Resource` must be `*`\n")
    } else {
      var table = TextTable(("resource type", .left), ("", .left), ("ARN format", .left))
      for type in action.resourceTypes {
        for (index, format) in (type.arnFormats.isEmpty ? [""] : type.arnFormats).enumerated() {
          table.add(
            .init(index == 0 ? type.name : ""), .init(index == 0 && type.required ? "required" : "", .dim),
            .init(format))
        }
      }
      table.write(to: &output, isColored: isColored)
    }
    writeList("condition keys", action.conditionKeys, to: &output, isColored: isColored)
    writeList("may need besides", action.dependentActions, to: &output, isColored: isColored)
  }

  private func writeList(
    _ title: String, _ items: [String], to output: inout some (ByteOutput & ~Copyable), isColored: Bool
  ) {
    guard !items.isEmpty else { return }
    output.write(text: "  \(TextStyle.paint(title, .dim, enabled: isColored))\n")
    for item in items { output.write(text: "    \(terminalText(item))\n") }
  }

  private func style(of level: AccessLevel) -> TextStyle {
    switch level {
    case .list, .read: .good
    case .write, .tagging: .warning
    case .permissionsManagement: .bad
    }
  }
}

extension Observability {
  /// One word for a column.
  var short: String {
    switch self {
    case .management: "yes"
    case .data: "data"
    case .never: "no"
    }
  }

  /// What CloudTrail shows of the action.
  var long: String {
    switch self {
    case .management: "logged as a management event"
    case .data: "logged only where a trail selects data events"
    case .never: "not logged by CloudTrail"
    }
  }
}
