// What a user may choose about the policies that are written.

/// How resources are turned into patterns before a policy names them.
public enum Generalization: Hashable, Sendable {
  /// Every resource is named as it was used.
  case none
  /// Parts that change from call to call (object keys, log streams, build ids, dated and hashed names) become `*`.
  case safe
  /// As `safe`, and any remaining family of more than this many resources becomes one pattern.
  case budget(Int)

  /// Parses the value of `--generalize`, or returns `nil` where it is none.
  ///
  /// - Parameter text: `none`, `safe`, or a positive number.
  public init?(_ text: String) {
    switch text {
    case "none": self = .none
    case "safe": self = .safe
    default:
      guard let number = Int(text), number > 0 else { return nil }
      self = .budget(number)
    }
  }
}

/// A condition that a policy may demand where every recorded use satisfies it.
public enum EvidenceCondition: String, Hashable, Sendable, CaseIterable {
  /// `aws:RequestedRegion`.
  case region
  /// `aws:SourceVpce`.
  case vpcEndpoint = "vpc-endpoint"
  /// `aws:SourceIp`.
  case sourceNetwork = "source-network"
  /// `aws:MultiFactorAuthPresent`.
  case mfa
  /// `aws:SecureTransport`.
  case secureTransport = "secure-transport"

  /// The condition key that the statement names.
  public var conditionKey: String {
    switch self {
    case .region: "aws:RequestedRegion"
    case .vpcEndpoint: "aws:SourceVpce"
    case .sourceNetwork: "aws:SourceIp"
    case .mfa: "aws:MultiFactorAuthPresent"
    case .secureTransport: "aws:SecureTransport"
    }
  }
}

/// The choices of one synthesis.
public struct SynthesisOptions: Hashable, Sendable {
  /// How resources are generalised.
  public var generalization: Generalization
  /// Whether attempts that were refused are granted too.
  public var includeDenied: Bool
  /// The most characters of a policy, in IAM's count; never above IAM's own quota of 6,144.
  public var maximumSize: Int
  /// The conditions to demand where the evidence is uniform, beyond `kms:ViaService` and `iam:PassedToService`.
  public var conditions: Set<EvidenceCondition>
  /// How many managed policies one principal may have attached; 10 unless the account's quota was raised.
  public var attachmentLimit: Int
  /// Whether what is attached stays, so that new policies have to fit beside it within the limit.
  public var keepsAttached: Bool
  /// Whether what was used in one region is granted in every region.
  public var inAllRegions: Bool

  /// Creates options; every one has the default that the command line has.
  ///
  /// - Parameters:
  ///   - generalization: How resources are generalised.
  ///   - includeDenied: Whether refused attempts are granted too.
  ///   - maximumSize: The most characters of a policy.
  ///   - conditions: The conditions to demand where the evidence is uniform.
  ///   - attachmentLimit: How many managed policies one principal may have attached.
  ///   - keepsAttached: Whether what is attached stays.
  ///   - inAllRegions: Whether what was used in one region is granted in every region.
  public init(
    generalization: Generalization = .safe, includeDenied: Bool = false, maximumSize: Int = 6_144,
    conditions: Set<EvidenceCondition> = [], attachmentLimit: Int = 10, keepsAttached: Bool = false,
    inAllRegions: Bool = false
  ) {
    self.generalization = generalization
    self.includeDenied = includeDenied
    self.maximumSize = min(maximumSize, 6_144)
    self.conditions = conditions
    self.attachmentLimit = attachmentLimit
    self.keepsAttached = keepsAttached
    self.inAllRegions = inAllRegions
  }
}
