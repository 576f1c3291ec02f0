// What synthesis hands to the renderers: the policies of one principal, the evidence of each statement, what was
// left out and why, and the outcome of the checks.

public import CloudTrail
public import IAM

/// Everything that Whittle proposes for one principal.
public struct PrincipalProposal: Hashable, Sendable {
  /// What is known of the principal's current grant; the raw values are those of `policy --format json`.
  public enum Standing: String, Hashable, Sendable, CaseIterable {
    /// No grants were given.
    case notAsked
    /// The grants do not describe the principal, and do not list all of its account.
    case notDescribed
    /// The grants have the principal.
    case granted
    /// The grants list all of the principal's account, and the principal is not among them: nothing is proposed for it.
    case gone
  }

  /// Whose policies these are.
  public var principal: Principal
  /// What is known of the principal's current grant.
  public var standing: Standing
  /// The policies, in the order in which they were packed; none where nothing was used.
  public var policies: [NamedPolicy]
  /// How the statements were packed into policies.
  public var packing: Packing
  /// The outcome of the checks that every synthesis runs (SEMANTICS §7).
  public var verification: Verification
  /// Uses whose resource could not be derived, and which are therefore granted on more than one, sorted.
  public var unresolvedResources: [UnresolvedResource]
  /// Uses that the current grant does not allow and that were therefore not granted, sorted.
  public var notGranted: [UngrantedUse]
  /// Attempts that were refused and are not granted, sorted.
  public var denied: [DeniedAttempt]

  /// Creates a proposal.
  ///
  /// - Parameters:
  ///   - principal: Whose policies these are.
  ///   - standing: What is known of the principal's current grant.
  ///   - policies: The policies.
  ///   - packing: How the statements were packed.
  ///   - verification: The outcome of the checks.
  ///   - unresolvedResources: Uses granted on more than one resource because theirs is unknown.
  ///   - notGranted: Uses that the current grant does not allow.
  ///   - denied: Attempts that were refused.
  public init(
    principal: Principal, standing: Standing = .notAsked, policies: [NamedPolicy], packing: Packing,
    verification: Verification, unresolvedResources: [UnresolvedResource], notGranted: [UngrantedUse],
    denied: [DeniedAttempt]
  ) {
    self.principal = principal
    self.standing = standing
    self.policies = policies
    self.packing = packing
    self.verification = verification
    self.unresolvedResources = unresolvedResources
    self.notGranted = notGranted
    self.denied = denied
  }
}

/// One managed policy to create.
public struct NamedPolicy: Hashable, Sendable {
  /// The policy's name: deterministic, at most 128 characters of IAM's set.
  public var name: String
  /// The policy.
  public var document: PolicyDocument
  /// Its size in IAM's characters (white space outside strings not counted).
  public var size: Int
  /// Where each statement comes from, in the order of the statements.
  public var evidence: [StatementEvidence]

  /// Creates a policy.
  ///
  /// - Parameters:
  ///   - name: The policy's name.
  ///   - document: The policy.
  ///   - size: Its size in IAM's characters.
  ///   - evidence: Where each statement comes from.
  public init(name: String, document: PolicyDocument, size: Int, evidence: [StatementEvidence]) {
    self.name = name
    self.document = document
    self.size = size
    self.evidence = evidence
  }
}

/// The recorded use behind one statement.
public struct StatementEvidence: Hashable, Sendable {
  /// The statement's `Sid`.
  public var sid: String
  /// How many uses (principal, action, resource, context) the statement stands for.
  public var uses: Int
  /// How many calls those uses counted.
  public var calls: Int
  /// The first call.
  public var firstSeen: Timestamp?
  /// The last call.
  public var lastSeen: Timestamp?
  /// Ids of events that show the use, sorted, a few.
  public var exampleEvents: [String]
  /// How many distinct resources stand behind each pattern of the statement that is not an exact ARN, sorted.
  public var patterns: [PatternEvidence]

  /// Creates evidence.
  ///
  /// - Parameters:
  ///   - sid: The statement's `Sid`.
  ///   - uses: How many uses it stands for.
  ///   - calls: How many calls those uses counted.
  ///   - firstSeen: The first call.
  ///   - lastSeen: The last call.
  ///   - exampleEvents: Ids of events that show the use.
  ///   - patterns: The resources behind each pattern.
  public init(
    sid: String, uses: Int, calls: Int, firstSeen: Timestamp?, lastSeen: Timestamp?,
    exampleEvents: [String], patterns: [PatternEvidence]
  ) {
    self.sid = sid
    self.uses = uses
    self.calls = calls
    self.firstSeen = firstSeen
    self.lastSeen = lastSeen
    self.exampleEvents = exampleEvents
    self.patterns = patterns
  }
}

/// A resource pattern and how many resources it was made from.
public struct PatternEvidence: Hashable, Sendable {
  /// The pattern.
  public var pattern: String
  /// How many distinct resources were used that it stands for.
  public var distinctResources: Int

  /// Creates the evidence of a pattern.
  ///
  /// - Parameters:
  ///   - pattern: The pattern.
  ///   - distinctResources: How many distinct resources it stands for.
  public init(pattern: String, distinctResources: Int) {
    self.pattern = pattern
    self.distinctResources = distinctResources
  }
}

