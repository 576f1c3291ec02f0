// Reading AWS's own service reference, so that users can bring the catalog up to date.
//
// AWS publishes one JSON file a service at https://servicereference.us-east-1.amazonaws.com/ ("Simplified AWS service
// information for programmatic access" in the Service Authorization Reference):
//
//     {"Name": "s3",
//      "Actions": [{"Name": "GetObject", "ActionConditionKeys": ["s3:TlsVersion"],
//                   "Annotations": {"Properties": {"IsList": false, "IsPermissionManagement": false,
//                                                  "IsTaggingOnly": false, "IsWrite": false}},
//                   "Resources": [{"Name": "object"}]}],
//      "ConditionKeys": [{"Name": "s3:TlsVersion", "Types": ["Numeric"]}],
//      "Operations": [{"Name": "GetObject", "AuthorizedActions": [{"Name": "GetObject", "Service": "s3"}]}],
//      "Resources": [{"Name": "object", "ARNFormats": ["arn:…"], "ConditionKeys": ["s3:BucketTag/${TagKey}"]}]}
//
// Any member but `Name` may be missing, and unknown members are ignored. The files say neither which resource types an
// action requires, nor what else a call needs, nor what CloudTrail logs: those are kept from the catalog where it knows
// the action, and an action with one resource type requires it where it does not.
//
// `AuthorizedActions` lists what a call *can* authorise. The action of the operation's name, or else the first of the
// service, is taken as the one that every call needs; the others stand behind a proof that no request gives.

import JSONStream

/// Why a file of AWS's service reference cannot be imported.
public struct CatalogImportError: Error, Hashable, Sendable {
  /// What is wrong: lower case, no full stop.
  public let message: String
}

/// Gathers services out of AWS's service reference and writes them as a catalog file.
public struct CatalogImport: Sendable {
  private struct Service: Sendable {
    var date: String
    var lines: [String: [String]]
  }

  private let base: Catalog
  private var gathered: [String: Service] = [:]

  /// Creates an empty import.
  ///
  /// - Parameter base: The catalog whose knowledge of required resource types, dependent actions and logging is kept.
  public init(base: Catalog = .embedded) { self.base = base }

  /// The services gathered so far, sorted.
  public var services: [String] { gathered.keys.sortedByBytes() }

  /// Adds one service; of two files for one service the later one counts, and of two of one day the one added last.
  ///
  /// - Parameters:
  ///   - json: The file's bytes.
  ///   - date: The day of the file, such as `2026-11-20`.
  /// - Returns: The service's prefix, or `nil` for files that describe no service, such as the index.
  /// - Throws: ``CatalogImportError`` where the bytes are no JSON, or a name in them is none.
  @discardableResult
  public mutating func add(json: [UInt8], date: String) throws(CatalogImportError) -> String? {
    let value: JSONValue
    do { value = try JSONValue(parsing: json) } catch {
      throw CatalogImportError(message: "this is no JSON: \(error)")
    }
    guard let name = value["Name"]?.string, value["Actions"] != nil || value["Resources"] != nil else {
      return nil
    }
    let prefix = try CatalogImport.word(name, "a service").lowercased()
    if let known = gathered[prefix], date.utf8.lexicographicallyPrecedes(known.date.utf8) { return prefix }
    var lines = ["services": [[prefix, date, base.serviceName(prefix)].joined(separator: "\t")]]
    lines["actions"] = try elements(value, "Actions").map { (action) throws(CatalogImportError) in
      try actionLine(prefix, action)
    }
    lines["resource-types"] = try elements(value, "Resources").map { (type) throws(CatalogImportError) in
      try typeLine(prefix, type)
    }
    lines["condition-keys"] = try elements(value, "ConditionKeys").map { (key) throws(CatalogImportError) in
      let name = try CatalogImport.word(key["Name"]?.string ?? "", "a condition key")
      return name + "\t"
        + (try CatalogImport.word(key["Types"]?.elements.first?.string ?? "String", "a type"))
    }
    lines["operations"] = try operationLines(prefix, value)
    gathered[prefix] = Service(date: date, lines: lines)
    return prefix
  }

  /// The catalog file of what was gathered: the same bytes for the same services.
  ///
  /// - Returns: The bytes, as ``Catalog/updated(by:)`` reads them.
  public func catalogFile() -> [UInt8] {
    var text = Catalog.fileMark + "\n"
    for (section, _) in CatalogTables.names {
      var lines: [String: String] = [:]
      for service in services {
        for line in gathered[service]?.lines[section] ?? [] {
          // A key may stand twice where it is not the service's own: the first one is kept.
          let key = String(line.prefix { $0 != "\t" }).lowercased()
          if lines[key] == nil { lines[key] = line }
        }
      }
      guard !lines.isEmpty else { continue }
      text += "== \(section)\n"
      for key in lines.keys.sortedByBytes() { text += (lines[key] ?? "") + "\n" }
    }
    return Array(text.utf8)
  }

  private func elements(_ value: JSONValue, _ name: String) -> [JSONValue] { value[name]?.elements ?? [] }

