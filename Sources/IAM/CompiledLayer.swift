// The statements of one layer, with an index that leaves out those of other services.

/// The policies of one layer, or of one level of control policies, prepared for many requests.
struct CompiledLayer: Sendable {
  let layer: PolicyLayer
  /// The level, for control policies.
  let level: Int?
  let statements: [CompiledStatement]
  /// Which statements may match actions of a service, in order; other services have `otherCandidates`.
  private let candidates: [String: [Int]]
  private let otherCandidates: [Int]

  /// Prepares the policies of a layer.
  ///
  /// - Parameters:
  ///   - documents: The policies.
  ///   - layer: The part that they play.
  ///   - level: The level, for control policies.
  init(_ documents: [PolicyDocument], layer: PolicyLayer, level: Int? = nil) {
    self.layer = layer
    self.level = level
    var statements: [CompiledStatement] = []
    var services: [Set<String>?] = []
    for (policy, document) in documents.enumerated() {
      for (index, statement) in document.statements.enumerated() {
        statements.append(
          CompiledStatement(statement, policy: policy, index: index, version: document.version, layer: layer))
        services.append(CompiledLayer.services(of: statement))
      }
    }
    self.statements = statements
    var candidates: [String: [Int]] = [:]
    for names in services { for name in names ?? [] { candidates[name] = [] } }
    for (index, names) in services.enumerated() {
      for name in names ?? Set(candidates.keys) { candidates[name, default: []].append(index) }
    }
    self.candidates = candidates
    otherCandidates = services.indices.filter { services[$0] == nil }
  }

  /// The services, in lower case, to which a statement's actions are limited; `nil` where they are not.
  private static func services(of statement: Statement) -> Set<String>? {
    guard case .action(let patterns) = statement.actions else { return nil }
    var services: Set<String> = []
    for pattern in patterns {
      guard let colon = pattern.utf8.firstIndex(of: UInt8(ascii: ":")) else { return nil }
      let service = String(pattern[..<colon]).asciiLowercased
      guard Wildcard(service).isLiteral, service.isASCII else { return nil }
      services.insert(service)
    }
    return services
  }

  /// The indices of the statements that may match a service's actions, in order.
  ///
  /// - Parameter service: The service prefix in lower case.
  /// - Returns: Indices into `statements`.
  func candidates(for service: String) -> [Int] { candidates[service] ?? otherCandidates }

  /// A reference to a statement.
  ///
  /// - Parameter index: The index in `statements`.
  /// - Returns: The reference.
  func reference(_ index: Int) -> MatchedStatement {
    let statement = statements[index]
    return MatchedStatement(
      layer: layer, level: level, policy: statement.policy, statement: statement.index, sid: statement.sid,
      effect: statement.effect)
  }
}