/// How the statements of one principal were packed into managed policies.
public struct Packing: Hashable, Sendable {
  /// How many policies were written.
  public var policies: Int
  /// No fewer policies can hold the same actions, resources and conditions, however they are grouped into statements.
  public var lowerBound: Int
  /// No fewer policies can hold the statements as they are grouped, cut in any way; at least ``lowerBound``.
  public var statementBound: Int
  /// How many managed policies may be attached in all.
  public var attachmentLimit: Int
  /// How many are attached already and stay until somebody detaches them.
  public var alreadyAttached: Int
  /// Whether the policies were made to fit beside these.
  public var keepsAttached: Bool
  /// Which of these have to go, each right before a new policy is attached, in order.
  public var detachments: [Detachment]

  /// Whether fewer policies are proved impossible.
  public var isOptimal: Bool { policies == lowerBound }

  /// How many may be attached beside those that are attached already.
  public var freeSlots: Int { max(0, attachmentLimit - alreadyAttached) }

  /// How many of those that are attached have to go before the last of the new ones can be attached.
  public var toDetachFirst: Int { max(0, policies + alreadyAttached - attachmentLimit) }

  /// What is proved of the number of policies, in words; `nil` for less than two, of which there is nothing to say.
  public var proof: String? {
    if policies < 2 { return nil }
    if isOptimal { return "no grouping of these permissions fits fewer policies" }
    let grouped =
      policies == statementBound
      ? "these statements fit no fewer policies" : "these statements need at least \(statementBound)"
    return "\(grouped); another grouping of the same permissions would need at least \(lowerBound)"
  }

  /// Creates a packing.
  ///
  /// - Parameters:
  ///   - policies: How many policies were written.
  ///   - lowerBound: The fewest that any grouping could need.
  ///   - statementBound: The fewest that the statements as they are grouped could need.
  ///   - attachmentLimit: How many may be attached in all.
  ///   - alreadyAttached: How many are attached already.
  ///   - keepsAttached: Whether the policies were made to fit beside these.
  ///   - detachments: Which of these have to go.
  public init(
    policies: Int, lowerBound: Int, statementBound: Int, attachmentLimit: Int, alreadyAttached: Int,
    keepsAttached: Bool = false, detachments: [Detachment] = []
  ) {
    self.policies = policies
    self.lowerBound = lowerBound
    self.statementBound = max(lowerBound, statementBound)
    self.attachmentLimit = attachmentLimit
    self.alreadyAttached = alreadyAttached
    self.keepsAttached = keepsAttached
    self.detachments = detachments
  }
}

/// A use whose resource could not be derived from the logs.
public struct UnresolvedResource: Hashable, Sendable {
  /// The action.
  public var action: String
  /// Why the resource is unknown.
  public var reason: String

  /// Creates an unresolved resource.
  ///
  /// - Parameters:
  ///   - action: The action.
  ///   - reason: Why the resource is unknown.
  public init(action: String, reason: String) {
    self.action = action
    self.reason = reason
  }
}

/// A recorded use that the current grant does not allow.
public struct UngrantedUse: Hashable, Sendable {
  /// The action.
  public var action: String
  /// The resource, or `*`.
  public var resource: String
  /// How many calls there were.
  public var calls: Int
  /// The first call.
  public var firstSeen: Timestamp?
  /// The last call.
  public var lastSeen: Timestamp?
  /// What the current grant says of it.
  public var reason: String

  /// Creates a use without a grant.
  ///
  /// - Parameters:
  ///   - action: The action.
  ///   - resource: The resource, or `*`.
  ///   - calls: How many calls there were.
  ///   - firstSeen: The first call.
  ///   - lastSeen: The last call.
  ///   - reason: What the current grant says of it.
  public init(
    action: String, resource: String, calls: Int, firstSeen: Timestamp?, lastSeen: Timestamp?, reason: String
  ) {
    self.action = action
    self.resource = resource
    self.calls = calls
    self.firstSeen = firstSeen
    self.lastSeen = lastSeen
    self.reason = reason
  }
}

/// Attempts at one action on one resource that were refused for lack of permission.
public struct DeniedAttempt: Hashable, Sendable {
  /// The action.
  public var action: String
  /// The resource, or `*`.
  public var resource: String
  /// How many attempts there were.
  public var attempts: Int
  /// The first attempt.
  public var firstSeen: Timestamp?
  /// The last attempt.
  public var lastSeen: Timestamp?

  /// Creates a denied attempt.
  ///
  /// - Parameters:
  ///   - action: The action.
  ///   - resource: The resource, or `*`.
  ///   - attempts: How many attempts there were.
  ///   - firstSeen: The first attempt.
  ///   - lastSeen: The last attempt.
  public init(action: String, resource: String, attempts: Int, firstSeen: Timestamp?, lastSeen: Timestamp?) {
    self.action = action
    self.resource = resource
    self.attempts = attempts
    self.firstSeen = firstSeen
    self.lastSeen = lastSeen
  }
}
