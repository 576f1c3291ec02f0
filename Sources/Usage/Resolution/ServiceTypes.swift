// The ARN formats of one service, and which resource type an ARN is of.

import AWSCatalog
import IAM

/// One resource type with its formats parsed.
final class ResourceTypeFormats: Sendable {
  /// The type's name in the service's table.
  let name: String
  /// Whether the action requires it; `false` outside an action.
  let required: Bool
  /// Its formats.
  let formats: [ARNFormat]
  /// The name in lower-case letters and digits.
  let foldedName: String
  /// What operations about the type call it.
  let topic: String
  /// The names of parameters that fill a placeholder of the formats, where the catalog states any.
  private let aliases: [String: [String]]

  /// Creates a type.
  ///
  /// - Parameters:
  ///   - name: The type's name in the service's table.
  ///   - required: Whether the action requires it.
  ///   - formats: Its formats.
  ///   - aliases: The names of parameters that the catalog states for a placeholder.
  init(name: String, required: Bool, formats: [ARNFormat], _ aliases: (_ placeholder: String) -> [String]) {
    self.name = name
    self.required = required
    self.formats = formats
    foldedName = ParameterIndex.folded(name)
    topic = OperationName.topic(of: name)
    var known: [String: [String]] = [:]
    for placeholder in formats.flatMap(\.placeholders) where known[placeholder] == nil {
      let names = aliases(placeholder)
      if !names.isEmpty { known[placeholder] = names.map { ParameterIndex.folded($0) } }
    }
    self.aliases = known
  }

  /// The names of parameters that the catalog states for a placeholder, folded.
  ///
  /// - Parameter placeholder: The placeholder, one of those of ``formats``.
  /// - Returns: The names, most telling first.
  func aliases(of placeholder: String) -> [String] {
    aliases.isEmpty ? [] : aliases[placeholder] ?? []
  }
}

/// The resource types of a service.
///
/// A class, because every action of the service refers to them.
final class ServiceTypes: Sendable {
  /// The formats with their types, and the byte with which resource parts begin; `nil` where any will do.
  private let formats: [(type: String, first: UInt8?, format: ARNFormat)]

  /// Reads the types of a service.
  ///
  /// - Parameters:
  ///   - service: The service prefix.
  ///   - catalog: The reference data.
  ///   - parse: Parses a format.
  init(service: String, catalog: Catalog, _ parse: (String) -> ARNFormat?) {
    formats = catalog.resourceTypes(service: service).flatMap { type in
      type.arnFormats.compactMap { text in parse(text).map { (type.name, $0.firstByte, $0) } }
    }
  }

  /// The types that an ARN is of: those whose format matches with the most literal text.
  ///
  /// `arn:aws:s3:::photos/cat.jpg` would do for a bucket called `photos/cat.jpg`; the format of objects says more, so
  /// it is an object and no bucket.
  ///
  /// - Parameter arn: The ARN.
  /// - Returns: The names of the types, perhaps more than once; none where the ARN is of no type of the service.
  func types(of arn: ARN) -> [String] {
    var best = (literals: -1, placeholders: -1)
    var types: [String] = []
    let first = arn.resource.utf8.first
    for index in formats.indices {
      if let begins = formats[index].first, begins != first { continue }
      let format = formats[index].format
      guard format.specificity >= best, format.matches(arn) else { continue }
      if format.specificity > best {
        best = format.specificity
        types.removeAll()
      }
      types.append(formats[index].type)
    }
    return types
  }
}

extension ServiceTypes {
  /// What stands in an ARN where its own format has a placeholder of this name, such as the `ClusterName` of the ARN
  /// of an ECS cluster.
  ///
  /// - Parameters:
  ///   - placeholder: The placeholder's name.
  ///   - arn: An ARN of any type of the service.
  /// - Returns: The value, or `nil`.
  func value(of placeholder: String, in arn: ARN) -> String? {
    let types = types(of: arn)
    for (type, _, format) in formats where types.contains(type) {
      guard let index = format.placeholders.firstIndex(of: placeholder), let bindings = format.bindings(arn)
      else {
        continue
      }
      return bindings[index]
    }
    return nil
  }
}