  private func actionLine(_ prefix: String, _ action: JSONValue) throws(CatalogImportError) -> String {
    let name = "\(prefix):\(try CatalogImport.word(action["Name"]?.string ?? "", "an action"))"
    let known = base.action(name)
    let types = try elements(action, "Resources").map { (type) throws(CatalogImportError) in
      try CatalogImport.typeName(type)
    }
    let required = Dictionary(
      (known?.resourceTypes ?? []).map { ($0.name.lowercased(), $0.required) },
      uniquingKeysWith: { first, _ in first })
    let marked = types.map { $0 + (required[$0.lowercased()] ?? (types.count == 1) ? "*" : "") }
    let keys = try elements(action, "ActionConditionKeys").map { (key) throws(CatalogImportError) in
      try CatalogImport.word(key.string ?? "", "a condition key")
    }
    return [
      name, level(action["Annotations"]?["Properties"], known), (known?.observability ?? .management).code,
      Set(marked).sortedByBytes().joined(separator: ","), Set(keys).sortedByBytes().joined(separator: " "),
      (known?.dependentActions ?? []).joined(separator: " "),
    ].joined(separator: "\t")
  }

  private func level(_ properties: JSONValue?, _ known: ActionEntry?) -> String {
    guard let properties else { return (known?.accessLevel ?? .write).code }
    if properties["IsPermissionManagement"]?.bool == true { return "P" }
    if properties["IsTaggingOnly"]?.bool == true { return "T" }
    if properties["IsWrite"]?.bool == true { return "W" }
    return properties["IsList"]?.bool == true ? "L" : "R"
  }

  private func typeLine(_ prefix: String, _ type: JSONValue) throws(CatalogImportError) -> String {
    let name = try CatalogImport.typeName(type)
    let formats = try elements(type, "ARNFormats").map { (format) throws(CatalogImportError) in
      try CatalogImport.word(format.string ?? "", "an ARN format")
    }
    let keys = try elements(type, "ConditionKeys").map { (key) throws(CatalogImportError) in
      try CatalogImport.word(key.string ?? "", "a condition key")
    }
    let known = base.resourceType(name, service: prefix)
    return [
      "\(prefix):\(name)", formats.joined(separator: " "), Set(keys).sortedByBytes().joined(separator: " "),
      (known?.cloudFormationTypes ?? []).joined(separator: " "),
    ].joined(separator: "\t")
  }

  /// The operations that are not authorised by the action of their own name alone.
  private func operationLines(_ prefix: String, _ value: JSONValue) throws(CatalogImportError) -> [String] {
    var lines: [String] = []
    for operation in elements(value, "Operations") {
      let name = try CatalogImport.word(operation["Name"]?.string ?? "", "an operation")
      let actions = try elements(operation, "AuthorizedActions").map { (action) throws(CatalogImportError) in
        let service = try CatalogImport.word(action["Service"]?.string ?? prefix, "a service")
        return "\(service):\(try CatalogImport.word(action["Name"]?.string ?? "", "an action"))"
      }
      let own = "\(prefix):\(name)".lowercased()
      guard
        let needed = actions.first(where: { $0.lowercased() == own })
          ?? actions.first(where: { $0.lowercased().hasPrefix(prefix + ":") }) ?? actions.first,
        actions != [needed]
          || needed.lowercased() != own
      else { continue }
      let others = Set(actions).subtracting([needed]).sortedByBytes().map { "\($0) if ?" }
      lines.append("\(prefix):\(name)\taction\t" + ([needed] + others).joined(separator: ", "))
    }
    return lines
  }

  /// The name of a resource type, which may hold spaces but no asterisk: that marks required types.
  private static func typeName(_ type: JSONValue) throws(CatalogImportError) -> String {
    let name = try field(type["Name"]?.string ?? "", "a resource type")
    if name.contains("*") { throw CatalogImportError(message: "`\(name)` cannot be a resource type") }
    return name
  }

  /// A text that may stand in a list: not empty, and without white space, commas, bars or control characters.
  private static func word(_ text: String, _ what: String) throws(CatalogImportError) -> String {
    guard
      !text.utf8.contains(where: {
        $0 <= 0x20 || $0 == 0x7F || $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "|")
      })
    else { throw CatalogImportError(message: "`\(text)` cannot be \(what)") }
    return try field(text, what)
  }

  /// A text that may stand in a field: not empty, and without control characters and commas.
  private static func field(_ text: String, _ what: String) throws(CatalogImportError) -> String {
    guard !text.isEmpty, !text.hasSuffix("*"),
      !text.utf8.contains(where: { $0 < 0x20 || $0 == UInt8(ascii: ",") })
    else {
      throw CatalogImportError(message: "`\(text)` cannot be \(what)")
    }
    return text
  }
}

extension Catalog {
  /// The name of a service, such as `Amazon S3`; empty where it is not known.
  ///
  /// - Parameter prefix: The service prefix.
  /// - Returns: The name.
  public func serviceName(_ prefix: String) -> String {
    tables.services.line(prefix)?.text(2) ?? ""
  }
}

extension AccessLevel {
  /// The letter that stands for the level in the actions table.
  var code: String {
    switch self {
    case .list: "L"
    case .read: "R"
    case .write: "W"
    case .tagging: "T"
    case .permissionsManagement: "P"
    }
  }
}

extension Observability {
  /// The letter that stands for the class in the actions table.
  var code: String {
    switch self {
    case .management: "m"
    case .data: "d"
    case .never: "n"
    }
  }
}
