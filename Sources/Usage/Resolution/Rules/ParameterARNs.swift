// Rule `parameter-arn`: request parameters that hold an ARN of a type that the action accepts.

import IAM

/// ARNs among the request parameters.
///
/// Where several parameters hold ARNs of the type, those win whose name says that they name the resource: the type's
/// own name (`topicArn`), or `resourceArn`, `arn`.
struct ParameterARNs: ResourceRule {
  let name = "parameter-arn"

  func resources(_ query: ResourceQuery) -> [String] {
    let found = ParameterARNs.found(in: query.call.request, query)
    return found.compactMap { query.resource($0) }
  }

  /// The ARNs of the asked type in an index, of the most telling parameters only.
  ///
  /// - Parameters:
  ///   - index: The parameters.
  ///   - query: The question.
  /// - Returns: What was found.
  static func found(in index: ParameterIndex, _ query: ResourceQuery) -> [ARN] {
    var byPath: [(path: [String], arns: [ARN])] = []
    // Most values are no ARNs, and are looked at where they stand.
    let parameters = index.parameters
    for place in parameters.indices where parameters[place].value.utf8.starts(with: "arn:".utf8) {
      let parameter = parameters[place]
      guard let arn = WellFormed.arn(parameter.value), query.resource(arn) != nil else { continue }
      if let index = byPath.firstIndex(where: { $0.path == parameter.path }) {
        byPath[index].arns.append(arn)
      } else {
        byPath.append((parameter.path, [arn]))
      }
    }
    guard byPath.count > 1 else { return byPath.first?.arns ?? [] }
    let type = query.type.foldedName
    let ranked = byPath.map { candidate in
      (rank: rank(candidate.path, type: type), candidate.path, candidate.arns)
    }
    let best = ranked.map(\.rank).min() ?? 0
    return ranked.first { $0.rank == best }?.2 ?? []
  }

  private static func rank(_ path: [String], type: String) -> Int {
    let name = path.last ?? ""
    let telling =
      ["resourcearn", "resourcearns", "arn", "arns", "resource", "resourcearnlist"].contains(name)
      || name == type + "arn" || name == type + "arns" || name == type
    return (telling ? 0 : name.contains(type) ? 1 : 2) * 100 + min(path.count, 50)
  }
}
