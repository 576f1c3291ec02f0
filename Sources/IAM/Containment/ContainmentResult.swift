// The answer of a containment check, with its proof of the contrary.

/// Whether everything that the proposed policies allow is allowed by the existing ones.
public struct ContainmentResult: Hashable, Sendable {
  /// Whether nothing new is allowed; `true` only if that was proved.
  public let holds: Bool
  /// A request that the proposed policies allow and the existing ones do not, confirmed by `PolicyEvaluator`.
  public let witness: AccessWitness?
  /// Whether `holds` is `false` only because the question could not be decided: there is no witness then.
  public let conservative: Bool
  /// Why, in one sentence.
  public let explanation: String

  /// Creates a result.
  ///
  /// - Parameters:
  ///   - holds: Whether nothing new is allowed.
  ///   - witness: A request that shows the contrary.
  ///   - conservative: Whether the question could not be decided.
  ///   - explanation: Why, in one sentence.
  public init(holds: Bool, witness: AccessWitness?, conservative: Bool, explanation: String) {
    self.holds = holds
    self.witness = witness
    self.conservative = conservative
    self.explanation = explanation
  }
}

/// A request that one set of policies allows and another does not.
public struct AccessWitness: Hashable, Sendable {
  /// The request.
  public let request: AccessRequest
  /// The statement of the proposed policies that allows it.
  public let statement: StatementReference
  /// The condition keys of the request's context, spelled as the policies spell them, sorted.
  public let contextKeys: [String]

  /// Creates a witness.
  ///
  /// - Parameters:
  ///   - request: The request.
  ///   - statement: The statement that allows it.
  ///   - contextKeys: The condition keys of the request's context as they are to be shown.
  public init(request: AccessRequest, statement: StatementReference, contextKeys: [String]) {
    self.request = request
    self.statement = statement
    self.contextKeys = contextKeys
  }
}

/// A statement's place in a list of policies.
public struct StatementReference: Hashable, Sendable, CustomStringConvertible {
  /// The index of the policy.
  public let policy: Int
  /// The index of the statement in its policy.
  public let statement: Int
  /// The statement's `Sid`.
  public let sid: String?

  /// Creates a reference.
  ///
  /// - Parameters:
  ///   - policy: The index of the policy.
  ///   - statement: The index of the statement.
  ///   - sid: The statement's `Sid`.
  public init(policy: Int, statement: Int, sid: String?) {
    self.policy = policy
    self.statement = statement
    self.sid = sid
  }

  /// The place as people count: `statement 2 of policy 1 (Sid Read)`.
  public var description: String {
    "statement \(statement + 1) of policy \(policy + 1)" + (sid.map { $0.isEmpty ? "" : " (`\($0)`)" } ?? "")
  }
}
